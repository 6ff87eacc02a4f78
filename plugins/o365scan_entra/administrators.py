"""Who is an administrator: by which roles, and how they come by them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from o365scan.api import Data, Record

from .directory import (
    eligible_group_members,
    role_assignable_group_eligibilities,
    role_assignable_group_members,
    role_assignable_groups,
    role_assignments,
    role_definitions,
    role_eligibilities,
    users,
)
from .roles import SYNCHRONISATION, Level, is_targetable, level

READS = (
    role_definitions,
    role_assignments,
    role_eligibilities,
    role_assignable_groups,
    role_assignable_group_members,
    role_assignable_group_eligibilities,
    eligible_group_members,
    users,
)
"""The datasets that `administrators` looks into."""

_TENANT = "/"


@dataclass(frozen=True)
class Holding:
    """One way in which somebody has a role."""

    role: Record
    level: Level
    scope: str
    """`directoryScopeId`: "/" is the whole tenant."""
    active: bool
    """Held now; otherwise it has to be activated."""
    source: Record
    """The assignment or eligibility that gives it."""
    group: Record | None = None
    """The group through which it comes."""
    by_membership: bool = False
    """What is to be activated is the membership of the group (or its ownership)."""
    then_by_role: bool = False
    """After that, the role has to be activated as well."""

    @property
    def reach(self) -> Level:
        """The level, lowered where only a part of the tenant is administered."""
        return self.level if self.scope == _TENANT else min(self.level, Level.SERVICE)

    @property
    def is_targeted_by_roles(self) -> bool:
        """Does a policy for the role apply? It does for built-in roles that are held now, in the whole tenant."""
        return self.active and self.scope == _TENANT and is_targetable(self.role)

    def __str__(self) -> str:
        parts = [self.role.title]
        if self.group is not None:
            parts.append(f"through the group {self.group.title}")
        if not self.active:
            parts.append("eligible")
        if self.scope != _TENANT:
            unit = self.scope.startswith("/administrativeUnits/")
            parts.append("in one administrative unit" if unit else "for one object")
        return parts[0] + (f" ({', '.join(parts[1:])})" if parts[1:] else "")


@dataclass
class Administrator:
    """Somebody who is given at least one administrative role."""

    user: Record
    holdings: list[Holding] = field(default_factory=list)
    other_roles: list[Holding] = field(default_factory=list)
    """Roles that make nobody an administrator, which policies may target all the same."""

    @property
    def reach(self) -> Level:
        """How far the furthest role reaches."""
        return max(holding.reach for holding in self.holdings)

    @property
    def targeted_roles(self) -> frozenset[str]:
        """The roles by which Conditional Access policies catch this person at sign-in."""
        held = (*self.holdings, *self.other_roles)
        return frozenset(each.role.key.lower() for each in held if each.is_targeted_by_roles)

    @property
    def active(self) -> tuple[Holding, ...]:
        return tuple(each for each in self.holdings if each.active)

    @property
    def furthest_first(self) -> list[Holding]:
        return sorted(self.holdings, key=lambda each: (-each.reach, not each.active, each.role.title))


@dataclass
class Administrators:
    """All of them, by the user's id; and how many holders of such roles are no users."""

    people: dict[str, Administrator] = field(default_factory=dict)
    others: dict[str, list[Holding]] = field(default_factory=dict)
    """Service principals, agent identities and what is no longer there, by id: not judged as people."""
    synchronisation: dict[str, Record] = field(default_factory=dict)
    """Accounts that hold no role but the synchronisation's."""
    unknown: list[Record] = field(default_factory=list)
    """Assignments of roles that no definition was read of."""


def administrators(data: Data) -> Administrators:
    """Everybody with an administrative role. For `data.once`; raises what reading the datasets of READS raises."""
    people = {user.key: user for user in data[users]}
    found: dict[str, list[Holding]] = defaultdict(list)
    result = Administrators()
    for principal, holding in _holdings(data, people, result.unknown):
        found[principal].append(holding)
    for principal, holdings in found.items():
        _sort(result, people.get(principal), principal, holdings)
    return result


def _sort(result: Administrators, user: Record | None, principal: str, holdings: list[Holding]) -> None:
    administrative = [each for each in holdings if each.level is not Level.NONE]
    others = [each for each in holdings if each.level is Level.NONE]
    if user is None:
        if administrative:
            result.others[principal] = administrative
    elif administrative:
        result.people[principal] = Administrator(user, administrative, others)
    elif any(each.role.key.lower() in SYNCHRONISATION for each in others):
        result.synchronisation[principal] = user


def _holdings(data: Data, people: dict[str, Record], unknown: list[Record]) -> Iterator[tuple[str, Holding]]:
    groups = {group.key: _Group.of(group, data, people) for group in data[role_assignable_groups]}
    for role, source, active in _given(data, unknown):
        principal, scope = source.text("principalId"), source.text("directoryScopeId")
        own = Holding(role, level(role), scope, active, source)
        group = groups.get(principal)
        if group is None:
            yield principal, own
        else:
            yield from group.share(own)


def _given(data: Data, unknown: list[Record]) -> Iterator[tuple[Record, Record, bool]]:
    """Each role that is given, by which record, and whether it is held now."""
    roles = {role.key.lower(): role for role in data[role_definitions]}
    for dataset, active in ((role_assignments, True), (role_eligibilities, False)):
        for source in data[dataset]:
            role = roles.get(source.text("roleDefinitionId").lower())
            if role is not None:
                yield role, source, active
            else:
                unknown.append(source)


@dataclass(frozen=True)
class _Group:
    record: Record
    members: tuple[str, ...]
    eligible: tuple[tuple[str, Record], ...]
    """Who may activate its membership or ownership, and by which eligibility."""

    @classmethod
    def of(cls, group: Record, data: Data, people: dict[str, Record]) -> _Group:
        nested = data[eligible_group_members]
        eligible: list[tuple[str, Record]] = []
        for eligibility in data[role_assignable_group_eligibilities].of(group):
            principal = eligibility.text("principalId")
            # A group in their place hands its eligibility on to its members.
            members = [principal] if principal in people else _ids(nested.of(eligibility))
            eligible += ((each, eligibility) for each in members)
        return cls(group, tuple(_ids(data[role_assignable_group_members].of(group))), tuple(eligible))

    def share(self, own: Holding) -> Iterator[tuple[str, Holding]]:
        """The group's role as each of its people has it."""
        for member in self.members:
            yield member, replace(own, group=self.record)
        for member, source in self.eligible:
            activated = replace(own, group=self.record, active=False, source=source, by_membership=True)
            yield member, replace(activated, then_by_role=not own.active)


def _ids(records: Iterable[Record]) -> list[str]:
    return [record.key for record in records]
