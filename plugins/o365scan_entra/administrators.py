"""Who is an administrator: by which roles, and how they come by them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from o365scan.api import Data, Dataset, Record, Undecidable, Undecided

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
    all_roles_known: bool = True
    """False if they may hold roles now that could not be read."""

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
    doubts: list[Undecided] = field(default_factory=list)
    """What could not be read, so that there may be more of them."""
    all_roles_known: bool = True
    """False if roles that are held now are among what could not be read."""

    def doubt(self, cause: Undecidable, *, active: bool) -> None:
        """Somebody may be an administrator, now or (not `active`) after an activation."""
        reason = Undecided.by(cause)
        if reason not in self.doubts:
            self.doubts.append(reason)
        self.all_roles_known = self.all_roles_known and not active


def administrators(data: Data) -> Administrators:
    """Everybody who is known to have an administrative role, and the doubts whether these are all. For `data.once`.

    Raises Undecidable if the users or the role definitions could not be read: nobody is known then.
    """
    people = {user.key: user for user in data[users]}
    found: dict[str, list[Holding]] = defaultdict(list)
    result = Administrators()
    for principal, holding in _holdings(data, people, result):
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
        result.people[principal] = Administrator(user, administrative, others, result.all_roles_known)
    elif any(each.role.key.lower() in SYNCHRONISATION for each in others):
        result.synchronisation[principal] = user


def _holdings(data: Data, people: dict[str, Record], result: Administrators) -> Iterator[tuple[str, Holding]]:
    assignable = _read(data, role_assignable_groups, result, active=True)
    groups = {group.key: _Group.of(group, data, people, result) for group in assignable}
    roles = {role.key.lower(): role for role in data[role_definitions]}
    for dataset, active in ((role_assignments, True), (role_eligibilities, False)):
        for source in _read(data, dataset, result, active=active):
            try:
                principal, own = source.text("principalId"), _given(source, roles, active)
            except Undecidable as cause:
                result.doubt(cause, active=active)
                continue
            if own is None:
                result.unknown.append(source)
            elif principal in groups:
                yield from groups[principal].share(own)
            else:
                yield principal, own


def _given(source: Record, roles: dict[str, Record], active: bool) -> Holding | None:
    """What an assignment or eligibility gives; None if no definition of its role was read."""
    role = roles.get(source.text("roleDefinitionId").lower())
    scope = source.text("directoryScopeId")
    return Holding(role, level(role), scope, active, source) if role is not None else None


def _read(
    data: Data, dataset: Dataset, result: Administrators, *, active: bool, of: Record | None = None
) -> list[Record]:
    """The records (of one parent); where they could not be read, none and a doubt."""
    try:
        return list(data[dataset] if of is None else data[dataset].of(of))
    except Undecidable as cause:
        result.doubt(cause, active=active)
        return []


@dataclass(frozen=True)
class _Group:
    record: Record
    members: tuple[str, ...]
    eligible: tuple[tuple[str, Record], ...]
    """Who may activate its membership or ownership, and by which eligibility."""

    @classmethod
    def of(cls, group: Record, data: Data, people: dict[str, Record], result: Administrators) -> _Group:
        eligible: list[tuple[str, Record]] = []
        for eligibility in _read(data, role_assignable_group_eligibilities, result, active=False, of=group):
            try:
                principal = eligibility.text("principalId")
            except Undecidable as cause:
                result.doubt(cause, active=False)
                continue
            # A group in their place hands its eligibility on to its members.
            members = (
                [principal]
                if principal in people
                else _ids(_read(data, eligible_group_members, result, active=False, of=eligibility))
            )
            eligible += ((each, eligibility) for each in members)
        members = _ids(_read(data, role_assignable_group_members, result, active=True, of=group))
        return cls(group, tuple(members), tuple(eligible))

    def share(self, own: Holding) -> Iterator[tuple[str, Holding]]:
        """The group's role as each of its people has it."""
        for member in self.members:
            yield member, replace(own, group=self.record)
        for member, source in self.eligible:
            activated = replace(own, group=self.record, active=False, source=source, by_membership=True)
            yield member, replace(activated, then_by_role=not own.active)


def _ids(records: Iterable[Record]) -> list[str]:
    return [record.key for record in records]
