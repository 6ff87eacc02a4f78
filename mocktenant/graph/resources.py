"""What one row of Graph's table says.

A new resource is a row in one of the files of `table/`: where its objects come from, what a query may ask,
and for each method what it takes and does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mocktenant.graph import errors
from mocktenant.graph.errors import Denial, GraphRefused
from mocktenant.graph.sources import Source

if TYPE_CHECKING:
    from mocktenant.collection import Object
    from mocktenant.graph.calls import Call, Reply
    from mocktenant.tenant import Tenant

SELECT = frozenset({"$select"})
FILTER = SELECT | {"$filter"}
DELTA = FILTER | {"$skiptoken", "$deltatoken"}
PAGED = frozenset({"$select", "$filter", "$top", "$skiptoken", "$count", "$orderby"})
"""What every paged list takes."""

SEARCHED = PAGED | {"$search"}
"""What lists of directory objects take."""

V1 = frozenset({"v1.0"})
BETA = frozenset({"beta"})
BOTH = V1 | BETA

Roles = tuple[str, ...]
"""App roles, any one of which is enough; the least comes first. `A + B` stands for both together."""


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
    """What a list needs, and the answer without it: a refusal, or None for an empty list.

    `write` is the refusal of whoever would change something; None where reading and writing are alike.
    """

    plan: str
    refusal: Callable[[], GraphRefused] | None = None
    write: Callable[[], GraphRefused] | None = None


@dataclass(frozen=True)
class Guarded:
    """A property that takes app roles and a licence of its own, and is kept apart: read, or filtered by.

    `largest` is the page that is given where it is asked for, however large a one is wanted.
    """

    read: Roles
    licence: Licence
    largest: int
    source: Callable[[Tenant, Object], Object | None]


@dataclass(frozen=True)
class Activity:
    """What the directory's log calls a change, of which category it is, and whether it adds, changes or ends."""

    name: str
    category: str
    operation: str = "Update"


@dataclass(frozen=True)
class Write:
    """What a method other than GET takes and does.

    `by_property` names what a property of the body takes instead of `roles`, where it differs. `takes` is
    the type of the body, "" for one that is no object of the schema, None for none at all; `parameters`
    are the names and kinds of such a body's fields, `also` what it may have besides. `needed` must be
    there, `read_only` must not. `activity` is what the directory's log says of it, None for no entry.
    """

    roles: Roles
    act: Callable[[Call], Reply]
    takes: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    needed: tuple[str, ...] = ()
    read_only: frozenset[str] = frozenset()
    also: frozenset[str] = frozenset()
    by_property: Mapping[str, Roles] = field(default_factory=dict)
    activity: Activity | None = None
    unconfirmed: str = ""


@dataclass(frozen=True)
class Resource:
    """One path of Graph.

    `{id}` in a path is an object of the row that comes before it. `read` is what GET takes; without it
    there is no GET. `writes` are the other methods by where they are sent: "POST" to the list, "PATCH" and
    "DELETE" to one of its objects (or to the one there is), "POST $ref" and "DELETE $ref" to references.
    `scoped` are app roles that are taken instead where the filter says this scopeType.

    Without a `page` the whole list comes at once; without a `largest` $top is refused, in the words of
    `too_large` where it is out of range; `skips` pages by $skip, `delta` ends with a link that asks for what has
    changed since (after any change of the tenant it gives all again). `keys` are the properties that name an
    object in the path, `alternates` those that do so by name, as in (appId='...').

    `directory` objects have rules of their own for queries (see `query.py`), `mixed` ones say their type
    each, a `singleton` is one object instead of a list, a `sparse` one is sent without its nulls.
    `filterable` None means that every property may be filtered by; one of the sets in `filter_needed` must
    be. `unasked` says for a property which objects are listed where no filter names it. `several`
    relationships may be expanded at once, elsewhere one. `polled` is called for an object that is read by
    itself. A read is denied, licensed and missed in the words of its part of Graph.

    `granted` is False where the scanner's app is not given the app role of its own accord. `unconfirmed`
    says what of the row is a belief.
    """

    path: str
    type_name: str
    source: Source
    read: Roles = ()
    writes: Mapping[str, Write] = field(default_factory=dict)
    scoped: Mapping[str, Roles] = field(default_factory=dict)
    page: int | None = None
    largest: int | None = None
    too_large: Callable[[str, int], GraphRefused] = errors.page_size
    skips: bool = False
    delta: bool = False
    options: frozenset[str] = SELECT
    keys: tuple[str, ...] = ("id",)
    alternates: tuple[str, ...] = ()
    directory: bool = False
    mixed: bool = False
    singleton: bool = False
    sparse: bool = False
    versions: frozenset[str] = BOTH
    filterable: frozenset[str] | None = None
    filter_needed: tuple[frozenset[str], ...] = ()
    unasked: Mapping[str, Callable[[Object], bool]] = field(default_factory=dict)
    polled: Callable[[Tenant, Object], Object] | None = None
    guarded: Mapping[str, Guarded] = field(default_factory=dict)
    expands: Mapping[str, Expansion] = field(default_factory=dict)
    several: bool = False
    denial: Denial = errors.denied
    missing: Callable[[str], GraphRefused] = errors.no_object
    licence: Licence | None = None
    granted: bool = True
    unconfirmed: str = ""

    @property
    def pattern(self) -> tuple[str, ...]:
        """The path's segments, lower case."""
        return tuple(self.path.lower().split("/"))

    @property
    def is_action(self) -> bool:
        """Whether it is something to do, not something to read."""
        return not self.read

    def id_of(self, item: Object) -> str:
        """What names one of its objects in a path."""
        return str(item[self.keys[0]])
