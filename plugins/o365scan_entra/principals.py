"""To whom or what a role, or a place in a group, is given: a person, a group, an app, or something not told.

Graph says the type of an object among others of several types in `@odata.type`, even where the app may see no more
of it than that and its id. It sends null for one that is gone.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from o365scan.api import Record

_PREFIX = "#microsoft.graph."


class Kind(Enum):
    """What something is, as far as sign-in matters."""

    PERSON = "a person"
    GROUP = "a group"
    THING = "an app, an agent or a device: nobody signs in to it"
    UNTOLD = "not told, or a type that is not known"


_KINDS = {
    "user": Kind.PERSON,
    "group": Kind.GROUP,
    "servicePrincipal": Kind.THING,
    "device": Kind.THING,
    "orgContact": Kind.THING,
    # Derived types of Microsoft Graph beta, should v1.0 send them.
    "agentUser": Kind.THING,
    "agentIdentity": Kind.THING,
    "agentIdentityBlueprintPrincipal": Kind.THING,
}


@dataclass(frozen=True)
class Principal:
    """Somebody or something, as another record names it."""

    id: str
    kind: Kind
    name: str
    """What to call it; the id, if nothing else is shown."""


def given_to(record: Record) -> Principal:
    """To whom an assignment or eligibility is given, by its `principalId` and its expanded `principal`."""
    return _principal(record, record.text("principalId"), "principal/")


def listed(record: Record) -> Principal:
    """Who a member or an owner is, by their own record."""
    return _principal(record, record.key, "")


def _principal(record: Record, id: str, at: str) -> Principal:
    said = str(record.get(f"{at}@odata.type") or "")
    name = record.get(f"{at}displayName")
    kind = _KINDS.get(said.removeprefix(_PREFIX), Kind.UNTOLD)
    return Principal(id.lower(), kind, f"{name} ({id})" if name else id)
