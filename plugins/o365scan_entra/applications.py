"""What is read of applications, their service principals, and what these may do, through Microsoft Graph.

A list of the credentials needs `$select`, and never holds a secret's text: Microsoft shows that once, when the
secret is made. `key`, the certificate itself, comes only where a single object is asked for; it is public.
"""

from __future__ import annotations

from o365scan.api import GRAPH, Data, Dataset, FanOut, GraphList, Permission, Record, Unlicensed

from .app_resources import RESOURCES

_REFERENCE = "https://learn.microsoft.com/graph/api/"
_READER = Permission(api=GRAPH, app_roles=("Application.Read.All", "Directory.Read.All"))
_SECRETS = ("passwordCredentials/secretText", "passwordCredentials/hint", "keyCredentials/key")

service_principals = Dataset(
    name="entra.service-principals",
    source=GraphList(
        path="/servicePrincipals",
        select=(
            "id",
            "appId",
            "displayName",
            "accountEnabled",
            "disabledByMicrosoftStatus",
            "servicePrincipalType",
            "appOwnerOrganizationId",
            "verifiedPublisher",
            "preferredSingleSignOnMode",
            "passwordCredentials",
            "keyCredentials",
            "replyUrls",
            "tags",
        ),
        page_size=999,
    ),
    key="id",
    title="displayName",
    type="servicePrincipal",
    permission=_READER,
    reference=_REFERENCE + "serviceprincipal-list",
    configuration=False,
    secrets=_SECRETS,
)
"""An app's account in this tenant: Microsoft's own, vendors', the organisation's, and managed identities."""

applications = Dataset(
    name="entra.applications",
    source=GraphList(
        path="/applications",
        select=(
            "id",
            "appId",
            "displayName",
            "createdDateTime",
            "signInAudience",
            "passwordCredentials",
            "keyCredentials",
        ),
        page_size=999,
    ),
    key="id",
    title="displayName",
    type="application",
    permission=_READER,
    reference=_REFERENCE + "application-list",
    configuration=False,
    secrets=_SECRETS,
)
"""Apps that are registered in this tenant; a vendor's app is registered in the vendor's."""


def _is_resource(principal: Record, _: Data) -> bool:
    return principal.text("appId") in RESOURCES


app_role_assignments = Dataset(
    name="entra.app-role-assignments",
    source=FanOut(
        over=service_principals,
        request=GraphList(path="/servicePrincipals/{id}/appRoleAssignedTo", page_size=999),
        where=_is_resource,
    ),
    key="id",
    title="principalDisplayName",
    type="appRoleAssignment",
    permission=_READER,
    reference=_REFERENCE + "serviceprincipal-list-approleassignedto",
    configuration=False,
)
"""Application permissions that were granted, read from the few services that they are for."""

delegated_grants = Dataset(
    name="entra.delegated-grants",
    source=GraphList(path="/oauth2PermissionGrants", page_size=999),
    key="id",
    title="id",
    type="oAuth2PermissionGrant",
    permission=Permission(api=GRAPH, app_roles=("Directory.Read.All",)),
    reference=_REFERENCE + "oauth2permissiongrant-list",
    configuration=False,
)
"""What apps may do in the name of people: of one (`Principal`), or of everyone (`AllPrincipals`)."""

deleted_applications = Dataset(
    name="entra.deleted-applications",
    source=GraphList(
        path="/directory/deletedItems/microsoft.graph.application",
        select=("id", "appId", "displayName", "deletedDateTime", "requiredResourceAccess"),
        page_size=999,
    ),
    key="id",
    title="displayName",
    type="application",
    permission=_READER,
    reference=_REFERENCE + "directory-deleteditems-list",
    configuration=False,
)
"""Registrations that were deleted and can be restored for 30 days."""


federated_credentials = Dataset(
    name="entra.federated-credentials",
    source=FanOut(
        over=applications,
        request=GraphList(path="/applications/{id}/federatedIdentityCredentials"),
    ),
    key="id",
    title="name",
    type="federatedIdentityCredential",
    permission=Permission(api=GRAPH, app_roles=("Application.Read.All",)),
    reference=_REFERENCE + "application-list-federatedidentitycredentials",
    configuration=False,
)
"""Whose tokens the apps that are registered here take for a credential."""

application_owners = Dataset(
    name="entra.application-owners",
    source=FanOut(
        over=applications,
        request=GraphList(path="/applications/{id}/owners", select=("id", "displayName")),
    ),
    key="id",
    title="displayName",
    type="directoryObject",
    permission=_READER,
    reference=_REFERENCE + "application-list-owners",
    configuration=False,
)
"""Who may add a credential to an app that is registered here, whatever role they hold."""

sign_in_activities = Dataset(
    name="entra.service-principal-sign-ins",
    source=GraphList(path="/reports/servicePrincipalSignInActivities", version="beta"),
    key="appId",
    title="appId",
    type="servicePrincipalSignInActivity",
    permission=Permission(api=GRAPH, app_roles=("AuditLog.Read.All",)),
    reference=_REFERENCE + "reportroot-list-serviceprincipalsigninactivities?view=graph-rest-beta",
    licence="Microsoft Entra ID P1",
    # Nothing rests on it, so a tenant without the licence is not left undecided: it has no report, which is empty.
    unlicensed=Unlicensed.EMPTY,
    configuration=False,
)
"""When each app last signed in; an app that is not in it has not been seen. Empty where there is no report."""
