"""Whom the cross-tenant access settings let into shared channels, and whom of ours into others': B2B direct connect.

https://learn.microsoft.com/graph/api/resources/crosstenantaccesspolicytargetconfiguration
"""

from __future__ import annotations

from enum import Enum

from o365scan.api import Record

INBOUND, OUTBOUND = "b2bDirectConnectInbound", "b2bDirectConnectOutbound"

_EVERYBODY = frozenset({"AllUsers"})
_TEAMS_AMONG_OTHERS = frozenset({"AllApplications", "AllMicrosoftApps", "Office365"})


class Access(Enum):
    """Who may use shared channels across the tenants' border."""

    EVERYBODY = "everybody"
    CHOSEN = "chosen people"
    NOBODY = "nobody"
    UNKNOWN = "not to be told"


def access(settings: Record, direction: str) -> Access | None:
    """What the default, or a single tenant's entry, says of INBOUND or OUTBOUND; None where it says nothing.

    It takes both: people who may, and apps that Teams is among. Raises MissingField, UnexpectedType.
    """
    if settings[direction] is None:
        return None
    people, apps = _people(settings, direction), _apps(settings, direction)
    for decisive in (Access.NOBODY, Access.UNKNOWN, Access.CHOSEN):
        if decisive in (people, apps):
            return decisive
    return Access.EVERYBODY


def _people(settings: Record, direction: str) -> Access:
    """Those named are let in, or all but those named."""
    kind, targets = _rule(settings, f"{direction}/usersAndGroups")
    if not targets:
        return Access.UNKNOWN
    if targets & _EVERYBODY:
        return {"allowed": Access.EVERYBODY, "blocked": Access.NOBODY}.get(kind, Access.UNKNOWN)
    return {"allowed": Access.CHOSEN, "blocked": Access.EVERYBODY}.get(kind, Access.UNKNOWN)


def _apps(settings: Record, direction: str) -> Access:
    """Single apps are given by ids, which don't say whether Teams is among them."""
    kind, targets = _rule(settings, f"{direction}/applications")
    if not targets & _TEAMS_AMONG_OTHERS:
        return Access.UNKNOWN
    return {"allowed": Access.EVERYBODY, "blocked": Access.NOBODY}.get(kind, Access.UNKNOWN)


def _rule(settings: Record, path: str) -> tuple[str, set[str]]:
    """Whether it allows or blocks, and what it is about."""
    targets = settings.objects(f"{path}/targets")
    return settings.text(f"{path}/accessType"), {each.text("target") for each in targets}
