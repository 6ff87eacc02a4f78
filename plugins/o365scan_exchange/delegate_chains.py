"""Chains of delegates: who reaches a mailbox through whom, over groups and over mailboxes of others.

A step is being in a group, or opening somebody's mailbox. Who may only send as somebody reads nothing of his, so that
is no step; it counts as the right at the end of a chain alone.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from o365scan.api import Data, IncompleteDataset, Record, Undecidable

from .datasets import mailboxes
from .delegates import trustee_group_members, who_opens
from .recipients import directory, elsewhere, mail_contacts, mail_groups, mail_users

_STEPS = 6
"""Chains are followed so far: whoever needs more steps has a nearer one to worry about."""
_SHOWN = 5


@dataclass(frozen=True)
class Chain:
    """One who reaches something: from him (first) to the delegate who holds the right (last)."""

    path: tuple[str, ...]
    member: bool
    """By groups alone, so that he holds the right himself."""
    outsider: bool

    @property
    def who(self) -> str:
        return self.path[0]


@dataclass(frozen=True)
class Reach:
    """All who reach something through one delegate, and what kept others from being told."""

    chains: tuple[Chain, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def outsiders(self) -> tuple[Chain, ...]:
        """Those from outside who hold the right as members of groups."""
        return tuple(chain for chain in self.chains if chain.member and chain.outsider)

    def said(self, target: str) -> str:
        """The chains for people, those from outside first; nothing if there are none."""
        if not self.chains:
            return ""
        ordered = sorted(self.chains, key=lambda chain: (not chain.outsider, len(chain.path)))
        shown = "; ".join(" → ".join((*chain.path, target)) for chain in ordered[:_SHOWN])
        more = len(ordered) - _SHOWN
        return f" Reached through it: {shown}" + (f"; and {more} more." if more > 0 else ".")


@dataclass(frozen=True)
class _Node:
    """One on the way: its record if it is listed, and its name."""

    key: str
    name: str
    record: Record | None
    outsider: bool = False

    @property
    def is_group(self) -> bool:
        return self.record is not None and self.record.dataset.name == mail_groups.name


def is_outsider(trustee: str, data: Data) -> bool:
    """Is somebody a guest, or anybody with a mailbox elsewhere? Raises Undecidable for nobody that is listed."""
    known = data.once(directory).find(trustee)
    if known is None:
        raise Undecidable(f"{trustee} is nobody that the lists of recipients name, so who that is is unknown")
    return _is_elsewhere(known, data)


def _is_elsewhere(known: Record, data: Data) -> bool:
    """People whose mailbox is on the organisation's own servers have an address in one of its domains."""
    if known.dataset.name not in (mail_users.name, mail_contacts.name):
        return False
    led = elsewhere(known, data)
    return bool(led.outside or led.unknown)


def reach(trustee: str, data: Data) -> Reach:
    """Who reaches what `trustee` holds a right to; over mailboxes that others open so far as they could be read."""
    first = _Node(trustee.lower(), trustee, data.once(directory).find(trustee))
    seen = {first.key if first.record is None else first.record.key}
    waiting: deque[tuple[_Node, tuple[str, ...], bool]] = deque([(first, (trustee,), True)])
    chains: list[Chain] = []
    unknown: list[str] = []
    while waiting:
        node, path, member = waiting.popleft()
        member = member and node.is_group
        for step in _before(node, data, unknown):
            if step.key in seen:
                continue
            seen.add(step.key)
            way = (step.name, *path)
            if not step.is_group:
                chains.append(Chain(way, member, step.outsider))
            if len(way) < _STEPS:
                # Groups first: who is a member and opens a mailbox on the way besides counts as a member.
                (waiting.appendleft if step.is_group else waiting.append)((step, way, member))
    return Reach(tuple(chains), tuple(dict.fromkeys(unknown)))


def _before(node: _Node, data: Data, unknown: list[str]) -> Iterator[_Node]:
    if node.record is None:
        return
    if node.is_group:
        try:
            yield from _in_group(node.record, data, unknown)
        except IncompleteDataset:
            unknown.append(f"who is in the group {node.name} could not be read")
    elif node.record.dataset.name == mailboxes.name:
        for entry in _entries(node.record, data):
            name = entry.text("User")
            known = data.once(directory).find(name)
            strange = known is not None and _is_elsewhere(known, data)
            yield _Node(known.key if known is not None else name.lower(), name, known, strange)


def _in_group(group: Record, data: Data, unknown: list[str]) -> Iterator[_Node]:
    for row in data[trustee_group_members].of(group):
        known = data.once(directory).find(row.key)
        if known is not None:
            yield _Node(row.key, row.title, known, _is_elsewhere(known, data))
        elif "Group" in row.text("RecipientTypeDetails"):
            unknown.append(f"who is in {row.title}, a group within {group.title}, is in none of the lists")
        else:
            yield _Node(row.key, row.title, None)


def _entries(mailbox: Record, data: Data) -> Iterable[Record]:
    """Who opens a mailbox, so far as that was read: it explains a problem and proves none."""
    try:
        return tuple(who_opens(mailbox, data))
    except Undecidable:
        return ()
