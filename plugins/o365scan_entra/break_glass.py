"""Which exceptions from Conditional Access are for emergencies, told by their pattern and not by a name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce

from o365scan.api import Data, Record, Undecidable, Undecided

from .conditional_access import bounds
from .conditional_access_policy import REPORT_ONLY, Policy
from .directory import role_assignable_group_members, role_assignable_groups, users
from .people import external_type
from .policies import conditional_access_policies
from .requirement import readable_policies

READS = (conditional_access_policies, users, role_assignable_groups, role_assignable_group_members)
"""The datasets that `break_glass` looks into."""

MOST = 4
"""Microsoft advises two emergency accounts or more; nobody needs many."""

_USERS, _GROUPS = "conditions/users/excludeUsers", "conditions/users/excludeGroups"


@dataclass(frozen=True)
class BreakGlass:
    """Who is left out for emergencies."""

    ids: frozenset[str]
    """Of users and groups, in lower case."""
    accounts: frozenset[str]
    """Of users alone: those who are named, and those in the groups."""
    unreadable: tuple[Undecided, ...]
    """What was said of policies that can't be read: they might leave out others."""


def break_glass(data: Data) -> BreakGlass:
    """The users and groups that are left out for emergencies. For `data.once`.

    They are left out of every policy that asks something of everybody, and are few: accounts made in the
    cloud, without licences, in a group that only a privileged administrator can change or named one by one.
    """
    policies, unreadable = readable_policies(data)
    common = _left_out_everywhere(policies)
    people = {user.key.lower(): user for user in data[users]}
    groups = {
        group.key.lower(): group for group in data[role_assignable_groups] if group.key.lower() in common
    }
    members = {id: _members(data, group) for id, group in groups.items()}
    named = {id for id in sorted(common) if id in people and _is_for_emergencies(people[id])}
    trusted = {
        id for id, inside in members.items()
        if all(each in people and _is_for_emergencies(people[each]) for each in sorted(inside))
    }  # fmt: skip
    accounts = named.union(*(members[id] for id in trusted))
    if len(accounts) > MOST:
        named, trusted, accounts = set(), set(), set()
    return BreakGlass(frozenset(named | trusted), frozenset(accounts), tuple(unreadable))


def emergency_accounts(data: Data) -> frozenset[str]:
    """The users left out for emergencies, in lower case; none where that could not be read: for grading only."""
    try:
        return data.once(break_glass).accounts
    except Undecidable:
        return frozenset()


def _left_out_everywhere(policies: list[Policy]) -> frozenset[str]:
    excluded = [
        frozenset(id.lower() for path in (_USERS, _GROUPS) for id in each.record.texts(path))
        for each in policies if _is_for_everybody(each)
    ]  # fmt: skip
    return reduce(frozenset.intersection, excluded) if excluded else frozenset()


def _is_for_everybody(policy: Policy) -> bool:
    if policy.state == REPORT_ONLY or policy.requires is not True:
        return False
    if policy.record["conditions/users"] is None or "applications" in bounds(policy):
        return False
    return "All" in policy.record.texts("conditions/users/includeUsers")


def _members(data: Data, group: Record) -> set[str]:
    return {each.key.lower() for each in data[role_assignable_group_members].of(group)}


def _is_for_emergencies(user: Record) -> bool:
    in_the_cloud = user.flag("onPremisesSyncEnabled", nullable=True) is not True
    return in_the_cloud and external_type(user) is None and not user.objects("assignedLicenses")


def excluded(policy: Record) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """What a policy excludes by id: the kind, the field, and the ids as they are written."""
    for kind, path in (("user", _USERS), ("group", _GROUPS), ("role", "conditions/users/excludeRoles")):
        yield kind, path, policy.texts(path)
