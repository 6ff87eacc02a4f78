"""Who may change an administrator: an app role is not enough, the caller needs a directory role too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mocktenant.graph import directory, errors
from mocktenant.permissions import DIRECTORY_ROLES, LEAST_FIRST

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mocktenant.collection import Object
    from mocktenant.graph.calls import Call

_OVER_ADMINS = ("Privileged Authentication Administrator", "Global Administrator")
_OVER_PASSWORDS = (
    "User Administrator",
    "Authentication Administrator",
    "Password Administrator",
    "Helpdesk Administrator",
    *_OVER_ADMINS,
)


def demand_over(call: Call, user: Object) -> None:
    """The caller may take sensitive actions on a user, who may be an administrator. Raises GraphRefused.

    Anybody counts who holds a directory role, through a group too. Microsoft's table is finer (it tells which
    administrator may change which); what it allows between administrators is not emulated.
    """
    if is_admin(call, user):
        _demand(call, _OVER_ADMINS)


def demand_over_password(call: Call, user: Object) -> None:
    """As `demand_over`; and nobody's password is set without a directory role. Raises GraphRefused."""
    _demand(call, _OVER_ADMINS if is_admin(call, user) else _OVER_PASSWORDS)


def is_admin(call: Call, user: Object) -> bool:
    """Whether a user holds a directory role at the scope of the whole tenant."""
    held = directory.transitive_member_of(call.tenant, user["id"])
    return any(item["@odata.type"].endswith("directoryRole") for item in held)


def _demand(call: Call, names: Iterable[str]) -> None:
    call.demands.append(tuple(sorted(names, key=LEAST_FIRST.index)))
    if call.caller.wids.isdisjoint(DIRECTORY_ROLES[name] for name in names):
        raise errors.denied()
