"""Who administers anything: holders of directory roles and members of Exchange's role groups."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from o365scan.api import Data, Record, Undecidable
from o365scan_entra.datasets import (
    eligible_group_members,
    role_assignable_group_eligibilities,
    role_assignable_group_members,
    role_assignable_group_owners,
    role_assignable_groups,
    role_assignments,
    role_eligibilities,
)

from .datasets import nested_role_group_members, role_group_members

DATASETS = (
    role_assignments,
    role_eligibilities,
    role_assignable_groups,
    role_assignable_group_members,
    role_assignable_group_owners,
    role_assignable_group_eligibilities,
    eligible_group_members,
    role_group_members,
    nested_role_group_members,
)
"""What has to be read to know."""


@dataclass(frozen=True)
class Admins:
    """Accounts that administer something, by their id in Microsoft Entra or their Guid in Exchange Online."""

    ids: frozenset[str]
    guids: frozenset[str]

    def hold(self, user: Record) -> bool:
        """Is the account (of Get-User, or by its mailbox) one of them?"""
        return user.key.lower() in self.guids or _id(user.get("ExternalDirectoryObjectId")) in self.ids


def admins(data: Data) -> Admins:
    """All of them, whether a role is active or has yet to be activated; for `data.once`."""
    holders = {
        _id(held.text("principalId"))
        for roles in (role_assignments, role_eligibilities)
        for held in data[roles]
    }
    nested = {_id(member.key) for member in data[nested_role_group_members]}
    guids = {_id(member.key) for member in data[role_group_members]}
    return Admins(frozenset({*_with_members(holders, data), *nested}), frozenset(guids))


def is_privileged(user: Record, data: Data) -> bool:
    """Is an account, or its mailbox, known to be an administrator's? Where the roles can't be read, nobody's is."""
    try:
        return data.once(admins).hold(user)
    except Undecidable:
        return False


def _with_members(holders: Iterable[str], data: Data) -> Iterator[str]:
    """The holders, and for groups among them everybody who is in one, or may put himself into it."""
    groups = {_id(group.key): group for group in data[role_assignable_groups]}
    eligible: dict[str, set[str]] = {}
    for may in data[role_assignable_group_eligibilities]:
        through = {_id(member.key) for member in data[eligible_group_members].of(may)}
        eligible.setdefault(_id(may.text("groupId")), set()).update({_id(may.text("principalId"))}, through)
    waiting, found = set(holders), set[str]()
    while waiting:
        one = waiting.pop()
        found.add(one)
        if one in groups:
            of_group = (role_assignable_group_members, role_assignable_group_owners)
            members = {_id(each.key) for dataset in of_group for each in data[dataset].of(groups[one])}
            waiting |= (members | eligible.get(one, set())) - found
    return iter(found)


def _id(value: object) -> str:
    return str(value or "").lower()
