"""Spans of time as Exchange Online writes them: "90.00:00:00"."""

from __future__ import annotations

import re

from o365scan.api import Record, Undecidable

_SPAN = re.compile(r"(?:(\d+)\.)?(\d{1,2}):\d{2}:\d{2}(?:\.\d+)?")


def days(record: Record, field: str) -> int:
    """The whole days of a span. Raises Undecidable for a text that is none."""
    text = record.text(field)
    found = _SPAN.fullmatch(text)
    if found is None:
        raise Undecidable(f"{field} of {record.title} is no span of time: {text!r}")
    return int(found.group(1) or 0)
