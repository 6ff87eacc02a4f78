"""What is read of Microsoft Entra ID, through Microsoft Graph."""

from __future__ import annotations

from o365scan.api import GRAPH, Dataset, GraphList, Permission

_REFERENCE = "https://learn.microsoft.com/graph/api/"

organization = Dataset(
    name="entra.organization",
    source=GraphList(path="/organization"),
    key="id",
    title="displayName",
    type="organization",
    permission=Permission(api=GRAPH, app_roles=("Organization.Read.All", "Directory.Read.All")),
    reference=_REFERENCE + "organization-list",
)
"""The tenant itself; one record."""

domains = Dataset(
    name="entra.domains",
    source=GraphList(path="/domains"),
    key="id",
    title="id",
    type="domain",
    permission=Permission(api=GRAPH, app_roles=("Domain.Read.All", "Directory.Read.All")),
    reference=_REFERENCE + "domain-list",
)
"""Domains, verified or not; their id is the domain name. The resource refuses $top."""

users = Dataset(
    name="entra.users",
    source=GraphList(
        path="/users",
        # Graph sends eleven properties by default; accountEnabled and userType are not among them.
        select=(
            "id",
            "displayName",
            "userPrincipalName",
            "accountEnabled",
            "userType",
            "mail",
            "createdDateTime",
            "onPremisesSyncEnabled",
            "assignedLicenses",
        ),
        page_size=999,
    ),
    key="id",
    title="userPrincipalName",
    type="user",
    # User.ReadBasic.All is not enough: it withholds accountEnabled and assignedLicenses.
    permission=Permission(api=GRAPH, app_roles=("User.Read.All", "Directory.Read.All")),
    reference=_REFERENCE + "user-list",
    configuration=False,
)
"""People, guests and service accounts."""
