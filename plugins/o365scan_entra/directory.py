"""What is read of Microsoft Entra ID's directory: people, groups, roles, and who holds or may activate them."""

from __future__ import annotations

from o365scan.api import (
    GRAPH,
    Data,
    Dataset,
    FanOut,
    GraphList,
    Permission,
    Record,
    Unlicensed,
)

from .principals import Kind, given_to

_REFERENCE = "https://learn.microsoft.com/graph/api/"
_P2 = "Microsoft Entra ID P2 or Microsoft Entra ID Governance"


def _read(*app_roles: str) -> Permission:
    return Permission(api=GRAPH, app_roles=app_roles)


_ROLES = _read("RoleManagement.Read.Directory", "Directory.Read.All")
#: Who holds it: the type is sent with it. Microsoft documents $expand=principal, one relationship a request; the
#: $select inside, which leaves out what changes often, is seen in other tools and follows OData.
_WITH_PRINCIPAL = "principal($select=id,displayName)"
_GROUPS = _read("GroupMember.Read.All", "Group.Read.All", "Directory.Read.All")

organization = Dataset(
    name="entra.organization",
    source=GraphList(path="/organization"),
    key="id",
    title="displayName",
    type="organization",
    permission=_read("Organization.Read.All", "Directory.Read.All"),
    reference=_REFERENCE + "organization-list",
)
"""The tenant itself; one record."""

domains = Dataset(
    name="entra.domains",
    source=GraphList(path="/domains"),
    key="id",
    title="id",
    type="domain",
    permission=_read("Domain.Read.All", "Directory.Read.All"),
    reference=_REFERENCE + "domain-list",
)
"""Domains, verified or not; their id is the domain name. The resource refuses $top."""


def _is_federated(domain: Record, _: Data) -> bool:
    return domain.text("authenticationType") == "Federated"


federation = Dataset(
    name="entra.federation",
    source=FanOut(
        over=domains,
        request=GraphList(path="/domains/{id}/federationConfiguration"),
        where=_is_federated,
    ),
    key="id",
    title="displayName",
    type="internalDomainFederation",
    # Domain.Read.All is not enough: the configuration has permissions of its own.
    permission=_read("Domain-InternalFederation.Read.All", "Domain-InternalFederation.ReadWrite.All"),
    reference=_REFERENCE + "domain-list-federationconfiguration",
)
"""To which identity provider a federated domain hands its sign-ins. The certificates in it are public ones."""

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
            # Set where an outsider was invited, whatever the userType says now.
            "externalUserState",
            # Set on the user account of an agent identity.
            "identityParentId",
        ),
        page_size=999,
    ),
    key="id",
    title="userPrincipalName",
    type="user",
    # User.ReadBasic.All is not enough: it withholds accountEnabled and assignedLicenses.
    permission=_read("User.Read.All", "Directory.Read.All"),
    reference=_REFERENCE + "user-list",
    configuration=False,
)
"""People, guests and service accounts."""

role_definitions = Dataset(
    name="entra.role-definitions",
    source=GraphList(path="/roleManagement/directory/roleDefinitions"),
    key="id",
    title="displayName",
    type="unifiedRoleDefinition",
    permission=_ROLES,
    reference=_REFERENCE + "rbacapplication-list-roledefinitions",
)
"""Directory roles, built in and custom. The id of a built-in one is the same in every tenant."""

role_assignments = Dataset(
    name="entra.role-assignments",
    source=GraphList(path="/roleManagement/directory/roleAssignments", expand=_WITH_PRINCIPAL),
    key="id",
    title="id",
    type="unifiedRoleAssignment",
    permission=_ROLES,
    reference=_REFERENCE + "rbacapplication-list-roleassignments",
)
"""Who holds a role now: people, groups and service principals.

`directoryScopeId` is "/" for the whole tenant, "/administrativeUnits/{id}" or "/{id of an object}". An eligible
role that is activated at the moment is listed too, and nothing in the record tells it from a lasting one.
"""

role_eligibilities = Dataset(
    name="entra.role-eligibilities",
    source=GraphList(
        path="/roleManagement/directory/roleEligibilityScheduleInstances", expand=_WITH_PRINCIPAL
    ),
    key="id",
    title="id",
    type="unifiedRoleEligibilityScheduleInstance",
    permission=_read(
        "RoleEligibilitySchedule.Read.Directory", "RoleManagement.Read.Directory", "RoleManagement.Read.All"
    ),
    reference=_REFERENCE + "rbacapplication-list-roleeligibilityscheduleinstances",
    licence=_P2,
    unlicensed=Unlicensed.EMPTY,
)
"""Who may activate a role in Privileged Identity Management. It exists with its licence only."""

role_assignment_schedules = Dataset(
    name="entra.role-assignment-schedules",
    source=GraphList(
        path="/roleManagement/directory/roleAssignmentScheduleInstances", expand=_WITH_PRINCIPAL
    ),
    key="id",
    title="id",
    type="unifiedRoleAssignmentScheduleInstance",
    permission=_read(
        "RoleAssignmentSchedule.Read.Directory", "RoleManagement.Read.Directory", "RoleManagement.Read.All"
    ),
    reference=_REFERENCE + "rbacapplication-list-roleassignmentscheduleinstances",
    licence=_P2,
    unlicensed=Unlicensed.EMPTY,
)
"""Who holds a role now, as Privileged Identity Management sees it: *Assigned* or *Activated*, and until when.

It lists what was assigned in other ways too. It exists with its licence only.
"""

role_policies = Dataset(
    name="entra.role-policies",
    source=GraphList(
        path="/policies/roleManagementPolicyAssignments",
        # Without this filter the request is refused.
        filter="scopeId eq '/' and scopeType eq 'DirectoryRole'",
        expand="policy($expand=rules)",
    ),
    key="id",
    title="id",
    type="unifiedRoleManagementPolicyAssignment",
    permission=_read(
        "RoleManagementPolicy.Read.Directory", "RoleManagement.Read.Directory", "RoleManagement.Read.All"
    ),
    reference=_REFERENCE + "policyroot-list-rolemanagementpolicyassignments",
    licence=_P2,
    unlicensed=Unlicensed.EMPTY,
)
"""What activating each role asks for; its policy and rules come expanded."""

groups = Dataset(
    name="entra.groups",
    source=GraphList(
        path="/groups",
        select=("id", "displayName", "isAssignableToRole", "groupTypes", "visibility"),
        page_size=999,
    ),
    key="id",
    title="displayName",
    type="group",
    permission=_GROUPS,
    reference=_REFERENCE + "group-list",
    configuration=False,
)
"""All groups, without their members. Deleted ones are not listed."""

role_assignable_groups = Dataset(
    name="entra.role-assignable-groups",
    source=GraphList(
        path="/groups",
        select=("id", "displayName", "isAssignableToRole", "securityEnabled", "groupTypes"),
        filter="isAssignableToRole eq true",
        page_size=999,
    ),
    key="id",
    title="displayName",
    type="group",
    permission=_GROUPS,
    reference=_REFERENCE + "group-list",
)
"""Groups that can hold directory roles."""

role_assignable_group_members = Dataset(
    name="entra.role-assignable-group-members",
    source=FanOut(
        over=role_assignable_groups,
        request=GraphList(path="/groups/{id}/transitiveMembers", select=("id", "displayName"), page_size=999),
    ),
    key="id",
    title="displayName",
    type="directoryObject",
    permission=_GROUPS,
    reference=_REFERENCE + "group-list-transitivemembers",
)
"""Whom such a group gives its roles to. The members of groups in it are listed beside the groups."""

role_assignable_group_owners = Dataset(
    name="entra.role-assignable-group-owners",
    source=FanOut(
        over=role_assignable_groups,
        request=GraphList(path="/groups/{id}/owners", select=("id", "displayName"), page_size=999),
    ),
    key="id",
    title="displayName",
    type="directoryObject",
    permission=_GROUPS,
    reference=_REFERENCE + "group-list-owners",
)
"""Who may add themselves to such a group. Microsoft says that v1.0 does not list service principals as owners yet."""

role_assignable_group_eligibilities = Dataset(
    name="entra.role-assignable-group-eligibilities",
    source=FanOut(
        over=role_assignable_groups,
        request=GraphList(
            path="/identityGovernance/privilegedAccess/group/eligibilityScheduleInstances",
            filter="groupId eq '{id}'",
            expand=_WITH_PRINCIPAL,
        ),
    ),
    key="id",
    title="id",
    type="privilegedAccessGroupEligibilityScheduleInstance",
    permission=_read(
        "PrivilegedEligibilitySchedule.Read.AzureADGroup",
        "PrivilegedEligibilitySchedule.ReadWrite.AzureADGroup",
    ),
    reference=_REFERENCE + "privilegedaccessgroup-list-eligibilityscheduleinstances",
    licence=_P2,
    unlicensed=Unlicensed.EMPTY,
)
"""Who may make themselves a member or an owner of such a group for a while."""


def _is_of_a_group(eligibility: Record, _: Data) -> bool:
    return given_to(eligibility).kind is Kind.GROUP


eligible_group_members = Dataset(
    name="entra.eligible-group-members",
    source=FanOut(
        over=role_assignable_group_eligibilities,
        request=GraphList(
            path="/groups/{principalId}/transitiveMembers", select=("id", "displayName"), page_size=999
        ),
        where=_is_of_a_group,
        absent=("Request_ResourceNotFound",),
    ),
    key="id",
    title="displayName",
    type="directoryObject",
    permission=_GROUPS,
    reference=_REFERENCE + "group-list-transitivemembers",
)
"""A group may be eligible for membership of another: then each of its members may activate it."""

role_assignable_group_policies = Dataset(
    name="entra.role-assignable-group-policies",
    source=FanOut(
        over=role_assignable_groups,
        request=GraphList(
            path="/policies/roleManagementPolicyAssignments",
            filter="scopeId eq '{id}' and scopeType eq 'Group'",
            expand="policy($expand=rules)",
        ),
    ),
    key="id",
    title="id",
    type="unifiedRoleManagementPolicyAssignment",
    permission=_read("RoleManagementPolicy.Read.AzureADGroup", "RoleManagementPolicy.ReadWrite.AzureADGroup"),
    reference=_REFERENCE + "policyroot-list-rolemanagementpolicyassignments",
    licence=_P2,
    unlicensed=Unlicensed.EMPTY,
)
"""What activating the membership ("member") or ownership ("owner": roleDefinitionId) of such a group asks for."""

delegated_admins = Dataset(
    name="entra.delegated-admins",
    source=GraphList(path="/tenantRelationships/delegatedAdminRelationships"),
    key="id",
    title="displayName",
    type="delegatedAdminRelationship",
    permission=_read("DelegatedAdminRelationship.Read.All", "DelegatedAdminRelationship.ReadWrite.All"),
    reference=_REFERENCE + "tenantrelationship-list-delegatedadminrelationships",
)
"""Granular delegated admin privileges. A partner's tenant lists those in which it is the partner, so `customer`
tells which side this tenant is on.

Unconfirmed: that a customer's tenant is given its own list. Its partner's entry in the cross-tenant access
policy (`isServiceProvider`) is the other source.
"""
