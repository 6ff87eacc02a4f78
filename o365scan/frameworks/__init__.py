"""The frameworks that checks answer to: their ids as data, and which of them the checks cover."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources

import msgspec

from o365scan.api import Check

NAMES = ("scuba", "cis", "attack")


@dataclass(frozen=True)
class Item:
    """A policy, control or technique."""

    id: str
    title: str = ""
    """Empty where the framework's licence keeps its text away."""
    note: str = ""
    replacement: str | None = None
    """What the framework's next version calls it."""
    counted: bool = True
    """False for what this version knows and a tenant scanner is not measured by."""


@dataclass(frozen=True)
class Framework:
    """A framework in the version that checks name."""

    name: str
    version: str
    source: str
    licence: str
    items: tuple[Item, ...]
    retired: frozenset[str]
    """Ids of earlier versions that mean nothing any more."""


@dataclass(frozen=True)
class Unknown:
    """An id that a check names and the framework doesn't have."""

    id: str
    check: str
    retired: bool


@dataclass(frozen=True)
class Coverage:
    """Which ids of a framework checks name: by id, the checks. An id covers itself alone, not what is below it."""

    framework: Framework
    checks: dict[str, tuple[str, ...]]
    unknown: tuple[Unknown, ...]

    @property
    def counted(self) -> tuple[Item, ...]:
        return tuple(item for item in self.framework.items if item.counted)

    @property
    def covered(self) -> tuple[Item, ...]:
        return tuple(item for item in self.counted if item.id in self.checks)

    @property
    def shown(self) -> tuple[Item, ...]:
        """What is counted, and besides what a check names all the same."""
        return tuple(item for item in self.framework.items if item.counted or item.id in self.checks)


@cache
def framework(name: str) -> Framework:
    """One of NAMES."""
    text = resources.files(__package__).joinpath(f"{name}.json").read_text("utf-8")
    return msgspec.convert(json.loads(text), Framework)


def coverage(name: str, checks: Iterable[Check]) -> Coverage:
    """What of a framework the checks cover."""
    wanted = framework(name)
    known = {item.id for item in wanted.items}
    named: dict[str, list[str]] = {}
    unknown = []
    for check in checks:
        for id in ids_of(name, check):
            if id in known:
                named.setdefault(id, []).append(check.id)
            else:
                unknown.append(Unknown(id, check.id, id in wanted.retired))
    return Coverage(wanted, {id: tuple(by) for id, by in named.items()}, tuple(unknown))


def ids_of(name: str, check: Check) -> tuple[str, ...]:
    """The ids that a check names of a framework, as the framework writes them.

    An id of another version of it keeps its prefix: it is none of this version's.
    """
    if name == "attack":
        return check.attack
    family, prefix = {
        "scuba": ("SCuBA", "SCuBA/"),
        "cis": ("CIS-M365-", f"CIS-M365-{framework(name).version}/"),
    }[name]
    return tuple(id.removeprefix(prefix) for id in check.controls if id.startswith(family))
