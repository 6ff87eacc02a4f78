"""Exchange's role groups, their members, and the role assignments that come of them.

Unconfirmed: what the rows of Get-RoleGroupMember look like on the wire, above all a service principal's.
"""

from __future__ import annotations

from collections.abc import Iterator

from mocktenant import seeds
from mocktenant.collection import Object
from mocktenant.exchange import errors
from mocktenant.exchange.objects import completed, identity_before, tail
from mocktenant.exchange.parameters import Read
from mocktenant.exchange.recipients import find_mailbox
from mocktenant.exchange.users import exchange_guid
from mocktenant.registration import role_assignments as granted_roles
from mocktenant.tenant import Tenant

_VERSION = "0.11 (14.0.550.0)"
_CONTAINER = "OU=Microsoft Exchange Security Groups"
_MANAGERS = ["Organization Management", "Role Management"]


def role_group(tenant: Tenant, given: Object) -> Object:
    """A row of Get-RoleGroup; members by name, roles by name."""
    roles = given.get("Roles", [])
    defaults: Object = {
        "ManagedBy": _MANAGERS[:1],
        "RoleAssignments": [f"{role}-{given['Name']}" for role in roles],
        "Roles": roles,
        "DisplayName": "",
        "ExternalDirectoryObjectId": "",
        "Members": [member["Name"] for member in members(tenant, given)],
        "SamAccountName": str(given["Name"]).replace(" ", "")[:20],
        "Description": "",
        "RoleGroupType": "Standard",
        "LinkedGroup": "",
        "Capabilities": ["Partner_Managed"] if "DirectoryRole" in given else [],
        "LinkedPartnerGroupId": "",
        "LinkedPartnerOrganizationId": "",
        "WellKnownObject": None,
        "IsReadOnly": "DirectoryRole" in given,
    }
    rest = tail(tenant, given, container=_CONTAINER, classes=["top", "group"], version=_VERSION)
    decided = {name: value for name, value in given.items() if name not in ("DirectoryRole", "Members")}
    return completed(defaults | identity_before(rest), decided)


def role_group_members(tenant: Tenant, given: Read) -> list[Object]:
    """The members of the role group that is asked for, not those of groups in it. Raises Refusal."""
    wanted = given.get("Identity")
    if wanted is None:
        raise errors.invalid("Invalid Operation")
    for group in tenant.objects("roleGroups"):
        if wanted.lower() in (str(group["Guid"]).lower(), str(group["Name"]).lower()):
            return list(members(tenant, group))
    raise errors.not_found(wanted)


def role_group_member(tenant: Tenant, given: Object) -> Object:
    """A row of Get-RoleGroupMember."""
    defaults: Object = {
        "DisplayName": given["Name"],
        "Alias": "",
        "Title": "",
        "Department": "",
        "Office": "",
        "City": "",
        "Company": "",
        "PrimarySmtpAddress": "",
        "EmailAddresses": [],
        "ExternalDirectoryObjectId": "",
        "RecipientType": "User",
        "RecipientTypeDetails": "User",
        "SamAccountName": str(given["Name"])[:20],
        "HiddenFromAddressListsEnabled": False,
    }
    rest = tail(tenant, given, container="CN=Recipients", classes=["top", "person", "user"], version=_VERSION)
    return completed(defaults | rest, given)


def members(tenant: Tenant, group: Object) -> Iterator[Object]:
    """What a role group's members are: those named in it, and the holders of the directory role behind it."""
    named = list(group.get("Members", []))
    if "DirectoryRole" in group:
        named += _holders(tenant, group["DirectoryRole"])
    for reference in dict.fromkeys(named):
        yield member_of(tenant, reference)


def derived_assignments(tenant: Tenant) -> Iterator[Object]:
    """The assignments by which role groups hold their roles."""
    for group in tenant.objects("roleGroups"):
        for role in group.get("Roles", []):
            name = f"{role}-{group['Name']}"
            yield {
                "Guid": seeds.guid(seeds.rng(0, f"assignment/{group['Guid']}/{role}")),
                "Name": name,
                "Role": role,
                "RoleAssigneeName": group["Name"],
                "RoleAssigneeType": "RoleGroup",
            }


def _holders(tenant: Tenant, template: str) -> list[str]:
    """Who holds a directory role for the whole directory now; eligible people only once they activate it."""
    return [
        str(held["principalId"])
        for held in [*tenant.objects("roleAssignments"), *granted_roles(tenant)]
        if held["roleDefinitionId"] == template and held.get("directoryScopeId", "/") == "/"
    ]


def member_of(tenant: Tenant, reference: str) -> Object:
    """A member by its reference: an account, a group, another role group or a service principal."""
    account = tenant.collection("users").get(reference)
    if account is not None:
        return _person(tenant, account)
    group = tenant.collection("groups").get(reference)
    if group is not None:
        return _row(reference, str(group["displayName"]), *_kind_of(group), mail=group.get("mail"))
    principal = tenant.collection("servicePrincipals").get(reference)
    if principal is not None:
        return _row(reference, str(principal["displayName"]), "ServicePrincipal", "ServicePrincipal")
    for other in tenant.objects("roleGroups"):
        if reference in (other["Guid"], other["Name"]):
            return _row("", str(other["Name"]), "Group", "RoleGroup") | {"Guid": other["Guid"]}
    return _row(reference, reference, "User", "User")


def _person(tenant: Tenant, account: Object) -> Object:
    identity = account["id"]
    box = find_mailbox(tenant, identity)
    if box is None:
        name = str(account["userPrincipalName"]).partition("@")[0]
        boxless = ("MailUser", "GuestMailUser") if account.get("userType") == "Guest" else ("User", "User")
        return _row(identity, name, *boxless) | {"DisplayName": account.get("displayName", name)}
    kind = str(box.get("RecipientTypeDetails", "UserMailbox"))
    row = _row(identity, str(box["Name"]), "UserMailbox", kind, mail=box["PrimarySmtpAddress"])
    return row | {"Guid": box["Guid"], "DisplayName": account.get("displayName", "")}


def _kind_of(group: Object) -> tuple[str, str]:
    if group.get("mailEnabled") and "Unified" in group.get("groupTypes", []):
        return "MailUniversalDistributionGroup", "GroupMailbox"
    if group.get("mailEnabled"):
        return "MailUniversalSecurityGroup", "MailUniversalSecurityGroup"
    return "Group", "UniversalSecurityGroup"


def _row(identity: str, name: str, kind: str, details: str, *, mail: object = None) -> Object:
    return {
        "Guid": exchange_guid(identity),
        "Name": name,
        "RecipientType": kind,
        "RecipientTypeDetails": details,
        "ExternalDirectoryObjectId": identity,
        "PrimarySmtpAddress": mail or "",
    }
