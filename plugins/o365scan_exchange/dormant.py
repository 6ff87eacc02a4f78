"""What is configured and switched off: no danger now, and one switch away from being one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from o365scan.api import Judgement, Problem, Severity


def as_prepared(judgements: Iterable[Judgement], why: str) -> Iterator[Judgement]:
    """What would be grave if it were switched on, as a problem of low severity.

    All else is left out: that the object does nothing is proven, so neither a minor problem nor a value that
    can't be resolved matters while it is off.
    """
    for item in judgements:
        if isinstance(item, Problem) and _is_grave(item):
            yield replace(item, message=f"{why} {item.message}", severity=Severity.LOW)


def _is_grave(found: Problem) -> bool:
    return found.severity is None or found.severity.rank >= Severity.HIGH.rank
