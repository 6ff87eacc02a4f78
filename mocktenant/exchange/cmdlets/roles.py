"""Management roles: who may do what in Exchange, apps included."""

from __future__ import annotations

from fnmatch import fnmatchcase

from mocktenant import seeds
from mocktenant.collection import Object
from mocktenant.exchange import errors
from mocktenant.exchange.cmdlet import BY_NAME, NAMED, Cmdlet, Row
from mocktenant.exchange.grants import VIEW_ROLES, held_by
from mocktenant.exchange.management_scopes import management_scope, of_exclusiveness
from mocktenant.exchange.objects import completed, configuration, template
from mocktenant.exchange.parameters import Choice, Read, Switch, Text
from mocktenant.exchange.role_assignments import role_assignment, role_assignments, service_principal
from mocktenant.exchange.role_groups import role_group, role_group_member, role_group_members
from mocktenant.tenant import Tenant
from mocktenant.words import words

_SNAP_IN = "Microsoft.Exchange.Management.PowerShell.E2010"

_role_shape = configuration(
    "RoleEntries RoleType ImplicitRecipientReadScope=Organization ImplicitRecipientWriteScope=Organization "
    "ImplicitConfigReadScope=OrganizationConfig ImplicitConfigWriteScope=OrganizationConfig IsRootRole=true "
    'IsEndUserRole=false MailboxPlanIndex="" Description="" Parent RoleState=Usable IsDeprecated=false '
    "IsServicePrincipalRole=false AllowEmptyRole=false",
    container="CN=Roles,CN=RBAC",
    kind="msExchRole",
    version="0.12 (14.0.451.0)",
)


def _role(tenant: Tenant, given: Object) -> Object:
    """A row of Get-ManagementRole."""
    if "RoleEntries" in given:
        return given
    name = str(given["Name"])
    entries = [f"({_SNAP_IN}) {item['Name']} -{' -'.join(item['Parameters'])}" for item in _entries_of(name)]
    parent = given.get("Parent")
    known = {
        "RoleEntries": entries,
        "RoleType": str(parent or name).replace(" ", "").replace("-", ""),
        "IsRootRole": parent is None,
        "IsServicePrincipalRole": name.startswith("Application "),
        "IsEndUserRole": name.startswith("My"),
    }
    return _role_shape(tenant, known | given)


def _roles(tenant: Tenant, given: Read) -> list[Object]:
    """The built-in roles that somebody holds or that hold a cmdlet, and those that an organisation made."""
    from mocktenant.exchange.cmdlets import CMDLETS

    made = {str(item["Name"]): item for item in tenant.objects("managementRoles")}
    named = {role for row in CMDLETS.values() for role in row.grant.management}
    named |= {role for group in tenant.objects("roleGroups") for role in group.get("Roles", [])}
    named |= {str(item["Role"]) for item in tenant.objects("managementRoleAssignments")}
    named |= {str(item["Parent"]) for item in made.values() if "Parent" in item}
    wanted = str(given["Cmdlet"]).lower() if "Cmdlet" in given else None
    return [
        {"Name": name, "Guid": seeds.guid(seeds.rng(tenant.seed, f"role/{name}"))} | made.get(name, {})
        for name in sorted(named | set(made))
        if wanted is None or any(entry["Name"].lower() == wanted for entry in _entries_of(name))
    ]


def _entries_of(role: str) -> list[Object]:
    from mocktenant.exchange.cmdlets import CMDLETS

    return [
        {"Role": role, "Name": name, "Parameters": sorted(row.parameters) or ["Confirm"]}
        for name, row in sorted(CMDLETS.items())
        if role in row.grant.management
    ]


def _entries(tenant: Tenant, given: Read) -> list[Object]:
    """The entries that a pattern `role\\cmdlet` means. Raises Refusal."""
    role, _, cmdlet = given["Identity"].lower().partition("\\")
    found = [
        entry
        for item in _roles(tenant, {})
        if fnmatchcase(str(item["Name"]).lower(), role)
        for entry in _entries_of(str(item["Name"]))
        if fnmatchcase(entry["Name"].lower(), cmdlet or "*")
    ]
    if not found and "*" not in given["Identity"]:
        raise errors.not_found(given["Identity"])
    return found


def _entry(_tenant: Tenant, given: Object) -> Object:
    """A row of Get-ManagementRoleEntry."""
    defaults = template("Role Type=Cmdlet Name PSSnapinName Parameters Identity IsValid=true ObjectState=New")
    usual = {"PSSnapinName": _SNAP_IN, "Identity": f"{given['Role']}\\{given['Name']}"}
    return completed(defaults | usual, given)


def _access_policy(tenant: Tenant, given: Object) -> Object:
    """A row of Get-ApplicationAccessPolicy: which mailboxes an app may reach, by the older way."""
    defaults = template(
        'ScopeName ScopeIdentity Identity AppId ScopeIdentityRaw Description="" AccessRight=RestrictAccess '
        "ShardType=All IsValid=true ObjectState=Unchanged"
    )
    identity = f"{tenant.tenant_id}\\{given['AppId']}:{given.get('ScopeIdentityRaw', '')}"
    return completed(defaults | {"Identity": identity}, {n: v for n, v in given.items() if n != "Guid"})


ROWS: dict[str, Row] = {
    "Get-ApplicationAccessPolicy": Cmdlet(
        collection="applicationAccessPolicies",
        shape=_access_policy,
        parameters=NAMED,
        identity=("Identity", "AppId"),
        grant=held_by("View-Only Configuration", "Organization Configuration"),
        unconfirmed="order of the properties; who may run it",
    ),
    "Get-ManagementRole": Cmdlet(
        collection="roleGroups",
        shape=_role,
        parameters={**NAMED, "Cmdlet": Text()},
        source=_roles,
        default_size=None,
        grant=VIEW_ROLES,
        unemulated=frozenset(words("CmdletParameters GetChildren Recurse RoleType Script ScriptParameters")),
        unconfirmed="the entries of a role are those of the cmdlets here, a copy's none; how Parent names a role",
    ),
    "Get-ManagementRoleEntry": Cmdlet(
        collection="roleGroups",
        shape=_entry,
        parameters=NAMED,
        required=("Identity",),
        key=None,
        source=_entries,
        default_size=None,
        grant=VIEW_ROLES,
        unemulated=frozenset(words("Parameters PSSnapinName ResultSize Type")),
        unconfirmed="order of the properties; the entries are those of the cmdlets here",
    ),
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
    "Get-RoleAssignmentPolicy": Cmdlet(
        collection="roleAssignmentPolicies",
        shape=configuration(
            'IsDefault=false Description="" RoleAssignments=[] AssignedRoles=[]',
            container="CN=Policies,CN=RBAC",
            kind="msExchRBACPolicy",
            version="0.11 (14.0.509.0)",
        ),
        parameters=NAMED,
        grant=VIEW_ROLES,
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
