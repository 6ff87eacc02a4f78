"""People: users and what leads on from one."""

from __future__ import annotations

from mocktenant.graph import directory, errors
from mocktenant.graph.resources import BETA, DELTA, SELECT, Expansion, Guarded, Resource, Write
from mocktenant.graph.skus import license_details
from mocktenant.graph.sources import (
    Stored,
    granted,
    manager,
    mfa_state,
    nothing,
    owned,
    related,
    reports,
    sign_in_activity,
)
from mocktenant.graph.table import activities
from mocktenant.graph.table.app_roles import (
    AUDIT,
    DEVICES,
    MEMBERSHIPS,
    USERS,
    WRITE_APP_ROLES,
    WRITE_USERS,
)
from mocktenant.graph.table.kinds import (
    P1_REPORT,
    action,
    mixed,
    objects,
    of,
    paged,
    relation,
    singleton,
    whole,
)
from mocktenant.graph.writes import grants, people

_BLOCK = ("User.EnableDisableAccount.All + User.Read.All", *WRITE_USERS)
_PASSWORD = ("User-PasswordProfile.ReadWrite.All",)
_UPDATE = Write(
    WRITE_USERS,
    people.update,
    takes="user",
    read_only=frozenset({"id", "createdDateTime", "signInActivity", "lastPasswordChangeDateTime"}),
    by_property={"accountEnabled": _BLOCK, "passwordProfile": _PASSWORD},
    activity=activities.USER_UPDATED,
)
_CREATE = Write(
    WRITE_USERS,
    people.create,
    takes="user",
    needed=("accountEnabled", "displayName", "mailNickname", "userPrincipalName", "passwordProfile"),
    activity=activities.USER_ADDED,
)
_DELETE = Write(("User.DeleteRestore.All", *WRITE_USERS), people.delete, activity=activities.USER_DELETED)
_GIVE = Write(
    WRITE_APP_ROLES,
    grants.gives("principalId"),
    takes="appRoleAssignment",
    needed=("principalId", "resourceId", "appRoleId"),
    activity=activities.APP_ROLE_GIVEN,
)
_TAKE = Write(WRITE_APP_ROLES, grants.take, activity=activities.APP_ROLE_TAKEN)
_OWNED_DEVICES = related("deviceOwners", "ownerId", "deviceId")

ROWS: tuple[Resource, ...] = (
    objects(
        "users",
        "user",
        Stored("users"),
        keys=("id", "userPrincipalName"),
        read=USERS,
        writes={"POST": _CREATE, "PATCH": _UPDATE, "DELETE": _DELETE},
        guarded={"signInActivity": Guarded(AUDIT, P1_REPORT, 500, sign_in_activity)},
        expands={
            "manager": Expansion("directoryObject", of(manager), many=False, mixed=True),
            "directReports": relation(reports),
            "memberOf": relation(directory.member_of),
            "transitiveMemberOf": relation(directory.transitive_member_of),
        },
    ),
    objects("users/delta", "user", Stored("users"), delta=True, options=DELTA, read=USERS),
    mixed("users/{id}/memberOf", source=directory.member_of, read=MEMBERSHIPS),
    mixed("users/{id}/transitiveMemberOf", source=directory.transitive_member_of, read=MEMBERSHIPS),
    singleton(
        "users/{id}/manager",
        "directoryObject",
        manager,
        mixed=True,
        denial=errors.denied,
        missing=errors.no_manager,
        read=USERS,
        writes={
            "PUT $ref": Write(WRITE_USERS, people.set_manager, takes=""),
            "DELETE $ref": Write(WRITE_USERS, people.remove_manager),
        },
    ),
    mixed("users/{id}/directReports", source=reports, read=USERS),
    mixed("users/{id}/ownedObjects", source=directory.owned_by, read=USERS),
    mixed("users/{id}/createdObjects", source=nothing, read=USERS),
    mixed("users/{id}/ownedDevices", source=_OWNED_DEVICES, read=(*USERS, *DEVICES)),
    mixed("users/{id}/registeredDevices", source=_OWNED_DEVICES, read=(*USERS, *DEVICES)),
    whole(
        "users/{id}/licenseDetails",
        "licenseDetails",
        license_details,
        options=SELECT,
        read=("LicenseAssignment.Read.All", *USERS),
    ),
    objects(
        "users/{id}/appRoleAssignments",
        "appRoleAssignment",
        granted("principalId"),
        read=("Directory.Read.All", "AppRoleAssignment.ReadWrite.All"),
        writes={"POST": _GIVE, "DELETE": _TAKE},
    ),
    objects(
        "users/{id}/oauth2PermissionGrants",
        "oAuth2PermissionGrant",
        owned("oauth2PermissionGrants", "principalId"),
        read=("Directory.Read.All", "DelegatedPermissionGrant.ReadWrite.All"),
    ),
    action(
        "users/{id}/revokeSignInSessions",
        Write(
            ("User.RevokeSessions.All", *WRITE_USERS),
            people.revoke_sessions,
            activity=activities.SESSIONS_REVOKED,
        ),
    ),
    action(
        "users/{id}/invalidateAllRefreshTokens",
        Write(
            ("User.RevokeSessions.All", *WRITE_USERS),
            people.revoke_sessions,
            activity=activities.SESSIONS_REVOKED,
        ),
        versions=BETA,
    ),
    singleton(
        "users/{id}/authentication/requirements",
        "strongAuthenticationRequirements",
        mfa_state,
        versions=BETA,
        read=("Policy.Read.All", "Policy.ReadWrite.AuthenticationMethod"),
    ),
    paged(
        "reports/authenticationMethods/userRegistrationDetails",
        "userRegistrationDetails",
        Stored("userRegistrationDetails"),
        denial=errors.permission_missing,
        licence=P1_REPORT,
        read=AUDIT,
    ),
    action(
        "users/{id}/assignLicense",
        Write(
            ("LicenseAssignment.ReadWrite.All", *WRITE_USERS),
            people.assign_licence,
            takes="",
            parameters={"addLicenses": "[assignedLicense]", "removeLicenses": "[Guid]"},
            needed=("addLicenses", "removeLicenses"),
            activity=activities.USER_LICENSED,
        ),
    ),
)
