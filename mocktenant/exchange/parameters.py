"""What may be passed to a cmdlet, and what becomes of it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
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
    """One or more members of an enumeration, regardless of case; given back as a list, canonically.

    The beginning of a member's name will do, as in PowerShell, if it begins no other's.
    """

    type_name: str
    members: tuple[str, ...]

    def read(self, name: str, value: Any) -> list[str]:
        """The values. Raises Refusal."""
        return [self._member(name, item) for item in (value if isinstance(value, list) else [value])]

    def _member(self, name: str, value: Any) -> str:
        text = str(value).lower()
        begun = [member for member in self.members if text and member.lower().startswith(text)]
        exact = [member for member in begun if member.lower() == text]
        if not exact and len(begun) != 1:
            raise errors.unconvertible(name, value, self.type_name)
        return (exact or begun)[0]


@dataclass(frozen=True)
class Number:
    """A whole number within bounds."""

    least: int = 0
    most: int = 2**31 - 1

    def read(self, name: str, value: Any) -> int:
        """The value. Raises Refusal."""
        if isinstance(value, bool) or not str(value).lstrip("-").isdigit():
            raise errors.unconvertible(name, value, "System.Int32")
        if not self.least <= int(value) <= self.most:
            raise errors.invalid(f"The value of {name} must be between {self.least} and {self.most}.")
        return int(value)


@dataclass(frozen=True)
class Moment:
    """A date and time, given back in UTC: ISO 8601, or as an American writes it. Without a zone it is UTC."""

    def read(self, name: str, value: Any) -> datetime:
        """The value. Raises Refusal."""
        found = next((moment for form in _DATES if (moment := _moment(value, form))), None)
        if found is None:
            raise errors.unconvertible(name, value, "Microsoft.Exchange.ExchangeSystem.ExDateTime")
        return found if found.tzinfo is None else found.astimezone(UTC)


_DATES = ("", "%m/%d/%Y", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %I:%M:%S %p")


def _moment(value: Any, form: str) -> datetime | None:
    try:
        text = str(value)
        found = datetime.strptime(text, form) if form else datetime.fromisoformat(text)  # noqa: DTZ007 - next line
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


@dataclass(frozen=True)
class One:
    """One member of an enumeration, regardless of case, given back canonically."""

    type_name: str
    members: tuple[str, ...]

    def read(self, name: str, value: Any) -> str:
        """The value. Raises Refusal."""
        return Choice(self.type_name, self.members).read(name, [value])[0]


@dataclass(frozen=True)
class Texts:
    """One text or several."""

    def read(self, name: str, value: Any) -> list[str]:
        """The values. Raises Refusal."""
        given = value if isinstance(value, list) else [value]
        return [Text().read(name, item) for item in given]


@dataclass(frozen=True)
class OrNull:
    """A parameter that takes null, which is what `$null` becomes: it unsets."""

    inner: Text | Switch | Number | Moment | Choice

    def read(self, name: str, value: Any) -> Any:
        """The value, or None. Raises Refusal."""
        return None if value is None else self.inner.read(name, value)


@dataclass(frozen=True)
class Edit:
    """What to do to a property of many values: put others in their place, or add and remove some."""

    replaced: tuple[str, ...] | None = None
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    def of(self, values: list[str]) -> list[str]:
        """The values afterwards, compared regardless of case."""
        if self.replaced is not None:
            return list(self.replaced)
        gone = {item.lower() for item in (*self.removed, *self.added)}
        return [item for item in values if item.lower() not in gone] + list(self.added)


_TABLE = "#Exchange.GenericHashTable"


@dataclass(frozen=True)
class Many:
    """A property of many values: null, one, several, or a hashtable of what to add and remove."""

    def read(self, name: str, value: Any) -> Edit:
        """The edit. Raises Refusal."""
        if value is None:
            return Edit(())
        if not isinstance(value, dict):
            return Edit(tuple(Texts().read(name, value)))
        lower = {key.lower(): item for key, item in value.items()}
        if lower.pop("@odata.type", _TABLE) != _TABLE or lower.keys() - {"add", "remove"}:
            raise errors.unconvertible(
                name, value, "Microsoft.Exchange.Data.MultiValuedProperty`1[System.String]"
            )
        lists = {key: tuple(Texts().read(name, item)) for key, item in lower.items()}
        return Edit(added=lists.get("add", ()), removed=lists.get("remove", ()))


Parameter = Text | Guid | Switch | Size | Choice | Filter | Number | Moment | One | Texts | OrNull | Many
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
