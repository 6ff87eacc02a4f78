"""Evidence that explains a problem rather than proves it."""

from __future__ import annotations

from o365scan.api import Evidence, Record


def shown(record: Record, *fields: str) -> tuple[Evidence, ...]:
    """The top-level fields as evidence, so far as the record has them.

    They are not read strictly: the absence of one must not hide the problem.
    """
    plain = {name: value for name, value in record.plain().items() if name in fields}
    return tuple(
        Evidence(record.dataset.name, record.key, f"/{name}", plain[name]) for name in fields if name in plain
    )
