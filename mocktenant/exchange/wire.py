"""Rows as the admin API writes them: typed by sidecar keys that a client has to take off again."""

from __future__ import annotations

import re
from typing import Any

from mocktenant.collection import Object

_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|\+00:00)?")
_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def row(item: Object) -> Object:
    """An object with a `X@data.type` or `X@odata.type` key before each value that is no plain text or boolean."""
    written: Object = {}
    for name, value in item.items():
        sidecar = _sidecar(value)
        if sidecar is not None:
            written[f"{name}@{sidecar[0]}"] = sidecar[1]
        written[name] = value
    return written


def _integer(value: int) -> str:
    """The .NET type of a number. Unconfirmed: UInt64, for numbers beyond a signed one."""
    if abs(value) < 2**31:
        return "System.Int32"
    return "System.Int64" if value < 2**63 else "System.UInt64"


def _sidecar(value: Any) -> tuple[str, str] | None:
    if isinstance(value, list):
        return "odata.type", "#Collection(String)"
    if isinstance(value, int) and not isinstance(value, bool):
        return "data.type", _integer(value)
    # The cheap looks first: a page has a hundred thousand values.
    if isinstance(value, str) and value[10:11] == "T" and _MOMENT.fullmatch(value):
        return "data.type", "System.DateTime"
    if isinstance(value, str) and value[8:9] == "-" and _GUID.fullmatch(value):
        return "data.type", "System.Guid"
    return None
