"""What a tenant would have to buy to be seen, or mended, better: one entry a licence."""

from __future__ import annotations

from dataclasses import dataclass, field

from o365scan.api import Finding, Report, Verdict


@dataclass
class Wanted:
    """What one licence that the tenant lacks would make possible."""

    licence: str
    mended: list[Finding] = field(default_factory=list)
    """What is wrong, and can't be mended without it."""
    undecided: set[str] = field(default_factory=set)
    """Checks that can't be decided without it."""
    unread: set[str] = field(default_factory=set)
    """Datasets that can't be read without it, and that only enrich."""


def wanted(report: Report) -> list[Wanted]:
    """By name. What wants several licences is told with the last of them."""
    found: dict[str, Wanted] = {}

    def entry(licence: str) -> Wanted:
        return found.setdefault(licence, Wanted(licence))

    told = set[str | None]()
    for finding in (each for each in report.findings if each.accepted is None):
        for licence in report.licences_wanted(finding)[-1:]:
            if finding.verdict is Verdict.FAIL:
                entry(licence).mended.append(finding)
            else:
                entry(licence).undecided.add(finding.check)
                told |= {each.gap for each in finding.reasons}
    for gap in report.gaps:
        missing = report.licence_wanted_for(gap.dataset)
        if missing and gap.dataset not in told:
            entry(missing).unread.add(gap.dataset)
    return [found[name] for name in sorted(found)]
