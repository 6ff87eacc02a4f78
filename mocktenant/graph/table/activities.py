"""What the directory's log calls the changes that can be made through Graph."""

from __future__ import annotations

from mocktenant.graph.resources import Activity

ADD, END = "Add", "Delete"

USER_ADDED = Activity("Add user", "UserManagement", ADD)
USER_UPDATED = Activity("Update user", "UserManagement")
USER_DELETED = Activity("Delete user", "UserManagement", END)
USER_LICENSED = Activity("Change user license", "UserManagement")
SESSIONS_REVOKED = Activity("Update StsRefreshTokenValidFrom Timestamp", "UserManagement")
PASSWORD_RESET = Activity("Reset user password", "UserManagement")
METHOD_REMOVED = Activity("Admin deleted security info", "UserManagement", END)
METHOD_ADDED = Activity("Admin registered security info", "UserManagement", ADD)
GROUP_ADDED = Activity("Add group", "GroupManagement", ADD)
GROUP_UPDATED = Activity("Update group", "GroupManagement")
GROUP_DELETED = Activity("Delete group", "GroupManagement", END)
MEMBER_ADDED = Activity("Add member to group", "GroupManagement", ADD)
MEMBER_REMOVED = Activity("Remove member from group", "GroupManagement", END)
APP_ADDED = Activity("Add application", "ApplicationManagement", ADD)
APP_UPDATED = Activity("Update application", "ApplicationManagement")
APP_DELETED = Activity("Delete application", "ApplicationManagement", END)
PRINCIPAL_ADDED = Activity("Add service principal", "ApplicationManagement", ADD)
PRINCIPAL_UPDATED = Activity("Update service principal", "ApplicationManagement")
PRINCIPAL_DELETED = Activity("Remove service principal", "ApplicationManagement", END)
CREDENTIAL_CHANGED = {
    "applications": Activity(
        "Update application \N{EN DASH} Certificates and secrets management", "ApplicationManagement"
    ),
    "servicePrincipals": PRINCIPAL_UPDATED,
}
APP_ROLE_GIVEN = Activity("Add app role assignment to service principal", "ApplicationManagement", ADD)
APP_ROLE_TAKEN = Activity("Remove app role assignment from service principal", "ApplicationManagement", END)
GRANT_GIVEN = Activity("Add delegated permission grant", "ApplicationManagement", ADD)
GRANT_TAKEN = Activity("Remove delegated permission grant", "ApplicationManagement", END)
ROLE_GIVEN = Activity("Add member to role", "RoleManagement", ADD)
ROLE_TAKEN = Activity("Remove member from role", "RoleManagement", END)
POLICY_ADDED = Activity("Add conditional access policy", "Policy", ADD)
POLICY_UPDATED = Activity("Update conditional access policy", "Policy")
POLICY_DELETED = Activity("Delete conditional access policy", "Policy", END)
