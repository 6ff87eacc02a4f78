"""Who holds roles of Exchange Online: members of role groups, and those that options accept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from o365scan.api import Acceptance, Record

_SHOWN = 4


@dataclass(frozen=True)
class Holders:
    """People, groups and apps that may hold a role."""

    holders: tuple[str, ...] = ()

    def accept_name(self, name: str) -> bool:
        """Is it the name of one of them?"""
        return name.lower() in {holder.lower() for holder in self.holders}

    def accept(self, member: Record) -> bool:
        """Is the member of a role group one of them, by name, address or id?"""
        fields = ("Name", "PrimarySmtpAddress", "ExternalDirectoryObjectId", "Guid")
        names = [value for field in fields if isinstance(value := member.get(field), str) and value]
        return any(map(self.accept_name, names))


def acceptance(members: Sequence[Record]) -> Acceptance:
    """The entries of the options that accept these members: by address, or by name where one has none."""
    return Acceptance({"holders": tuple(_called(each) for each in members)})


def _called(member: Record) -> str:
    address = member.get("PrimarySmtpAddress")
    return address if isinstance(address, str) and address else member.text("Name")


def named(members: Sequence[Record]) -> str:
    """Members for people: no more than a few of them by name."""
    names = [member.title for member in members[:_SHOWN]]
    if more := len(members) - len(names):
        names.append(f"{more} more")
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
