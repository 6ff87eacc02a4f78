"""The engine: one verdict an object, and absence never passes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from o365scan.api import (
    HEADER,
    Check,
    Data,
    FanOut,
    Finding,
    Gap,
    GapReason,
    GraphList,
    Judgement,
    Record,
    Severity,
    TenantInfo,
    UndeclaredDataset,
    Verdict,
    check,
    undecided,
)
from o365scan.evaluate import Evaluation, evaluate
from o365scan.snapshot import Manifest, Snapshot
from o365scan.views import DeclaredData

from . import things as t

GOOD = {"Id": "1", "Name": "One", "Enabled": True, "Note": "fine", "Friend": "Two"}
FRIEND = {"Id": "2", "Name": "Two"}
ALL = {"test.things": [GOOD], "test.friends": [FRIEND], "test.extras": []}


def judged(
    check: Check,
    records: Mapping[str, list[dict[str, Any]]],
    *,
    gaps: tuple[Gap, ...] = (),
    options: Any = None,
) -> Evaluation:
    snapshot = Snapshot.create()
    for dataset in (t.things, t.friends, t.extras):
        if dataset.name in records:
            snapshot.add(dataset, records[dataset.name])
            snapshot.finish(dataset)
    for gap in gaps:
        snapshot.add_gap(gap)
    snapshot.seal(
        Manifest(
            tenant=TenantInfo("11111111-2222-4333-8444-555555555555"),
            collected_at=datetime(2026, 1, 1, tzinfo=UTC),
            version="0",
        )
    )
    return evaluate(snapshot, [check], {check.id: options} if options else {})


def only(evaluation: Evaluation) -> Finding:
    assert len(evaluation.findings) == 1
    return evaluation.findings[0]


def things(**changes: Any) -> dict[str, list[dict[str, Any]]]:
    record = {**GOOD, **changes}
    return {**ALL, "test.things": [{name: value for name, value in record.items() if value is not None}]}


def denied(name: str) -> Gap:
    return Gap(dataset=name, reason=GapReason.DENIED, detail="403", hint="grant it")


def test_nothing_said_is_a_pass() -> None:
    finding = only(judged(t.thing_is_enabled, ALL))
    assert (finding.verdict, finding.key, finding.title) == (Verdict.PASS, "1", "One")


def test_problems_are_folded_into_one_finding_worst_first() -> None:
    finding = only(judged(t.thing_is_enabled, things(Enabled=False, Note="bad")))
    assert finding.verdict is Verdict.FAIL
    assert finding.severity is Severity.CRITICAL
    assert [each.message for each in finding.problems] == ["The note is bad.", "It is off."]
    assert finding.problems[1].evidence[0].pointer == "/Enabled"
    assert finding.problems[1].evidence[0].value is False


def test_missing_field_is_open() -> None:
    finding = only(judged(t.thing_is_enabled, things(Enabled=None)))
    assert finding.verdict is Verdict.OPEN
    assert "'Enabled' is missing" in finding.message


def test_a_value_of_another_type_is_open() -> None:
    finding = only(judged(t.thing_is_enabled, things(Enabled="False")))
    assert finding.verdict is Verdict.OPEN
    assert "should be true or false" in finding.message


def test_what_is_proven_before_a_missing_field_stays_a_fail() -> None:
    finding = only(judged(t.thing_is_enabled, things(Enabled=False, Note=None)))
    assert finding.verdict is Verdict.FAIL
    assert [each.reason for each in finding.reasons] == ["test.things: the field 'Note' is missing"]


def test_an_independent_clause_is_judged_despite_a_missing_field() -> None:
    finding = only(judged(t.thing_has_a_friend, things(Friend=None, Note="bad")))
    assert finding.verdict is Verdict.FAIL
    assert finding.message == "The note is bad."


def test_a_gap_in_a_required_dataset_withdraws_the_pass() -> None:
    finding = only(judged(t.thing_has_a_friend, ALL, gaps=(denied("test.friends"),)))
    assert (finding.verdict, finding.key) == (Verdict.OPEN, HEADER)
    assert "test.friends could not be read: 403" in finding.message


def test_a_gap_in_a_required_dataset_keeps_the_fail() -> None:
    evaluation = judged(t.thing_has_a_friend, things(Note="bad"), gaps=(denied("test.friends"),))
    assert [(each.key, each.verdict) for each in evaluation.findings] == [
        (HEADER, Verdict.OPEN),
        ("1", Verdict.FAIL),
    ]


def test_a_gap_below_an_object_leaves_it_alone_undecided() -> None:
    """Rooms of houses of things: the room whose items could not be read is in the house of one thing."""
    request = GraphList(path="/items")
    houses = replace(t.friends, name="test.houses", source=FanOut(over=t.things, request=request))
    items = replace(t.friends, name="test.items", source=FanOut(over=houses, request=request))

    @check("test.thing-is-tidy", severity=Severity.LOW, each=t.things, reads=[houses, items])
    def thing_is_tidy(thing: Record, data: Data) -> Iterator[Judgement]:
        yield from (undecided("never", each.at("Name")) for each in data[houses].of(thing) if not each.key)

    def verdicts(*lost: str) -> dict[str, Verdict]:
        snapshot = Snapshot.create()
        snapshot.add(t.things, [GOOD, {**GOOD, "Id": "2"}, {**GOOD, "Id": "3"}])
        for parent, key in (("1", "a"), ("2", "b"), ("3", "b")):
            snapshot.add(houses, [{"Id": key, "Name": key}], parent=parent)
        for key in lost:
            snapshot.add_gap(Gap(dataset="test.items", reason=GapReason.DENIED, detail="403", parent=key))
        for each in (t.things, houses, items):
            snapshot.finish(each)
        tenant = TenantInfo("11111111-2222-4333-8444-555555555555")
        snapshot.seal(Manifest(tenant=tenant, collected_at=datetime(2026, 1, 1, tzinfo=UTC), version="0"))
        return {each.key: each.verdict for each in evaluate(snapshot, [thing_is_tidy], {}).findings}

    assert verdicts() == {"1": Verdict.PASS, "2": Verdict.PASS, "3": Verdict.PASS}
    assert verdicts("a") == {"1": Verdict.OPEN, "2": Verdict.PASS, "3": Verdict.PASS}
    assert verdicts("b") == {"1": Verdict.PASS, "2": Verdict.OPEN, "3": Verdict.OPEN}
    assert verdicts("c") == {HEADER: Verdict.OPEN}


def test_a_gap_of_one_parent_withdraws_the_pass_too() -> None:
    gap = Gap(dataset="test.things", reason=GapReason.UNREACHABLE, detail="timeout", parent="mailbox-7")
    finding = only(judged(t.thing_is_enabled, ALL, gaps=(gap,)))
    assert finding.verdict is Verdict.OPEN
    assert "test.things of mailbox-7" in finding.message


def test_a_dataset_that_was_not_collected_is_open() -> None:
    finding = only(judged(t.thing_is_enabled, {}))
    assert (finding.verdict, finding.key) == (Verdict.OPEN, HEADER)
    assert "without it" in finding.message


def test_a_gap_in_an_optional_dataset_changes_nothing() -> None:
    records = {name: rows for name, rows in ALL.items() if name != "test.extras"}
    assert only(judged(t.thing_has_a_friend, records)).verdict is Verdict.PASS


def test_an_optional_dataset_is_used_where_it_is_there() -> None:
    records = {**ALL, "test.extras": [{"Id": "1", "Name": "x"}]}
    assert only(judged(t.thing_has_a_friend, records)).verdict is Verdict.OPEN


def test_no_object_at_all_is_not_applicable() -> None:
    finding = only(judged(t.thing_is_enabled, {"test.things": []}))
    assert (finding.verdict, finding.key) == (Verdict.NOT_APPLICABLE, HEADER)


def test_a_check_on_the_whole_fails_at_the_header() -> None:
    finding = only(judged(t.there_are_things, {"test.things": []}))
    assert (finding.verdict, finding.key, finding.dataset) == (Verdict.FAIL, HEADER, "test.things")


def test_a_check_on_the_whole_passes_at_the_header() -> None:
    finding = only(judged(t.there_are_things, ALL))
    assert (finding.verdict, finding.key) == (Verdict.PASS, HEADER)


def test_a_crash_is_open_and_reported() -> None:
    evaluation = judged(t.thing_crashes, ALL)
    finding = only(evaluation)
    assert finding.verdict is Verdict.OPEN
    assert "ZeroDivisionError: one by nought at thing_crashes" in finding.message
    assert [(each.plugin, each.stage) for each in evaluation.failures] == [("test.thing-crashes", "check")]


def test_a_crash_keeps_what_was_proven_before() -> None:
    assert only(judged(t.thing_crashes, things(Note="bad"))).verdict is Verdict.FAIL


def test_options_reach_the_check() -> None:
    records = things(Enabled=False)
    assert only(judged(t.thing_is_enabled, records, options=t.Limits(accept=("1",)))).verdict is Verdict.PASS
    assert only(judged(t.thing_is_enabled, records)).verdict is Verdict.FAIL


def test_an_undeclared_dataset_is_refused() -> None:
    data = DeclaredData(Snapshot.create(), "test.thing-is-enabled", [t.things])
    with pytest.raises(UndeclaredDataset, match=r"does not declare that it reads test\.friends"):
        data[t.friends]
    with pytest.raises(UndeclaredDataset, match="as optional"):
        data.get(t.things)


def test_findings_are_ordered_by_check_and_key() -> None:
    rows = [{**GOOD, "Id": key} for key in ("c", "a", "b")]
    assert [each.key for each in judged(t.thing_is_enabled, {"test.things": rows}).findings] == [
        "a",
        "b",
        "c",
    ]


def test_judgements_on_one_object_are_one_finding_whoever_made_them() -> None:
    rows = [{**GOOD, "Id": key, "Note": note} for key, note in (("a", "same"), ("b", "same"), ("c", "other"))]
    found = judged(t.thing_is_not_a_copy, {"test.things": rows}).findings
    assert [(each.key, each.verdict) for each in found] == [
        ("a", Verdict.FAIL),
        ("c", Verdict.PASS),
    ]
    assert len(found[0].problems) == 2


def test_a_check_on_the_whole_may_name_objects() -> None:
    found = judged(
        t.things_are_in_order, {"test.things": [GOOD, {**GOOD, "Id": "2", "Enabled": False}]}
    ).findings
    assert [(each.key, each.title, each.verdict) for each in found] == [("2", "One", Verdict.FAIL)]


def test_what_does_not_apply_is_no_pass_and_hides_nothing() -> None:
    check = t.thing_has_a_friend_if_it_must
    found = only(judged(check, ALL))
    assert (found.verdict, found.message) == (Verdict.NOT_APPLICABLE, "It needs none.")
    off = {"test.things": [{**GOOD, "Enabled": False}]}
    assert only(judged(check, off)).verdict is Verdict.FAIL
    assert only(judged(check, {"test.things": [{**GOOD, "Enabled": None}]})).verdict is Verdict.OPEN
    gap = Gap(dataset="test.things", reason=GapReason.DENIED, detail="403")
    assert only(judged(check, ALL, gaps=(gap,))).verdict is Verdict.OPEN


@pytest.mark.parametrize(
    ("check", "said"),
    [
        (
            t.thing_yields_a_text,
            "PluginError: a check yields problem(...), undecided(...) or not_applicable(...), not a str",
        ),
        (t.thing_is_severe, "PluginError: the severity 'high' is not a Severity"),
        (t.thing_exits, "SystemExit: 0"),
        (t.thing_needs_options, "TypeError"),
    ],
)
def test_a_check_that_breaks_its_contract_is_open_and_reported(check: Check, said: str) -> None:
    evaluation = judged(check, ALL)
    assert only(evaluation).verdict is Verdict.OPEN
    assert said in evaluation.failures[0].message
