"""What an organisation may want to accept: proposals for a person to review, and nothing under a sign of intrusion.

Each check says by which of its options a problem is accepted (`Acceptance`); nothing here knows a check.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from o365scan.adopt.suspects import suspects
from o365scan.api import Check, Finding, OptionsError, Problem, Severity, Verdict
from o365scan.config import options_of, with_entries
from o365scan.evaluate import evaluate
from o365scan.registry import plan
from o365scan.snapshot import Snapshot

Entries = Mapping[str, Sequence[str] | Mapping[str, Sequence[str]]]


@dataclass(frozen=True, eq=False)
class Proposal:
    """What is wrong with an object, and the entries of its check's options that accept all of it."""

    finding: Finding
    entries: tuple[Entries, ...]


@dataclass(frozen=True)
class Proposals:
    """By check id, ordered; and the findings for which nothing is proposed."""

    by_check: Mapping[str, tuple[Proposal, ...]]
    left: tuple[Finding, ...]


def proposals(
    snapshot: Snapshot, checks: Iterable[Check], findings: Iterable[Finding], tables: Mapping[str, Any]
) -> Proposals:
    """What may be proposed of the findings, which were judged with the options of `tables`.

    An object is proposed if all that is wrong with it can be accepted and is medium or less (or, as its check says,
    such by design), and neither it nor what it names has anything worse by any check. Then all is judged again with
    what is proposed: what would change a high or critical finding is not proposed.
    """
    known = {check.id: check for check in checks}
    failed = [each for each in findings if each.verdict is Verdict.FAIL]
    datasets = {dataset.name: dataset for dataset in plan(known.values())}
    worse = [each for each in failed if _is_severe(each)]
    severe = {(each.dataset, each.key) for each in worse}
    suspected = suspects(worse, datasets, snapshot)
    by_check: dict[str, tuple[Proposal, ...]] = {}
    for id, check in sorted(known.items()):
        own = [each for each in failed if each.check == id]
        table = tables.get("checks", {}).get(id, {})
        offered = [
            Proposal(each, _entries(each))
            for each in own
            if (each.dataset, each.key) not in severe and _is_acceptable(each)
        ]
        usable = [
            each for each in offered
            if not any(suspected.search(text.casefold()) for text in _texts(each))
            and _is_usable(check, table, each)
        ]  # fmt: skip
        kept = _harmless(usable, partial(_is_safe, snapshot, check, table, _signs(own)))
        if kept:
            by_check[id] = tuple(kept)
    taken = {id: {proposal.finding.key for proposal in kept} for id, kept in by_check.items()}
    left = tuple(each for each in failed if each.key not in taken.get(each.check, ()))
    return Proposals(by_check, left)


def _is_severe(finding: Finding) -> bool:
    """Is anything wrong with it that is high or critical, and not such by design?"""
    return any(
        _rank(each, finding) >= Severity.HIGH.rank and not _by_design(each) for each in finding.problems
    )


def _rank(problem: Problem, finding: Finding) -> int:
    return (problem.severity or finding.severity).rank


def _by_design(problem: Problem) -> bool:
    return problem.accept is not None and problem.accept.by_design


def _is_acceptable(finding: Finding) -> bool:
    return all(each.accept is not None for each in finding.problems)


def _entries(finding: Finding) -> tuple[Entries, ...]:
    return tuple(each.accept.entries for each in finding.problems if each.accept is not None)


def _texts(proposal: Proposal) -> Iterator[str]:
    """All that is said of the object, and all that the entries name."""
    yield from (proposal.finding.key, proposal.finding.title)
    for entries in proposal.entries:
        for value in entries.values():
            yield from value
            for texts in value.values() if isinstance(value, Mapping) else ():
                yield from texts


def _is_usable(check: Check, table: Mapping[str, Any], proposal: Proposal) -> bool:
    """Can the entries be written, and does the check take them?"""
    wanted = with_entries(table, proposal.entries)
    try:
        json.dumps(proposal.entries, ensure_ascii=False, default=list).encode()
        options_of([check], {"checks": {check.id: wanted}})
    except (OptionsError, UnicodeEncodeError):  # a name that no option can stand for
        return False
    return True


_Signs = frozenset[tuple[str, str, Severity | None, str]]


def _signs(findings: Iterable[Finding]) -> _Signs:
    """All that is high or critical, but for what is such by design."""
    return frozenset(
        (finding.dataset, finding.key, each.severity, each.message)
        for finding in findings
        for each in finding.problems
        if _rank(each, finding) >= Severity.HIGH.rank and not _by_design(each)
    )


def _is_safe(
    snapshot: Snapshot, check: Check, table: Mapping[str, Any], signs: _Signs, chosen: Sequence[Proposal]
) -> bool:
    """Do all signs stay if these proposals are accepted?"""
    wanted = with_entries(table, (entries for each in chosen for entries in each.entries))
    options = options_of([check], {"checks": {check.id: wanted}})
    return signs <= _signs(evaluate(snapshot, [check], options).findings)


def _harmless(offered: Sequence[Proposal], is_safe: Callable[[Sequence[Proposal]], bool]) -> list[Proposal]:
    """The proposals that leave every sign as it is, together too; few judgements where most are harmless."""
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
