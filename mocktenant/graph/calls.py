"""A request that would change something, and the answer to it, as the actions see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mocktenant.collection import Object
    from mocktenant.graph.paths import Target
    from mocktenant.tenant import Tenant


@dataclass(frozen=True)
class Caller:
    """Who asks: the app, its service principal, its app roles and the template ids of its directory roles."""

    app_id: str
    object_id: str
    roles: frozenset[str]
    wids: frozenset[str]


@dataclass(frozen=True)
class Call:
    """One request to change something.

    `parents` are the objects that the path names before the row, `item` is the one it names of the row
    itself (None where it names none), and `body` holds properties as the type spells them. `demands`
    gathers the directory roles, any one of a list, that turned out to be needed.
    """

    tenant: Tenant
    caller: Caller
    target: Target
    parents: tuple[Object, ...]
    item: Object | None
    body: Object
    base: str
    demands: list[tuple[str, ...]] = field(default_factory=list)

    @property
    def beta(self) -> bool:
        return self.base.endswith("/beta")

    @property
    def one(self) -> Object:
        """The object that the path names; only where it names one."""
        assert self.item is not None  # noqa: S101 - routes finds it or answers 404
        return self.item


@dataclass(frozen=True)
class Reply:
    """What to answer: a status; an object of a type, directory objects, or a body as it stands."""

    status: int = 204
    item: Object | None = None
    type_name: str = ""
    items: Sequence[Object] | None = None
    body: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
