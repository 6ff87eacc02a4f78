"""Which of the installed checks run: by id, severity and framework; what is left out is told, with the key."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from o365scan.api import Check, LeftOut
from o365scan.config import Scan, nearest
from o365scan.frameworks import NAMES, ids_of

Refuse = Callable[[str, int, str], Exception]
"""Makes the error for a key of `Scan`, the place in its list, and what is wrong."""


@dataclass(frozen=True)
class Selection:
    """The checks that run, ordered by id, and those that don't."""

    checks: tuple[Check, ...]
    left_out: tuple[LeftOut, ...]


def select(installed: Iterable[Check], wanted: Scan, refuse: Refuse) -> Selection:
    """The checks that all of `wanted` lets through. Raises what `refuse` makes for whatever lets none through."""
    checks = sorted(installed, key=lambda each: each.id)
    _refuse_idle(checks, wanted, refuse)
    because = {check.id: _objection(check, wanted) for check in checks}
    chosen = tuple(check for check in checks if because[check.id] is None)
    return Selection(chosen, tuple(LeftOut(id, why) for id, why in because.items() if why is not None))


def _objection(check: Check, wanted: Scan) -> str | None:
    if wanted.checks and not _is_any(check.id, wanted.checks):
        return "checks"
    if _is_any(check.id, wanted.exclude):
        return "exclude"
    if wanted.min_severity is not None and check.severity.rank < wanted.min_severity.rank:
        return "min_severity"
    if wanted.framework and not any(_answers(check, each) for each in wanted.framework):
        return "framework"
    return None


def _refuse_idle(checks: Sequence[Check], wanted: Scan, refuse: Refuse) -> None:
    """A pattern that means nothing was meant to mean something."""
    ids = [check.id for check in checks]
    for key, patterns in (("checks", wanted.checks), ("exclude", wanted.exclude)):
        for place, pattern in enumerate(patterns):
            if not any(fnmatchcase(id, pattern) for id in ids):
                raise refuse(key, place, f"there is no check {pattern!r}{_meant(pattern, ids)}")
    for place, each in enumerate(wanted.framework):
        name = each.partition(":")[0]
        if name not in NAMES:
            raise refuse("framework", place, f"there is no framework {name!r}{_meant(name, NAMES)}")
        if not any(_answers(check, each) for check in checks):
            known = [f"{name}:{id}" for check in checks for id in ids_of(name, check)]
            raise refuse("framework", place, f"no check answers to {each!r}{_meant(each, known)}")


def _answers(check: Check, wanted: str) -> bool:
    """Does the check name an id of the framework, or one of those ids?"""
    name, _, pattern = wanted.partition(":")
    return any(fnmatchcase(id, pattern or "*") for id in ids_of(name, check))


def _is_any(id: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(id, pattern) for pattern in patterns)


def _meant(pattern: str, known: Iterable[str]) -> str:
    near = nearest(pattern, known)
    return f". Did you mean {near}?" if near else ""
