"""What one row of Graph's table says.

A new resource is a row in `table.py`: where its objects come from, what a query may ask, what it takes to
read it; and the app roles in `permissions.GRAPH` under the same path.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from mocktenant.collection import Object
from mocktenant.graph import errors
from mocktenant.graph.errors import Denial, GraphRefused
from mocktenant.graph.sources import Source
from mocktenant.tenant import Tenant

SELECT = frozenset({"$select"})
FILTER = SELECT | {"$filter"}
PAGED = frozenset({"$select", "$filter", "$top", "$skiptoken", "$count", "$orderby"})
"""What every paged list takes."""

BOTH = frozenset({"v1.0", "beta"})
BETA = frozenset({"beta"})


@dataclass(frozen=True)
class Expansion:
    """A navigation property that $expand fills in.

    The directory sends no more than `most` objects of one, and no link to the rest. `mixed` objects say
    their type each. `nested` may be expanded inside.
    """

    type_name: str
    source: Callable[[Tenant, Object], list[Object]]
    many: bool = True
    mixed: bool = False
    most: int | None = None
    nested: Mapping[str, Expansion] = field(default_factory=dict)


@dataclass(frozen=True)
class Licence:
    """What a list needs, and the answer without it: a refusal, or None for an empty list."""

    plan: str
    refusal: Callable[[], GraphRefused] | None = None


@dataclass(frozen=True)
class Resource:
    """One path of Graph.

    `{id}` in a path is an object of the row that comes before it. Without a `page` the whole list comes at
    once; without a `largest` $top is refused. `keys` are the properties that name an object in the path,
    `alternates` those that do so by name, as in (appId='...').

    `directory` objects have rules of their own for queries (see `query.py`), `mixed` ones say their type
    each, a `singleton` is one object instead of a list, a `sparse` one is sent without its nulls.
    `filterable` None means that every property may be filtered by; one of the sets in `filter_needed` must
    be. `unless_asked` is a property, and what is let through where the filter doesn't name it.
    A read is denied and licensed in the words of its part of Graph.
    """

    path: str
    type_name: str
    source: Source
    read: tuple[str, ...] = ()
    page: int | None = None
    largest: int | None = None
    options: frozenset[str] = SELECT
    keys: tuple[str, ...] = ("id",)
    alternates: tuple[str, ...] = ()
    directory: bool = False
    mixed: bool = False
    singleton: bool = False
    sparse: bool = False
    versions: frozenset[str] = BOTH
    filterable: frozenset[str] | None = None
    unless_asked: tuple[str, Callable[[Object], bool]] | None = None
    filter_needed: tuple[frozenset[str], ...] = ()
    expands: Mapping[str, Expansion] = field(default_factory=dict)
    denial: Denial = errors.denied
    licence: Licence | None = None

    @property
    def pattern(self) -> tuple[str, ...]:
        """The path's segments, lower case."""
        return tuple(self.path.lower().split("/"))
