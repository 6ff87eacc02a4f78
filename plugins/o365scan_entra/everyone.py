"""What is asked of people at large when they sign in: an ordinary member of the organisation, an ordinary guest.

An ordinary member holds no role, and is in no group that a policy excludes. Whether everybody is in a group that a
policy includes is not read: what depends on that is open, unless an option says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from o365scan.api import Data, Evidence, Judgement, Record, Severity, Undecided, problem, undecided

from .answers import State
from .conditional_access import ConditionalAccess, Coverage
from .conditional_access_policy import CLIENTS, Person, Policy, Tri
from .policies import (
    authentication_strengths,
    conditional_access_policies,
    named_locations,
    security_defaults,
)
from .requirement import readable_policies
from .ways_around import MODERN_CLIENTS, SignIns

READS = (conditional_access_policies, security_defaults)
OPTIONAL = (named_locations, authentication_strengths)
"""What `sign_in_policies` looks into: the locations and strengths that policies name."""

MEMBER = Person("")
GUEST = Person("", external="b2bCollaborationGuest")
LEGACY_CLIENTS = tuple(each for each in CLIENTS if each not in MODERN_CLIENTS)

_SHOWN = 3


@dataclass(frozen=True)
class Everybody:
    """Groups that everybody is in, by id: policies for them are policies for everybody."""

    groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wanted:
    """What is asked about: which sign-ins, and which policies count."""

    among: SignIns
    asks: Callable[[Policy], Tri] = lambda policy: policy.requires
    mentions: Callable[[Policy], bool] = lambda policy: policy.mentions_mfa


@dataclass
class SignInPolicies:
    """Security defaults and the policies of a tenant."""

    defaults: Record | None
    policies: list[Policy] = field(default_factory=list)
    unreadable: list[Undecided] = field(default_factory=list)

    @property
    def defaults_are_on(self) -> bool:
        return self.defaults is not None and self.defaults.flag("isEnabled")

    @property
    def shown(self) -> tuple[Evidence, ...]:
        """That security defaults are off."""
        return () if self.defaults is None else (self.defaults.at("isEnabled"),)

    def cover(self, person: Person, wanted: Wanted, everybody: Everybody) -> Coverage:
        """Is what is wanted asked of such a person at each such sign-in?"""
        rules = ConditionalAccess(
            self.policies, incomplete=bool(self.unreadable), asks=wanted.asks, mentions=wanted.mentions
        )
        given = frozenset(each.lower() for each in everybody.groups)
        coverage = rules.covers(replace(person, groups=given), wanted.among)
        if coverage.state is not State.NO:
            return coverage
        joined = rules.covers(replace(person, groups=given | self._included_groups()), wanted.among)
        if joined.state is State.NO:
            return coverage
        return replace(coverage, state=State.OPEN)

    def _included_groups(self) -> frozenset[str]:
        """Groups that policies include, and none excludes."""
        aimed = [each for each in self.policies if each.record["conditions/users"] is not None]
        included = {
            id.lower() for each in aimed for id in each.record.texts("conditions/users/includeGroups")
        }
        excluded = {
            id.lower() for each in aimed for id in each.record.texts("conditions/users/excludeGroups")
        }
        return frozenset(included - excluded)


def sign_in_policies(data: Data) -> SignInPolicies:
    """For `data.once`. Raises Undecidable if security defaults could not be read."""
    policies, unreadable = readable_policies(data)
    return SignInPolicies(next(iter(data[security_defaults]), None), policies, unreadable)


def judged(
    coverage: Coverage, said: str, *evidence: Evidence, severity: Severity | None = None
) -> Iterator[Judgement]:
    """A problem where a sign-in meets no policy that asks for what is wanted; `said` tells what then happens."""
    if coverage.state is State.YES:
        return
    named = "; ".join(map(str, coverage.reasons[:_SHOWN]))
    if len(coverage.reasons) > _SHOWN:
        named += "; and more"
    if coverage.state is State.NO:
        why = named or "no policy comes near it"
        shown = tuple(each for reason in coverage.reasons[:_SHOWN] for each in reason.evidence)
        yield problem(f"{said}: {coverage.way_around} ({why}).", *evidence, *shown, severity=severity)
    else:
        why = named or "it depends on groups, and whether everybody is in them was not read"
        yield undecided(
            f"It can't be told that every sign-in is covered, for one {coverage.way_around}: {why}."
        )
