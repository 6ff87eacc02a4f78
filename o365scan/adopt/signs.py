"""Signs of an intruder: what a check names as one, or where it says nothing, what it grades as high."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from o365scan.api import Finding, Problem, Severity


def signs_of(finding: Finding) -> tuple[str, ...]:
    """What about the object looks like an intruder's, in the check's words; each once."""
    return tuple(dict.fromkeys(sign for each in finding.problems for sign in _signs(each, finding)))


def problems_with_signs(finding: Finding) -> Iterator[Problem]:
    """The problems of it that have any."""
    return (each for each in finding.problems if _signs(each, finding))


def names_signs(finding: Finding) -> bool:
    """Does the check itself name a sign, rather than grade?"""
    return any(each.signs for each in finding.problems)


def _signs(problem: Problem, finding: Finding) -> Iterable[str]:
    if problem.signs is not None:
        return problem.signs
    severity = problem.severity or finding.severity
    return (f"it is graded {severity}",) if severity.rank >= Severity.HIGH.rank else ()
