"""One thing that an app may do, and all of them together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from o365scan.api import Evidence, Record, Undecided

from .app_permissions import Reach


@dataclass(frozen=True)
class Right:
    """One thing that an app may do. `name` is Microsoft's, and others may have it too.

    No right of another kind, API or scope has the same `token`.
    """

    name: str
    token: str
    reach: Reach
    evidence: tuple[Evidence, ...]
    writes_exchange: bool = False
    """A role that, with permission to run cmdlets, changes Exchange Online."""
    reads_exchange: bool = False
    """A role that lets the app see what Exchange Online is set to, and no more."""
    since: datetime | None = None
    """When it was given, where that is known."""
    limited: bool = False
    """It holds for a part of the tenant only."""
    way: str = ""
    """How the app came by it, if not directly."""

    @property
    def said(self) -> str:
        """The right as a finding shows it, and as it is accepted."""
        return self.token + self.way


@dataclass
class Rights:
    """What was found: the rights of each principal by its id, and what could not be found out."""

    principals: dict[str, Record]
    held: dict[str, list[Right]] = field(default_factory=lambda: defaultdict(list))
    doubts: list[Undecided] = field(default_factory=list)
    knows_roles: bool = True
    """Were all places read that give out roles? Else an app without one may have one."""


Found = Iterator[tuple[str, Right]]
"""Rights, each with the id of the principal that has it."""


def over_the_tenant(role: str) -> str:
    """The token of a directory role that nothing limits: not its bare name, which a role over less has too."""
    return f"{role} (whole tenant)"


def within(role: str, scope: str) -> str:
    """The token of a directory role that holds in a part of the tenant only."""
    return f"{role} (within {scope})"
