"""An administrator, and the ways in which somebody has or may take a role."""

from __future__ import annotations

from dataclasses import dataclass, field

from o365scan.api import Record

from .roles import Level, is_targetable

_TENANT = "/"


@dataclass(frozen=True)
class Holding:
    """One way in which somebody has a role."""

    role: Record
    level: Level
    scope: str
    """`directoryScopeId`: "/" is the whole tenant."""
    active: bool
    """Held now; otherwise something has to be done first."""
    source: Record
    """The assignment or eligibility that gives it."""
    by_role: bool = False
    """The role has to be activated."""
    group: Record | None = None
    """The group through which it comes."""
    by_membership: bool = False
    """The membership of the group, or its ownership, has to be activated: before the role, if that has to be too."""
    owner: Record | None = None
    """What makes them an owner of the group, if they are no member: they can add themself, and nothing is asked."""

    @property
    def reach(self) -> Level:
        """The level, lowered where only a part of the tenant is administered."""
        return self.level if self.is_of_tenant else min(self.level, Level.SERVICE)

    @property
    def is_of_tenant(self) -> bool:
        """Is it held in the whole tenant?"""
        return self.scope == _TENANT

    @property
    def is_targetable(self) -> bool:
        """Can a policy for the role apply, once it is held? It can to built-in roles, in the whole tenant."""
        return self.is_of_tenant and is_targetable(self.role)

    @property
    def is_targeted_by_roles(self) -> bool:
        """Does a policy for the role apply now?"""
        return self.active and self.is_targetable

    @property
    def is_joined(self) -> bool:
        """Is the group joined on the way to the role?"""
        return self.by_membership or self.owner is not None

    @property
    def is_owned(self) -> bool:
        """Does it come by owning the group, now or once that is activated?"""
        activates = self.by_membership and self.source.get("accessId") == "owner"
        return self.owner is not None or activates

    @property
    def taken(self) -> str:
        """What has happened once somebody has made use of it."""
        if self.owner is not None and self.group is not None and not self.by_role:
            return f"{self.role.title} is taken by joining the group {self.group.title}"
        return f"{self.role.title} is activated"

    def __str__(self) -> str:
        parts = [self.role.title]
        if self.group is not None:
            parts.append(f"through {'owning ' if self.is_owned else ''}the group {self.group.title}")
        if self.by_role or self.by_membership:
            parts.append("eligible")
        if not self.is_of_tenant:
            unit = self.scope.startswith("/administrativeUnits/")
            parts.append("in one administrative unit" if unit else "for one object")
        return parts[0] + (f" ({', '.join(parts[1:])})" if parts[1:] else "")


def furthest_first(holdings: list[Holding]) -> list[Holding]:
    """In the order in which they are told."""
    return sorted(holdings, key=lambda each: (-each.reach, not each.active, each.role.title))


def told(holdings: list[Holding]) -> str:
    """The furthest, and how many more there are."""
    first, *others = furthest_first(holdings)
    return f"{first}" + (f" and {len(others)} more" if others else "")


@dataclass
class Administrator:
    """Somebody who is given at least one administrative role."""

    user: Record
    holdings: list[Holding] = field(default_factory=list)
    other_roles: list[Holding] = field(default_factory=list)
    """Roles that make nobody an administrator, which policies may target all the same."""
    all_roles_known: bool = True
    """False if they may hold roles now that could not be read."""

    @property
    def reach(self) -> Level:
        """How far the furthest role reaches."""
        return max(holding.reach for holding in self.holdings)

    @property
    def targeted_roles(self) -> frozenset[str]:
        """The roles by which Conditional Access policies catch this person at sign-in."""
        held = (*self.holdings, *self.other_roles)
        return frozenset(each.role.key.lower() for each in held if each.is_targeted_by_roles)

    @property
    def active(self) -> tuple[Holding, ...]:
        return tuple(each for each in self.holdings if each.active)

    @property
    def furthest_first(self) -> list[Holding]:
        return furthest_first(self.holdings)
