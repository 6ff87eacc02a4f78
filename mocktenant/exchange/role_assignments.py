"""Management role assignments and the service principals that Exchange knows: who may do what, apps included.

An app's rights by RBAC for Applications stand here alone: they are no app roles of Microsoft Graph.
The properties of an assignment and their order are a live tenant's; unconfirmed are those of a service principal.
"""

from __future__ import annotations

from mocktenant.collection import Object
from mocktenant.exchange.objects import completed, identity_before, tail
from mocktenant.exchange.parameters import Read
from mocktenant.exchange.role_groups import derived_assignments
from mocktenant.tenant import Tenant

_VERSION = "0.11 (14.0.509.0)"


def role_assignments(tenant: Tenant, given: Read) -> list[Object]:
    """All assignments, those of role groups first, after the request's own filters."""
    everything = [*derived_assignments(tenant), *tenant.objects("managementRoleAssignments")]
    return [item for item in everything if _asked_for(item, given)]


def role_assignment(tenant: Tenant, given: Object) -> Object:
    """A row of Get-ManagementRoleAssignment."""
    assignee = given["RoleAssigneeName"]
    scoped = bool(given.get("CustomResourceScope") or given.get("CustomRecipientWriteScope"))
    application = given.get("RoleAssigneeType") == "ServicePrincipal"
    defaults: Object = {
        "DataObject": given["Name"],
        "User": assignee,
        "App": assignee if application else None,
        "AssignmentMethod": "Direct",
        "Identity": given["Name"],
        "EffectiveUserName": assignee if application else "All Group Members",
        "AssignmentChain": "",
        "RoleAssigneeType": "RoleGroup",
        "RoleAssignee": assignee,
        "Role": given["Role"],
        "RoleAssignmentDelegationType": "Regular",
        "CustomRecipientWriteScope": None,
        "CustomResourceScope": None,
        "CustomConfigWriteScope": None,
        "RecipientReadScope": "Organization",
        "ConfigReadScope": "OrganizationConfig",
        "RecipientWriteScope": "CustomRecipientScope" if scoped else "Organization",
        "ConfigWriteScope": "None" if application else "OrganizationConfig",
        "Enabled": True,
        "RoleAssigneeName": assignee,
    }
    classes = ["top", "msExchRoleAssignment"]
    rest = tail(tenant, given, container="CN=Role Assignments,CN=RBAC", classes=classes, version=_VERSION)
    return completed(defaults | identity_before(rest), given)


def service_principal(tenant: Tenant, given: Object) -> Object:
    """A row of Get-ServicePrincipal: Exchange's reference to a service principal of the directory."""
    defaults: Object = {
        "DisplayName": "",
        "AppId": given["AppId"],
        "ObjectId": given["ObjectId"],
        "Sid": f"S-1-5-21-{int(given['Guid'][:8], 16)}-{int(given['Guid'][9:13], 16)}-1",
        "ServiceId": given["ObjectId"],
    }
    named = {"Name": given["ObjectId"]} | given
    classes = ["top", "msExchServicePrincipal"]
    rest = tail(tenant, named, container="CN=Service Principals", classes=classes, version=_VERSION)
    return completed(defaults | rest, given)


def _asked_for(item: Object, given: Read) -> bool:
    role, assignee, kinds = given.get("Role"), given.get("RoleAssignee"), given.get("RoleAssigneeType")
    return (
        (role is None or str(item["Role"]).lower() == role.lower())
        and (assignee is None or str(item["RoleAssigneeName"]).lower() == assignee.lower())
        and (kinds is None or item.get("RoleAssigneeType", "RoleGroup") in kinds)
    )
