"""Today's verdicts beside those of a baseline: what is new, unchanged, updated and gone, and what can't be told.

Nothing is new where nobody looked then, and nothing is gone where nobody looked today.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from o365scan.api import HEADER, Baseline, BaselineError, Change, Finding, Report, Subject, Verdict
from o365scan.reports.evidence_state import Holding, alert_of
from o365scan.reports.tally import worst_verdicts
from o365scan.snapshot import Snapshot


def compared(report: Report, baseline: Baseline, snapshot: Snapshot) -> Report:
    """The report with its baseline: the `change` of each failure, what is `gone` and what is `unsettled`.

    `snapshot` is the one that was judged: it tells what was read today. Raises BaselineError for one of another
    tenant.
    """
    refuse_another_tenant(report, baseline)
    earlier = _Earlier(baseline)
    gone, unsettled = _not_repeated(report, baseline, snapshot)
    return replace(
        report,
        findings=tuple(_marked(each, earlier) for each in report.findings),
        held=tuple(_marked(each, earlier) for each in report.held),
        baseline=baseline,
        gone=tuple(replace(each, change=Change.GONE) for each in gone),
        unsettled=tuple(unsettled),
    )


def refuse_another_tenant(report: Report, baseline: Baseline) -> None:
    """Raises BaselineError."""
    if baseline.tenant_id != report.tenant.id:
        raise BaselineError(
            f"the baseline is of the tenant {baseline.tenant_id}, and this is {report.tenant.id}",
            hint="Compare a tenant with an earlier scan of itself.",
        )


def _marked(finding: Finding, earlier: _Earlier) -> Finding:
    return replace(finding, change=earlier.change_of(finding)) if finding.verdict is Verdict.FAIL else finding


class _Earlier:
    """The verdicts of then, by what they are on."""

    def __init__(self, baseline: Baseline) -> None:
        self._baseline = baseline
        self._verdicts = worst_verdicts(baseline.findings)
        #: The datasets, or HEADER, of what a check could not decide.
        self._undecided: dict[str, set[str]] = {}
        for each in baseline.findings:
            if each.verdict is Verdict.OPEN:
                place = HEADER if each.key == HEADER else each.dataset
                self._undecided.setdefault(each.check, set()).add(place)

    def change_of(self, finding: Finding) -> Change | None:
        """How a failure of today stands to then; None if that can't be told."""
        was = self._verdicts.get(finding.subject)
        if was is not None and was.verdict is Verdict.FAIL:
            return Change.UPDATED if self._says_another_thing(finding, was) else Change.UNCHANGED
        known = finding.check in self._baseline.checks and not finding.held
        return Change.NEW if known and self._did_not_fail(finding, was) else None

    def _says_another_thing(self, finding: Finding, was: Finding) -> bool:
        if finding.held:
            return False  # it is repeated as it was: nobody could look
        digest = self._baseline.digests.get(was.subject)
        if digest is None:  # it was itself repeated then, without the values
            return finding.severity is not was.severity
        return finding.digest != digest

    def _did_not_fail(self, finding: Finding, was: Finding | None) -> bool:
        if was is not None:
            return was.verdict is not Verdict.OPEN
        # What was undecided about another kind of object may have been about this one: a mailbox whose rules could
        # not be read.
        elsewhere = self._undecided.get(finding.check, set()) - {finding.dataset}
        return finding.check not in self._baseline.unsure and not elsewhere


def _not_repeated(
    report: Report, baseline: Baseline, snapshot: Snapshot
) -> tuple[list[Finding], list[Finding]]:
    """The failures of then that are none today: those that are gone, and those that nobody could look for."""
    today = {each.subject for each in (*report.findings, *report.held) if each.verdict is Verdict.FAIL}
    ran = {check.id for check in report.checks}
    holding = Holding.of(ran, report.findings, report.gaps)
    seen = _seen(report, snapshot)
    restless = {
        (each.check, each.dataset)
        for each in (*report.findings, *report.held)
        if each.verdict in (Verdict.FAIL, Verdict.OPEN)
    }
    gone: list[Finding] = []
    unsettled: list[Finding] = []
    for was in worst_verdicts(baseline.findings).values():
        if was.verdict is not Verdict.FAIL or was.subject in today:
            continue
        if was.key == HEADER and was.check in baseline.unsure and was.subject[:2] in restless:
            continue  # one alert for many objects, of which some still fail
        settled = was.dataset in report.datasets and not holding.holds(alert_of(was), seen=seen)
        (gone if settled else unsettled).append(was)
    return sorted(gone, key=_order), sorted(unsettled, key=_order)


def _order(finding: Finding) -> Subject:
    return finding.subject


def _seen(report: Report, snapshot: Snapshot) -> Callable[[str, str], bool]:
    """Whether an object was read today; the header of a dataset was if the dataset was."""
    unread = {gap.dataset for gap in report.gaps if gap.parent is None}

    def seen(dataset: str, key: str) -> bool:
        known = report.datasets.get(dataset)
        if known is None or dataset in unread:
            return False
        return key == HEADER or snapshot.record(known, key) is not None

    return seen
