"""What may be passed to a cmdlet, and what becomes of it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mocktenant.exchange import errors
from mocktenant.exchange.filters import Filter
from mocktenant.words import words

COMMON = frozenset(
    name.lower()
    for name in words(
        "Confirm Debug ErrorAction ErrorVariable InformationAction OutBuffer OutVariable ProgressAction "
        "Verbose WarningAction WarningVariable WhatIf"
    )
)
"""Parameters that every cmdlet takes; none changes what is read."""


@dataclass(frozen=True)
class Text:
    """Any string."""

    def read(self, name: str, value: Any) -> str:
        """The value. Raises Refusal."""
        if not isinstance(value, str):
            raise errors.unconvertible(name, value, "System.String")
        return value


@dataclass(frozen=True)
class Guid:
    """A GUID, given back lower case."""

    def read(self, name: str, value: Any) -> str:
        """The value. Raises Refusal."""
        try:
            return str(uuid.UUID(value))
        except (ValueError, AttributeError, TypeError):
            raise errors.unconvertible(name, value, "System.Guid") from None


@dataclass(frozen=True)
class Switch:
    """A boolean; `"true"` in quotes is taken too, as by the service."""

    def read(self, name: str, value: Any) -> bool:
        """The value. Raises Refusal."""
        if isinstance(value, str) and value.lower() in ("true", "false"):
            return value.lower() == "true"
        if not isinstance(value, bool):
            raise errors.unconvertible(name, value, "System.Management.Automation.SwitchParameter")
        return value


@dataclass(frozen=True)
class Size:
    """A number of results, or `Unlimited`, given back as None."""

    def read(self, name: str, value: Any) -> int | None:
        """The value. Raises Refusal."""
        text = str(value)
        if text.lower() == "unlimited":
            return None
        if isinstance(value, bool) or not text.isascii() or not text.isdigit():
            raise errors.unconvertible(name, value, "Microsoft.Exchange.Data.Unlimited`1[System.UInt32]")
        return int(text)


@dataclass(frozen=True)
class Choice:
    """One or more members of an enumeration, regardless of case; given back as a list, canonically."""

    type_name: str
    members: tuple[str, ...]

    def read(self, name: str, value: Any) -> list[str]:
        """The values. Raises Refusal."""
        known = {member.lower(): member for member in self.members}
        given = value if isinstance(value, list) else [value]
        for item in given:
            if str(item).lower() not in known:
                raise errors.unconvertible(name, item, self.type_name)
        return [known[str(item).lower()] for item in given]


Parameter = Text | Guid | Switch | Size | Choice | Filter
Read = dict[str, Any]


def read(
    cmdlet: str, taken: Mapping[str, Parameter], unemulated: frozenset[str], given: Mapping[str, Any]
) -> Read:
    """The parameters by their proper names. Raises Refusal for one unknown, impossible or not emulated."""
    known = {name.lower(): name for name in taken}
    values: Read = {}
    for name, value in given.items():
        if name.lower() in COMMON:
            continue
        if name.lower() in {item.lower() for item in unemulated}:
            raise errors.not_emulated(cmdlet, name)
        if name.lower() not in known:
            raise errors.unknown_parameter(name)
        proper = known[name.lower()]
        values[proper] = taken[proper].read(proper, value)
    return values
