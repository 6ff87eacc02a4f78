"""The resources that Graph serves here, one row each."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from mocktenant.collection import Object
from mocktenant.graph import directory, errors
from mocktenant.graph.resources import BETA, FILTER, PAGED, Expansion, Licence, Resource
from mocktenant.graph.skus import subscribed_skus
from mocktenant.graph.sources import (
    Source,
    Stored,
    directory_role_assignments,
    granted,
    interactive,
    mfa_state,
    newest_sign_ins,
    owned,
    related,
    scheduled,
)
from mocktenant.tenant import Tenant

_MOST = 20
"""How many objects of a relationship the directory expands."""

_P1_LIST = Licence("P1")  # an empty list, as in a live report; for named locations unconfirmed
_P1_REPORT = Licence("P1", errors.premium_report)
_P2_ROLES = Licence("P2", errors.premium_roles)

_paged = partial(Resource, page=100, largest=999, options=PAGED)
_objects = partial(_paged, directory=True)
_mixed = partial(_objects, type_name="directoryObject", mixed=True)
_pim = partial(
    _paged, options=PAGED - {"$count"}, denial=errors.scope_not_granted, licence=_P2_ROLES
)  # the page sizes of role management are unconfirmed, 999 is accepted
_policy = partial(Resource, denial=errors.scopes_missing)
_singleton = partial(_policy, singleton=True)


def _of(source: Source) -> Callable[[Tenant, Object], list[Object]]:
    """A source that starts at an object's own id."""
    return lambda tenant, item: source(tenant, item["id"])


def _one(name: str) -> Callable[[Tenant, Object], list[Object]]:
    """The directory object that a property names."""
    return lambda tenant, item: directory.by_ids(tenant, [item[name]])


def _definition(tenant: Tenant, item: Object) -> list[Object]:
    found = tenant.collection("roleDefinitions").get(item["roleDefinitionId"])
    return [] if found is None else [found]


def _relation(source: Source) -> Expansion:
    return Expansion("directoryObject", _of(source), mixed=True, most=_MOST)


_MEMBERS = related("groupMembers", "groupId", "memberId")
_OWNERS = related("groupOwners", "groupId", "ownerId")
_APPLICATION_OWNERS = related("applicationOwners", "applicationId", "ownerId")
_PRINCIPAL_OWNERS = related("servicePrincipalOwners", "servicePrincipalId", "ownerId")

_ROLE_EXPANDS = {
    "principal": Expansion("directoryObject", _one("principalId"), many=False, mixed=True),
    "roleDefinition": Expansion("unifiedRoleDefinition", _definition, many=False),
}
_RULES = Expansion("unifiedRoleManagementPolicyRule", lambda _, item: item.get("rules", []), mixed=True)
_POLICY = Expansion(
    "unifiedRoleManagementPolicy",
    lambda _, item: [item["policy"]] if "policy" in item else [],
    many=False,
    nested={"rules": _RULES, "effectiveRules": _RULES},
)

_ORGANIZATION = (
    Resource("organization", "organization", Stored("organization")),
    Resource("domains", "domain", Stored("domains")),
    Resource(
        "domains/{id}/federationConfiguration",
        "internalDomainFederation",
        owned("federationConfigurations", "domainId"),
    ),
    Resource("subscribedSkus", "subscribedSku", subscribed_skus),
    _paged(
        "tenantRelationships/delegatedAdminRelationships",
        "delegatedAdminRelationship",
        Stored("delegatedAdminRelationships"),
        largest=300,
    ),
)

_PEOPLE = (
    _objects("users", "user", Stored("users"), keys=("id", "userPrincipalName")),
    _mixed("users/{id}/memberOf", source=directory.member_of),
    _mixed("users/{id}/transitiveMemberOf", source=directory.transitive_member_of),
    _objects("users/{id}/appRoleAssignments", "appRoleAssignment", granted("principalId")),
    _objects(
        "users/{id}/oauth2PermissionGrants",
        "oAuth2PermissionGrant",
        owned("oauth2PermissionGrants", "principalId"),
    ),
    Resource(
        "users/{id}/authentication/methods",
        "authenticationMethod",
        owned("authenticationMethods", "userId"),
        mixed=True,
        denial=errors.request_failed,
    ),
    _singleton(
        "users/{id}/authentication/requirements",
        "strongAuthenticationRequirements",
        mfa_state,
        versions=BETA,
    ),
    _paged(
        "reports/authenticationMethods/userRegistrationDetails",
        "userRegistrationDetails",
        Stored("userRegistrationDetails"),
        denial=errors.permission_missing,
        licence=_P1_REPORT,
    ),
)

_GROUPS = (
    _objects(
        "groups",
        "group",
        Stored("groups"),
        expands={"members": _relation(_MEMBERS), "owners": _relation(_OWNERS)},
    ),
    _mixed("groups/{id}/members", source=_MEMBERS),
    _mixed("groups/{id}/transitiveMembers", source=directory.transitive_members),
    _mixed("groups/{id}/owners", source=_OWNERS),
    _mixed("groups/{id}/memberOf", source=directory.member_of),
    _mixed("groups/{id}/transitiveMemberOf", source=directory.transitive_member_of),
)

_ROLES = (
    _paged("roleManagement/directory/roleDefinitions", "unifiedRoleDefinition", Stored("roleDefinitions")),
    _paged(
        "roleManagement/directory/roleAssignments",
        "unifiedRoleAssignment",
        directory_role_assignments,
        filterable=frozenset({"principalId", "roleDefinitionId", "directoryScopeId"}),
        sparse=True,
        expands=_ROLE_EXPANDS,
    ),
    _pim(
        "roleManagement/directory/roleAssignmentScheduleInstances",
        "unifiedRoleAssignmentScheduleInstance",
        scheduled("roleAssignmentScheduleInstances"),
        expands=_ROLE_EXPANDS,
    ),
    _pim(
        "roleManagement/directory/roleEligibilityScheduleInstances",
        "unifiedRoleEligibilityScheduleInstance",
        scheduled("roleEligibilityScheduleInstances"),
        expands=_ROLE_EXPANDS,
    ),
    _pim(
        "policies/roleManagementPolicyAssignments",
        "unifiedRoleManagementPolicyAssignment",
        Stored("roleManagementPolicyAssignments"),
        filter_needed=(frozenset({"scopeId", "scopeType"}),),
        expands={"policy": _POLICY},
    ),
    _pim(
        "identityGovernance/privilegedAccess/group/eligibilityScheduleInstances",
        "privilegedAccessGroupEligibilityScheduleInstance",
        Stored("groupEligibilityScheduleInstances"),
        filter_needed=(frozenset({"groupId"}), frozenset({"principalId"})),
        expands={"principal": _ROLE_EXPANDS["principal"]},
    ),
)

_POLICIES = (
    _policy(
        "identity/conditionalAccess/policies",
        "conditionalAccessPolicy",
        Stored("conditionalAccessPolicies"),
        largest=999,
        options=PAGED,
        licence=_P1_LIST,
    ),
    _policy(
        "identity/conditionalAccess/namedLocations",
        "namedLocation",
        Stored("namedLocations"),
        largest=999,
        options=PAGED,
        mixed=True,
        licence=_P1_LIST,
    ),
    _policy(
        "policies/authenticationStrengthPolicies",
        "authenticationStrengthPolicy",
        Stored("authenticationStrengthPolicies"),
        options=FILTER,
    ),
    _policy(
        "policies/crossTenantAccessPolicy/partners",
        "crossTenantAccessPolicyConfigurationPartner",
        Stored("crossTenantAccessPartners"),
        keys=("tenantId",),
    ),
    _singleton(
        "policies/crossTenantAccessPolicy/default",
        "crossTenantAccessPolicyConfigurationDefault",
        Stored("crossTenantAccessDefault"),
    ),
    _singleton(
        "policies/identitySecurityDefaultsEnforcementPolicy",
        "identitySecurityDefaultsEnforcementPolicy",
        Stored("securityDefaults"),
    ),
    _singleton("policies/authorizationPolicy", "authorizationPolicy", Stored("authorizationPolicy")),
)

_APPLICATIONS = (
    _objects(
        "applications",
        "application",
        Stored("applications"),
        alternates=("appId",),
        expands={"owners": _relation(_APPLICATION_OWNERS)},
    ),
    _mixed("applications/{id}/owners", source=_APPLICATION_OWNERS),
    Resource(
        "applications/{id}/federatedIdentityCredentials",
        "federatedIdentityCredential",
        owned("federatedIdentityCredentials", "applicationId"),
        options=FILTER,
        keys=("id", "name"),
    ),
    _objects(
        "directory/deletedItems/microsoft.graph.application", "application", Stored("deletedApplications")
    ),
    _objects(
        "servicePrincipals",
        "servicePrincipal",
        Stored("servicePrincipals"),
        alternates=("appId",),
        expands={
            "owners": _relation(_PRINCIPAL_OWNERS),
            "appRoleAssignments": Expansion("appRoleAssignment", _of(granted("principalId")), most=_MOST),
            "appRoleAssignedTo": Expansion("appRoleAssignment", _of(granted("resourceId")), most=_MOST),
        },
    ),
    _mixed("servicePrincipals/{id}/owners", source=_PRINCIPAL_OWNERS),
    _mixed("servicePrincipals/{id}/memberOf", source=directory.member_of),
    _mixed("servicePrincipals/{id}/transitiveMemberOf", source=directory.transitive_member_of),
    _objects("servicePrincipals/{id}/appRoleAssignments", "appRoleAssignment", granted("principalId")),
    _objects("servicePrincipals/{id}/appRoleAssignedTo", "appRoleAssignment", granted("resourceId")),
    _objects(
        "servicePrincipals/{id}/oauth2PermissionGrants",
        "oAuth2PermissionGrant",
        owned("oauth2PermissionGrants", "clientId"),
    ),
    _paged(
        "reports/servicePrincipalSignInActivities",
        "servicePrincipalSignInActivity",
        Stored("servicePrincipalSignInActivities"),
        versions=BETA,
        denial=errors.permission_missing,
        licence=_P1_REPORT,
    ),
    _paged(
        "auditLogs/signIns",
        "signIn",
        newest_sign_ins,
        page=1000,
        largest=1000,
        options=PAGED - {"$count", "$orderby"},
        unless_asked=("signInEventTypes", interactive),
        denial=errors.permission_missing,
        licence=_P1_REPORT,
    ),
    _objects(
        "oauth2PermissionGrants",
        "oAuth2PermissionGrant",
        Stored("oauth2PermissionGrants"),
        options=PAGED - {"$orderby"},
        filterable=frozenset({"clientId", "consentType", "principalId", "resourceId"}),
    ),
)

RESOURCES: dict[tuple[str, ...], Resource] = {
    row.pattern: row for row in (*_ORGANIZATION, *_PEOPLE, *_GROUPS, *_ROLES, *_POLICIES, *_APPLICATIONS)
}
"""Path, as lower-case segments -> row."""
