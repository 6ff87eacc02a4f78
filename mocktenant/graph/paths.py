"""What a path means: a row of the table, the object before it, and what is asked of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from mocktenant.graph import errors
from mocktenant.graph.resources import Resource
from mocktenant.graph.schema import is_type
from mocktenant.graph.table import RESOURCES

_KEYED = re.compile(r"(?P<name>[A-Za-z]\w*)\((?P<key>'(?:[^']|'')*'|[A-Za-z]\w*='(?:[^']|'')*')\)")
_CAST = "microsoft.graph."


@dataclass(frozen=True)
class Target:
    """A row, the key of the object that the path names before it, and the form: list, single or count.

    `key` names one object of the row, `cast` keeps those of one type.
    """

    row: Resource
    parent_row: Resource | None = None
    parent_key: str = ""
    form: str = "list"
    key: str = ""
    cast: str = ""


def segments(path: str) -> list[str]:
    """The path's parts, with `users('x')` written as `users/x`."""
    parts: list[str] = []
    for segment in path.split("/"):
        keyed = _KEYED.fullmatch(segment)
        if keyed is None:
            parts.append(segment)
        else:
            key = keyed["key"]
            parts += [keyed["name"], key[1:-1].replace("''", "'") if key.startswith("'") else key]
    return parts


def target(parts: list[str], version: str, own: Iterable[Resource] = ()) -> Target:
    """What the parts of a path after the version mean; `own` are rows beside the table's. Raises GraphRefused."""
    rows = [row for row in (*RESOURCES.values(), *own) if _begins(row.pattern, parts)]
    if not rows:
        raise errors.no_segment(_stranger(parts))
    row = max(rows, key=lambda one: len(one.pattern))
    size = len(row.pattern)
    if version not in row.versions:
        raise errors.no_segment(parts[size - 1])
    found = Target(row)
    if "{id}" in row.pattern:
        at = row.pattern.index("{id}")
        found = replace(found, parent_row=RESOURCES[row.pattern[:at]], parent_key=parts[at])
    return _rest(found, parts[size:])


def _rest(found: Target, rest: list[str]) -> Target:
    row = found.row
    if rest and row.mixed and rest[0].lower().startswith(_CAST):
        found, rest = replace(found, cast=_cast(rest[0])), rest[1:]
    if row.singleton:
        found = replace(found, form="single")
    elif rest:
        counts = rest[0].lower() == "$count"
        found, rest = replace(found, form="count" if counts else "single", key=rest[0]), rest[1:]
    if rest:
        raise errors.no_segment(rest[0])
    return found


def _cast(segment: str) -> str:
    name = segment[len(_CAST) :]
    if not is_type(name):
        raise errors.no_segment(segment)
    return name


def _begins(pattern: tuple[str, ...], parts: list[str]) -> bool:
    return len(parts) >= len(pattern) and _agrees(pattern, parts)


def _agrees(pattern: tuple[str, ...], parts: list[str]) -> bool:
    return all(one in ("{id}", part.lower()) for one, part in zip(pattern, parts, strict=False))


def _stranger(parts: list[str]) -> str:
    """The first part with which no path goes on."""
    for size in range(1, len(parts) + 1):
        if not any(_agrees(pattern, parts[:size]) for pattern in RESOURCES):
            return parts[size - 1]
    return parts[-1]
