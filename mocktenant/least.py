"""The least roles with which a client could have asked all that it asked, beside those that it holds."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mocktenant.permissions import DIRECTORY_ROLES, role_names
from mocktenant.registration import RESOURCES

if TYPE_CHECKING:
    from mocktenant.apps import App
    from mocktenant.journal import Entry
    from mocktenant.tenant import Tenant

_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_REFUSED = frozenset({401, 403})


@dataclass
class _Kind:
    """Requests that differ in nothing but the object they are about."""

    count: int = 0
    refused: int = 0
    used: set[str] = field(default_factory=set)
    needs: dict[tuple[str, ...], None] = field(default_factory=dict)

    def add(self, entry: Entry) -> None:
        self.count += 1
        self.refused += entry.status in _REFUSED
        self.used |= set(re.split(r", | \+ ", entry.permission)) if entry.permission else set()
        self.needs |= dict.fromkeys(entry.needs)


def report(tenant: Tenant) -> list[dict[str, Any]]:
    """One row for each client that the journal knows, in the order in which they came.

    `least` would have been enough for everything that was asked, refused requests included; `missing` are those
    of it that the app does not hold. `unused` roles are held and opened nothing that was asked; `excess` ones
    were of use, and `least` does without them. Only app-only tokens are understood, and a grant that was changed
    since counts as it is now.
    """
    clients: dict[str, dict[str, _Kind]] = {}
    for entry in tenant.journal:
        if entry.client_id is not None and entry.needs:
            kinds = clients.setdefault(entry.client_id, {})
            kinds.setdefault(_kind_of(entry), _Kind()).add(entry)
    return [_row(tenant, client, kinds) for client, kinds in clients.items()]


def least(needs: Iterable[tuple[str, ...]]) -> list[str]:
    """Roles that meet every need, each a list of roles any one of which will do, the least privileged first.

    Of the roles that a need names first, the one that meets most needs is taken, again and again: so a role
    that opens much is never taken to save two that open little. A role that proves needless goes again.
    """
    every = {need for need in needs if need}
    chosen: set[str] = set()
    while waiting := [need for need in every if not _meets(chosen, need)]:
        firsts = sorted({need[0] for need in waiting})
        chosen |= max((_both(first) for first in firsts), key=lambda roles: _met(chosen | roles, waiting))
    for role in sorted(chosen):
        if all(_meets(chosen - {role}, need) for need in every):
            chosen.remove(role)
    return sorted(chosen)


def _met(roles: set[str], needs: Iterable[tuple[str, ...]]) -> int:
    return sum(_meets(roles, need) for need in needs)


def _meets(roles: set[str], need: tuple[str, ...]) -> bool:
    return any(_both(one) <= roles for one in need)


def _both(roles: str) -> set[str]:
    """The roles of which `A + B` wants both."""
    return set(roles.split(" + "))


def _kind_of(entry: Entry) -> str:
    if entry.cmdlet is not None:
        return entry.cmdlet
    parts = ("{id}" if _GUID.fullmatch(part) or "@" in part else part for part in entry.path.split("/"))
    return f"{entry.method} {'/'.join(parts)}"


def _held(tenant: Tenant, app: App | None) -> set[str]:
    """What an app holds as its tokens carry it, whether it was given in the directory or beside it."""
    from mocktenant.login import standing

    if app is None:
        return set()
    roles = (role for service in RESOURCES for role in standing.app_roles(tenant, app, service))
    return {*roles, *role_names(standing.directory_roles(tenant, app))}


def _row(tenant: Tenant, client_id: str, kinds: dict[str, _Kind]) -> dict[str, Any]:
    app = tenant.apps.get(client_id)
    needs = {need for kind in kinds.values() for need in kind.needs}
    enough = set(least(needs))
    held = _held(tenant, app)
    named = {role for need in needs for one in need for role in _both(one)}
    return {
        "client_id": client_id,
        "display_name": None if app is None else app.display_name,
        "granted": _sorted(held),
        "least": _sorted(enough),
        "missing": _sorted(enough - held),
        "unused": _sorted(held - named),
        "excess": _sorted((held & named) - enough),
        "requests": [
            {
                "request": name,
                "count": kind.count,
                "refused": kind.refused,
                "used": sorted(kind.used),
                "needs": [list(need) for need in kind.needs],
            }
            for name, kind in kinds.items()
        ],
    }


def _sorted(roles: Iterable[str]) -> dict[str, list[str]]:
    """Roles by what they are: granted to the app by an API, or assigned to it in the directory."""
    every = sorted(roles)
    return {
        "app_roles": [role for role in every if role not in DIRECTORY_ROLES],
        "directory_roles": [role for role in every if role in DIRECTORY_ROLES],
    }
