"""Who may read what: the table that makes a scanner's missing rights visible.

Graph: an app role in the token is enough. Exchange: the app role `Exchange.ManageAsApp` *and* a
directory role or role group that has the cmdlet; neither alone works. Who has a cmdlet stands in its row,
and for all of them in `mocktenant.exchange.cmdlets.PERMISSIONS`.
"""

from __future__ import annotations

from collections.abc import Iterable

_DIRECTORY = ("Directory.Read.All", "Directory.ReadWrite.All")
_USERS = ("User.Read.All", "User.ReadWrite.All", *_DIRECTORY)
_GROUPS = ("GroupMember.Read.All", "Group.Read.All", "Group.ReadWrite.All", *_DIRECTORY)
_APPLICATIONS = ("Application.Read.All", "Application.ReadWrite.All", *_DIRECTORY)
_CREDENTIALS = ("Application.Read.All", "Application.ReadWrite.All")
_ROLES = ("RoleManagement.Read.Directory", "RoleManagement.ReadWrite.Directory", *_DIRECTORY)
_MEMBERSHIPS = ("User.Read.All", "GroupMember.Read.All", "Group.Read.All", *_DIRECTORY)
_POLICIES = ("Policy.Read.All",)

GRAPH: dict[str, tuple[str, ...]] = {
    "organization": ("Organization.Read.All", "Organization.ReadWrite.All", *_DIRECTORY),
    "domains": ("Domain.Read.All", "Domain.ReadWrite.All", *_DIRECTORY),
    "domains/{id}/federationConfiguration": (
        "Domain-InternalFederation.Read.All",
        "Domain-InternalFederation.ReadWrite.All",
    ),
    "subscribedSkus": ("LicenseAssignment.Read.All", "Organization.Read.All", *_DIRECTORY),
    "users": _USERS,
    "users/{id}/memberOf": _MEMBERSHIPS,
    "users/{id}/transitiveMemberOf": _MEMBERSHIPS,
    "users/{id}/appRoleAssignments": ("Directory.Read.All", "AppRoleAssignment.ReadWrite.All"),
    "users/{id}/oauth2PermissionGrants": ("Directory.Read.All", "DelegatedPermissionGrant.ReadWrite.All"),
    "users/{id}/authentication/methods": (
        "UserAuthenticationMethod.Read.All",
        "UserAuthenticationMethod.ReadWrite.All",
    ),
    "users/{id}/authentication/requirements": ("Policy.Read.All", "Policy.ReadWrite.AuthenticationMethod"),
    "groups": _GROUPS,
    "groups/{id}/members": _GROUPS,
    "groups/{id}/transitiveMembers": _GROUPS,
    "groups/{id}/owners": _GROUPS,
    "groups/{id}/memberOf": _GROUPS,
    "groups/{id}/transitiveMemberOf": _GROUPS,
    "roleManagement/directory/roleDefinitions": (*_ROLES, "RoleManagement.Read.All"),
    "roleManagement/directory/roleAssignments": (*_ROLES, "RoleManagement.Read.All"),
    "roleManagement/directory/roleAssignmentScheduleInstances": (
        "RoleAssignmentSchedule.Read.Directory",
        "RoleAssignmentSchedule.ReadWrite.Directory",
        "RoleManagement.Read.All",
        "RoleManagement.Read.Directory",
        "RoleManagement.ReadWrite.Directory",
    ),
    "roleManagement/directory/roleEligibilityScheduleInstances": (
        "RoleEligibilitySchedule.Read.Directory",
        "RoleEligibilitySchedule.ReadWrite.Directory",
        "RoleManagement.Read.All",
        "RoleManagement.Read.Directory",
        "RoleManagement.ReadWrite.Directory",
    ),
    "policies/roleManagementPolicyAssignments": (
        "RoleManagementPolicy.Read.Directory",
        "RoleManagement.Read.Directory",
        "RoleManagement.Read.All",
    ),
    "identityGovernance/privilegedAccess/group/eligibilityScheduleInstances": (
        "PrivilegedEligibilitySchedule.Read.AzureADGroup",
        "PrivilegedEligibilitySchedule.ReadWrite.AzureADGroup",
    ),
    "identity/conditionalAccess/policies": _POLICIES,
    "identity/conditionalAccess/namedLocations": _POLICIES,
    "policies/authenticationStrengthPolicies": (
        "Policy.Read.AuthenticationMethod",
        "Policy.Read.All",
        "Policy.ReadWrite.AuthenticationMethod",
        "Policy.ReadWrite.ConditionalAccess",
    ),
    "policies/identitySecurityDefaultsEnforcementPolicy": (*_POLICIES, "Policy.ReadWrite.SecurityDefaults"),
    "policies/authorizationPolicy": (*_POLICIES, "Policy.ReadWrite.Authorization"),
    "policies/crossTenantAccessPolicy/default": (*_POLICIES, "Policy.ReadWrite.CrossTenantAccess"),
    "policies/crossTenantAccessPolicy/partners": (*_POLICIES, "Policy.ReadWrite.CrossTenantAccess"),
    "reports/authenticationMethods/userRegistrationDetails": ("AuditLog.Read.All",),
    "reports/servicePrincipalSignInActivities": ("AuditLog.Read.All",),
    "auditLogs/signIns": ("AuditLog.Read.All",),
    "tenantRelationships/delegatedAdminRelationships": (
        "DelegatedAdminRelationship.Read.All",
        "DelegatedAdminRelationship.ReadWrite.All",
    ),
    "applications": _APPLICATIONS,
    "applications/{id}/owners": _APPLICATIONS,
    "applications/{id}/federatedIdentityCredentials": _CREDENTIALS,
    "directory/deletedItems/microsoft.graph.application": _APPLICATIONS,
    "servicePrincipals": _APPLICATIONS,
    "servicePrincipals/{id}/owners": _APPLICATIONS,
    "servicePrincipals/{id}/memberOf": _APPLICATIONS,
    "servicePrincipals/{id}/transitiveMemberOf": _APPLICATIONS,
    "servicePrincipals/{id}/appRoleAssignedTo": _APPLICATIONS,
    "servicePrincipals/{id}/appRoleAssignments": _APPLICATIONS,
    "servicePrincipals/{id}/oauth2PermissionGrants": (
        "Directory.Read.All",
        "DelegatedPermissionGrant.ReadWrite.All",
        "Directory.ReadWrite.All",
    ),
    "oauth2PermissionGrants": (
        "Directory.Read.All",
        "DelegatedPermissionGrant.ReadWrite.All",
        "Directory.ReadWrite.All",
    ),
}
"""Graph resource -> app roles, any one of which reads it; the least comes first."""

GRAPH_SCOPED: dict[str, dict[str, tuple[str, ...]]] = {
    "policies/roleManagementPolicyAssignments": {
        "Group": ("RoleManagementPolicy.Read.AzureADGroup", "RoleManagementPolicy.ReadWrite.AzureADGroup"),
    },
}
"""Graph resource -> the app roles that it takes instead where its filter says this scopeType."""

GRAPH_TYPES: dict[str, tuple[str, ...]] = {
    "user": _USERS,
    "group": _GROUPS,
    "servicePrincipal": _APPLICATIONS,
    "application": _APPLICATIONS,
    "directoryRole": _ROLES,
}
"""Type -> app roles, any one of which shows more than the id of such an object among others."""

LEAST = frozenset(
    roles[0] for roles in (*GRAPH.values(), *(r for s in GRAPH_SCOPED.values() for r in s.values()))
)
"""What an app needs to read all of Graph that is emulated."""

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

LEAST_FIRST = (
    SECURITY_READER,
    GLOBAL_READER,
    HELPDESK_ADMINISTRATOR,
    RECIPIENT_ADMINISTRATOR,
    COMPLIANCE_ADMINISTRATOR,
    SECURITY_ADMINISTRATOR,
    EXCHANGE_ADMINISTRATOR,
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
