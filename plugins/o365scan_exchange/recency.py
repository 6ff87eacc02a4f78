"""How old something is: what was made or changed lately is not vouched for by having been there all along."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from o365scan.api import Judgement, Problem, Record

_LATELY = timedelta(days=14)
_CHANGED = ("WhenChangedUTC", "WhenChanged", "WhenCreatedUTC")
"""The first that a record has: a setting that was changed is as old as the change."""


def youth(record: Record, now: datetime) -> Iterator[str]:
    """The sign that it is new, or that nobody knows how old it is; none if it is older than two weeks."""
    field = next((name for name in _CHANGED if record.get(name)), None)
    changed = _moment(record.get(field)) if field is not None else None
    if changed is None:
        yield "nothing tells since when it is so"
    elif changed >= now - _LATELY:
        yield f"it was made or changed within two weeks ({changed:%Y-%m-%d})"


def aged(judgements: Iterable[Judgement], record: Record, now: datetime) -> Iterator[Judgement]:
    """Problems that name their signs, with the record's age among them."""
    for each in judgements:
        if isinstance(each, Problem) and each.signs is not None:
            yield replace(each, signs=(*each.signs, *youth(record, now)))
        else:
            yield each


def _moment(value: object) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        read = datetime.fromisoformat(value)
    except ValueError:
        return None
    return read if read.tzinfo else read.replace(tzinfo=UTC)
