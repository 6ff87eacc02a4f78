"""Who may run a cmdlet: by a directory role, or by a role group of Exchange that the caller is in.

A cmdlet's row names the management roles that hold it, which is how Exchange itself grants. Unconfirmed are most
of the assignments in detail: what a role group holds is Microsoft's default, which cmdlets a management role holds
is from the documentation, and only these were measured for apps on a live tenant: Security Reader has
Get-TransportRule, Get-AdminAuditLogConfig, Get-DkimSigningConfig and the mail-security policies, and is refused
mailboxes, connectors, remote domains and the organisation's configuration; Global Reader has all of those.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from mocktenant.collection import Object
from mocktenant.permissions import (
    COMPLIANCE_ADMINISTRATOR,
    EXCHANGE_ADMINISTRATOR,
    GLOBAL_ADMINISTRATOR,
    GLOBAL_READER,
    HELPDESK_ADMINISTRATOR,
    RECIPIENT_ADMINISTRATOR,
    SECURITY_ADMINISTRATOR,
    SECURITY_READER,
)
from mocktenant.tenant import Tenant

_COMPLIANCE = (
    "Audit Logs",
    "Compliance Admin",
    "Data Loss Prevention",
    "Information Rights Management",
    "Journaling",
    "Message Tracking",
    "Retention Management",
    "Transport Rules",
    "View-Only Audit Logs",
    "View-Only Configuration",
    "View-Only Recipients",
)
_RECIPIENTS = (
    "Distribution Groups",
    "Mail Recipient Creation",
    "Mail Recipients",
    "Message Tracking",
    "Migration",
    "Move Mailboxes",
    "Recipient Policies",
    "Reset Password",
    "Team Mailboxes",
)

_EVERYTHING = frozenset({GLOBAL_ADMINISTRATOR, EXCHANGE_ADMINISTRATOR})
"""Organization Management holds every management role that a cmdlet here is in."""

_HELD: Mapping[str, frozenset[str]] = {
    COMPLIANCE_ADMINISTRATOR: frozenset(_COMPLIANCE),
    GLOBAL_READER: frozenset({"View-Only Configuration", "View-Only Recipients"}),
    HELPDESK_ADMINISTRATOR: frozenset(
        {"Message Tracking", "Reset Password", "User Options", "View-Only Recipients"}
    ),
    RECIPIENT_ADMINISTRATOR: frozenset(_RECIPIENTS),
    SECURITY_ADMINISTRATOR: frozenset({"Security Admin"}),
    SECURITY_READER: frozenset({"Security Reader"}),
}
"""Directory role -> the management roles of the role group that it is put into."""


@dataclass(frozen=True)
class Grant:
    """The management roles that hold a cmdlet, any one of which is enough.

    `together` are directory roles that have it only as a set.
    """

    management: frozenset[str]
    together: frozenset[str] = frozenset()

    @property
    def directory(self) -> frozenset[str]:
        """The directory roles, any one of which is enough."""
        return _EVERYTHING | {role for role, held in _HELD.items() if held & self.management}


def held_by(*management: str, together: Iterable[str] = ()) -> Grant:
    """A grant, in words."""
    return Grant(frozenset(management), frozenset(together))


VIEW_CONFIGURATION = held_by("View-Only Configuration", "Organization Configuration")
VIEW_TRANSPORT = held_by("View-Only Configuration", "Remote and Accepted Domains")
VIEW_HYGIENE = held_by("View-Only Configuration", "Transport Hygiene", "Security Admin", "Security Reader")
VIEW_RECIPIENTS = held_by("View-Only Recipients", "Mail Recipients", "Mail Recipient Creation")
VIEW_ROLES = held_by("View-Only Configuration", "Role Management")
MAILBOX_OPTIONS = held_by("Mail Recipients", "User Options")
RECIPIENTS = held_by("Mail Recipients")
CONNECTORS = held_by("Remote and Accepted Domains")
HYGIENE = held_by("Transport Hygiene", "Security Admin")
ROLES = held_by("Role Management")


@dataclass(frozen=True)
class Caller:
    """Which app calls, and what it holds: directory roles by name, and role groups with their management roles."""

    directory: frozenset[str] = frozenset()
    groups: Mapping[str, frozenset[str]] = field(default_factory=dict)
    client_id: str = ""
    object_id: str = ""

    def means(self, grant: Grant) -> list[str]:
        """What of it lets a cmdlet of that grant be run; nothing if the caller may not run it."""
        alone = sorted(grant.directory & self.directory)[:1]
        if alone:
            return alone
        if grant.together and grant.together <= self.directory:
            return sorted(grant.together)
        return [
            f"role group {name}" for name, roles in sorted(self.groups.items()) if roles & grant.management
        ][:1]


def role_groups_of(tenant: Tenant, references: Iterable[str]) -> dict[str, frozenset[str]]:
    """The role groups that somebody is in, directly or by a group within, with the roles they hold.

    Who holds a directory role is in a group of the service's; that way is `Caller.directory`.
    """
    groups = tenant.objects("roleGroups")
    names = {str(reference).lower() for reference in references}
    found: dict[str, frozenset[str]] = {}
    grew = True
    while grew:
        grew = False
        for group in groups:
            if group["Name"] not in found and _has(group, names):
                found[group["Name"]] = frozenset(group.get("Roles", []))
                names |= {str(group["Name"]).lower(), str(group["Guid"]).lower()}
                grew = True
    return found


def _has(group: Object, names: set[str]) -> bool:
    return any(str(member).lower() in names for member in group.get("Members", []))
