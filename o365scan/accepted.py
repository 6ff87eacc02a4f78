"""Accepted risks: which failures somebody answers for, and what became of each acceptance. Pure.

Only a failure can be accepted: what could not be seen is never taken for granted. Day is compared with the day on which
the tenant was read, so that a snapshot judges the same at any time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from fnmatch import fnmatchcase, translate
from functools import cache

from o365scan.api import (
    HEADER,
    AcceptanceState,
    AcceptanceUse,
    AcceptedRisk,
    Check,
    Finding,
    Report,
    Verdict,
)

_MAGIC = re.compile(r"([*?\[])")
_GUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
#: What Microsoft makes keys of: a GUID, and for some objects another one or a number after it; or bytes in
#: base64.
_KEY = re.compile(rf"{_GUID}(?:[-_\\/](?:{_GUID}|[0-9]+))?|[A-Za-z0-9+/]{{20,}}={{1,2}}", re.IGNORECASE)


def literal(name: str) -> str:
    """A glob that is this name and no other."""
    return _MAGIC.sub(r"[\1]", name)


def names(risk: AcceptedRisk, finding: Finding) -> bool:
    """Is the finding about what the acceptance names, whatever its verdict?

    What has the form of a key names no other object than that key's: anybody may call an app as another's key reads.
    """
    if not _pattern(risk.check).match(finding.check):
        return False
    called = (finding.key,) if _KEY.fullmatch(risk.object) else (finding.title, finding.key)
    return any(_pattern(risk.object).match(name) for name in called if name != HEADER)


@cache
def _pattern(glob: str) -> re.Pattern[str]:
    """Kept for as many as there are: fnmatch forgets them from 256 on."""
    return re.compile(translate(glob))


def signs_of(finding: Finding) -> tuple[str, ...]:
    """What the check calls signs of an intruder; each once."""
    return tuple(dict.fromkeys(sign for each in finding.problems for sign in each.signs or ()))


@dataclass(frozen=True)
class Acceptances:
    """The acceptances of a tenant, as of the time when it was read."""

    risks: tuple[AcceptedRisk, ...]
    at: datetime

    def on(self, finding: Finding) -> Finding:
        """The finding, with who answers for it: the first acceptance that does."""
        if finding.verdict is not Verdict.FAIL:
            return finding
        accepting = (
            risk for risk in self.risks if names(risk, finding) and self._objection(risk, finding) is None
        )
        return replace(finding, accepted=next(accepting, None))

    def uses(self, report: Report) -> tuple[AcceptanceUse, ...]:
        """What became of each, in their order. The report's findings have been through `on`."""
        failed = [each for each in (*report.findings, *report.held) if each.verdict is Verdict.FAIL]
        return tuple(self._use(risk, failed, report) for risk in self.risks)

    def is_over(self, risk: AcceptedRisk) -> bool:
        """Its last day lies before the day on which the tenant was read, in UTC."""
        return self.at.astimezone(UTC).date() > risk.expires

    def _objection(self, risk: AcceptedRisk, finding: Finding) -> str | None:
        """Why a failure that it names counts all the same."""
        if self.is_over(risk):
            return f"it expired on {risk.expires}"
        if risk.severity is not None and finding.severity.rank > risk.severity.rank:
            return f"it is {finding.severity} now, and was accepted up to {risk.severity}"
        signs = signs_of(finding)
        if signs and not risk.despite_signs:
            return f"it bears a sign of an intruder: {'; '.join(signs)}"
        return None

    def _use(self, risk: AcceptedRisk, failed: Sequence[Finding], report: Report) -> AcceptanceUse:
        named = [each for each in failed if names(risk, each)]
        count = sum(each.accepted == risk for each in named)
        if self.is_over(risk):
            still = f"{len(named)} that it names fail" if named else "nothing that it names fails"
            return AcceptanceUse(risk, AcceptanceState.EXPIRED, 0, f"it expired on {risk.expires}; {still}")
        counting = [each for each in named if each.accepted is None]
        if counting:
            said = "; ".join(
                dict.fromkeys(f"{each.title}: {self._objection(risk, each)}" for each in counting)
            )
            return AcceptanceUse(risk, AcceptanceState.EXCEEDED, count, said)
        if named:
            said = "" if count else "another acceptance comes first for all that it names"
            return AcceptanceUse(risk, AcceptanceState.USED, count, said)
        why = _unseen(risk, report)
        if why is not None:
            return AcceptanceUse(risk, AcceptanceState.UNDECIDED, 0, why)
        return AcceptanceUse(risk, AcceptanceState.UNMATCHED, 0, "nothing that it names fails: take it out")


def _unseen(risk: AcceptedRisk, report: Report) -> str | None:
    """Why it can't be told whether what it names fails; None if it doesn't."""
    meant = {check.id for check in _meant(risk, report.known or report.checks)}
    ran = {check.id for check in report.checks}
    if left := sorted(meant - ran):
        return f"{left[0]} was not run"
    for finding in report.findings:
        if finding.check in meant and finding.verdict is Verdict.OPEN and _may_hide(finding, risk):
            return f"{finding.check} could not be decided: {finding.message}"
    return None


def _may_hide(finding: Finding, risk: AcceptedRisk) -> bool:
    """An undecided verdict on the object itself, on the dataset as a whole, or for what could not be read."""
    return (
        finding.key == HEADER or names(risk, finding) or any(each.gap is not None for each in finding.reasons)
    )


def _meant(risk: AcceptedRisk, checks: Iterable[Check]) -> Iterable[Check]:
    return (check for check in checks if fnmatchcase(check.id, risk.check))
