"""Who may read what: the two tables that make a scanner's missing rights visible.

Graph: an app role in the token is enough. Exchange: the app role `Exchange.ManageAsApp` *and* a
directory role that has the cmdlet; neither alone works.
"""

from __future__ import annotations

from collections.abc import Iterable

GRAPH: dict[str, tuple[str, ...]] = {
    "organization": (
        "Organization.Read.All",
        "Organization.ReadWrite.All",
        "Directory.Read.All",
        "Directory.ReadWrite.All",
    ),
    "domains": ("Domain.Read.All", "Domain.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"),
    "users": ("User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"),
}
"""Graph resource -> app roles, any one of which reads it; the least comes first."""

GLOBAL_ADMINISTRATOR = "Global Administrator"
EXCHANGE_ADMINISTRATOR = "Exchange Administrator"
RECIPIENT_ADMINISTRATOR = "Exchange Recipient Administrator"
GLOBAL_READER = "Global Reader"
SECURITY_READER = "Security Reader"
SECURITY_ADMINISTRATOR = "Security Administrator"
COMPLIANCE_ADMINISTRATOR = "Compliance Administrator"
HELPDESK_ADMINISTRATOR = "Helpdesk Administrator"

DIRECTORY_ROLES: dict[str, str] = {
    COMPLIANCE_ADMINISTRATOR: "17315797-102d-40b4-93e0-432062caca18",
    EXCHANGE_ADMINISTRATOR: "29232cdf-9323-42fd-ade2-1d097af3e4de",
    RECIPIENT_ADMINISTRATOR: "31392ffb-586c-42d1-9346-e59415a2cc4e",
    GLOBAL_ADMINISTRATOR: "62e90394-69f5-4237-9190-012177145e10",
    GLOBAL_READER: "f2ef992c-3afb-46b9-b7cf-a126ee74c451",
    HELPDESK_ADMINISTRATOR: "729827e3-9c14-49f7-bb1b-9608f156bbb8",
    SECURITY_ADMINISTRATOR: "194ae4cb-b126-40b2-bd5b-6091b380977d",
    SECURITY_READER: "5d6b6bb7-de71-4623-b4af-96380a352509",
}
"""Directory role -> template id: what `wids` carries. The same in every tenant."""

_ALL = frozenset({GLOBAL_ADMINISTRATOR, EXCHANGE_ADMINISTRATOR})
# Measured for Global Reader on a live tenant but for Get-AcceptedDomain; Compliance Administrator is
# inferred from its role group, which holds the view-only roles.
_READERS = _ALL | {GLOBAL_READER, COMPLIANCE_ADMINISTRATOR}

EXCHANGE: dict[str, frozenset[str]] = {
    "Get-AcceptedDomain": _READERS | {RECIPIENT_ADMINISTRATOR},  # Recipient Administrator: unconfirmed
    "Get-BlockedConnector": _ALL | {GLOBAL_READER, SECURITY_READER},  # unconfirmed
    "Get-InboundConnector": _READERS,
    "Get-Mailbox": _READERS | {RECIPIENT_ADMINISTRATOR},
    "Get-OrganizationConfig": _READERS,
    "Get-OutboundConnector": _READERS,
    "Get-RemoteDomain": _READERS,
    "Get-TransportRule": _READERS | {SECURITY_READER},
}
"""Exchange cmdlet -> directory roles, any one of which has it. Security Reader is as measured on a live
tenant: it has Get-TransportRule and is refused mailboxes, connectors, remote domains and the
organisation's configuration."""

EXCHANGE_APP_ROLE = "Exchange.ManageAsApp"

_ELSEWHERE: dict[str, str] = {
    "Exchange.ManageAsApp": "exchange",
    "Exchange.ManageAsAppV2": "exchange",
    "full_access_as_app": "exchange",
    "ActivityFeed.Read": "management",
    "ActivityFeed.ReadDlp": "management",
    "ServiceHealth.Read": "management",
}


class UnknownDirectoryRole(ValueError):
    """A directory role that the tenant does not know."""


def resource_of(app_role: str) -> str:
    """Which service's token carries an app role: exchange, management or graph."""
    return _ELSEWHERE.get(app_role, "graph")


def template_ids(roles: Iterable[str]) -> list[str]:
    """The template ids of directory roles, sorted. Raises UnknownDirectoryRole."""
    ids = []
    for role in sorted(roles):
        if role not in DIRECTORY_ROLES:
            raise UnknownDirectoryRole(f"no directory role {role!r}; known are {', '.join(DIRECTORY_ROLES)}")
        ids.append(DIRECTORY_ROLES[role])
    return ids


def role_names(ids: Iterable[str]) -> set[str]:
    """The names of the directory roles whose template ids are given; others are left out."""
    wanted = set(ids)
    return {name for name, template in DIRECTORY_ROLES.items() if template in wanted}
