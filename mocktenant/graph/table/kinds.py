"""What kinds of rows there are: rows of one kind differ in path, type, source and app roles only."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from mocktenant.graph import directory, errors
from mocktenant.graph.errors import Denial
from mocktenant.graph.resources import BOTH, PAGED, SEARCHED, Expansion, Licence, Resource, Write
from mocktenant.graph.sources import Source, nothing

if TYPE_CHECKING:
    from mocktenant.collection import Object
    from mocktenant.tenant import Tenant

MOST = 20
"""How many objects of a relationship the directory expands."""

P1_LIST = Licence("P1", write=errors.no_licence)  # an empty list, as in a live report
P1_REPORT = Licence("P1", errors.premium_report)
P1_RISK = Licence("P1", errors.no_licence_for_risk)
P2_ROLES = Licence("P2", errors.premium_roles)
P2_RISK = Licence("P2", errors.no_licence_for_risk)

paged = partial(Resource, page=100, largest=999, options=PAGED)
objects = partial(paged, directory=True, options=SEARCHED)
mixed = partial(objects, type_name="directoryObject", mixed=True)
pim = partial(
    paged, options=PAGED - {"$count"}, denial=errors.scope_not_granted, licence=P2_ROLES
)  # the page sizes of role management are unconfirmed, 999 is accepted
policy = partial(Resource, denial=errors.scopes_missing)
singleton = partial(policy, singleton=True)
whole = Resource
"""A list that comes at once."""


def action(
    path: str,
    write: Write,
    *,
    denial: Denial = errors.denied,
    licence: Licence | None = None,
    versions: frozenset[str] = BOTH,
) -> Resource:
    """Something to do by POST."""
    return Resource(
        path, "", nothing, writes={"POST": write}, denial=denial, licence=licence, versions=versions
    )


def of(source: Source) -> Callable[[Tenant, Object], list[Object]]:
    """A source that starts at an object's own id."""
    return lambda tenant, item: source(tenant, item["id"])


def one(name: str) -> Callable[[Tenant, Object], list[Object]]:
    """The directory object that a property names."""
    return lambda tenant, item: directory.by_ids(tenant, [item[name]])


def relation(source: Source) -> Expansion:
    """Directory objects of any type that an object leads to."""
    return Expansion("directoryObject", of(source), mixed=True, most=MOST)
