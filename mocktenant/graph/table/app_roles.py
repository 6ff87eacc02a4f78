"""The app roles that several rows take: any one of a list is enough, and the least comes first."""

from __future__ import annotations

DIRECTORY = ("Directory.Read.All", "Directory.ReadWrite.All")
USERS = ("User.Read.All", "User.ReadWrite.All", *DIRECTORY)
GROUPS = ("GroupMember.Read.All", "Group.Read.All", "Group.ReadWrite.All", *DIRECTORY)
APPLICATIONS = ("Application.Read.All", "Application.ReadWrite.All", *DIRECTORY)
CREDENTIALS = ("Application.Read.All", "Application.ReadWrite.All")
DEVICES = ("Device.Read.All", "Device.ReadWrite.All", *DIRECTORY)
ROLES = ("RoleManagement.Read.Directory", "RoleManagement.ReadWrite.Directory", *DIRECTORY)
UNITS = ("AdministrativeUnit.Read.All", "AdministrativeUnit.ReadWrite.All", *DIRECTORY)
MEMBERSHIPS = ("User.Read.All", "GroupMember.Read.All", "Group.Read.All", *DIRECTORY)
POLICIES = ("Policy.Read.All",)
GRANTS = ("Directory.Read.All", "DelegatedPermissionGrant.ReadWrite.All", "Directory.ReadWrite.All")
METHODS = ("UserAuthenticationMethod.Read.All", "UserAuthenticationMethod.ReadWrite.All")
MAILBOX = ("MailboxSettings.Read", "MailboxSettings.ReadWrite")
AUDIT = ("AuditLog.Read.All",)

WRITE_DIRECTORY = ("Directory.ReadWrite.All",)
WRITE_USERS = ("User.ReadWrite.All", *WRITE_DIRECTORY)
WRITE_GROUPS = ("Group.ReadWrite.All", *WRITE_DIRECTORY)
WRITE_MEMBERS = ("GroupMember.ReadWrite.All", *WRITE_GROUPS)
WRITE_APPLICATIONS = ("Application.ReadWrite.All", *WRITE_DIRECTORY)
OWN_APPLICATIONS = ("Application.ReadWrite.OwnedBy", *WRITE_APPLICATIONS)
WRITE_ROLES = ("RoleManagement.ReadWrite.Directory",)
WRITE_METHODS = ("UserAuthenticationMethod.ReadWrite.All",)
WRITE_MAILBOX = ("MailboxSettings.ReadWrite",)
WRITE_GRANTS = ("DelegatedPermissionGrant.ReadWrite.All", *WRITE_DIRECTORY)
WRITE_APP_ROLES = ("AppRoleAssignment.ReadWrite.All",)
WRITE_ACCESS = ("Policy.Read.All + Policy.ReadWrite.ConditionalAccess",)

TYPES: dict[str, tuple[str, ...]] = {
    "user": USERS,
    "group": GROUPS,
    "servicePrincipal": APPLICATIONS,
    "application": APPLICATIONS,
    "directoryRole": ROLES,
    "device": DEVICES,
    "administrativeUnit": UNITS,
}
"""Type -> app roles, any one of which shows more than the id of such an object among others."""
