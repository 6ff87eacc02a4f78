"""The cases that the runner adds: what it tries a check with, and what it catches."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from o365scan.api import (
    Acceptance,
    Check,
    Data,
    Judgement,
    Record,
    Severity,
    Unlicensed,
    check,
    problem,
)
from o365scan.testing import Case, CaseFileInvalid, case_test, cases

from .things import dataset, things

GOOD = {"Id": "1", "Name": "One", "Parts": [{"Name": "a"}, {"Name": "b"}], "Kind": {"Name": "k"}}


@check("test.thing-is-strict", severity=Severity.LOW, each=things)
def thing_is_strict(thing: Record) -> Iterator[Judgement]:
    if not [part.text("Name") for part in thing.objects("Parts")] or not thing.text("Kind/Name"):
        yield problem("It has no parts.")


@check("test.thing-is-careless", severity=Severity.LOW, each=things)
def thing_is_careless(thing: Record) -> Iterator[Judgement]:
    if not [part["Name"] for part in thing["Parts"]] or not thing["Kind"]["Name"]:
        yield problem("It has no parts.")


@check("test.thing-is-credulous", severity=Severity.LOW, each=things)
def thing_is_credulous(thing: Record) -> Iterator[Judgement]:
    if not thing["Parts"]:
        yield problem("It has no parts.")


@dataclass(frozen=True)
class Names:
    accepted: tuple[str, ...] = ()


@check("test.thing-offers-in-vain", severity=Severity.LOW, each=things, options=Names)
def thing_offers_in_vain(thing: Record, options: Names) -> Iterator[Judgement]:
    name = thing.text("Name")
    if name != "One" and name not in options.accepted:
        offered = name if name == "Two" else name.lower()
        yield problem("It is another.", accept=Acceptance({"accepted": (offered,)}))


unknown = dataset("test.unknowns", licence="Thing P1")
empty = dataset("test.empties", licence="Thing P1", unlicensed=Unlicensed.EMPTY)


@check("test.thing-is-bought", severity=Severity.LOW, reads=[unknown, empty])
def thing_is_bought(data: Data) -> Iterator[Judgement]:
    if not list(data[empty]):
        yield problem("There is none.", severity=Severity.INFO, licence="Thing P1")
    if not list(data[unknown]):
        yield problem("It is empty.")


def bought(folder: Path, **said: object) -> Case:
    rows = {"test.unknowns": [GOOD], "test.empties": [GOOD]}
    content = {"check": "test.thing-is-bought", "records": rows, "cases": [{"name": "x", **said}]}
    (folder / "test.thing-is-bought.json").write_text(json.dumps(content), "utf-8")
    return next(case for case in cases(folder, [thing_is_bought]) if case.name == "x")


def added(judge: Check, folder: Path) -> dict[str, Case]:
    content = {"check": judge.id, "records": {"test.things": [GOOD]}, "cases": []}
    (folder / f"{judge.id}.json").write_text(json.dumps(content), "utf-8")
    start = "the good record, test.things/0/"
    return {
        case.name.removeprefix(start): case for case in cases(folder, [judge]) if case.name.startswith(start)
    }


def caught(judge: Check, folder: Path) -> set[str]:
    return {name for name, case in added(judge, folder).items() if _fails(case)}


def _fails(case: Case) -> bool:
    try:
        case.run()
    except AssertionError:
        return True
    return False


def test_what_is_tried(tmp_path: Path) -> None:
    assert set(added(thing_is_strict, tmp_path)) == {
        "Parts is missing", "Parts/0/Name is missing", "Parts/1/Name is missing", "Kind/Name is missing",
        "Parts is 7", "Parts/0 is 'x'", "Kind is 'x'",
    }  # fmt: skip


def test_a_check_that_reads_strictly_stands_it_all(tmp_path: Path) -> None:
    assert caught(thing_is_strict, tmp_path) == set()


def test_a_check_that_crashes_is_caught(tmp_path: Path) -> None:
    assert caught(thing_is_careless, tmp_path) == {"Parts is 7", "Parts/0 is 'x'", "Kind is 'x'"}


def test_a_check_that_passes_what_it_can_not_have_understood_is_caught(tmp_path: Path) -> None:
    assert caught(thing_is_credulous, tmp_path) == {"Parts is 7"}


def test_an_option_that_does_not_accept_what_a_problem_says_is_caught(tmp_path: Path) -> None:
    rename = [[{"op": "replace", "path": "/test.things/0/Name", "value": name}] for name in ("Two", "Three")]
    content = {
        "check": thing_offers_in_vain.id,
        "records": {"test.things": [GOOD]},
        "cases": [{"name": patch[0]["value"], "verdict": "fail", "patch": patch} for patch in rename],
    }
    (tmp_path / f"{thing_offers_in_vain.id}.json").write_text(json.dumps(content), "utf-8")
    found = cases(tmp_path, [thing_offers_in_vain], added=False)
    assert {case.name for case in found if _fails(case)} == {"Three"}


def test_what_is_not_licensed_is_unread_or_empty_as_the_dataset_says(tmp_path: Path) -> None:
    bought(tmp_path, verdict="open", unlicensed=["test.unknowns"]).run()
    bought(tmp_path, verdict="fail", unlicensed=["test.empties"], licence="Thing P1").run()


def test_a_licence_that_the_problem_does_not_name_is_caught(tmp_path: Path) -> None:
    assert _fails(bought(tmp_path, verdict="fail", unlicensed=["test.empties"], licence="Thing P2"))


def written(folder: Path, **changes: object) -> None:
    content = {"check": thing_is_strict.id, "records": {"test.things": [GOOD]}, "cases": []} | changes
    (folder / f"{thing_is_strict.id}.json").write_text(json.dumps(content), "utf-8")


def one(**said: object) -> list[object]:
    return [{"name": "x", "verdict": "pass", **said}]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"cases": one(severty="low")}, "unknown field `severty`"),
        ({"cases": one(verdict="passes")}, "Invalid enum value 'passes'"),
        ({"cases": one(severity="grave")}, "Invalid enum value 'grave'"),
        ({"cases": one() * 2}, "two cases are called 'x'"),
        (
            {"cases": one(patch=[{"op": "remove", "path": "/test.things/0/No"}])},
            "the patch of 'x' does not fit",
        ),
        ({"cases": one(patch=[{"op": "shift", "path": "/test.things"}])}, "the patch of 'x' does not fit"),
        ({"records": {"test.things": [GOOD], "test.friends": []}}, "does not read test.friends"),
        ({"records": {"test.things": []}}, "no record of test.things to judge"),
        ({"check": "test.thing-is-strikt"}, "holds the cases of test.thing-is-strikt"),
    ],
)
def test_a_file_that_would_test_nothing_is_refused(
    tmp_path: Path, changes: dict[str, object], said: str
) -> None:
    written(tmp_path, **changes)
    with pytest.raises(CaseFileInvalid, match=re.escape(said)):
        cases(tmp_path, [thing_is_strict])


def test_a_file_of_an_unknown_check_says_which_was_meant(tmp_path: Path) -> None:
    written(tmp_path)
    with pytest.raises(CaseFileInvalid, match=r"there is no check test\.thing-is-strict") as refused:
        cases(tmp_path, [thing_is_careless, thing_is_credulous])
    assert refused.value.hint == "Did you mean test.thing-is-careless?"


def test_records_that_no_scan_would_keep_so_are_told(tmp_path: Path) -> None:
    written(tmp_path, records={"test.things": [GOOD, GOOD | {"Name": "Two"}]})
    with pytest.raises(AssertionError, match="share the Id of another"):
        cases(tmp_path, [thing_is_strict], added=False)[0].run()


def test_each_case_is_a_test_of_pytests(tmp_path: Path) -> None:
    written(
        tmp_path,
        cases=one(verdict="fail", patch=[{"op": "replace", "path": "/test.things/0/Parts", "value": []}]),
    )
    (mark,) = case_test(tmp_path, [thing_is_strict]).pytestmark  # type: ignore[attr-defined]
    assert mark.args[1] == cases(tmp_path, [thing_is_strict])
    assert [str(case) for case in mark.args[1]][:2] == [
        f"{thing_is_strict.id}: the good record",
        f"{thing_is_strict.id}: x",
    ]
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(CaseFileInvalid, match="there is no file of cases"):
        case_test(empty, [thing_is_strict])
