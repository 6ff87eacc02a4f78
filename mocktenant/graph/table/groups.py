"""Groups, administrative units, devices: their members and owners."""

from __future__ import annotations

from mocktenant.graph import directory
from mocktenant.graph.resources import BETA, DELTA, V1, Resource, Write
from mocktenant.graph.sources import Stored, granted, owned, related
from mocktenant.graph.table import activities
from mocktenant.graph.table.app_roles import (
    DEVICES,
    DIRECTORY,
    GROUPS,
    UNITS,
    WRITE_APP_ROLES,
    WRITE_GROUPS,
    WRITE_MEMBERS,
)
from mocktenant.graph.table.kinds import mixed, objects, relation, whole
from mocktenant.graph.writes import grants, groups
from mocktenant.graph.writes.stored import changes, removes

_MEMBERS = related("groupMembers", "groupId", "memberId")
_OWNERS = related("groupOwners", "groupId", "ownerId")
_UNIT_MEMBERS = related("administrativeUnitMembers", "unitId", "memberId")
_DEVICE_OWNERS = related("deviceOwners", "deviceId", "ownerId")
_SETTINGS = ("GroupSettings.Read.All", "GroupSettings.ReadWrite.All", *DIRECTORY, "Group.Read.All")
_WRITE_UNITS = ("AdministrativeUnit.ReadWrite.All", "Directory.ReadWrite.All")
_NEEDED = ("displayName", "mailEnabled", "mailNickname", "securityEnabled")
_READ_ONLY = frozenset({"id", "createdDateTime", "mail", "proxyAddresses"})

ROWS: tuple[Resource, ...] = (
    objects(
        "groups",
        "group",
        Stored("groups"),
        expands={
            "members": relation(_MEMBERS),
            "owners": relation(_OWNERS),
            "memberOf": relation(directory.member_of),
        },
        read=GROUPS,
        writes={
            "POST": Write(
                ("Group.Create", *WRITE_GROUPS),
                groups.create,
                takes="group",
                needed=_NEEDED,
                read_only=_READ_ONLY,
                activity=activities.GROUP_ADDED,
            ),
            "PATCH": Write(
                WRITE_GROUPS,
                changes("groups"),
                takes="group",
                read_only=_READ_ONLY,
                activity=activities.GROUP_UPDATED,
            ),
            "DELETE": Write(WRITE_GROUPS, groups.delete, activity=activities.GROUP_DELETED),
        },
    ),
    objects("groups/delta", "group", Stored("groups"), delta=True, options=DELTA, read=GROUPS),
    mixed(
        "groups/{id}/members",
        source=_MEMBERS,
        read=GROUPS,
        writes={
            "POST $ref": Write(
                WRITE_MEMBERS,
                groups.adds("groupMembers", "groupId", "memberId", "members"),
                takes="",
                activity=activities.MEMBER_ADDED,
            ),
            "DELETE $ref": Write(
                WRITE_MEMBERS, groups.drops("groupMembers"), activity=activities.MEMBER_REMOVED
            ),
        },
    ),
    mixed("groups/{id}/transitiveMembers", source=directory.transitive_members, read=GROUPS),
    mixed(
        "groups/{id}/owners",
        source=_OWNERS,
        read=GROUPS,
        writes={
            "POST $ref": Write(
                WRITE_GROUPS, groups.adds("groupOwners", "groupId", "ownerId", "owners"), takes=""
            ),
            "DELETE $ref": Write(WRITE_GROUPS, groups.drops("groupOwners")),
        },
    ),
    mixed("groups/{id}/memberOf", source=directory.member_of, read=GROUPS),
    mixed("groups/{id}/transitiveMemberOf", source=directory.transitive_member_of, read=GROUPS),
    objects(
        "groups/{id}/appRoleAssignments",
        "appRoleAssignment",
        granted("principalId"),
        read=("Directory.Read.All", "AppRoleAssignment.ReadWrite.All"),
        writes={
            "POST": Write(
                WRITE_APP_ROLES,
                grants.gives("principalId"),
                takes="appRoleAssignment",
                activity=activities.APP_ROLE_GIVEN,
                needed=("principalId", "resourceId", "appRoleId"),
            ),
            "DELETE": Write(WRITE_APP_ROLES, grants.take, activity=activities.APP_ROLE_TAKEN),
        },
    ),
    whole("groupSettings", "groupSetting", Stored("groupSettings"), versions=V1, read=_SETTINGS),
    whole("settings", "directorySetting", Stored("groupSettings"), versions=BETA, read=_SETTINGS),
    objects(
        "directory/administrativeUnits",
        "administrativeUnit",
        Stored("administrativeUnits"),
        read=UNITS,
        expands={"members": relation(_UNIT_MEMBERS)},
    ),
    mixed(
        "directory/administrativeUnits/{id}/members",
        source=_UNIT_MEMBERS,
        read=UNITS,
        writes={
            "POST $ref": Write(
                _WRITE_UNITS,
                groups.adds("administrativeUnitMembers", "unitId", "memberId", "members"),
                takes="",
            ),
            "DELETE $ref": Write(_WRITE_UNITS, groups.drops("administrativeUnitMembers")),
        },
    ),
    whole(
        "directory/administrativeUnits/{id}/scopedRoleMembers",
        "scopedRoleMembership",
        owned("scopedRoleMembers", "administrativeUnitId"),
        read=("RoleManagement.Read.Directory", *DIRECTORY),
    ),
    objects(
        "devices",
        "device",
        Stored("devices"),
        alternates=("deviceId",),
        read=DEVICES,
        expands={"registeredOwners": relation(_DEVICE_OWNERS)},
        writes={
            "PATCH": Write(
                ("Device.ReadWrite.All", "Directory.ReadWrite.All"), changes("devices"), takes="device"
            ),
            "DELETE": Write(("Device.ReadWrite.All", "Directory.ReadWrite.All"), removes("devices")),
        },
    ),
    mixed("devices/{id}/registeredOwners", source=_DEVICE_OWNERS, read=DEVICES),
    mixed("devices/{id}/registeredUsers", source=_DEVICE_OWNERS, read=DEVICES),
    mixed("devices/{id}/memberOf", source=directory.member_of, read=DEVICES),
)
