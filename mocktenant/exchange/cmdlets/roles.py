"""Management roles: who may do what in Exchange, apps included."""

from __future__ import annotations

from mocktenant.exchange.cmdlet import BY_NAME, NAMED, Cmdlet, Row
from mocktenant.exchange.grants import VIEW_ROLES
from mocktenant.exchange.management_scopes import management_scope, of_exclusiveness
from mocktenant.exchange.parameters import Choice, Switch, Text
from mocktenant.exchange.role_assignments import role_assignment, role_assignments, service_principal
from mocktenant.exchange.role_groups import role_group, role_group_member, role_group_members
from mocktenant.words import words

ROWS: dict[str, Row] = {
    "Get-ManagementRoleAssignment": Cmdlet(
        collection="managementRoleAssignments",
        shape=role_assignment,
        parameters={
            "Identity": Text(),
            "Role": Text(),
            "RoleAssignee": Text(),
            "RoleAssigneeType": Choice(
                "Microsoft.Exchange.Data.Directory.SystemConfiguration.RoleAssigneeType",
                words(
                    "Computer ForeignSecurityPrincipal LinkedRoleGroup MailboxPlan PartnerLinkedRoleGroup "
                    "RoleAssignmentPolicy RoleGroup SecurityGroup ServicePrincipal User"
                ),
            ),
        },
        source=role_assignments,
        grant=VIEW_ROLES,
        unemulated=frozenset(
            words(
                "AssignmentMethod ConfigWriteScope CustomConfigWriteScope CustomRecipientWriteScope Delegating "
                "Enabled Exclusive ExclusiveConfigWriteScope ExclusiveRecipientWriteScope GetEffectiveUsers "
                "RecipientAdministrativeUnitScope RecipientGroupScope RecipientOrganizationalUnitScope "
                "RecipientWriteScope WritableRecipient"
            )
        ),
        unconfirmed="values; who may run it",
    ),
    "Get-ManagementScope": Cmdlet(
        collection="managementScopes",
        shape=management_scope,
        parameters={**NAMED, "Exclusive": Switch()},
        keep=of_exclusiveness,
        grant=VIEW_ROLES,
        unemulated=frozenset({"Orphan"}),
        unconfirmed="property names and their order; who may run it",
    ),
    "Get-RoleGroup": Cmdlet(
        collection="roleGroups",
        shape=role_group,
        grant=VIEW_ROLES,
        unemulated=frozenset({"Filter", "ShowPartnerLinked", "SortBy"}),
        unconfirmed="who may run it",
    ),
    "Get-RoleGroupMember": Cmdlet(
        collection="roleGroups",
        shape=role_group_member,
        key=None,
        source=role_group_members,
        grant=VIEW_ROLES,
        unconfirmed="property names, above all of a service principal; who may run it",
    ),
    "Get-ServicePrincipal": Cmdlet(
        collection="exchangeServicePrincipals",
        shape=service_principal,
        parameters=NAMED,
        identity=(*BY_NAME, "AppId", "ObjectId", "DisplayName"),
        grant=VIEW_ROLES,
        unemulated=frozenset({"Organization"}),
        unconfirmed="property names; who may run it",
    ),
}
