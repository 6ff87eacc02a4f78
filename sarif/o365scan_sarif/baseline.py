"""baselineState: how each result of a log stands to an earlier one (SARIF 2.1.0 §3.27.24).

A result of then is the same rule's on the same object, failing or not failing: what failed and passes now is an
absent failure and a new pass. All results of a run have a state or none has, and there is no word for what can't be
told: such a result is `new`, which it is to the baseline, and its property `comparable` is false.
"""

from __future__ import annotations

from collections.abc import Sequence

from o365scan.api import Change, Finding, Report, Subject, Verdict

STATE = {
    Change.NEW: "new",
    Change.UNCHANGED: "unchanged",
    Change.UPDATED: "updated",
    Change.GONE: "absent",
}


class States:
    """The states of a report's results; none without a baseline, or where only alerts are shown."""

    def __init__(self, report: Report, *, full: bool) -> None:
        self._compared = full and report.baseline is not None
        findings = report.baseline.findings if self._compared and report.baseline else ()
        self._not_failing: dict[Subject, Verdict] = {
            each.subject: each.verdict for each in findings if each.verdict is not Verdict.FAIL
        }

    def of(self, finding: Finding) -> str | None:
        """The state of a result."""
        if not self._compared:
            return None
        if finding.verdict is Verdict.FAIL:
            return STATE[finding.change or Change.NEW]
        then = self._not_failing.get(finding.subject)
        return "new" if then is None else "unchanged" if then is finding.verdict else "updated"

    def is_comparable(self, finding: Finding) -> bool:
        """Whether it can be told how a failure stands to then."""
        return not self._compared or finding.verdict is not Verdict.FAIL or finding.change is not None


def absent(report: Report, area: str) -> Sequence[Finding]:
    """The failures of an area that are gone."""
    return [finding for finding in report.gone if finding.area == area]
