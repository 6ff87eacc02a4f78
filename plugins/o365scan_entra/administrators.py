"""Who is an administrator: by which roles, and how they come by them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from o365scan.api import Data, Dataset, Record, Undecidable, Undecided, undecided

from .directory import (
    eligible_group_members,
    role_assignable_group_eligibilities,
    role_assignable_group_members,
    role_assignable_group_owners,
    role_assignable_groups,
    role_assignments,
    role_definitions,
    role_eligibilities,
    users,
)
from .holdings import Administrator, Holding, told
from .principals import Kind, Principal, given_to, listed
from .roles import SYNCHRONISATION, Level, level

READS = (
    role_definitions,
    role_assignments,
    role_eligibilities,
    role_assignable_groups,
    role_assignable_group_members,
    role_assignable_group_owners,
    role_assignable_group_eligibilities,
    eligible_group_members,
    users,
)
"""The datasets that `administrators` looks into."""


@dataclass
class Administrators:
    """All of them, by the user's id; and who or what else has such roles."""

    people: dict[str, Administrator] = field(default_factory=dict)
    others: dict[str, list[Holding]] = field(default_factory=dict)
    """Service principals and agent identities, by id: not judged as people."""
    synchronisation: dict[str, Record] = field(default_factory=dict)
    """Accounts that hold no role but the synchronisation's."""
    unknown: list[Record] = field(default_factory=list)
    """Assignments of roles that no definition was read of."""
    doubts: list[Undecided] = field(default_factory=list)
    """What could not be read, and who could not be found, so that there may be more of them."""
    all_roles_known: bool = True
    """False if roles that are held now are among what could not be read."""

    def doubt(self, cause: Undecidable, *, active: bool) -> None:
        """Somebody may be an administrator, now or (not `active`) after an activation."""
        reason = Undecided.by(cause)
        if reason not in self.doubts:
            self.doubts.append(reason)
        self.all_roles_known = self.all_roles_known and not active


_Held = tuple[Principal, Holding]


def administrators(data: Data) -> Administrators:
    """Everybody who is known to have an administrative role, and the doubts whether these are all. For `data.once`.

    Raises Undecidable if the users or the role definitions could not be read: nobody is known then.
    """
    people = {user.key.lower(): user for user in data[users]}
    found: dict[str, list[_Held]] = defaultdict(list)
    result = Administrators()
    for principal, holding in _holdings(data, result):
        found[principal.id].append((principal, holding))
    for id, held in found.items():
        if id not in people:
            _sort_stranger(result, held)
    for id, held in found.items():
        if id in people:
            _sort(result, people[id], [holding for _, holding in held])
    return result


def _sort(result: Administrators, user: Record, holdings: list[Holding]) -> None:
    administrative = [each for each in holdings if each.level is not Level.NONE]
    others = [each for each in holdings if each.level is Level.NONE]
    if administrative:
        result.people[user.key] = Administrator(user, administrative, others, result.all_roles_known)
    elif any(each.role.key.lower() in SYNCHRONISATION for each in others):
        result.synchronisation[user.key] = user


def _sort_stranger(result: Administrators, held: list[_Held]) -> None:
    """Something that is no user that was read. What it is decides whether that is blindness."""
    principal = next((each for each, _ in held if each.kind is not Kind.UNTOLD), held[0][0])
    holdings = [holding for _, holding in held if holding.level is not Level.NONE]
    if principal.kind is Kind.GROUP:
        _doubt_group(result, principal, [holding for _, holding in held])
    elif principal.kind is Kind.THING and holdings:
        result.others[principal.id] = holdings
    elif holdings:
        said = {
            Kind.PERSON: "is a user, and not among the users that were read",
            Kind.UNTOLD: "can't be told: it is no user or group that was read, and was deleted or is not shown",
        }[principal.kind]
        result.doubts.append(_about(holdings, f"{told(holdings)}: who has it, {principal.name}, {said}."))


def _doubt_group(result: Administrators, principal: Principal, holdings: list[Holding]) -> None:
    """Only groups that can hold roles are given any, so another is one that was not read, and so are its members."""
    if any(each.gap == role_assignable_groups.name for each in result.doubts):  # about all of them
        return
    result.all_roles_known = result.all_roles_known and not any(each.active for each in holdings)
    holdings = [each for each in holdings if each.level is not Level.NONE]
    if not holdings:
        return
    said = f"{told(holdings)}: the group {principal.name} has it, and is not among the groups that can hold roles"
    result.doubts.append(_about(holdings, f"{said}, so its members are not known."))


def _about(holdings: list[Holding], said: str) -> Undecided:
    source = holdings[0].source
    return undecided(said, source.at("principalId"), at=source)


def _holdings(data: Data, result: Administrators) -> Iterator[_Held]:
    assignable = _read(data, role_assignable_groups, result, active=True)
    groups = {group.key.lower(): _Group.of(group, data, result) for group in assignable}
    roles = {role.key.lower(): role for role in data[role_definitions]}
    for dataset, active in ((role_assignments, True), (role_eligibilities, False)):
        for source in _read(data, dataset, result, active=active):
            try:
                principal, own = given_to(source), _given(source, roles, active)
            except Undecidable as cause:
                result.doubt(cause, active=active)
                continue
            if own is None:
                result.unknown.append(source)
            elif principal.id in groups:
                yield from groups[principal.id].share(own)
            else:
                yield principal, own


def _given(source: Record, roles: dict[str, Record], active: bool) -> Holding | None:
    """What an assignment or eligibility gives; None if no definition of its role was read."""
    role = roles.get(source.text("roleDefinitionId").lower())
    scope = source.text("directoryScopeId")
    return Holding(role, level(role), scope, active, source, by_role=not active) if role is not None else None


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
    members: tuple[Principal, ...]
    owners: tuple[tuple[Principal, Record], ...]
    """Who can add themselves."""
    eligible: tuple[tuple[Principal, Record], ...]
    """Who may activate its membership or ownership, and by which eligibility."""

    @classmethod
    def of(cls, group: Record, data: Data, result: Administrators) -> _Group:
        members = _everybody(_read(data, role_assignable_group_members, result, active=True, of=group))
        owners = _read(data, role_assignable_group_owners, result, active=False, of=group)
        eligibilities = _read(data, role_assignable_group_eligibilities, result, active=False, of=group)
        return cls(
            group,
            tuple(members),
            tuple((listed(each), each) for each in owners if listed(each).kind is not Kind.GROUP),
            tuple(_eligible(eligibilities, data, result)),
        )

    def share(self, own: Holding) -> Iterator[_Held]:
        """The group's role as each of its people has it."""
        for member in self.members:
            yield member, replace(own, group=self.record)
        members = {member.id for member in self.members}
        for principal, owner in self.owners:
            if principal.id not in members:
                yield principal, replace(own, group=self.record, active=False, owner=owner)
        for principal, source in self.eligible:
            activated = replace(own, group=self.record, active=False, source=source, by_membership=True)
            yield principal, activated


def _eligible(
    eligibilities: list[Record], data: Data, result: Administrators
) -> Iterator[tuple[Principal, Record]]:
    for eligibility in eligibilities:
        try:
            principal = given_to(eligibility)
        except Undecidable as cause:
            result.doubt(cause, active=False)
            continue
        if principal.kind is not Kind.GROUP:
            yield principal, eligibility
            continue
        # A group hands its eligibility on to its members.
        members = _read(data, eligible_group_members, result, active=False, of=eligibility)
        yield from ((each, eligibility) for each in _everybody(members))


def _everybody(members: list[Record]) -> list[Principal]:
    """Members, without the groups in the group: those stand beside their own members."""
    return [principal for record in members if (principal := listed(record)).kind is not Kind.GROUP]
