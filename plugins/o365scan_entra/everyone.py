"""What is asked of people at large when they sign in: an ordinary member of the organisation, an ordinary guest.

An ordinary member holds no role, and is in no group that a policy excludes. Where policies are for groups, it is asked
of everybody there is, by the groups that they are in; what depends on members that could not be read is open, unless an
option says that everybody is in the group.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

from o365scan.api import Data, Evidence, Judgement, Record, Severity, Undecided, problem, undecided

from .answers import State
from .conditional_access import ConditionalAccess, Coverage
from .conditional_access_policy import CLIENTS, Person, Policy, Tri
from .people import is_room
from .policies import (
    authentication_strengths,
    conditional_access_policies,
    named_locations,
    security_defaults,
)
from .policy_groups import OPTIONAL as PEOPLE
from .policy_groups import People, people_at_large
from .requirement import readable_policies
from .ways_around import MODERN_CLIENTS, SignIns

READS = (conditional_access_policies, security_defaults)
OPTIONAL = (named_locations, authentication_strengths, *PEOPLE)
"""What `sign_in_policies` looks into: the locations, strengths and groups that policies name."""

MEMBER = Person("")
GUEST = Person("", external="b2bCollaborationGuest")
LEGACY_CLIENTS = tuple(each for each in CLIENTS if each not in MODERN_CLIENTS)

_SHOWN = 3
#: So many groups are looked at in all combinations.
_MANY = 6


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


@dataclass(frozen=True)
class Reach:
    """Whether what is wanted is asked of people at large, and of whom it is not, if that was asked one by one."""

    coverage: Coverage
    missed: tuple[Record, ...] = ()
    among: int = 0
    """Out of so many."""
    unread: frozenset[str] = frozenset()
    """The groups whose members would have to be known."""

    @property
    def state(self) -> State:
        return self.coverage.state

    @property
    def said(self) -> str:
        if not self.missed:
            return ""
        names = ", ".join(each.title for each in self.missed[:_SHOWN])
        more = f" and {len(self.missed) - _SHOWN} more" if len(self.missed) > _SHOWN else ""
        return f" By their groups it is so for {len(self.missed)} of {self.among}: {names}{more}."

    @property
    def is_of_persons(self) -> bool:
        """Is it about people, as far as is known, and not just about accounts that nobody has a licence for?"""
        return not self.missed or any(
            each.objects("assignedLicenses") and not is_room(each) for each in self.missed
        )


@dataclass
class SignInPolicies:
    """Security defaults and the policies of a tenant."""

    data: Data
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

    def cover(self, person: Person, wanted: Wanted, everybody: Everybody) -> Reach:
        """Is what is wanted asked of such people at each such sign-in?

        Raises Undecidable if that depends on groups, and the people could not be read.
        """
        rules = ConditionalAccess(
            self.policies, incomplete=bool(self.unreadable), asks=wanted.asks, mentions=wanted.mentions
        )
        given = frozenset(each.lower() for each in everybody.groups)
        asked = _Asked(rules, wanted.among, given, *self._groups())
        coverage = asked.of(person)
        if coverage.state is not State.NO or not asked.depends_on_groups(person):
            return Reach(coverage)
        people = self.data.once(people_at_large)
        alike = {
            each: users for each, users in people.alike.items()
            if (each.external is None) == (person.external is None)
        }  # fmt: skip
        return asked.of_all(People(alike, people.unread), coverage)

    def _groups(self) -> tuple[frozenset[str], frozenset[str]]:
        """Those that policies include, and that they exclude."""
        aimed = [each.record for each in self.policies if each.record["conditions/users"] is not None]
        included, excluded = (
            frozenset(id.lower() for each in aimed for id in each.texts(f"conditions/users/{side}Groups"))
            for side in ("include", "exclude")
        )
        return included, excluded


@dataclass(frozen=True)
class _Asked:
    """The question, asked of people who are in different groups."""

    rules: ConditionalAccess
    among: SignIns
    given: frozenset[str]
    """Groups that everybody is in."""
    included: frozenset[str]
    excluded: frozenset[str]

    def depends_on_groups(self, person: Person) -> bool:
        """Is there a group, or are there several together, whose members are asked?"""
        if len(self.included) > _MANY:
            return True
        sizes = range(1, len(self.included) + 1)
        several = (frozenset(each) for size in sizes for each in combinations(sorted(self.included), size))
        return any(self.of(person, each).state is not State.NO for each in several)

    def of(self, person: Person, groups: frozenset[str] = frozenset()) -> Coverage:
        return self.rules.covers(replace(person, groups=self.given | groups), self.among)

    def of_all(self, people: People, coverage: Coverage) -> Reach:
        """Of everybody there is; `coverage` is that of somebody who is in no group."""
        missed, unsure = list[Record](), False
        for person, users in people.alike.items():
            own = person.groups or frozenset()
            states = {self._state(person, own | more) for more in self._possible(people.unread)}
            if states == {State.NO}:
                missed += users
            unsure = unsure or states not in ({State.NO}, {State.YES})
        among = sum(map(len, people.alike.values()))
        if missed:
            return Reach(coverage, tuple(missed) if len(missed) < among else (), among)
        if unsure:
            return Reach(replace(coverage, state=State.OPEN), unread=people.unread)
        return Reach(replace(coverage, state=State.YES))

    def _state(self, person: Person, groups: frozenset[str]) -> State:
        """Leaving out that they are in a group that is excluded: that is an exception, which is judged by itself."""
        state = self.of(person, groups).state
        if state is State.NO and groups & self.excluded:
            return self.of(person, groups - self.excluded).state
        return state

    def _possible(self, unread: frozenset[str]) -> Sequence[frozenset[str]]:
        """In which of the groups that could not be read somebody may be."""
        return frozenset[str](), unread & (self.included - self.excluded), unread


def sign_in_policies(data: Data) -> SignInPolicies:
    """For `data.once`. Raises Undecidable if security defaults could not be read."""
    policies, unreadable = readable_policies(data)
    return SignInPolicies(data, next(iter(data[security_defaults]), None), policies, unreadable)


def judged(
    reach: Reach, said: str, *evidence: Evidence, severity: Severity | None = None
) -> Iterator[Judgement]:
    """A problem where a sign-in meets no policy that asks for what is wanted; `said` tells what then happens."""
    coverage = reach.coverage
    if coverage.state is State.YES:
        return
    named = "; ".join(map(str, coverage.reasons[:_SHOWN]))
    if len(coverage.reasons) > _SHOWN:
        named += "; and more"
    if coverage.state is State.NO:
        why = named or "no policy comes near it"
        shown = [each for reason in coverage.reasons[:_SHOWN] for each in reason.evidence]
        shown += [each.at("userPrincipalName") for each in reach.missed[:_SHOWN]]
        yield problem(
            f"{said}: {coverage.way_around} ({why}).{reach.said}",
            *evidence,
            *shown,
            severity=severity or (None if reach.is_of_persons else Severity.MEDIUM),
        )
    else:
        yield undecided(_doubt(reach, named))


def _doubt(reach: Reach, named: str) -> str:
    said = f"It can't be told that every sign-in is covered, for one {reach.coverage.way_around}"
    if not reach.unread:
        return f"{said}: {named}." if named else f"{said}."
    groups = ", ".join(sorted(reach.unread)[:_SHOWN])
    return (
        f"{said}: it depends on the members of groups that could not be read ({groups}). Grant what reads them, or"
        " name the groups that everybody is in as an option of the check."
    )
