"""Directory roles: definitions, assignments, and Privileged Identity Management."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mocktenant.graph import directory
from mocktenant.graph.resources import BETA, FILTER, Expansion, Resource, Roles, Write
from mocktenant.graph.sources import (
    Stored,
    assigned,
    directory_role_assignments,
    nothing,
    role_policies,
    scheduled,
    schedules,
)
from mocktenant.graph.table import activities
from mocktenant.graph.table.app_roles import ROLES, WRITE_ROLES
from mocktenant.graph.table.kinds import one, paged, pim, relation, whole
from mocktenant.graph.writes import roles

if TYPE_CHECKING:
    from mocktenant.collection import Object
    from mocktenant.tenant import Tenant


def _definition(tenant: Tenant, item: Object) -> list[Object]:
    found = tenant.collection("roleDefinitions").get(item["roleDefinitionId"])
    return [] if found is None else [found]


EXPANDS = {
    "principal": Expansion("directoryObject", one("principalId"), many=False, mixed=True),
    "roleDefinition": Expansion("unifiedRoleDefinition", _definition, many=False),
}
_RULES = Expansion("unifiedRoleManagementPolicyRule", lambda _, item: item.get("rules", []), mixed=True)
_POLICY = Expansion(
    "unifiedRoleManagementPolicy",
    lambda _, item: [item["policy"]] if "policy" in item else [],
    many=False,
    nested={"rules": _RULES, "effectiveRules": _RULES},
)
_WITH_PIM = ("RoleManagement.Read.All", "RoleManagement.Read.Directory", "RoleManagement.ReadWrite.Directory")
_ASSIGNED = (
    "RoleAssignmentSchedule.Read.Directory",
    "RoleAssignmentSchedule.ReadWrite.Directory",
    *_WITH_PIM,
)
_ELIGIBLE = (
    "RoleEligibilitySchedule.Read.Directory",
    "RoleEligibilitySchedule.ReadWrite.Directory",
    *_WITH_PIM,
)

_ROLE_POLICIES = (
    "RoleManagementPolicy.Read.Directory",
    "RoleManagement.Read.Directory",
    "RoleManagement.Read.All",
)
_OF_GROUPS = {
    "Group": ("RoleManagementPolicy.Read.AzureADGroup", "RoleManagementPolicy.ReadWrite.AzureADGroup"),
}
_REQUEST_NEEDED = ("action", "principalId", "roleDefinitionId")
_MEMBER_ROLES = {
    "POST $ref": Write(WRITE_ROLES, roles.add_member, takes="", activity=activities.ROLE_GIVEN),
    "DELETE $ref": Write(WRITE_ROLES, roles.remove_member, activity=activities.ROLE_TAKEN),
}


def _requests(kind: str, read: Roles) -> Resource:
    """Requests of Privileged Identity Management; those made here are not kept, so there are none to list."""
    return pim(
        f"roleManagement/directory/role{kind}ScheduleRequests",
        f"unifiedRole{kind}ScheduleRequest",
        nothing,
        expands=EXPANDS,
        read=read,
        writes={
            "POST": Write(
                (f"Role{kind}Schedule.ReadWrite.Directory", "RoleManagement.ReadWrite.Directory"),
                roles.requests(kind),
                takes=f"unifiedRole{kind}ScheduleRequest",
                needed=_REQUEST_NEEDED,
                unconfirmed="requests are granted at once and not listed",
            )
        },
    )


ROWS: tuple[Resource, ...] = (
    whole(
        "directoryRoles",
        "directoryRole",
        directory.activated_roles,
        alternates=("roleTemplateId",),
        options=FILTER,
        expands={"members": relation(directory.role_members)},
        read=ROLES,
    ),
    whole(
        "directoryRoles/{id}/members",
        "directoryObject",
        directory.role_members,
        mixed=True,
        read=ROLES,
        writes=_MEMBER_ROLES,
    ),
    whole(
        "directoryRoleTemplates",
        "directoryRoleTemplate",
        directory.role_templates,
        read=ROLES,
    ),
    paged(
        "roleManagement/directory/roleDefinitions",
        "unifiedRoleDefinition",
        Stored("roleDefinitions"),
        read=(*ROLES, "RoleManagement.Read.All"),
    ),
    paged(
        "roleManagement/directory/roleAssignments",
        "unifiedRoleAssignment",
        directory_role_assignments,
        filterable=frozenset({"principalId", "roleDefinitionId", "directoryScopeId"}),
        sparse=True,
        expands=EXPANDS,
        read=(*ROLES, "RoleManagement.Read.All"),
        writes={
            "POST": Write(
                WRITE_ROLES,
                roles.assign,
                takes="unifiedRoleAssignment",
                needed=("principalId", "roleDefinitionId"),
                activity=activities.ROLE_GIVEN,
            ),
            "DELETE": Write(WRITE_ROLES, roles.unassign, activity=activities.ROLE_TAKEN),
        },
    ),
    pim(
        "roleManagement/directory/roleAssignmentSchedules",
        "unifiedRoleAssignmentSchedule",
        schedules("roleAssignmentScheduleInstances"),
        expands=EXPANDS,
        several=True,
        unconfirmed="that both relationships are expanded at once, as clients ask",
        read=_ASSIGNED,
    ),
    pim(
        "roleManagement/directory/roleEligibilitySchedules",
        "unifiedRoleEligibilitySchedule",
        schedules("roleEligibilityScheduleInstances"),
        expands=EXPANDS,
        several=True,
        unconfirmed="that both relationships are expanded at once, as clients ask",
        read=_ELIGIBLE,
    ),
    _requests("Assignment", _ASSIGNED),
    _requests("Eligibility", _ELIGIBLE),
    paged(
        "roleManagement/exchange/roleAssignments",
        "unifiedRoleAssignment",
        nothing,
        versions=BETA,
        read=("RoleManagement.Read.Exchange", "RoleManagement.ReadWrite.Exchange"),
        unconfirmed="always empty: Exchange's own roles are not shown through Graph here",
    ),
    pim(
        "policies/roleManagementPolicies",
        "unifiedRoleManagementPolicy",
        role_policies,
        filter_needed=(frozenset({"scopeId", "scopeType"}),),
        expands={"rules": _RULES, "effectiveRules": _RULES},
        read=_ROLE_POLICIES,
        scoped=_OF_GROUPS,
    ),
    pim(
        "roleManagement/directory/roleAssignmentScheduleInstances",
        "unifiedRoleAssignmentScheduleInstance",
        assigned,
        expands=EXPANDS,
        read=_ASSIGNED,
    ),
    pim(
        "roleManagement/directory/roleEligibilityScheduleInstances",
        "unifiedRoleEligibilityScheduleInstance",
        scheduled("roleEligibilityScheduleInstances"),
        expands=EXPANDS,
        read=_ELIGIBLE,
    ),
    pim(
        "policies/roleManagementPolicyAssignments",
        "unifiedRoleManagementPolicyAssignment",
        Stored("roleManagementPolicyAssignments"),
        filter_needed=(frozenset({"scopeId", "scopeType"}),),
        expands={"policy": _POLICY},
        read=_ROLE_POLICIES,
        scoped=_OF_GROUPS,
    ),
    pim(
        "identityGovernance/privilegedAccess/group/eligibilityScheduleInstances",
        "privilegedAccessGroupEligibilityScheduleInstance",
        Stored("groupEligibilityScheduleInstances"),
        filter_needed=(frozenset({"groupId"}), frozenset({"principalId"})),
        expands={"principal": EXPANDS["principal"]},
        read=(
            "PrivilegedEligibilitySchedule.Read.AzureADGroup",
            "PrivilegedEligibilitySchedule.ReadWrite.AzureADGroup",
        ),
    ),
    pim(
        "identityGovernance/privilegedAccess/group/assignmentScheduleInstances",
        "privilegedAccessGroupAssignmentScheduleInstance",
        Stored("groupAssignmentScheduleInstances"),
        filter_needed=(frozenset({"groupId"}), frozenset({"principalId"})),
        expands={"principal": EXPANDS["principal"]},
        read=(
            "PrivilegedAssignmentSchedule.Read.AzureADGroup",
            "PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup",
        ),
    ),
)
