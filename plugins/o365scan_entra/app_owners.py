"""Who owns the service principals of privileged apps: they can add a credential, and then be the app."""

from __future__ import annotations

from o365scan.api import GRAPH, Data, Dataset, FanOut, GraphList, Permission, Record

from .app_permissions import Reach
from .app_rights import SOURCES, rights
from .applications import service_principals
from .publishers import MICROSOFT_SERVICES


def is_privileged(principal: Record, data: Data) -> bool:
    """May it do more than read what everybody may?"""
    return any(each.reach is not Reach.NONE for each in data.once(rights).held.get(principal.key, ()))


def takes_owners(principal: Record, data: Data) -> bool:
    """Is it privileged, and takes credentials? Microsoft's own and managed identities don't."""
    if str(principal.get("appOwnerOrganizationId")).lower() == MICROSOFT_SERVICES:
        return False
    return principal.get("servicePrincipalType") != "ManagedIdentity" and is_privileged(principal, data)


service_principal_owners = Dataset(
    name="entra.service-principal-owners",
    source=FanOut(
        over=service_principals,
        request=GraphList(path="/servicePrincipals/{id}/owners", select=("id", "displayName")),
        where=takes_owners,
        reads=tuple(each for each in SOURCES if each is not service_principals),
    ),
    key="id",
    title="displayName",
    type="directoryObject",
    permission=Permission(api=GRAPH, app_roles=("Application.Read.All", "Directory.Read.All")),
    reference="https://learn.microsoft.com/graph/api/serviceprincipal-list-owners",
    configuration=False,
)
"""Asked of privileged apps alone, vendors' too: what an owner adds to a principal here opens this tenant."""
