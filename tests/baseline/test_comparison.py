"""What is new, unchanged, updated and gone, and what can't be told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from o365scan.api import (
    HEADER,
    AcceptedRisk,
    Baseline,
    BaselineError,
    Data,
    Judgement,
    Record,
    Severity,
    check,
    problem,
)
from tests.core.things import friends, thing_has_a_friend, thing_is_enabled, things

from .scans import PARTS, Scan, denied, thing, told

Kept = Callable[[Scan, Path], Baseline]


def as_snapshot(scan: Scan, folder: Path) -> Baseline:
    return scan.as_snapshot(folder)


def as_folder(scan: Scan, folder: Path) -> Baseline:
    scan.snapshot(folder / "file").export(folder / "then")
    return scan.baseline(folder / "then")


def as_full_log(scan: Scan, folder: Path) -> Baseline:
    return scan.baseline(scan.log(folder, "full"))


def as_github_log(scan: Scan, folder: Path) -> Baseline:
    return scan.baseline(scan.log(folder, "github"))


ALL = [as_snapshot, as_folder, as_full_log, as_github_log]


@check("test.part-is-sound", severity=Severity.HIGH, each=PARTS)
def part_is_sound(part: Record) -> Iterator[Judgement]:
    if not part.flag("Sound"):
        yield problem("It is not sound.", part.at("Sound"))


@check("test.things-are-many", severity=Severity.HIGH, reads=[things])
def things_are_many(data: Data) -> Iterator[Judgement]:
    if len(list(data[things])) < 2:
        yield problem("There are few.")


@pytest.mark.parametrize("kept", ALL)
def test_new_unchanged_updated_gone(kept: Kept, tmp_path: Path) -> None:
    then = Scan(
        [
            thing("a", enabled=False), thing("b", enabled=False), thing("c", enabled=False),
            thing("d", enabled=False), thing("e"),
        ]
    )  # fmt: skip
    now = Scan(
        [
            thing("a", enabled=False, Name="Renamed"),
            thing("b", enabled=False, note="bad"),  # another message and severity
            thing("c"),
            thing("e", enabled=False),
            thing("f", enabled=False),
            thing("g"),
        ],
        day=2,
    )
    report = now.against(kept(then, tmp_path))
    assert told(report) == {"unchanged": ["a"], "updated": ["b"], "new": ["e", "f"], "gone": ["c", "d"]}
    assert [(each.title, each.message) for each in report.gone] == [
        ("Thing c", "It is off."),
        ("Thing d", "It is off."),
    ]
    assert report.baseline is not None
    assert report.baseline.collected_at.day == 1


@pytest.mark.parametrize("kept", ALL)
def test_another_value_of_the_evidence_is_an_update(kept: Kept, tmp_path: Path) -> None:
    def scan(colour: str, day: int) -> Scan:
        return Scan([thing("a", Colour=colour)], checks=(thing_is_red,), day=day)

    assert told(scan("rose", 2).against(kept(scan("pink", 1), tmp_path))) == {"updated": ["a"]}
    (tmp_path / "again").mkdir()
    assert told(scan("pink", 2).against(kept(scan("pink", 1), tmp_path / "again"))) == {"unchanged": ["a"]}


@check("test.thing-is-red", severity=Severity.LOW, each=things)
def thing_is_red(thing: Record) -> Iterator[Judgement]:
    if thing.text("Colour") != "red":
        yield problem("It is not red.", thing.at("Colour"))


@pytest.mark.parametrize("kept", ALL)
def test_nothing_is_gone_where_nobody_looked_today(kept: Kept, tmp_path: Path) -> None:
    then = kept(Scan([thing("a", enabled=False), thing("b", enabled=False)]), tmp_path)
    assert told(Scan(gaps=[denied()], day=2).against(then)) == {"unsettled": ["a", "b"]}
    missing = {"Id": "a", "Name": "Thing a", "Note": ""}
    assert told(Scan([missing], day=2).against(then)) == {"unsettled": ["a"], "gone": ["b"]}
    another_check = Scan([thing("a", Colour="red")], checks=(thing_is_red,), day=2)
    assert told(another_check.against(then)) == {"unsettled": ["a", "b"]}


@pytest.mark.parametrize("kept", ALL)
def test_nothing_is_new_where_nobody_looked_then(kept: Kept, tmp_path: Path) -> None:
    now = Scan([thing("a", enabled=False)], day=2)
    others = (thing_is_enabled, thing_is_red)
    blind = Scan(gaps=[denied()], checks=(thing_is_enabled,))
    if kept is not as_github_log:  # which has no run of an area that was wholly unread: none could be written
        assert told(now.against(kept(blind, tmp_path))) == {"?": ["a"]}
    for name in ("undecided", "only"):
        (tmp_path / name).mkdir()
    undecided = Scan([{"Id": "a", "Name": "Thing a", "Note": ""}, thing("z")])
    assert told(now.against(kept(undecided, tmp_path / "undecided"))) == {"?": ["a"]}
    # A check that did not run then.
    both = Scan([thing("a", enabled=False, Colour="red")], checks=others, day=2)
    only = Scan([thing("a", Colour="red")], checks=(thing_is_red,))
    if kept in (as_full_log, as_github_log):  # a snapshot is judged by the checks of today
        assert told(both.against(kept(only, tmp_path / "only"))) == {"?": ["a"]}


def test_one_undecided_object_does_not_hide_that_another_is_new(tmp_path: Path) -> None:
    then = Scan([{"Id": "a", "Name": "Thing a", "Note": ""}, thing("b")])
    now = Scan([thing("a", enabled=False), thing("b", enabled=False), thing("c", enabled=False)], day=2)
    expected = {"?": ["a"], "new": ["b", "c"]}
    assert told(now.against(then.as_snapshot(tmp_path))) == expected
    assert told(now.against(as_full_log(then, tmp_path))) == expected


@pytest.mark.parametrize("kept", [as_snapshot, as_full_log])
def test_parts_of_a_thing_that_could_not_be_read_then(kept: Kept, tmp_path: Path) -> None:
    both = [thing("a"), thing("b")]
    rotten = {"Id": "1", "Name": "Rotten", "Sound": False}
    checks = (part_is_sound,)
    then = Scan(both, gaps=[denied(PARTS, "b")], parts={"a": []}, checks=checks)
    now = Scan(both, parts={"a": [], "b": [rotten]}, checks=checks, day=2)
    assert told(now.against(kept(then, tmp_path))) == {"?": ["1"]}
    (tmp_path / "seen").mkdir()
    seen = Scan(both, parts={"a": [], "b": []}, checks=checks)
    assert told(now.against(kept(seen, tmp_path / "seen"))) == {"new": ["1"]}


def test_parts_of_a_thing_that_can_not_be_read_today(tmp_path: Path) -> None:
    both = [thing("a"), thing("b")]
    rotten = {"Id": "1", "Name": "Rotten", "Sound": False}
    checks = (part_is_sound,)
    then = Scan(both, parts={"a": [], "b": [rotten]}, checks=checks).as_snapshot(tmp_path)
    now = Scan(both, gaps=[denied(PARTS, "b")], parts={"a": []}, checks=checks, day=2)
    assert told(now.against(then)) == {"unsettled": ["1"]}


def test_what_is_held_is_unchanged(tmp_path: Path) -> None:
    then = Scan([thing("a", enabled=False)])
    log = then.log(tmp_path, "github")
    now = Scan(gaps=[denied()], day=2)
    report = now.with_evidence(tmp_path, now.baseline(log))
    assert told(report) == {"unchanged": ["a"]}
    # Seen again the day after, it is compared with what was repeated: by its severity, which is all there is.
    later = Scan([thing("a", enabled=False)], day=3)
    assert told(later.against(report_as_baseline(now, tmp_path))) == {"unchanged": ["a"]}
    worse = Scan([thing("a", enabled=False, note="bad")], day=3)
    assert told(worse.against(report_as_baseline(now, tmp_path))) == {"updated": ["a"]}


def report_as_baseline(scan: Scan, folder: Path) -> Baseline:
    return scan.baseline(scan.log(folder, "full"))


def test_one_alert_for_many_objects(tmp_path: Path) -> None:
    many = [thing(f"{number:02}", enabled=False) for number in range(30)]
    then = Scan(many)
    now = Scan([*many, thing("new", enabled=False)], day=2)
    github = as_github_log(then, tmp_path)
    assert [each.key for each in github.findings] == [HEADER]
    report = now.against(github)
    assert [each.change for each in report.findings] == [None] * 31
    assert (report.gone, report.unsettled) == ((), ())
    assert len(told(now.against(as_full_log(then, tmp_path)))["unchanged"]) == 30
    mended = Scan([thing(f"{number:02}") for number in range(30)], day=2)
    assert told(mended.against(github)) == {"gone": [HEADER]}


def test_another_tenant(tmp_path: Path) -> None:
    then = Scan([thing("a")]).as_snapshot(tmp_path)
    with pytest.raises(BaselineError, match="is of the tenant 11111111"):
        Scan([thing("a")], tenant="99999999-2222-4333-8444-555555555555").against(then)


def test_a_dataset_beside_that_is_blind_keeps_what_rests_on_it(tmp_path: Path) -> None:
    checks = (thing_has_a_friend,)
    lonely = thing("a", Friend="Nobody")
    then = Scan([lonely], checks=checks).as_snapshot(tmp_path)
    now = Scan([thing("a", Friend="Nobody")], gaps=[denied(friends)], checks=checks, day=2)
    assert told(now.against(then)) == {"unsettled": ["a"]}


@pytest.mark.parametrize("kept", ALL)
def test_what_was_accepted_then_failed_then(kept: Kept, tmp_path: Path) -> None:
    risk = AcceptedRisk(check="*", object="Thing [abc]", reason="r", owner="o", expires=date(2026, 3, 1))
    then = Scan([thing(key, enabled=False) for key in "abcd"] + [thing("e")], risks=(risk,))
    now = Scan(
        [
            thing("a", enabled=False),
            thing("b", enabled=False, note="bad"),
            thing("c"),
            thing("e", enabled=False),
        ],
        risks=(risk,),
        day=2,
    )
    baseline = kept(then, tmp_path)
    assert told(now.against(baseline)) == {
        "unchanged": ["a"],
        "updated": ["b"],
        "new": ["e"],
        "gone": ["c", "d"],
    }
    blind = Scan(gaps=[denied()], day=2)
    assert told(blind.against(baseline)) == {"unsettled": ["a", "b", "c", "d"]}


def test_a_whole_dataset_that_was_accepted_beside_an_alert_on_it(tmp_path: Path) -> None:
    risk = AcceptedRisk(check="*", object="test.things", reason="r", owner="o", expires=date(2026, 3, 1))
    then = Scan([], checks=(things_are_many,), risks=(risk,))
    baseline = as_github_log(then, tmp_path)
    assert [each.key for each in baseline.findings] == [HEADER]
    assert told(Scan([], checks=(things_are_many,), day=2).against(baseline)) == {"unchanged": [HEADER]}
