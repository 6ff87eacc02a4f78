"""Accepted risks: which failures somebody answers for, and what became of each acceptance. Pure.

Only a failure can be accepted: what could not be seen is never taken for granted. Day is compared with the day on which
the tenant was read, so that a snapshot judges the same at any time.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from fnmatch import fnmatchcase, translate
from functools import cached_property

from o365scan.api import (
    HEADER,
    AcceptanceState,
    AcceptanceUse,
    AcceptedRisk,
    Finding,
    Report,
    Verdict,
)

_MAGIC = re.compile(r"([*?\[])")
_LITERAL = re.compile(r"\[([*?\[])\]")
_GUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
#: What Microsoft makes keys of: a GUID, and for some objects another one or a number after it; or bytes in
#: base64.
_KEY = re.compile(rf"{_GUID}(?:[-_\\/](?:{_GUID}|[0-9]+))?|[A-Za-z0-9+/]{{20,}}={{1,2}}", re.IGNORECASE)

#: How many of those that count all the same are told with an acceptance; the findings are all in the report.
_TOLD = 10


def literal(name: str) -> str:
    """A glob that is this name and no other."""
    return _MAGIC.sub(r"[\1]", name)


def names(risk: AcceptedRisk, finding: Finding) -> bool:
    """Is the finding about what the acceptance names, whatever its verdict?

    What has the form of a key names no other object than that key's: anybody may call an app as another's key reads.
    """
    return bool(_Named((risk,)).of(finding))


class _Named:
    """Which acceptances are about a finding: a dictionary for what is written out, so that there may be many."""

    def __init__(self, risks: Sequence[AcceptedRisk]) -> None:
        self._checks = [re.compile(translate(risk.check)) for risk in risks]
        self._objects = [_Object.of(risk.object) for risk in risks]
        self._of_check: dict[str, _Objects] = {}

    def of(self, finding: Finding) -> list[int]:
        """Their places, in order."""
        if finding.check not in self._of_check:
            meant = (place for place, check in enumerate(self._checks) if check.match(finding.check))
            self._of_check[finding.check] = _Objects({place: self._objects[place] for place in meant})
        return self._of_check[finding.check].of(finding)


@dataclass(frozen=True)
class _Object:
    """What an acceptance names: `name` if it is written out, else a pattern; `by_key` by its key alone."""

    name: str | None
    pattern: re.Pattern[str]
    by_key: bool

    @classmethod
    def of(cls, glob: str) -> _Object:
        # What `literal` has put into brackets stands for itself; whatever else acts makes it a pattern.
        name = None if _MAGIC.search(_LITERAL.sub("", glob)) else _LITERAL.sub(r"\1", glob)
        return cls(name, re.compile(translate(glob)), _KEY.fullmatch(glob) is not None)


class _Objects:
    """What the acceptances of one check name, by their places."""

    def __init__(self, objects: Mapping[int, _Object]) -> None:
        self._keys: dict[str, list[int]] = defaultdict(list)
        self._names: dict[str, list[int]] = defaultdict(list)
        self._found: dict[tuple[str, str], list[int]] = {}
        self._patterns = [(place, each.pattern) for place, each in objects.items() if each.name is None]
        for place, each in objects.items():
            if each.name is not None:
                self._keys[each.name].append(place)
                if not each.by_key:
                    self._names[each.name].append(place)

    def of(self, finding: Finding) -> list[int]:
        called = finding.title, finding.key
        if called not in self._found:
            self._found[called] = self._places(*called)
        return self._found[called]

    def _places(self, title: str, key: str) -> list[int]:
        called = [name for name in (title, key) if name != HEADER]
        places = {place for place, each in self._patterns if any(map(each.match, called))}
        if title != HEADER:
            places.update(self._names.get(title, ()))
        if key != HEADER:
            places.update(self._keys.get(key, ()))
        return sorted(places)


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
        risks = (self.risks[place] for place in self._named.of(finding))
        accepting = (risk for risk in risks if self._objection(risk, finding) is None)
        return replace(finding, accepted=next(accepting, None))

    def uses(self, report: Report) -> tuple[AcceptanceUse, ...]:
        """What became of each, in their order. The report's findings have been through `on`."""
        failed = defaultdict[int, list[Finding]](list)
        for each in (*report.findings, *report.held):
            for place in self._named.of(each) if each.verdict is Verdict.FAIL else ():
                failed[place].append(each)
        unseen = _Unseen(report, self._named)
        return tuple(
            self._use(risk, failed[place]) or unseen.use(place, risk) for place, risk in enumerate(self.risks)
        )

    @cached_property
    def _named(self) -> _Named:
        return _Named(self.risks)

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

    def _use(self, risk: AcceptedRisk, named: Sequence[Finding]) -> AcceptanceUse | None:
        """What became of it by the failures that it names; None if they tell nothing."""
        count = sum(each.accepted == risk for each in named)
        if self.is_over(risk):
            still = f"{len(named)} that it names fail" if named else "nothing that it names fails"
            return AcceptanceUse(risk, AcceptanceState.EXPIRED, 0, f"it expired on {risk.expires}; {still}")
        counting = [each for each in named if each.accepted is None]
        if counting:
            told = [f"{each.title}: {self._objection(risk, each)}" for each in counting[:_TOLD]]
            more = f"and {len(counting) - _TOLD} more" if len(counting) > _TOLD else ""
            why = "; ".join([*dict.fromkeys(told), *([more] if more else [])])
            return AcceptanceUse(risk, AcceptanceState.EXCEEDED, count, why)
        if named:
            said = "" if count else "another acceptance comes first for all that it names"
            return AcceptanceUse(risk, AcceptanceState.USED, count, said)
        return None


class _Unseen:
    """Whether it can be told of an acceptance that nothing which it names fails."""

    def __init__(self, report: Report, named: _Named) -> None:
        self._known = sorted(check.id for check in report.known or report.checks)
        self._ran = {check.id for check in report.checks}
        undecided = [each for each in report.findings if each.verdict is Verdict.OPEN]
        self._undecided = [(each, named.of(each), _may_hide_any(each)) for each in undecided]

    def use(self, place: int, risk: AcceptedRisk) -> AcceptanceUse:
        """What became of it, if no failure is there that it names."""
        why = self._why(place, risk)
        if why is not None:
            return AcceptanceUse(risk, AcceptanceState.UNDECIDED, 0, why)
        return AcceptanceUse(risk, AcceptanceState.UNMATCHED, 0, "nothing that it names fails: take it out")

    def _why(self, place: int, risk: AcceptedRisk) -> str | None:
        meant = {id for id in self._known if fnmatchcase(id, risk.check)}
        if left := sorted(meant - self._ran):
            return f"{left[0]} was not run"
        for finding, named, hides in self._undecided:
            if finding.check in meant and (hides or place in named):
                return f"{finding.check} could not be decided: {finding.message}"
        return None


def _may_hide_any(finding: Finding) -> bool:
    """An undecided verdict on the dataset as a whole, or for what could not be read."""
    return finding.key == HEADER or any(each.gap is not None for each in finding.reasons)
