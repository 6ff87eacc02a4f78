"""The directory roles that the tenant knows, and which service's token carries an app role.

What Graph wants stands in its own table, `mocktenant.graph.table`. Exchange wants the app role
`Exchange.ManageAsApp` *and* a directory role or role group that has the cmdlet; neither alone works. Who has a
cmdlet stands in its row, and for all of them in `mocktenant.exchange.cmdlets.PERMISSIONS`.
"""

from __future__ import annotations

from collections.abc import Iterable

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
    "Application Administrator": "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3",
    "Authentication Administrator": "c4e39bd9-1100-46d3-8c65-fb160da0071f",
    "Cloud Application Administrator": "158c047a-c907-4556-b7ef-446551a6b5f7",
    "Conditional Access Administrator": "b1be1c3e-b65d-4f19-8427-f6fa0d97feb9",
    "Password Administrator": "966707d0-3269-4727-9be2-8c3a10f19b9d",
    "Privileged Authentication Administrator": "7be44c8a-adaf-4e2a-84d6-ab2649e08a13",
    "Privileged Role Administrator": "e8611ab8-c189-46e8-94e1-60213ab1f814",
    "User Administrator": "fe930be7-5e62-47db-91af-98c3a49a38b1",
}
"""Directory role -> template id: what `wids` carries. The same in every tenant."""

LEAST_FIRST = (
    SECURITY_READER,
    GLOBAL_READER,
    "Password Administrator",
    HELPDESK_ADMINISTRATOR,
    "Authentication Administrator",
    "User Administrator",
    RECIPIENT_ADMINISTRATOR,
    COMPLIANCE_ADMINISTRATOR,
    "Conditional Access Administrator",
    SECURITY_ADMINISTRATOR,
    EXCHANGE_ADMINISTRATOR,
    "Cloud Application Administrator",
    "Application Administrator",
    "Privileged Authentication Administrator",
    "Privileged Role Administrator",
    GLOBAL_ADMINISTRATOR,
)
"""The directory roles by what an intruder could do with them: those that only read, then the rest. Our judgement."""

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
