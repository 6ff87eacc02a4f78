"""All that the apps in a tenant may do, whichever of six places gives it to them.

What can't be read of one place, or of one record, is a doubt, and hides nothing that the others prove.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from o365scan.api import Data, Evidence, Record, Undecidable, Undecided, View
from o365scan_exchange import datasets as exchange

from . import roles
from .app_credentials import moment
from .app_evidence import shown
from .app_permissions import (
    DEFAULT_ACCESS,
    Reach,
    application_permission,
    is_grave_when_delegated,
    of_resource,
)
from .app_resources import RESOURCES
from .app_roles_of_exchange import exchange_role_reach, only_reads, writes_exchange
from .applications import app_role_assignments, delegated_grants, service_principals
from .directory import (
    role_assignable_group_members,
    role_assignable_groups,
    role_assignments,
    role_definitions,
)

SOURCES = (
    service_principals,
    app_role_assignments,
    delegated_grants,
    role_definitions,
    role_assignments,
    role_assignable_groups,
    role_assignable_group_members,
    exchange.service_principals,
    exchange.role_groups,
    exchange.role_group_members,
    exchange.nested_role_group_members,
    exchange.management_role_assignments,
)
"""The datasets that `rights` looks into."""


@dataclass(frozen=True)
class Right:
    """One thing that an app may do. `name` is Microsoft's, and others may have it too.

    `token` is what the right is accepted by: no right of another kind, API or scope has the same.
    """

    name: str
    token: str
    reach: Reach
    evidence: tuple[Evidence, ...]
    writes_exchange: bool = False
    """A role that, with permission to run cmdlets, changes Exchange Online."""
    reads_exchange: bool = False
    """A role that lets the app see what Exchange Online is set to, and no more."""
    since: datetime | None = None
    """When it was given, where that is known."""
    limited: bool = False
    """It holds for a part of the tenant only."""
    way: str = ""
    """How the app came by it, if not directly."""

    @property
    def said(self) -> str:
        """The right, for people."""
        return self.token + self.way


@dataclass
class Rights:
    """What was found: the rights of each principal by its id, and what could not be found out."""

    principals: dict[str, Record]
    held: dict[str, list[Right]] = field(default_factory=lambda: defaultdict(list))
    doubts: list[Undecided] = field(default_factory=list)
    knows_roles: bool = True
    """Were all places read that give out roles? Else an app without one may have one."""


Found = Iterator[tuple[str, Right]]


def rights(data: Data) -> Rights:
    """Who may do what. Raises Undecidable if the principals themselves can't be read."""
    found = Rights({each.key: each for each in data[service_principals]})
    _keep(found, lambda: _resources(found), lambda each: _permissions(each, data))
    _keep(found, lambda: data[delegated_grants], lambda each: _delegated(each, found.principals))
    before = len(found.doubts)
    _keep(found, lambda: data[role_assignments], lambda each: _directory_roles(each, data, found.principals))
    references = _references(found, data)
    groups = _Groups(data, references, _nested(found, data), found)
    _keep(found, lambda: data[exchange.role_groups], lambda each: _role_groups(each, groups))
    _keep(
        found,
        lambda: data[exchange.management_role_assignments],
        lambda each: _management_roles(each, references),
    )
    found.knows_roles = len(found.doubts) == before
    return found


def _keep(found: Rights, records: Callable[[], Iterable[Record]], read: Callable[[Record], Found]) -> None:
    try:
        for record in records():
            try:
                for holder, right in read(record):
                    found.held[holder].append(right)
            except Undecidable as cause:
                found.doubts.append(Undecided.by(cause))
    except Undecidable as cause:
        found.doubts.append(Undecided.by(cause))


def _resources(found: Rights) -> list[Record]:
    return [each for each in found.principals.values() if each.text("appId") in RESOURCES]


def _permissions(resource: Record, data: Data) -> Found:
    for assignment in data[app_role_assignments].of(resource):
        if assignment.text("principalType") != "ServicePrincipal":
            continue
        id, api = assignment.text("appRoleId"), resource.text("appId")
        if id == DEFAULT_ACCESS:
            continue
        permission = application_permission(api, id)
        name = permission.value if permission else id
        evidence = (assignment.at("appRoleId"), *shown(assignment, "createdDateTime"))
        reach = permission.reach if permission else Reach.UNKNOWN
        since = moment(assignment.get("createdDateTime"))
        right = Right(name, of_resource(name, api), reach, evidence, since=since)
        yield assignment.text("principalId"), right


def _delegated(grant: Record, principals: dict[str, Record]) -> Found:
    if grant.text("consentType") != "AllPrincipals":
        return
    resource = principals.get(grant.text("resourceId"))
    if resource is None:
        return  # an API that has been removed, and with it what could be done there
    api = resource.text("appId")
    for scope in (grant.text("scope", nullable=True) or "").split():
        if is_grave_when_delegated(api, scope):
            evidence = (grant.at("scope"), grant.at("consentType"))
            token = f"{of_resource(scope, api)} (delegated)"
            yield grant.text("clientId"), Right(scope, token, Reach.DELEGATED, evidence)


def _directory_roles(assignment: Record, data: Data, principals: dict[str, Record]) -> Found:
    holder = assignment.text("principalId")
    if holder in principals:
        yield holder, _directory_role(assignment, data, ())
        return
    group = data[role_assignable_groups].get(holder)
    if group is None:
        return  # a person
    for member in data[role_assignable_group_members].of(group):
        if member.key in principals:
            yield member.key, _directory_role(assignment, data, (group.at("id"), member.at("id")))


def _directory_role(assignment: Record, data: Data, way: tuple[Evidence, ...]) -> Right:
    id, scope = assignment.text("roleDefinitionId"), assignment.text("directoryScopeId")
    definition = data[role_definitions].get(id)
    if definition is None:
        raise Undecidable(f"The directory role {id} of {assignment.key} is not among the role definitions.")
    level, limited = roles.level(definition), scope != "/"
    # A role of the tenant's own may be called like a permission.
    own = "the role " if definition.get("isBuiltIn") is False else ""
    return Right(
        definition.title,
        f"{own}{definition.title}" + (f" (within {scope})" if limited else ""),
        Reach.CONFIGURATION if limited and level is roles.Level.TENANT else _REACH[level],
        (assignment.at("roleDefinitionId"), assignment.at("directoryScopeId"), *way),
        writes_exchange=writes_exchange(id) and not limited,
        reads_exchange=level is roles.Level.READER,
        limited=limited,
        way=" through a group" if way else "",
    )


_REACH = {
    roles.Level.TENANT: Reach.CONTROL,
    roles.Level.SERVICE: Reach.CONFIGURATION,
    roles.Level.READER: Reach.NONE,
    roles.Level.NONE: Reach.NONE,
}


def _references(found: Rights, data: Data) -> dict[str, str]:
    """The names by which Exchange Online may mean a principal, each with the principal's id."""
    names: dict[str, str] = {}
    try:
        for reference in data[exchange.service_principals]:
            for name in ("Guid", "Identity", "Name", "DisplayName", "AppId"):
                if isinstance(value := reference.get(name), str) and value:
                    names[value.lower()] = reference.key.lower()
    except Undecidable as cause:
        found.doubts.append(Undecided.by(cause))
    return names | {id.lower(): id for id in found.principals}


def _principal(record: Record, fields: tuple[str, ...], references: dict[str, str]) -> str | None:
    for name in fields:
        value = record.get(name)
        if isinstance(value, str) and value.lower() in references:
            return references[value.lower()]
    return None


@dataclass(frozen=True)
class _Groups:
    """What is needed to tell which apps are in a role group."""

    data: Data
    references: dict[str, str]
    nested: View | None
    """The members of security groups in role groups; None if those can't be read."""
    found: Rights


def _nested(found: Rights, data: Data) -> View | None:
    try:
        return data[exchange.nested_role_group_members]
    except Undecidable as cause:
        found.doubts.append(Undecided.by(cause))
        return None


def _role_groups(group: Record, groups: _Groups) -> Found:
    granted = group.texts("Roles", nullable=True)
    if not granted:
        return
    reach = Reach.NONE if only_reads(granted) else Reach.EXCHANGE_ROLE
    for holder, way, mirrors in _members(group, groups, frozenset()):
        if mirrors and any(each.writes_exchange for each in groups.found.held[holder]):
            continue  # told already, of the directory role
        right = Right(
            group.title,
            f"the role group {group.title}",
            reach,
            (group.at("Name"), *way),
            writes_exchange=reach is not Reach.NONE,
            reads_exchange=reach is Reach.NONE,
        )
        yield holder, right


def _members(
    group: Record, groups: _Groups, seen: frozenset[str]
) -> Iterator[tuple[str, tuple[Evidence, ...], bool]]:
    """The apps in a role group and in the groups in it.

    Each with the way to it, and whether that leads through a role group that mirrors a directory role.
    """
    for member in groups.data[exchange.role_group_members].of(group):
        holder = _principal(member, ("ExternalDirectoryObjectId", "Guid"), groups.references)
        if holder is not None:
            yield holder, (member.at("Name"),), False
            continue
        nested = groups.data[exchange.role_groups].get(member.key)
        if nested is None:
            for holder, evidence in _in_security_group(member, groups):
                yield holder, (member.at("Name"), evidence), False
        elif nested.key not in seen:
            mirrors = _MIRROR.search(member.text("Name")) is not None
            for below, way, _ in _members(nested, groups, seen | {group.key}):
                yield below, (member.at("Name"), *way), mirrors


def _in_security_group(member: Record, groups: _Groups) -> Iterator[tuple[str, Evidence]]:
    """The apps in a security group. A group that can't be read is a doubt, and hides no other member."""
    if groups.nested is None:
        return
    try:
        for below in groups.nested.of(member):
            if below.key.lower() in groups.references:
                yield groups.references[below.key.lower()], below.at("id")
    except Undecidable as cause:
        groups.found.doubts.append(Undecided.by(cause))


# As in ExchangeServiceAdmins_-1234567.
_MIRROR = re.compile(r"_-?\d+$")


def _management_roles(assignment: Record, references: dict[str, str]) -> Found:
    if assignment.text("RoleAssigneeType") != "ServicePrincipal" or assignment.get("Enabled") is False:
        return
    role, scope = assignment.text("Role"), assignment.text("RecipientWriteScope")
    holder = _principal(assignment, ("RoleAssignee", "App", "RoleAssigneeName"), references)
    if holder is None:
        raise Undecidable(
            f"The role assignment {assignment.title} is of an app that is not in the directory."
        )
    named = assignment.get("CustomResourceScope")
    limited = scope != "Organization" or bool(named)
    reach = exchange_role_reach(role)
    narrowed = Reach.SCOPED if reach is Reach.MAILBOXES else Reach.NONE
    yield (
        holder,
        Right(
            role,
            f"{role} ({f'scope {named or scope}' if limited else 'every mailbox'})",
            narrowed if limited else reach,
            (assignment.at("Role"), assignment.at("RecipientWriteScope")),
            writes_exchange=reach is Reach.EXCHANGE_ROLE,
            limited=limited,
        ),
    )
