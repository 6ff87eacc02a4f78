"""$filter, as far as it is emulated: `eq` on text, booleans and null, `startswith`, joined by `and`.

Anything else is refused in plain words. Text compares regardless of case, as in the directory.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from mocktenant.graph import errors
from mocktenant.graph.resources import Resource
from mocktenant.tenant import Object

Predicate = Callable[[Object], bool]

_TEXT = r"'(?P<text>(?:[^']|'')*)'"
_EQUALS = re.compile(rf"(?P<name>[A-Za-z]\w*)\s+eq\s+(?:{_TEXT}|(?P<word>true|false|null))", re.IGNORECASE)
_STARTS = re.compile(rf"startswith\(\s*(?P<name>[A-Za-z]\w*)\s*,\s*{_TEXT}\s*\)", re.IGNORECASE)
_AND = re.compile(r"\s+and\s+", re.IGNORECASE)


def predicate(resource: Resource, text: str) -> Predicate:
    """Compiles a filter. Raises GraphRefused for an unknown property or anything not emulated."""
    clauses: list[Predicate] = []
    position = 0
    while True:
        found = _EQUALS.match(text, position) or _STARTS.match(text, position)
        if found is None:
            raise errors.not_emulated(f"$filter={text}")
        clauses.append(_clause(resource, found))
        position = found.end()
        if not text[position:].strip():
            return lambda item: all(clause(item) for clause in clauses)
        joined = _AND.match(text, position)
        if joined is None:
            raise errors.not_emulated(f"$filter={text}")
        position = joined.end()


def _clause(resource: Resource, found: re.Match[str]) -> Predicate:
    name = resource.properties.get(found["name"].lower())
    if name is None:
        raise errors.no_property(found["name"], resource.type_name)
    if name in resource.lists:
        raise errors.not_emulated(f"$filter on the list {name}")
    text = None if found["text"] is None else found["text"].replace("''", "'").casefold()
    if found.re is _STARTS:
        return lambda item: str(item.get(name) or "").casefold().startswith(text or "")
    if text is not None:
        return lambda item: _folded(item.get(name)) == text
    wanted = {"true": True, "false": False, "null": None}[found["word"].lower()]
    return lambda item: item.get(name) is wanted


def _folded(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value
