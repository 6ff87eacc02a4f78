"""Records: strict, typed, never changed."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest

from o365scan.api import MissingField, Record, UnexpectedType

from .things import things

DATA: dict[str, Any] = {
    "Name": "One", "Nothing": None, "Flag": True, "Count": 3, "Text count": "-12",
    "List": ["a", "b"], "Mixed": ["a", 1], "Nested": {"inner": {"a/b": 1}},
}  # fmt: skip


@pytest.fixture
def record() -> Record:
    return Record(things, "1", DATA)


def test_nested_paths_are_read_and_escaped(record: Record) -> None:
    assert record["Nested/inner/a~1b"] == 1
    assert "Nested/inner/a~1b" in record
    assert "Nested/inner/c" not in record
    assert "Name/inner" not in record


def test_a_missing_field_says_which(record: Record) -> None:
    with pytest.raises(MissingField, match=r"test\.things: the field 'Nested/outer' is missing") as caught:
        record["Nested/outer"]
    assert (caught.value.key, caught.value.path) == ("1", "Nested/outer")


def test_get_gives_the_default_for_an_absent_field_only(record: Record) -> None:
    assert record.get("Absent", 7) == 7
    assert record.get("Nothing", 7) is None


def test_values_can_not_be_changed(record: Record) -> None:
    assert record["List"] == ("a", "b")
    with pytest.raises(TypeError):
        record["Nested"]["inner"] = 2  # type: ignore[index]
    assert dict(record["Nested"]["inner"]) == {"a/b": 1}
    record.plain()["Nested"]["inner"]["a/b"] = 2
    assert record["Nested/inner/a~1b"] == 1


@pytest.mark.parametrize(
    "change",
    [
        "record['Name'] = 'x'",
        "del record['Name']",
        "record.update(Name='x')",
        "record |= {'Name': 'x'}",
        "record.key = 'x'",
        "record.parent = 'x'",
        "record.dataset = None",
        "record.anything = 'x'",
        "record._data = {}",
        "setattr(record, 'key', 'x')",
        "del record.key",
        "vars(record)['key'] = 'x'",
        "record['Nested']['inner'] = 1",
        "record['Nested']['inner']['a/b'] = 2",
        "record['Nested'].pop('inner')",
        "record.get('Nested').clear()",
        "record['Nested']._data = {}",
        "record['List'].append('c')",
        "record['List'][0] = 'c'",
        "record.get('List').sort()",
        "record['Rows'][0]['A'] = 1",
        "record['Rows'][0]['A'].append(1)",
        "record.objects('Rows')[0].key = 'x'",
        "record.objects('Rows')[0]['A'] = 1",
        "copy.copy(record).key = 'x'",
        "copy.deepcopy(record)['Nested']['inner'] = 1",
    ],
)
def test_nothing_that_an_author_would_write_changes_a_record(change: str) -> None:
    data = {"Name": "One", "Nested": {"inner": {"a/b": 1}}, "List": ["b", "a"], "Rows": [{"A": [0]}]}
    record = Record(things, "1", copy.deepcopy(data), parent="p")
    with pytest.raises((TypeError, AttributeError)):
        exec(change, {"record": record, "copy": copy})
    assert record.plain() == data
    assert (record.key, record.parent, record.dataset) == ("1", "p", things)


def test_what_is_handed_out_is_a_copy() -> None:
    data = {"Nested": {"List": [1]}}
    record = Record(things, "1", copy.deepcopy(data))
    record.plain()["Nested"]["List"].append(2)
    record.at("Nested").value["List"].append(2)
    assert record.plain() == data


@pytest.mark.parametrize(
    ("reader", "path", "value"),
    [
        ("flag", "Flag", True),
        ("text", "Name", "One"),
        ("texts", "List", ("a", "b")),
        ("texts", "Name", ("One",)),
        ("number", "Count", 3),
        ("number", "Text count", -12),
    ],
)
def test_typed_readers(record: Record, reader: str, path: str, value: object) -> None:
    assert getattr(record, reader)(path) == value


@pytest.mark.parametrize("reader", ["flag", "text", "texts", "number"])
def test_null_is_refused_unless_nullable(record: Record, reader: str) -> None:
    with pytest.raises(UnexpectedType, match="NoneType"):
        getattr(record, reader)("Nothing")
    assert getattr(record, reader)("Nothing", nullable=True) in (None, ())


@pytest.mark.parametrize(
    ("reader", "path"),
    [
        ("flag", "Name"),
        ("flag", "Count"),
        ("text", "Flag"),
        ("texts", "Mixed"),
        ("number", "Flag"),
        ("number", "Name"),
    ],
)
def test_another_type_is_refused(record: Record, reader: str, path: str) -> None:
    with pytest.raises(UnexpectedType):
        getattr(record, reader)(path)


def test_evidence_points_to_the_property(record: Record) -> None:
    evidence = record.at("List")
    assert (evidence.dataset, evidence.key, evidence.pointer, evidence.value) == (
        "test.things", "1", "/List", ["a", "b"],
    )  # fmt: skip


def test_the_title_falls_back_to_the_key() -> None:
    assert Record(things, "1", {"Name": "One"}).title == "One"
    assert Record(things, "1", {"Name": ""}).title == "1"
    assert Record(things, "1", {"Name": ["x"]}).title == "1"


def test_only_strict_reads_are_observed() -> None:
    seen: list[tuple[str, str, str]] = []
    record = Record(things, "1", DATA, observer=lambda *where: seen.append(where))
    record.get("Name")
    assert "Flag" in record
    record.text("Name")
    assert seen == [("test.things", "1", "Name")]


def test_credentials_in_evidence_are_replaced() -> None:
    secretive = replace(things, secrets=("Route/Key",))
    data = {
        "Route": {"Key": "s3cret", "Host": "h"},
        "passwordCredentials": [{"secretText": "s3cret", "keyId": "k"}],
    }
    record = Record(secretive, "1", data)
    assert record.at("Route/Key").value == "[redacted]"
    assert record.at("Route").value == {"Host": "h", "Key": "[redacted]"}
    assert record.at("Route/Host").value == "h"
    assert record.at("passwordCredentials").value == [{"keyId": "k", "secretText": "[redacted]"}]
    assert record["Route/Key"] == "s3cret"


OBJECTS: dict[str, Any] = {
    "Keys": [{"Id": "a", "On": True, "Parts": [{"Name": "b"}]}, {"Id": 7}],
    "Inner": {"Keys": [{"Id": "c"}]},
    "Nothing": None, "Texts": ["a"], "Mixed": [{}, "x"], "Object": {}, "Number": 7,
}  # fmt: skip


def test_objects_in_a_list_are_read_as_strictly() -> None:
    first, second = Record(things, "1", OBJECTS).objects("Keys")
    assert (first.text("Id"), first.flag("On")) == ("a", True)
    assert [part.text("Name") for part in first.objects("Parts")] == ["b"]
    assert [each.text("Id") for each in Record(things, "1", OBJECTS).objects("Inner/Keys")] == ["c"]
    with pytest.raises(MissingField, match=r"test\.things: the field 'Keys/1/On' is missing"):
        second.flag("On")
    with pytest.raises(UnexpectedType, match=r"test\.things: 'Keys/1/Id' should be a text, and is int"):
        second.text("Id")
    with pytest.raises(MissingField, match="Keys/0/Parts/0/Id"):
        first.objects("Parts")[0]["Id"]


@pytest.mark.parametrize("path", ["Nothing", "Texts", "Mixed", "Object", "Number"])
def test_what_is_no_list_of_objects_is_refused(path: str) -> None:
    with pytest.raises(UnexpectedType, match="a list of objects"):
        Record(things, "1", OBJECTS).objects(path)


def test_null_is_no_objects_where_it_may_be() -> None:
    record = Record(things, "1", OBJECTS)
    assert record.objects("Nothing", nullable=True) == ()
    with pytest.raises(UnexpectedType):
        record.objects("Number", nullable=True)
    with pytest.raises(MissingField):
        record.objects("Absent", nullable=True)


def test_strict_reads_in_objects_are_observed_with_their_place() -> None:
    seen: list[tuple[str, str, str]] = []
    record = Record(things, "1", OBJECTS, observer=lambda *where: seen.append(where))
    record.objects("Keys")[0].objects("Parts")[0].text("Name")
    assert [path for _, _, path in seen] == ["Keys", "Keys/0/Parts", "Keys/0/Parts/0/Name"]


def test_evidence_in_objects_points_there_and_holds_no_credential() -> None:
    secretive = replace(things, secrets=("Keys/Parts/Name",))
    data = {**OBJECTS, "keyCredentials": [{"key": "s3cret", "keyId": "k"}]}
    record = Record(secretive, "1", data)
    part = record.objects("Keys")[0].objects("Parts")[0].at("Name")
    assert (part.dataset, part.key, part.pointer, part.value) == (
        "test.things", "1", "/Keys/0/Parts/0/Name", "[redacted]",
    )  # fmt: skip
    credential = record.objects("keyCredentials")[0]
    assert (credential.at("key").value, credential.at("keyId").value) == ("[redacted]", "k")
    with pytest.raises(MissingField, match="keyCredentials/0/usage"):
        credential.at("usage")


def test_the_only_object_of_a_dataset_is_called_as_that() -> None:
    only = replace(things, key="", title="")
    assert Record(only, "the", {"isEnabled": True}).title == only.name
    assert Record(only, "parent-1", {}, parent="parent-1").title == "parent-1"
