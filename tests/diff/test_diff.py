"""Two snapshots: what became of each object, and what can't be told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from o365scan.api import ExchangeCmdlet
from o365scan.diff import Diff, DiffError
from o365scan.diff.objects import Kind

from .snapshots import APPS, DATASETS, MAILBOXES, RULES, State, gap

A, B = {"id": "a", "displayName": "A"}, {"id": "b", "displayName": "B"}
ANN, BOB = {"Guid": "ann", "Name": "Ann"}, {"Guid": "bob", "Name": "Bob"}
RULE, OTHER = {"RuleId": "1", "Name": "Tidy"}, {"RuleId": "2", "Name": "Sort"}


def diff(before: State, after: State, **more: Any) -> tuple[Diff, list[tuple[str, str, str]]]:
    found = Diff(before.saved(), after.saved(), DATASETS, **more)
    return found, [(each.kind.value, each.title, each.parent_title) for each in found.changes()]


def why(found: Diff) -> list[tuple[str, str, str]]:
    return [(each.dataset, each.parent, each.reason) for each in found.not_comparable]


def test_added_removed_changed() -> None:
    found, told = diff(State({APPS: [A, {**B, "x": 1}]}), State({APPS: [{**B, "x": 2}, {"id": "c"}]}))
    assert told == [("removed", "A", ""), ("changed", "B", ""), ("added", "c", "")]
    assert found.counts == {APPS.name: {Kind.ADDED: 1, Kind.REMOVED: 1, Kind.CHANGED: 1}}
    assert why(found) == []


def test_volatile_only_is_counted() -> None:
    states = [State({APPS: [{**A, "lastSignInDateTime": n}]}) for n in (1, 2)]
    found, told = diff(*states)
    assert (told, found.quiet) == ([], {APPS.name: 1})
    assert diff(*states, volatile=True)[1] == [("changed", "A", "")]


def test_one_rule_in_two_mailboxes_is_two_objects() -> None:
    people = {MAILBOXES: [ANN, BOB]}
    before = State(people, {"ann": [RULE], "bob": [RULE]})
    after = State(people, {"ann": [RULE], "bob": [OTHER]})
    assert diff(before, after)[1] == [("removed", "Tidy", "Bob"), ("added", "Sort", "Bob")]


def test_what_belongs_to_somebody_new_is_new() -> None:
    before = State({MAILBOXES: [ANN]}, {"ann": [RULE]})
    after = State({MAILBOXES: [ANN, BOB]}, {"ann": [RULE], "bob": [RULE]})
    found, told = diff(before, after)
    assert told == [("added", "Tidy", "Bob"), ("added", "Bob", "")]
    assert why(found) == []
    assert diff(after, before)[1] == [("removed", "Tidy", "Bob"), ("removed", "Bob", "")]


@pytest.mark.parametrize("blind", ["before", "after"])
def test_a_dataset_that_was_not_read_is_not_removed(blind: str) -> None:
    seen, unseen = State({APPS: [A]}), State({APPS: []}, gaps=[gap(APPS)])
    states = (unseen, seen) if blind == "before" else (seen, unseen)
    found, told = diff(*states)
    which = "earlier" if blind == "before" else "later"
    assert told == []
    assert why(found) == [(APPS.name, "", f"the {which} snapshot lacks it (denied): 403 Forbidden")]


def test_a_dataset_that_only_one_has() -> None:
    found, told = diff(State({APPS: [A], MAILBOXES: [ANN]}), State({APPS: [A]}))
    assert told == []
    assert why(found) == [(MAILBOXES.name, "", "the later snapshot was made without it")]
    found, told = diff(State({APPS: [A]}), State({APPS: [A], MAILBOXES: [ANN]}))
    assert why(found) == [(MAILBOXES.name, "", "the earlier snapshot was made without it")]


def test_a_mailbox_whose_rules_could_not_be_read() -> None:
    people = {MAILBOXES: [ANN, BOB]}
    before = State(people, {"ann": [RULE], "bob": [RULE]})
    after = State(people, {"ann": []}, [gap(RULES, "bob")])
    found, told = diff(before, after)
    assert told == [("removed", "Tidy", "Ann")]
    assert why(found) == [(RULES.name, "bob", "the later snapshot lacks it (denied): 403 Forbidden")]


def test_a_mailbox_whose_rules_were_not_asked_for() -> None:
    people = {MAILBOXES: [ANN, BOB]}
    found, told = diff(State(people, {"ann": [RULE]}), State(people, {"ann": [RULE], "bob": [RULE, OTHER]}))
    assert told == []
    assert why(found) == [(RULES.name, "bob", "the earlier snapshot was made without asking for it")]


def test_rules_of_mailboxes_that_are_not_known() -> None:
    before = State({MAILBOXES: []}, {"ann": [RULE]}, [gap(MAILBOXES)])
    after = State({MAILBOXES: [ANN, BOB]}, {"ann": [RULE], "bob": [RULE]})
    found, told = diff(before, after)
    assert told == []
    assert (RULES.name, "bob", "the earlier snapshot lacks exchange.mailboxes") in why(found)


def test_a_dataset_that_no_plugin_knows() -> None:
    stranger = replace(APPS, name="other.things")
    found, told = diff(State({stranger: [A]}), State({stranger: [B]}))
    assert told == []
    assert why(found) == [("other.things", "", "no plugin that is installed knows it")]


def test_another_key_and_another_request() -> None:
    found, told = diff(State({APPS: [A]}), State({replace(APPS, key="displayName"): [A]}))
    assert told == []
    assert why(found) == [(APPS.name, "", "its objects were told apart by another field")]
    otherwise = replace(MAILBOXES, source=ExchangeCmdlet(cmdlet="Get-EXOMailbox"))
    found, told = diff(State({MAILBOXES: [ANN]}), State({otherwise: [{**ANN, "New": 1}]}))
    assert told == [("changed", "Ann", "")]
    assert found.asked_otherwise == [MAILBOXES.name]


def test_only_some_datasets() -> None:
    before, after = State({APPS: [A], MAILBOXES: []}), State({APPS: [B], MAILBOXES: [ANN]})
    assert diff(before, after, patterns=("exchange.*",))[1] == [("added", "Ann", "")]


def test_two_tenants() -> None:
    before, after = State({APPS: [A]}), State({APPS: [B]}, tenant="99999999-2222-4333-8444-555555555555")
    with pytest.raises(DiffError, match="two tenants") as caught:
        diff(before, after)
    assert "--other-tenant" in str(caught.value.hint)
    assert len(diff(before, after, other_tenant=True)[1]) == 2


def test_a_folder_and_a_file_are_the_same(tmp_path: Path) -> None:
    from o365scan.snapshot import Snapshot

    state = State({MAILBOXES: [ANN]}, {"ann": [RULE]})
    state.saved(tmp_path / "file").export(tmp_path / "folder")
    found = Diff(Snapshot.open(tmp_path / "file"), Snapshot.open(tmp_path / "folder"), DATASETS)
    assert list(found.changes()) == []
    assert why(found) == []
