"""$filter: read once into one function over an object.

Every property of the type may be asked for; which of them the service refuses is known for few resources
(`Resource.filterable`) and otherwise unconfirmed. Not emulated, and refused: arithmetic, `cast`, date and
string functions other than those below.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from mocktenant.collection import Object
from mocktenant.graph.filter_parser import Parser

Related = Callable[[str], Sequence[Object]]
"""An object's relationship by its name."""


def _unrelated(_name: str) -> Sequence[Object]:
    return ()


class Keep(Protocol):
    """Whether a filter keeps an object; its relationships are looked up where the filter asks for them."""

    def __call__(self, item: Object, related: Related = ...) -> bool: ...


@dataclass(frozen=True)
class Filter:
    """A filter: the function, the object's own properties that it reads, and whether it is "advanced".

    Advanced are ne, not, endswith, contains and $count: the directory takes them only with the header
    ConsistencyLevel: eventual and $count=true.
    """

    keep: Keep
    properties: frozenset[str]
    advanced: bool


@lru_cache(maxsize=512)
def compiled(
    type_name: str, text: str, *, beta: bool, relations: frozenset[tuple[str, str]] = frozenset()
) -> Filter:
    """Reads a filter; `relations` are names and types. Raises GraphRefused for what is misspelt or unknown."""
    parser = Parser(text, type_name, beta, relations={name.lower(): (name, kind) for name, kind in relations})
    test = parser.whole()

    def keep(item: Object, related: Related = _unrelated) -> bool:
        return test({"$it": item, "$related": related})

    return Filter(keep, frozenset(parser.properties), parser.advanced)
