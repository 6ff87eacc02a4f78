"""What is read of the policies on apps: what may be consented to, who is asked, and what they may sign in with."""

from __future__ import annotations

from o365scan.api import GRAPH, Dataset, FanOut, GraphList, GraphObject, Permission

_REFERENCE = "https://learn.microsoft.com/graph/api/"
_POLICY = Permission(api=GRAPH, app_roles=("Policy.Read.All",))

permission_grant_policies = Dataset(
    name="entra.permission-grant-policies",
    source=GraphList(path="/policies/permissionGrantPolicies"),
    key="id",
    title="displayName",
    type="permissionGrantPolicy",
    # The third is what other tools read it with; Microsoft's page names the first two.
    permission=Permission(
        api=GRAPH,
        app_roles=("Policy.Read.PermissionGrant", "Policy.ReadWrite.PermissionGrant", "Policy.Read.All"),
    ),
    reference=_REFERENCE + "permissiongrantpolicy-list",
)
"""What may be consented to under each consent policy, Microsoft's and the tenant's; `includes` come with it."""

admin_consent_requests = Dataset(
    name="entra.admin-consent-requests",
    source=GraphObject(path="/policies/adminConsentRequestPolicy"),
    # Microsoft documents no id for it.
    key="",
    title="",
    type="adminConsentRequestPolicy",
    permission=Permission(api=GRAPH, app_roles=("Policy.Read.All", "Directory.Read.All")),
    reference=_REFERENCE + "adminconsentrequestpolicy-get",
)
"""Whether people can ask for an app that they may not consent to, and who is told; one record."""

default_app_management = Dataset(
    name="entra.default-app-management",
    source=GraphObject(path="/policies/defaultAppManagementPolicy"),
    key="id",
    title="displayName",
    type="tenantAppManagementPolicy",
    permission=_POLICY,
    reference=_REFERENCE + "tenantappmanagementpolicy-get",
)
"""What secrets and certificates apps may be given, unless a policy of their own says else; one record."""

app_management_policies = Dataset(
    name="entra.app-management-policies",
    source=GraphList(path="/policies/appManagementPolicies"),
    key="id",
    title="displayName",
    type="appManagementPolicy",
    permission=_POLICY,
    reference=_REFERENCE + "appmanagementpolicy-list",
)
"""Policies for single apps, which replace the restrictions of the default one that they name."""

app_management_policy_targets = Dataset(
    name="entra.app-management-policy-targets",
    source=FanOut(
        over=app_management_policies,
        request=GraphList(
            path="/policies/appManagementPolicies/{id}/appliesTo", select=("id", "displayName")
        ),
    ),
    key="id",
    title="displayName",
    type="directoryObject",
    permission=Permission(api=GRAPH, app_roles=("Policy.Read.All + Application.Read.All",)),
    reference=_REFERENCE + "appmanagementpolicy-list-appliesto",
)
"""The apps and service principals that a policy for single apps is assigned to; few, and read for each policy."""
