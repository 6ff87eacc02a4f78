"""Which collections come from the seed, and by whose hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from mocktenant import population_access as access
from mocktenant import population_apps as apps
from mocktenant import population_directory as directory
from mocktenant import population_dns as dns
from mocktenant import population_logs as logs
from mocktenant import population_mail as mail
from mocktenant import population_users as people

if TYPE_CHECKING:
    from mocktenant.base import Base
    from mocktenant.collection import Object

_MAKERS: dict[str, Callable[[Base], list[Object]]] = {
    "appRoleAssignments": apps.app_role_assignments,
    "applicationOwners": apps.application_owners,
    "applications": apps.applications,
    "authenticationMethods": directory.authentication_methods,
    "casMailboxes": access.protocols,
    "deviceOwners": logs.device_owners,
    "devices": logs.devices,
    "dnsRecords": dns.records,
    "directoryAudits": logs.directory_audits,
    "exchangeUsers": mail.exchange_users,
    "groupMembers": directory.group_members,
    "groups": directory.groups,
    "inboxRules": mail.inbox_rules,
    "mailboxFolderPermissions": access.folder_permissions,
    "mailboxPermissions": access.mailbox_permissions,
    "mailboxes": mail.mailboxes,
    "messageTraces": access.message_traces,
    "mobileDevices": access.mobile_devices,
    "managedDevices": logs.managed_devices,
    "organization": people.organization,
    "recipientPermissions": access.recipient_permissions,
    "roleManagementPolicyAssignments": directory.role_management_policies,
    "oauth2PermissionGrants": apps.permission_grants,
    "secureScores": logs.secure_scores,
    "servicePrincipals": apps.service_principals,
    "servicePrincipalSignInActivities": apps.principal_sign_ins,
    "signInActivities": logs.sign_in_activities,
    "signIns": logs.sign_ins,
    "userRegistrationDetails": directory.registration_details,
    "userManagers": people.managers,
    "users": people.users,
}


def generated(tenant: Base, collection: str) -> list[Object]:
    """The objects of a collection that come from the seed; none for most."""
    return _MAKERS[collection](tenant) if collection in _MAKERS else []
