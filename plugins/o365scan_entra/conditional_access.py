"""Whether Conditional Access asks a person for multifactor authentication at every sign-in.

Policies add up: a sign-in has to satisfy each policy that applies to it, so it is safe as soon as one of them insists
on multifactor authentication or blocks. So the question is whether there is a sign-in (to some application, from
some client, platform, place and device, at some risk) to which no such policy applies.

What can't be resolved (a group whose members were not read, a condition that is not known, a third party's
control) is looked at from both sides: a person is protected if they are so without it, unprotected if they are not
even with it, and undecided in between.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from o365scan.api import Evidence, Record

from .answers import State
from .conditional_access_apps import CORE, EVERYTHING, GROUPS, NOTHING, OFFICE, PORTALS
from .conditional_access_policy import (
    CLIENTS,
    CONTEXT,
    DISABLED,
    PLATFORMS,
    REPORT_ONLY,
    Person,
    Policy,
    Tri,
)
from .ways_around import ALL_SIGN_INS, MODERN_CLIENTS, OTHER_APPLICATION, SignIns, way_around

_BY_CHANCE, _FOR_OTHERS = 1, 2
_CHANCES = frozenset({"userRiskLevels", "signInRiskLevels", "insiderRiskLevels", "authenticationFlows"})


@dataclass(frozen=True)
class Reason:
    """Why one policy does not protect somebody."""

    policy: Record
    text: str
    evidence: tuple[Evidence, ...] = ()
    distance: int = 0
    """How far the policy is from doing so."""

    def __str__(self) -> str:
        return f'"{self.policy.title}" {self.text}'


@dataclass(frozen=True)
class Coverage:
    """Whether multifactor authentication is required of somebody at every sign-in."""

    state: State
    way_around: str = ""
    """A sign-in that no policy covers, in words."""
    legacy_only: bool = False
    """Is it possible with legacy clients only?"""
    reasons: tuple[Reason, ...] = ()


class ConditionalAccess:
    """All policies of a tenant, and what they require of whom."""

    def __init__(
        self,
        policies: Iterable[Policy],
        *,
        incomplete: bool = False,
        asks: Callable[[Policy], Tri] = lambda policy: policy.requires,
        mentions: Callable[[Policy], bool] = lambda policy: policy.mentions_mfa,
    ) -> None:
        """`incomplete`: there are policies that could not be read, so that none may be missing for certain.

        `asks` says which policies count as asking for what is wanted, by default multifactor authentication;
        `mentions` which are worth naming where it is missed.
        """
        self._asks, self._mentions = asks, mentions
        everything = list(policies)
        self._policies = [each for each in everything if each.state not in (DISABLED, REPORT_ONLY)]
        self._report_only = [each for each in everything if each.state == REPORT_ONLY]
        self._incomplete = incomplete
        self._known: dict[tuple[object, ...], tuple[State, str, bool]] = {}

    def requires_mfa(self, person: Person, clients: tuple[str, ...] = CLIENTS) -> Coverage:
        """Is multifactor authentication required of the person at every sign-in to what matters?"""
        return self.covers(person, SignIns(clients))

    def covers(self, person: Person, among: SignIns = ALL_SIGN_INS) -> Coverage:
        """Is what is wanted asked of the person at each of these sign-ins to what matters?"""
        applications = (OTHER_APPLICATION, OFFICE, PORTALS, *sorted(self._named & CORE))
        return self._assess(person, applications, among)

    def requires_mfa_in_context(self, person: Person, context: str) -> Coverage:
        """Is it required of the person where an authentication context is asked for?"""
        return self._assess(person, (CONTEXT + context,))

    def exempt_applications(self, person: Person) -> Iterator[tuple[Policy, str]]:
        """Applications of lesser weight that the person reaches without it, and the policies that exempt each."""
        possible = self._applicable(person)
        for application in sorted(self._named - CORE):
            if way_around(possible, (application,), sure=False) is not None:
                yield from ((each, application) for each in possible if application in each.exclude_apps)

    def spare(self, person: Person) -> bool:
        """Does every enabled policy leave the person out, and at least one of them expressly?"""
        return all(each.aims_at(person) is False for each in self._policies) and any(
            each.excludes(person) for each in self._policies
        )

    @cached_property
    def _named(self) -> frozenset[str]:
        named = frozenset[str]().union(*(each.include_apps | each.exclude_apps for each in self._policies))
        return named - GROUPS

    @cached_property
    def excluded(self) -> frozenset[str]:
        """The roles and groups that policies exclude: who comes by one may lose what protects them."""
        users = [each for each in self._policies if each.record["conditions/users"] is not None]
        return frozenset[str]().union(*(each.excluded for each in users))

    def _applicable(self, person: Person) -> list[Policy]:
        return [
            each for each in self._policies
            if each.aims_at(person) is not False and self._asks(each) is not False
        ]  # fmt: skip

    def _assess(
        self, person: Person, applications: tuple[str, ...], among: SignIns = ALL_SIGN_INS
    ) -> Coverage:
        possible = [
            each for each in self._applicable(person)
            if any(each.is_for_application(application, sure=False) for application in applications)
        ]  # fmt: skip
        sure = [each for each in possible if self._is_sure(each, person)]
        state, way, legacy = self._look(possible, sure, applications, among)
        if state is State.YES:
            return Coverage(state)
        if state is State.NO:
            return Coverage(state, way, legacy, self._reasons(person))
        return Coverage(state, way, False, tuple(_doubts(possible, sure, person)))

    def _look(
        self,
        possible: list[Policy],
        sure: list[Policy],
        applications: tuple[str, ...],
        among: SignIns,
    ) -> tuple[State, str, bool]:
        key = (tuple(map(id, possible)), tuple(map(id, sure)), applications, among)
        if key not in self._known:
            self._known[key] = self._look_anew(possible, sure, applications, among)
        return self._known[key]

    def _look_anew(
        self,
        possible: list[Policy],
        sure: list[Policy],
        applications: tuple[str, ...],
        among: SignIns,
    ) -> tuple[State, str, bool]:
        unsure = way_around(sure, applications, sure=True, among=among)
        if unsure is None:
            return State.YES, "", False
        way = None if self._incomplete else way_around(possible, applications, sure=False, among=among)
        if way is None:
            return State.OPEN, unsure, False
        clients = tuple(each for each in MODERN_CLIENTS if each in among.clients)
        ordinary = replace(among, clients=clients)
        modern = way_around(possible, applications, sure=False, among=ordinary) if clients else None
        return State.NO, modern or way, modern is None

    def _reasons(self, person: Person) -> tuple[Reason, ...]:
        """Why the policies that ask for multifactor authentication don't do so of this person at every sign-in.

        Those that come near it first; those that are for others only if there is nothing else to say.
        """
        asking = [each for each in (*self._policies, *self._report_only) if self._mentions(each)]
        found = [reason for each in asking if (reason := self._missed(each, person)) is not None]
        near = [each for each in found if each.distance < _FOR_OTHERS]
        return tuple(sorted(near or found, key=lambda each: each.distance))

    def _is_sure(self, policy: Policy, person: Person) -> bool:
        settled = policy.state == "enabled" and not policy.unknown
        return settled and self._asks(policy) is True and policy.aims_at(person) is True

    def _missed(self, policy: Policy, person: Person) -> Reason | None:
        record = policy.record
        if record["conditions/users"] is None or not policy.include_apps - {NOTHING}:
            return None  # for workloads, user actions or authentication contexts
        excluded = [path for hit, path in policy.selections("exclude", person) if hit]
        if excluded:
            return Reason(record, _excluding(excluded[0]), (record.at(excluded[0]),))
        if policy.aims_at(person) is False:
            return Reason(record, "does not include the account", _included(record), _FOR_OTHERS)
        if policy.state == REPORT_ONLY:
            return Reason(record, "only reports", (record.at("state"),))
        if self._asks(policy) is False:
            controls = ("builtInControls", "operator", "authenticationStrength")
            evidence = tuple(record.at(f"grantControls/{each}") for each in controls)
            return Reason(record, "is content with something else", evidence)
        return _limited(policy)


def _doubts(possible: list[Policy], sure: list[Policy], person: Person) -> Iterator[Reason]:
    unsure = [each for each in possible if each not in sure]
    yield from (_doubt(each, person) for each in unsure)
    for policy in () if unsure else possible:
        if policy.device_filter or policy.include_places is not None:
            yield Reason(
                policy.record, "depends on devices or places of which it can't be told how they overlap"
            )


def _doubt(policy: Policy, person: Person) -> Reason:
    record = policy.record
    if policy.asks_a_third_party:
        return Reason(
            record, "leaves it to a third party", (record.at("grantControls/customAuthenticationFactors"),)
        )
    if policy.unknown:
        return Reason(record, f"has a condition that is not understood ({', '.join(policy.unknown)})")
    if policy.aims_at(person) is None:
        return Reason(record, "is for groups or tenants that could not be resolved")
    if policy.requires is None:
        return Reason(record, "asks for something that is not understood", (record.at("grantControls"),))
    return Reason(record, "has a state that is not understood", (record.at("state"),))


def _excluding(path: str) -> str:
    ways = {"Users": "by name", "Groups": "through a group", "Roles": "through a role"}
    how = next((said for end, said in ways.items() if path.endswith(f"exclude{end}")), "as a guest")
    return f"excludes the account {how}"


def _included(record: Record) -> tuple[Evidence, ...]:
    return tuple(record.at(f"conditions/users/include{what}") for what in ("Users", "Groups", "Roles"))


def bounds(policy: Policy) -> list[str]:
    """The conditions, beside the users', that keep a policy from some sign-ins."""
    anywhere = (None, frozenset({"All"}))
    limits = {
        "applications": policy.include_apps != {EVERYTHING} or bool(policy.exclude_apps),
        "clientAppTypes": not policy.clients.issuperset(CLIENTS),
        "platforms": not policy.platforms.issuperset(PLATFORMS),
        "locations": policy.include_places not in anywhere or bool(policy.exclude_places),
        "devices": policy.device_filter is not None,
        "userRiskLevels": bool(policy.user_risks),
        "signInRiskLevels": bool(policy.sign_in_risks),
        "insiderRiskLevels": policy.insider_risks is not None,
        "authenticationFlows": policy.flows is not None,
    }
    return [name for name, is_set in limits.items() if is_set]


def _limited(policy: Policy) -> Reason:
    bound = bounds(policy)
    text = f"is bound to {', '.join(bound)}" if bound else "does not cover it"
    distance = _BY_CHANCE if _CHANCES.intersection(bound) else 0
    return Reason(
        policy.record, text, tuple(policy.record.at(f"conditions/{name}") for name in bound), distance
    )
