"""What of a report counts as what: the formats for people, the exit code and the action count alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from o365scan.api import Finding, Gap, Report, Severity, Subject, Verdict

#: A header may have failed and say besides that the check could not see all: the failure counts.
_WEIGHT = (Verdict.NOT_APPLICABLE, Verdict.PASS, Verdict.OPEN, Verdict.FAIL)


def counting(report: Report) -> list[Finding]:
    """Failures that nobody has accepted: today's, and those of earlier scans that are held."""
    return [each for each in (*report.findings, *report.held) if each.counts]


def mendable(report: Report) -> list[Finding]:
    """Those of them that can be mended without another licence: what is shown first."""
    return [each for each in counting(report) if not report.licences_wanted(each)]


def undecided(report: Report) -> list[Finding]:
    """Verdicts that are open for any other reason than a licence."""
    return [
        each for each in report.findings if each.verdict is Verdict.OPEN and not report.licences_wanted(each)
    ]


def unread(report: Report) -> list[Gap]:
    """What could not be read for any other reason than a licence."""
    return [gap for gap in report.gaps if report.licence_wanted_for(gap.dataset) is None]


def worst_verdicts(findings: Iterable[Finding]) -> dict[Subject, Finding]:
    """One finding a subject: the failure, if there are several."""
    ordered = sorted(findings, key=lambda each: _WEIGHT.index(each.verdict))
    return {each.subject: each for each in ordered}


@dataclass(frozen=True)
class Tally:
    """Numbers of a report. Every finding is counted once."""

    verdicts: Counter[Verdict]
    """Of today, but for what is accepted and what takes a licence."""
    failed: Counter[Severity]
    """Those of them that fail."""
    accepted: int
    bound: int
    """Out of reach without a licence."""
    held: int
    """Failures of earlier scans that are repeated, and not accepted."""
    unread: int
    """Datasets that were not wholly read."""

    @classmethod
    def of(cls, report: Report) -> Tally:
        every = (*report.findings, *report.held)
        told = [each for each in report.findings if each.accepted is None]
        judged = [each for each in told if not report.licences_wanted(each)]
        return cls(
            verdicts=Counter(each.verdict for each in judged),
            failed=Counter(each.severity for each in judged if each.verdict is Verdict.FAIL),
            accepted=sum(each.accepted is not None for each in every),
            bound=len(told) - len(judged),
            held=sum(each.counts for each in report.held),
            unread=len({gap.dataset for gap in unread(report)}),
        )

    def by_severity(self) -> str:
        """The failures, such as "2 critical, 14 high"."""
        return ", ".join(f"{self.failed[each]} {each}" for each in Severity if self.failed[each])
