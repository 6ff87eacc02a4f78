"""Every format counts the same: what fails, is accepted, is held, is undecided, and takes a licence."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest

from o365scan.api import AcceptanceState, AcceptanceUse, AcceptedRisk, Change, GapReason, Report, Severity
from o365scan.cli import closing
from o365scan.registry import load
from o365scan.reports.console import show
from o365scan.reports.many import counts
from o365scan.reports.tally import Tally

from . import sample

RISK = AcceptedRisk(check="*", object="Known", reason="Known", owner="Grace", expires=date(2026, 3, 1))


@pytest.fixture
def report() -> Report:
    """An accepted failure that is new and the worst, one that can't be mended, one that is held and accepted."""
    (problem,) = sample.FAILING.problems
    accepted = replace(
        sample.FAILING, key="4", title="Known", severity=Severity.CRITICAL, accepted=RISK, change=Change.NEW
    )
    bound = replace(
        sample.FAILING,
        key="5",
        title="Bound",
        problems=(replace(problem, licence=sample.LICENCE),),
        change=Change.UNCHANGED,
    )
    return replace(
        sample.REPORT,
        findings=(replace(sample.FAILING, change=Change.NEW), accepted, bound, *sample.REPORT.findings[1:]),
        held=(
            replace(sample.HELD, change=Change.UNCHANGED),
            replace(sample.HELD, key="8", accepted=RISK, change=Change.UNCHANGED),
        ),
        acceptances=(AcceptanceUse(RISK, AcceptanceState.USED, 2),),
    )


def of(name: str, report: Report) -> str:
    return sample.written(load().reporters[name], report)


def test_the_numbers(report: Report) -> None:
    tally = Tally.of(report)
    assert (tally.by_severity(), tally.accepted, tally.bound, tally.held) == ("1 high", 2, 2, 1)
    assert dict(tally.verdicts) == {"fail": 1, "pass": 5, "open": 2, "notApplicable": 1}


def test_terminal_and_page_say_them(report: Report, capsys: pytest.CaptureFixture[str]) -> None:
    from rich.console import Console

    show(report, Console(width=200))
    terminal = capsys.readouterr().out
    page = of("markdown", report)
    changes = "1 new, 1 gone, 0 updated, 2 unchanged, 1 of then not judged today"
    rest = "2 accepted, 2 out of reach without a licence, 1 repeated from an earlier scan"
    for said in (terminal, page):
        assert changes in said
        assert "Not comparable" not in said
        assert f"2 could not be decided, 2 datasets not wholly read, {rest}" in said
    assert "1 failed (1 high), 5 passed" in terminal
    assert "**1 failed** (1 high), 5 passed" in page


def test_what_can_not_be_compared_is_explained_on_both(
    report: Report, capsys: pytest.CaptureFixture[str]
) -> None:
    from rich.console import Console

    blind = replace(report, held=sample.REPORT.held)
    show(blind, Console(width=200), everything=True)
    terminal, page = capsys.readouterr().out, of("markdown", blind)
    for said in (terminal, page):
        assert "1 not comparable, 1 of then not judged today" in said
        assert "Not comparable: then not judged, left out, or rolled up." in said
    assert "not judged today  exchange.inbound-connector-is-expected · Partner" in terminal
    assert "### Failed then, and could not be judged today\n\n- `exchange.inbound-" in page


def test_the_action_counts_what_the_page_does(report: Report, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(of("json", report))
    assert counts([path]) == {"failed": 1, "open": 2, "held": 1}


def test_tables_and_tests_tell_them_apart(report: Report) -> None:
    rows = of("csv", report).splitlines()
    accepted = [row for row in rows if row.endswith('"Grace until 2026-03-01: Known"')]
    assert [row.partition(",")[0] for row in accepted] == [
        '"fail"',
        '"fail"',
        '""',
    ]  # and the acceptance itself
    suites = ElementTree.fromstring(of("junit", report))
    failed = [each.get("name") for each in suites.iter("testcase") if each.find("failure") is not None]
    assert failed == ["Partner", "Hide, as last seen (9)"]


def test_what_is_open_and_held_is_two_tests(report: Report) -> None:
    held = replace(sample.FAILING, key=sample.OPEN.key, title=sample.OPEN.title, held=True)
    suites = ElementTree.fromstring(of("junit", replace(report, held=(held,))))
    cases = Counter((each.get("classname"), each.get("name")) for each in suites.iter("testcase"))
    assert set(cases.values()) == {1}  # readers forget the second of a name
    assert {name for _, name in cases} > {"Relay", "Relay, as last seen"}


def test_what_is_next_is_never_what_was_accepted(report: Report, capsys: pytest.CaptureFixture[str]) -> None:
    gaps = tuple(each for each in report.gaps if each.reason is not GapReason.DENIED)
    seen = replace(report, failures=(), gaps=gaps, held=())
    closing.tell(seen, [], [], None)
    assert capsys.readouterr().err == f"Next: o365scan explain {sample.CONNECTOR.id}\n"
    closing.tell(replace(seen, findings=seen.findings[1:]), [], [], None)
    assert capsys.readouterr().err == ""
    assert json.loads(of("json", seen))["findings"][1]["accepted"]["owner"] == "Grace"


def test_a_check_that_did_not_run_has_its_title_all_the_same(
    report: Report, capsys: pytest.CaptureFixture[str]
) -> None:
    from rich.console import Console

    known = replace(report, known=report.checks, checks=(sample.CONNECTOR,))
    show(known, Console(width=200))
    title = sample.rule_is_harmless.documentation.title
    for said in (capsys.readouterr().out, of("markdown", known)):
        assert re.search(rf"{re.escape(title)}\W+{sample.rule_is_harmless.id}", said)
