"""Directory objects of any type: by id, by membership, in the recycle bin."""

from __future__ import annotations

from functools import partial

from mocktenant.graph import directory, lookups
from mocktenant.graph.resources import Resource, Write
from mocktenant.graph.sources import Stored
from mocktenant.graph.table.app_roles import (
    APPLICATIONS,
    DIRECTORY,
    GROUPS,
    MEMBERSHIPS,
    USERS,
    WRITE_APPLICATIONS,
    WRITE_GROUPS,
    WRITE_USERS,
)
from mocktenant.graph.table.kinds import action, mixed, objects
from mocktenant.graph.writes import deleted

_ANY = (*DIRECTORY, *USERS[:2], *GROUPS[:3], *APPLICATIONS[:2])
_BRING_BACK = ("User.DeleteRestore.All", *WRITE_USERS, *WRITE_GROUPS[:1], *WRITE_APPLICATIONS[:1])
_bin = partial(objects, unconfirmed="that any of the app roles of the types is enough for any of them")
_SECURITY_ONLY = {"securityEnabledOnly": "Boolean"}


def _lookups(collection: str) -> tuple[Resource, ...]:
    """What an object is a member of, asked by POST."""
    path = f"{collection}/{{id}}"
    return tuple(
        action(
            f"{path}/{name}",
            Write(MEMBERSHIPS, act, takes="", parameters=parameters, needed=tuple(parameters)[:1]),
        )
        for name, act, parameters in (
            ("getMemberObjects", lookups.member_objects, _SECURITY_ONLY),
            ("getMemberGroups", lookups.member_groups, _SECURITY_ONLY),
            ("checkMemberGroups", lookups.check_member_groups, {"groupIds": "[String]"}),
            ("checkMemberObjects", lookups.check_member_objects, {"ids": "[String]"}),
        )
    )


ROWS: tuple[Resource, ...] = (
    mixed(
        "directoryObjects",
        source=directory.everything,
        read=_ANY,
        unconfirmed="a list of all (the service wants an id, or a type)",
    ),
    action(
        "directoryObjects/getByIds",
        Write(
            _ANY,
            lookups.by_ids,
            takes="",
            parameters={"ids": "[String]", "types": "[String]"},
            needed=("ids",),
        ),
    ),
    *_lookups("directoryObjects"),
    *_lookups("users"),
    *_lookups("groups"),
    *_lookups("servicePrincipals"),
    _bin("directory/deletedItems/microsoft.graph.user", "user", Stored("deletedUsers"), read=USERS),
    _bin("directory/deletedItems/microsoft.graph.group", "group", Stored("deletedGroups"), read=GROUPS),
    _bin(
        "directory/deletedItems/microsoft.graph.application",
        "application",
        Stored("deletedApplications"),
        read=APPLICATIONS,
    ),
    _bin(
        "directory/deletedItems/microsoft.graph.servicePrincipal",
        "servicePrincipal",
        Stored("deletedServicePrincipals"),
        read=APPLICATIONS,
    ),
    mixed(
        "directory/deletedItems",
        source=directory.buried,
        read=_ANY,
        writes={"DELETE": Write(_BRING_BACK, deleted.destroy)},
    ),
    action("directory/deletedItems/{id}/restore", Write(_BRING_BACK, deleted.restore)),
)
