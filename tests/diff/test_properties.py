"""What differs between two versions of one object."""

from __future__ import annotations

from typing import Any

import pytest

from o365scan.api.redaction import REDACTED
from o365scan.diff.properties import ABSENT, PropertyChange, changes_of
from o365scan.diff.volatile import is_volatile

Object = dict[str, Any]
#: Pointer, before and after; or pointer, members added and removed.
VALUES: list[tuple[Object, Object, tuple[str, Any, Any]]] = [
    ({"a": 1}, {"a": 2}, ("/a", 1, 2)),
    ({"a": 1}, {"a": True}, ("/a", 1, True)),
    ({"a": None}, {}, ("/a", None, ABSENT)),
    ({}, {"a": {"b": 1}}, ("/a", ABSENT, {"b": 1})),
    ({"a/b": {"~": 1}}, {"a/b": {"~": 2}}, ("/a~1b/~0", 1, 2)),
    ({"a": [1]}, {"a": {"b": 1}}, ("/a", [1], {"b": 1})),
    ({"a": [{"b": 1}]}, {"a": [{"b": 2}]}, ("/a/0/b", 1, 2)),
    ({"@id": 1}, {"@id": 2}, ("/@@id", 1, 2)),
]
MEMBERS: list[tuple[Object, Object, tuple[str, Any, Any]]] = [
    ({"a": ["x", "y"]}, {"a": ["y", "z", "x"]}, ("/a", ("z",), ())),
    ({"a": ["x"]}, {"a": ["y"]}, ("/a", ("y",), ("x",))),
    ({"a": [1, 1]}, {"a": [True, 1]}, ("/a", (True,), (1,))),
    ({"a": []}, {"a": [{"id": "1"}]}, ("/a", ({"id": "1"},), ())),
    ({"a": [{"b": 1}, {"b": 2}]}, {"a": [{"b": 2}, {"b": 3}]}, ("/a", ({"b": 3},), ({"b": 1},))),
]


@pytest.mark.parametrize(("before", "after", "told"), VALUES)
def test_values(before: Object, after: Object, told: tuple[str, Any, Any]) -> None:
    assert changes_of(before, after, (), is_volatile) == [PropertyChange(told[0], told[1], told[2])]


@pytest.mark.parametrize(("before", "after", "told"), MEMBERS)
def test_members(before: Object, after: Object, told: tuple[str, Any, Any]) -> None:
    pointer, added, removed = told
    assert changes_of(before, after, (), is_volatile) == [
        PropertyChange(pointer, added=added, removed=removed)
    ]


def test_the_order_of_a_list_is_not_compared() -> None:
    assert changes_of({"a": ["x", "y"]}, {"a": ["y", "x"]}, (), is_volatile) == []


def test_members_are_told_apart_by_their_id() -> None:
    before = {"keys": [{"keyId": "1", "n": "x"}, {"keyId": "2", "n": "y"}]}
    after = {"keys": [{"keyId": "2", "n": "z"}, {"keyId": "3", "n": "y"}]}
    assert changes_of(before, after, (), is_volatile) == [
        PropertyChange("/keys", added=({"keyId": "3", "n": "y"},), removed=({"keyId": "1", "n": "x"},)),
        PropertyChange("/keys/0/n", "y", "z"),
    ]


def test_an_id_that_two_members_share_tells_nothing_apart() -> None:
    before = {"a": [{"id": "1", "n": 1}, {"id": "1", "n": 2}]}
    after = {"a": [{"id": "1", "n": 1}, {"id": "1", "n": 3}]}
    assert changes_of(before, after, (), is_volatile) == [
        PropertyChange("/a", added=({"id": "1", "n": 3},), removed=({"id": "1", "n": 2},))
    ]


def test_volatile_properties_at_any_depth() -> None:
    before: Object = {
        "WhenChangedUTC": 1,
        "a": {"signInActivity": 1, "x@odata.etag": 1, "lastModifiedBy": "a"},
    }
    after: Object = {
        "WhenChangedUTC": 2,
        "a": {"signInActivity": 2, "x@odata.etag": 2, "lastModifiedBy": "b"},
    }
    assert changes_of(before, after, (), is_volatile) == [PropertyChange("/a/lastModifiedBy", "a", "b")]
    told = [each.pointer for each in changes_of(before, after, (), lambda _: False)]
    assert told == ["/WhenChangedUTC", "/a/lastModifiedBy", "/a/signInActivity", "/a/x@odata.etag"]


def test_a_credential_is_said_to_be_another_and_not_shown() -> None:
    before = {"clientSecret": "one", "recovery": {"code": "1111"}, "@id": 1, "list": [{"password": "p"}, {}]}
    after = {"clientSecret": "two", "recovery": {"code": "2222"}, "@id": 1, "list": [{"password": "q"}, {}]}
    found = changes_of(before, after, ("recovery/code",), is_volatile)
    assert found == [
        PropertyChange(at, REDACTED, REDACTED) for at in ("/clientSecret", "/list", "/recovery/code")
    ]
    (set_,) = changes_of({"clientSecret": None}, {"clientSecret": "two"}, (), is_volatile)
    assert (set_.before, set_.after) == (None, REDACTED)
