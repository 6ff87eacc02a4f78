"""A tenant that was neglected for ten years reads as a page: alerts on what mends it, and a first screen."""

from __future__ import annotations

import io
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from mocktenant import Tenant, serve
from o365scan.api import Report, Verdict
from o365scan.config import options_of
from o365scan.registry import load
from o365scan.reports.console import PAGE, show
from o365scan.scan import judge
from o365scan.snapshot import Snapshot
from tests.cli.in_process import here

PEOPLE = 500


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A folder with the snapshot and the SARIF log of one scan of 500 people, and what it printed."""
    folder = tmp_path_factory.mktemp("legacy")
    with serve(Tenant("legacy-tenant", size=PEOPLE)) as server:
        output = ("--save-snapshot", str(folder / "s"), "--sarif", str(folder / "o.sarif"))
        result = here("scan", *output, env=server.environment())
    assert result.exit_code == 0, result.output
    return folder, result.stdout


@pytest.fixture(scope="module")
def report(scanned: tuple[Path, str]) -> Report:
    """What was found, judged again from the snapshot."""
    registry = load()
    checks = registry.select(())
    return judge(Snapshot.open(scanned[0] / "s"), checks, registry, options_of(checks, {}))


def page(report: Report, width: int, *, everything: bool = False) -> str:
    """The report as a console of that width shows it."""
    written = io.StringIO()
    show(report, Console(file=written, width=width), everything=everything)
    return written.getvalue()


def failing(report: Report) -> set[str]:
    return {each.check for each in report.findings if each.verdict is Verdict.FAIL}


def test_it_is_neglected_in_every_way(report: Report) -> None:
    assert len(failing(report)) > 45
    assert sum(each.verdict is Verdict.FAIL for each in report.findings) > 150


def test_the_first_screen_is_a_page(scanned: tuple[Path, str]) -> None:
    lines = scanned[1].splitlines()
    assert len(lines) <= PAGE == 70
    assert "entra.admin-has-mfa" in scanned[1]
    assert "--verbose shows them" in scanned[1]


@pytest.mark.parametrize("width", [80, 100, 120, 200])
def test_the_first_screen_is_a_page_on_any_terminal_and_clips_nothing(report: Report, width: int) -> None:
    shown = page(report, width)
    lines = shown.splitlines()
    assert len(lines) <= PAGE, shown
    assert max(map(len, lines)) <= width
    assert "…" not in shown
    for check in failing(report):
        assert check in shown, f"{check} is clipped or left out"


def test_everything_names_every_object(report: Report) -> None:
    shown = page(report, 120, everything=True)
    assert len(shown.splitlines()) > PAGE
    count = sum(each.verdict is Verdict.FAIL for each in report.findings)
    severities = ("critical ", "high ", "medium ", "low ")
    assert sum(line.strip().startswith(severities) for line in shown.splitlines()) == count


@pytest.fixture(scope="module")
def alerts(scanned: tuple[Path, str]) -> list[dict[str, Any]]:
    log = json.loads((scanned[0] / "o.sarif").read_text())
    return [result for run in log["runs"] for result in run["results"]]


def test_there_are_at_most_sixty_alerts(alerts: list[dict[str, Any]], report: Report) -> None:
    assert len(alerts) <= 60
    assert {each["ruleId"] for each in alerts} == failing(report)


@pytest.mark.parametrize(
    "check",
    [
        "entra.mfa-is-required-of-everyone",
        "entra.user-consent-is-restricted",
        "exchange.ews-is-restricted",
        "exchange.legacy-protocols-are-off",
        "exchange.mailbox-auditing-is-on",
        "exchange.mailbox-plan-gives-no-legacy-protocol",
        "exchange.powershell-is-for-admins",
        "exchange.shared-mailbox-has-no-sign-in",
        "exchange.smtp-auth-is-off",
        # Each has to be mended by itself, and there are many.
        "exchange.folder-is-not-open-to-everyone",
        "exchange.mailbox-access-is-expected",
    ],
)
def test_what_is_neglected_for_all_is_one_alert(alerts: list[dict[str, Any]], check: str) -> None:
    assert Counter(each["ruleId"] for each in alerts)[check] == 1
