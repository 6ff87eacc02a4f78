"""What is configured and switched off: no danger now, and one switch away from being one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from o365scan.api import Judgement, Problem, Severity


def as_prepared(judgements: Iterable[Judgement], why: str) -> Iterator[Judgement]:
    """What would be grave if it were switched on, as a problem of low severity.

    Nothing offers to accept it: intruders switch theirs off between campaigns.
    Minor problems don't matter while it is off. A value that can't be resolved does: it might be grave.
    """
    for item in judgements:
        if not isinstance(item, Problem):
            yield item
        elif _is_grave(item):
            yield replace(item, message=f"{why} {item.message}", severity=Severity.LOW, accept=None)


def _is_grave(found: Problem) -> bool:
    return found.severity is None or found.severity.rank >= Severity.HIGH.rank
