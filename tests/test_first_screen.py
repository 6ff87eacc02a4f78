"""A tenant that was neglected for ten years reads as a page: alerts on what mends it, and a first screen."""

from __future__ import annotations

import io
import json
from collections import Counter
from pathlib import Path

import pytest
from rich.console import Console

from mocktenant import Tenant, serve
from o365scan.api import Report, Verdict
from o365scan.reports.console import PAGE, show
from tests.conftest import Run
from tests.scans import kept

pytestmark = pytest.mark.long

ONE_ALERT = {
    "entra.mfa-is-required-of-everyone",
    "entra.user-consent-is-restricted",
    "exchange.ews-is-restricted",
    "exchange.legacy-protocols-are-off",
    "exchange.mailbox-auditing-is-on",
    "exchange.mailbox-plan-gives-no-legacy-protocol",
    "exchange.powershell-is-for-admins",
    "exchange.shared-mailbox-has-no-sign-in",
    "exchange.smtp-auth-is-off",
    # Each object has to be mended by itself, and there are many.
    "entra.admin-is-in-use",
    "exchange.folder-is-not-open-to-everyone",
    "exchange.mailbox-access-is-expected",
}


@pytest.mark.no_cover  # test_scenarios scans the same tenant with fewer people, and is measured
def test_ten_years_of_neglect_are_a_page_and_at_most_sixty_alerts(o365scan: Run, tmp_path: Path) -> None:
    """One scan of 500 people for all of it: reading them is most of what this costs."""
    with serve(Tenant("legacy-tenant", size=500)) as server:
        report = kept(server, tmp_path / "s")
    failures = [each for each in report.findings if each.verdict is Verdict.FAIL]
    failing = {each.check for each in failures}
    assert (len(failing) > 45, len(failures) > 150) == (True, True)

    result = o365scan("scan", "--snapshot", "s", "--sarif", "o.sarif")
    assert result.returncode == 0, result.stdout + result.stderr
    assert result.stdout == page(report, 120)
    alerts = alerts_in(tmp_path / "o.sarif")
    assert alerts.total() <= 60
    assert set(alerts) == failing
    assert {check: alerts[check] for check in ONE_ALERT} == dict.fromkeys(ONE_ALERT, 1)

    for width in (80, 100, 120, 200):
        shown = page(report, width)
        lines = shown.splitlines()
        assert len(lines) <= PAGE == 70, shown
        assert max(map(len, lines)) <= width
        assert "…" not in shown
        assert [check for check in failing if check not in shown] == []
    assert "--verbose shows them" in page(report, 120)

    everything = page(report, 120, everything=True).splitlines()
    assert len(everything) > PAGE
    severities = ("critical ", "high ", "medium ", "low ")
    assert sum(line.strip().startswith(severities) for line in everything) == len(failures)


def page(report: Report, width: int, *, everything: bool = False) -> str:
    """The report as a console of that width shows it."""
    written = io.StringIO()
    show(report, Console(file=written, width=width), everything=everything)
    return written.getvalue()


def alerts_in(log: Path) -> Counter[str]:
    """The results of a SARIF log, by rule."""
    return Counter(each["ruleId"] for run in json.loads(log.read_text())["runs"] for each in run["results"])
