"""Roles that are held for good, where they could be activated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from o365scan.api import Data, Record, Undecidable, Undecided, undecided

from .administrators import administrators
from .directory import (
    role_assignable_groups,
    role_assignment_schedules,
    role_assignments,
    role_definitions,
    users,
)
from .holdings import Administrator
from .people import is_agent
from .principals import Kind, given_to

_TENANT = "/"


@dataclass
class Lasting:
    """A role, the people who have it in the whole tenant without an end, and the assignments that give it."""

    role: Record
    holders: list[Record] = field(default_factory=list)
    schedules: list[Record] = field(default_factory=list)

    def add(self, schedule: Record, holders: list[Record]) -> None:
        """Somebody who has it in several ways counts once."""
        known = {each.key for each in self.holders}
        self.holders += [each for each in holders if each.key not in known]
        self.schedules.append(schedule)


def lasting_roles(data: Data, *, can_end: bool) -> tuple[dict[str, Lasting], list[Undecided]]:
    """By role, and the assignments of which it can't be told who holds them or until when.

    Where there is nothing by which an assignment `can_end`, all are for good.
    """
    assignments, is_lasting = (
        (role_assignment_schedules, _is_lasting) if can_end else (role_assignments, _is_of_tenant)
    )
    found: dict[str, Lasting] = {}
    doubts: list[Undecided] = []
    roles = {each.key.lower(): each for each in data[role_definitions]}
    for schedule in data[assignments]:
        try:
            role = roles.get(schedule.text("roleDefinitionId").lower())
            holders = list(_holders(schedule, data, doubts)) if is_lasting(schedule) else []
        except Undecidable as cause:
            doubts.append(replace(Undecided.by(cause), at=schedule))
            continue
        if holders and role is None:
            said = "A role that is held for good is not among the role definitions."
            doubts.append(undecided(said, schedule.at("roleDefinitionId"), at=schedule))
        elif holders and role is not None:
            found.setdefault(role.key, Lasting(role)).add(schedule, holders)
    return found, doubts


def _is_of_tenant(assignment: Record) -> bool:
    return assignment.text("directoryScopeId") == _TENANT


def _is_lasting(schedule: Record) -> bool:
    """Was it assigned, rather than activated, in the whole tenant and without an end?"""
    assigned = schedule.text("assignmentType") != "Activated"
    ends = schedule.text("endDateTime", nullable=True)
    return assigned and ends is None and _is_of_tenant(schedule)


def _holders(schedule: Record, data: Data, doubts: list[Undecided]) -> Iterator[Record]:
    """A person, or the members of a group without those who are eligible for it: they activated the membership."""
    principal = given_to(schedule)
    by_id = data.once(_people)
    if principal.id in by_id:
        if not is_agent(by_id[principal.id].user):
            yield by_id[principal.id].user
    elif principal.id in data.once(_groups):
        for admin in by_id.values():
            if _comes_by(admin, principal.id, eligible=False) and not _comes_by(
                admin, principal.id, eligible=True
            ):
                yield admin.user
    elif principal.kind is not Kind.THING and principal.id not in data.once(_users):
        said = f"Who holds a role for good, {principal.name}, is no user or group that was read."
        doubts.append(undecided(said, schedule.at("principalId"), at=schedule))


def _comes_by(admin: Administrator, group: str, *, eligible: bool) -> bool:
    """Does a role come by being a member of the group, or by being eligible for it?"""
    through = [each for each in admin.holdings if each.group is not None and each.group.key.lower() == group]
    return any(each.by_membership if eligible else each.active for each in through)


def _people(data: Data) -> dict[str, Administrator]:
    return {key.lower(): admin for key, admin in data.once(administrators).people.items()}


def _groups(data: Data) -> frozenset[str]:
    return frozenset(each.key.lower() for each in data[role_assignable_groups])


def _users(data: Data) -> frozenset[str]:
    return frozenset(each.key.lower() for each in data[users])
