"""Evidence that is shown beside the field that proves a problem."""

from __future__ import annotations

from o365scan.api import Evidence, Record


def shown(record: Record, *fields: str) -> tuple[Evidence, ...]:
    """The fields as evidence, so far as the record has them.

    For what explains a problem rather than proves it: its absence must not hide the problem.
    """
    return tuple(record.at(field) for field in fields if field in record)
