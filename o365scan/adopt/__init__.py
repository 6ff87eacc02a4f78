"""What an organisation may want to accept: proposals for a person to review, and nothing under a sign of an intruder.

Each check says by which of its options a problem is accepted (`Acceptance`) and what about it looks like an intruder's
(`Problem.signs`); nothing here knows a check.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from o365scan.adopt.signs import names_signs, problems_with_signs, signs_of
from o365scan.adopt.suspects import Suspects, suspects, texts_in
from o365scan.api import Check, Finding, OptionsError, Verdict
from o365scan.config import options_of, with_entries
from o365scan.evaluate import evaluate
from o365scan.registry import plan
from o365scan.running import Judging, in_process
from o365scan.snapshot import Snapshot

Entries = Mapping[str, Sequence[str] | Mapping[str, Sequence[str]]]


@dataclass(frozen=True, eq=False)
class Proposal:
    """What is wrong with an object, and the entries of its check's options that accept all of it."""

    finding: Finding
    entries: tuple[Entries, ...]


@dataclass(frozen=True, eq=False)
class Refusal:
    """What could be accepted, or bears a sign of an intruder, and why it is not proposed: "because …"."""

    finding: Finding
    because: str


@dataclass(frozen=True)
class Proposals:
    """By check id, ordered; what was refused; and all the findings for which nothing is proposed, refused ones too."""

    by_check: Mapping[str, tuple[Proposal, ...]]
    refused: Mapping[str, tuple[Refusal, ...]]
    left: tuple[Finding, ...]


def proposals(
    snapshot: Snapshot,
    checks: Iterable[Check],
    findings: Iterable[Finding],
    tables: Mapping[str, Any],
    judging: Judging = in_process,
) -> Proposals:
    """What may be proposed of the findings, which were judged with the options of `tables`.

    An object is proposed if all that is wrong with it can be accepted, however grave, nothing about it is a sign of an
    intruder by any check, and neither it nor what would accept it names an object that has a sign. Then all is judged
    again with what is proposed: what would change a sign, or silence a finding that is not proposed, is not.
    """
    known = {check.id: check for check in checks}
    failed = [each for each in findings if each.verdict is Verdict.FAIL]
    suspected = suspects(
        [each for each in failed if signs_of(each)],
        {dataset.name: dataset for dataset in plan(known.values())},
        snapshot,
    )
    by_check: dict[str, tuple[Proposal, ...]] = {}
    refused: dict[str, tuple[Refusal, ...]] = {}
    for id, check in sorted(known.items()):
        if check.options is None:
            continue
        judge = _Judge(snapshot, check, tables.get("checks", {}).get(id, {}), judging)
        kept, rest = _sorted_out([each for each in failed if each.check == id], suspected, judge)
        by_check |= {id: kept} if kept else {}
        refused |= {id: rest} if rest else {}
    taken = {id: {proposal.finding.key for proposal in kept} for id, kept in by_check.items()}
    left = tuple(each for each in failed if each.key not in taken.get(each.check, ()))
    return Proposals(by_check, refused, left)


@dataclass(frozen=True)
class _Judge:
    """Judges a check again as it would be with proposals taken."""

    snapshot: Snapshot
    check: Check
    table: Mapping[str, Any]
    judging: Judging

    def takes(self, proposal: Proposal) -> bool:
        """Can the entries be written, and does the check take them?"""
        try:
            json.dumps(proposal.entries, ensure_ascii=False, default=list).encode()
            self._options([proposal])
        except (OptionsError, UnicodeEncodeError):  # a name that no option can stand for
            return False
        return True

    def failed_with(self, chosen: Sequence[Proposal]) -> list[Finding]:
        """What fails if these are taken."""
        found = evaluate(self.snapshot, [self.check], self._options(chosen), self.judging).findings
        return [each for each in found if each.verdict is Verdict.FAIL]

    def _options(self, chosen: Sequence[Proposal]) -> dict[str, Any]:
        wanted = with_entries(self.table, (entries for each in chosen for entries in each.entries))
        return options_of([self.check], {"checks": {self.check.id: wanted}})


def _sorted_out(
    own: Sequence[Finding], suspected: Suspects, judge: _Judge
) -> tuple[tuple[Proposal, ...], tuple[Refusal, ...]]:
    """What of a check's findings is proposed, and what is refused."""
    usable: list[Proposal] = []
    refused: list[Refusal] = []
    for finding in own:
        proposal = _offered(finding)
        because = _why_not(finding, proposal, suspected, judge)
        if proposal is not None and because is None:
            usable.append(proposal)
        elif because is not None:
            refused.append(Refusal(finding, because))
    rest = [each for each in own if each.key not in {proposal.finding.key for proposal in usable}]
    kept = _harmless(usable, lambda chosen: _all_stays(rest, own, judge.failed_with(chosen)))
    refused += [
        Refusal(each.finding, "to accept it would silence another finding that is not proposed")
        for each in usable
        if each not in kept
    ]
    return tuple(kept), tuple(refused)


def _offered(finding: Finding) -> Proposal | None:
    """The entries that accept all that is wrong with it."""
    entries = tuple(each.accept.entries for each in finding.problems if each.accept is not None)
    return Proposal(finding, entries) if len(entries) == len(finding.problems) else None


def _why_not(finding: Finding, proposal: Proposal | None, suspected: Suspects, judge: _Judge) -> str | None:
    """Why it is refused; None if it isn't, or is no matter of options at all."""
    if signs := signs_of(finding):
        return "; ".join(signs) if proposal is not None or names_signs(finding) else None
    if proposal is None:
        return None
    if because := suspected.about([*_texts(proposal)]):
        return because
    return None if judge.takes(proposal) else "no option can name it"


def _texts(proposal: Proposal) -> Iterator[str]:
    """All that is said of the object, and all that the entries and the evidence name."""
    yield from (proposal.finding.key, proposal.finding.title)
    for entries in proposal.entries:
        for value in entries.values():
            yield from value
            for texts in value.values() if isinstance(value, Mapping) else ():
                yield from texts
    for problem in proposal.finding.problems:
        for evidence in problem.evidence:
            yield from texts_in(evidence.value)


def _all_stays(rest: Collection[Finding], own: Collection[Finding], after: Collection[Finding]) -> bool:
    """Does all fail that is not to be accepted, with every sign as it was?"""
    failing = {(each.dataset, each.key) for each in after}
    return all((each.dataset, each.key) in failing for each in rest) and _marks(own) <= _marks(after)


def _marks(findings: Iterable[Finding]) -> frozenset[tuple[str, str, str]]:
    return frozenset(
        (finding.dataset, finding.key, problem.message)
        for finding in findings
        for problem in problems_with_signs(finding)
    )


def _harmless(offered: Sequence[Proposal], is_safe: Callable[[Sequence[Proposal]], bool]) -> list[Proposal]:
    """The proposals that leave all else as it is, together too; few judgements where most are harmless."""
    kept: list[Proposal] = []
    waiting = [list(offered)] if offered else []
    while waiting:
        group = waiting.pop()
        if is_safe([*kept, *group]):
            kept += group
        elif len(group) > 1:
            middle = len(group) // 2
            waiting += [group[middle:], group[:middle]]
    return kept
