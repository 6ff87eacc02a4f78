"""Roles that let an app change Exchange Online: directory roles, and Exchange's own for people and for apps."""

from __future__ import annotations

from collections.abc import Iterable

from .app_permissions import Reach, permission_named
from .app_resources import EXCHANGE, GRAPH

# The roles that Microsoft documents for apps that run Exchange Online's cmdlets, but for the two that only read.
_WRITES = frozenset(
    {
        "62e90394-69f5-4237-9190-012177145e10",  # Global Administrator
        "29232cdf-9323-42fd-ade2-1d097af3e4de",  # Exchange Administrator
        "31392ffb-586c-42d1-9346-e59415a2cc4e",  # Exchange Recipient Administrator
        "17315797-102d-40b4-93e0-432062caca18",  # Compliance Administrator
        "194ae4cb-b126-40b2-bd5b-6091b380977d",  # Security Administrator
        "729827e3-9c14-49f7-bb1b-9608f156bbb8",  # Helpdesk Administrator
    }
)

_READS = frozenset({"Security Reader", "Message Tracking", "Audit Logs"})

# Roles for apps that are not called like a permission of Microsoft Graph.
_ALL_OF_MAILBOXES = frozenset(
    {"Application EWS.AccessAsApp", "Application Exchange Full Access", "Application Mail Full Access"}
)
_FOR_APPS = "Application "


def writes_exchange(role: str) -> bool:
    """Does a built-in directory role change Exchange Online's settings, mailboxes or recipients?"""
    return role.lower() in _WRITES


def only_reads(names: Iterable[str]) -> bool:
    """Do management roles, by name, let their holders see and not change?"""
    return all(name.startswith("View-Only") or name in _READS for name in names)


def exchange_role_reach(role: str) -> Reach:
    """What a management role is good for in an app's hands, if nothing limits it to some mailboxes."""
    if role in _ALL_OF_MAILBOXES:
        return Reach.MAILBOXES
    if not role.startswith(_FOR_APPS):
        return Reach.NONE if only_reads([role]) else Reach.EXCHANGE_ROLE
    permission = permission_named(role.removeprefix(_FOR_APPS), (GRAPH, EXCHANGE))
    return permission.reach if permission else Reach.UNKNOWN
