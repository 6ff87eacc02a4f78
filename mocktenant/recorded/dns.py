"""What DNS answered, given again to who asks the same. What the scan could not learn, or did not ask, is refused.

Only that there is `com` is said besides: by it a client tells whether a resolver sees the internet's names.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mocktenant.dns.zone import Found, RecordSet, Value
from mocktenant.recorded.reading import Recording

_NO_NAME = ("NXDOMAIN", "NOTANAME")
_WORLD = {("com", "NS"): Found("NOERROR", (RecordSet("com", "NS", ("a.gtld-servers.net",)),))}


class Names:
    """The answers by name and type."""

    def __init__(self, recording: Recording) -> None:
        self._held = _WORLD | {
            (str(row["Name"]), str(row["Type"])): _found(row)
            for dataset in recording.datasets.values()
            if dataset.source.get("kind") == "DnsLookup"
            for _, row in dataset.rows
        }

    def find(self, name: str, type: str) -> Found:
        """What was answered."""
        return self._held.get((name, type), Found("REFUSED"))


def _found(row: Mapping[str, Any]) -> Found:
    if row["Status"] in _NO_NAME:
        return Found("NXDOMAIN")
    name, end, type = str(row["Name"]), str(row["CanonicalName"]), str(row["Type"])
    alias = () if name == end else (RecordSet(name, "CNAME", (end,)),)
    values = tuple(_value(each) for each in row["Records"])
    return Found("NOERROR", (*alias, RecordSet(end, type, values)) if values else alias)


def _value(record: Mapping[str, Any]) -> Value:
    return str(record["Text"]) if "Text" in record else f"{record['Preference']} {record['Exchange'] or '.'}"
