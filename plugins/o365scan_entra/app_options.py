"""What somebody has accepted of the tenant's apps: the options of the check on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from o365scan.api import OptionsError

from .app_permissions import of_resource, permission_named
from .app_resources import GRAPH, RESOURCES
from .app_right import Right, over_the_tenant, within

_BARE = "the role group "


@dataclass(frozen=True)
class JustifiedApps:
    """Apps whose rights somebody has looked at: by app id, the rights that it is known to need."""

    accept: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    issuers: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        refuse_other_than_app_ids("accept", self.accept)
        for id, names in self.accept.items():
            if not names:
                raise OptionsError(
                    f"accept: no rights of {id} are named", hint="Name them as the finding does."
                )
            for name in names:
                _refuse_ambiguous(name)
        for issuer in self.issuers:
            if not issuer.startswith("https://"):
                raise OptionsError(f"issuers: {issuer!r} is not the URL of a token issuer")

    def knows(self, app_id: str) -> bool:
        """Has somebody looked at the app at all?"""
        return app_id.lower() in {id.lower() for id in self.accept}

    def accepts(self, app_id: str, found: Iterable[Right]) -> bool:
        """Are all of these rights of the app accepted, word for word as they are shown?"""
        accepted = {id.lower(): frozenset(names) for id, names in self.accept.items()}
        names = accepted.get(app_id.lower(), frozenset())
        return all(right.said in names for right in found)


def refuse_other_than_app_ids(option: str, ids: Iterable[str]) -> None:
    """A name would accept whatever is called so, and a misspelt id accepts nothing. Raises OptionsError."""
    for id in ids:
        try:
            UUID(id)
        except ValueError:
            raise OptionsError(
                f"{option}: {id!r} is not an app id", hint="Write the application (client) id."
            ) from None


def _refuse_ambiguous(name: str) -> None:
    """A bare name is a permission of Microsoft Graph, or nothing that a finding shows: it would accept nothing.

    Worse, it may have been meant for less: a role within one administrative unit for the role over the tenant.
    """
    if "(" in name or name.startswith(_BARE) or permission_named(name, (GRAPH,)) is not None:
        return
    other = permission_named(name, tuple(RESOURCES))
    hint = (
        f"Write {of_resource(name, other.resource)!r}."
        if other is not None
        else f"Write what the finding shows; of a directory role {over_the_tenant(name)!r},"
        f" or {within(name, '/administrativeUnits/<id>')!r}."
    )
    raise OptionsError(f"accept: {name!r} is no permission of Microsoft Graph", hint=hint)
