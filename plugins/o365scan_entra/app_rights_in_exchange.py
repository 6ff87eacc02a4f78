"""What Exchange Online lets apps do: its role groups, and the roles that are for apps."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from o365scan.api import Data, Evidence, Record, Undecidable, Undecided, View
from o365scan_exchange import datasets as exchange

from .app_permissions import Reach
from .app_right import Found, Right, Rights
from .app_roles_of_exchange import exchange_role_reach, only_reads
from .app_scopes import Holds, Scope, scope_of


def references_in(found: Rights, data: Data) -> dict[str, str]:
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
class Groups:
    """What is needed to tell which apps are in a role group."""

    data: Data
    references: dict[str, str]
    nested: View | None
    """The members of security groups in role groups; None if those can't be read."""
    found: Rights


def nested_members(found: Rights, data: Data) -> View | None:
    """The members of security groups in role groups; None, and a doubt, if they can't be read."""
    try:
        return data[exchange.nested_role_group_members]
    except Undecidable as cause:
        found.doubts.append(Undecided.by(cause))
        return None


def role_groups(group: Record, groups: Groups) -> Found:
    """The apps in a role group."""
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
            way=" through a group" if len(way) > 1 else "",
        )
        yield holder, right


def _members(
    group: Record, groups: Groups, seen: frozenset[str]
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
        if _is_unnamed_app(member):
            strange = f"The app {member.title} in the role group {group.title} has no id in Microsoft Entra."
            groups.found.doubts.append(Undecided.by(Undecidable(strange)))
        elif nested is None:
            for holder, evidence in _in_security_group(member, groups):
                yield holder, (member.at("Name"), evidence), False
        elif nested.key not in seen:
            mirrors = _MIRROR.search(member.text("Name")) is not None
            for below, way, _ in _members(nested, groups, seen | {group.key}):
                yield below, (member.at("Name"), *way), mirrors


def _is_unnamed_app(member: Record) -> bool:
    kinds = (member.get("RecipientType"), member.get("RecipientTypeDetails"))
    return "ServicePrincipal" in kinds and not member.get("ExternalDirectoryObjectId")


def _in_security_group(member: Record, groups: Groups) -> Iterator[tuple[str, Evidence]]:
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


def management_roles(assignment: Record, data: Data, references: dict[str, str]) -> Found:
    """The app that one role assignment is for. Raises Undecidable after it, if its scope can't be read."""
    if assignment.text("RoleAssigneeType") != "ServicePrincipal" or assignment.get("Enabled") is False:
        return
    role = assignment.text("Role")
    holder = _principal(assignment, ("RoleAssignee", "App", "RoleAssigneeName"), references)
    if holder is None:
        raise Undecidable(
            f"The role assignment {assignment.title} is of an app that is not in the directory."
        )
    scope, reach = scope_of(assignment, data), exchange_role_reach(role)
    yield (
        holder,
        Right(
            role,
            f"{role} ({scope.said})",
            _within(scope, reach),
            (assignment.at("Role"), assignment.at("RecipientWriteScope"), *scope.evidence),
            writes_exchange=reach is Reach.EXCHANGE_ROLE,
            limited=not scope.holds.is_everybody,
        ),
    )
    if scope.doubt is not None:
        raise scope.doubt


def _within(scope: Scope, reach: Reach) -> Reach:
    """What a role is good for over the mailboxes of its scope.

    All of a few mailboxes is told about. A part of what is in them, as mail alone, is what a scope is for. Of a role
    that is newer than the table nobody knows which it is.
    """
    if scope.holds.is_everybody or reach is Reach.UNKNOWN:
        return reach
    told = (Reach.MAILBOXES, Reach.CONTENT) if scope.holds is Holds.UNDECIDED else (Reach.MAILBOXES,)
    return Reach.SCOPED if reach in told else Reach.NONE
