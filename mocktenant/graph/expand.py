"""$expand: which relationships to send along, and what of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mocktenant.graph import errors
from mocktenant.graph.resources import Expansion
from mocktenant.graph.selection import selected

_ITEM = re.compile(r"\s*(?P<name>[A-Za-z]\w*)\s*(?:\((?P<options>.*)\))?\s*", re.DOTALL)


@dataclass(frozen=True)
class Expanded:
    """One relationship, with the properties that are wanted of it and what to expand inside."""

    name: str
    expansion: Expansion
    select: tuple[str, ...] | None
    nested: tuple[Expanded, ...]

    @property
    def context(self) -> str:
        """How `@odata.context` writes it."""
        inner = ",".join([*(self.select or ()), *(each.context for each in self.nested)])
        return f"{self.name}({inner})"


def read(
    known: Mapping[str, Expansion], text: str, *, beta: bool, several: bool = False
) -> tuple[Expanded, ...]:
    """Reads $expand. Raises GraphRefused for what is unknown, and mostly for two at once.

    One at a time is a documented limit of directory objects and was observed for role management's instances;
    for the rest it is unconfirmed.
    """
    items = [item for item in _split(text, ",") if item.strip()]
    found = tuple(_item(known, item, beta=beta) for item in items)
    if len(found) > 1 and not several:
        raise errors.GraphRefused(400, "InvalidFilter", "Only one property can be expanded at a time.")
    return found


def _item(known: Mapping[str, Expansion], text: str, *, beta: bool) -> Expanded:
    parts = _ITEM.fullmatch(text)
    if parts is None:
        raise errors.bad_request(f"Syntax error in $expand '{text}'.")
    name = next((each for each in known if each.lower() == parts["name"].lower()), None)
    if name is None:
        raise errors.bad_request(f"Parsing OData Select and Expand failed: no navigation '{parts['name']}'.")
    expansion = known[name]
    select: tuple[str, ...] | None = None
    nested: tuple[Expanded, ...] = ()
    for option in filter(str.strip, _split(parts["options"] or "", ";")):
        verb, _, value = option.strip().partition("=")
        if verb.lower() == "$select":
            select = selected(expansion.type_name, value, beta=beta, mixed=expansion.mixed)
        elif verb.lower() == "$expand":
            nested = read(expansion.nested, value, beta=beta)
        else:
            raise errors.not_emulated(f"{verb} inside $expand")
    return Expanded(name, expansion, select, nested)


def _split(text: str, sign: str) -> Iterator[str]:
    """Parts between signs that stand in no brackets."""
    depth, start = 0, 0
    for at, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if letter == sign and depth == 0:
            yield text[start:at]
            start = at + 1
    yield text[start:]
