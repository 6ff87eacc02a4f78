"""Whether there is a sign-in to which none of some Conditional Access policies applies.

Each condition of a policy has few values that any of the policies tells apart. A value is told by which policies
apply to it, as bits; going through the conditions one by one, what is left of the policies after each is kept once,
with the most ordinary sign-in that leads there. Where nothing is left, that sign-in is a way around them all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import TypeVar

from .conditional_access_apps import NAMES
from .conditional_access_policy import (
    ANOTHER_TRUSTED,
    CLIENTS,
    CONTEXT,
    FLOWS,
    PLATFORMS,
    RISKS,
    OneRule,
    Policy,
    SomewhereIn,
    Tenant,
)

T = TypeVar("T")

OTHER_APPLICATION = "any other application"
MODERN_CLIENTS = ("browser", "mobileAppsAndDesktopClients")

_CLIENTS = {
    "browser": "",
    "mobileAppsAndDesktopClients": "with an app instead of a browser",
    "other": "with a legacy client",
    "easUnsupported": "with Exchange ActiveSync from an unsupported platform",
    "easSupported": "with Exchange ActiveSync",
}
_FLOWS = {"deviceCodeFlow": "with a device code", "authenticationTransfer": "by authentication transfer"}
_INSIDER_RISKS = ("none", "minor", "moderate", "elevated")
#: So many locations, or device rules, are combined in all ways.
_MANY = 8


@dataclass(frozen=True)
class SignIns:
    """Of which sign-ins it is asked: all, unless a condition is narrowed to some of its values."""

    clients: tuple[str, ...] = CLIENTS
    flows: tuple[str, ...] = FLOWS
    user_risks: tuple[str, ...] = RISKS
    sign_in_risks: tuple[str, ...] = RISKS


ALL_SIGN_INS = SignIns()

Choices = Iterable[tuple[T, str]]
"""The values of a condition, and how to say each: nothing for the ordinary one, which comes first."""


@dataclass(frozen=True)
class _Value:
    """One value of a condition: which policies (bit by bit) apply to it, and how to say it."""

    mask: int
    said: str


@dataclass(frozen=True)
class _Way:
    """What makes a sign-in what it is, beside the ordinary."""

    said: tuple[str, ...] = ()

    def with_(self, value: _Value) -> _Way:
        return _Way((*self.said, value.said)) if value.said else self

    def __str__(self) -> str:
        return ", ".join(self.said) or "in the ordinary way"


def way_around(
    policies: list[Policy], applications: Iterable[str], *, sure: bool, among: SignIns = ALL_SIGN_INS
) -> str | None:
    """A sign-in to which none of the policies applies, in words; None if there is none.

    `sure` counts a policy only where it applies for certain, otherwise wherever it may. Sign-ins that are not
    `among` those asked about don't matter.
    """
    ways = {(1 << len(policies)) - 1: _Way()}
    for values in _conditions(policies, applications, sure, among):
        following: dict[int, _Way] = {}
        for mask, way in ways.items():
            for value in values:
                next_, left = way.with_(value), mask & value.mask
                if left not in following or len(next_.said) < len(following[left].said):
                    following[left] = next_
        ways = following
    return str(ways[0]) if 0 in ways else None


def _conditions(
    policies: list[Policy], applications: Iterable[str], sure: bool, among: SignIns
) -> Iterator[list[_Value]]:
    def told_apart(choices: Choices[T], holds: Callable[[Policy, T], bool]) -> list[_Value]:
        kept: dict[int, _Value] = {}
        for value, said in choices:
            mask = sum(1 << index for index, policy in enumerate(policies) if holds(policy, value))
            kept.setdefault(mask, _Value(mask, said))
        return list(kept.values())

    yield told_apart(
        _of_applications(applications), lambda policy, each: policy.is_for_application(each, sure)
    )
    yield told_apart(
        ((each, _CLIENTS[each]) for each in among.clients),
        lambda policy, each: policy.is_for_client(each, sure),
    )
    yield told_apart(_of_platforms(), lambda policy, each: each in policy.platforms)
    yield told_apart(
        _of_risks(among.user_risks, "user"),
        lambda policy, each: not policy.user_risks or each in policy.user_risks,
    )
    yield told_apart(
        _of_risks(among.sign_in_risks, "sign-in"),
        lambda policy, each: not policy.sign_in_risks or each in policy.sign_in_risks,
    )
    yield told_apart(
        _of_risks(_INSIDER_RISKS, "insider"),
        lambda policy, each: policy.insider_risks is None or each in policy.insider_risks,
    )
    yield told_apart(
        ((each, _FLOWS.get(each, "")) for each in among.flows),
        lambda policy, each: policy.is_for_flow(each, sure),
    )
    yield told_apart(_of_places(policies, sure), lambda policy, each: policy.is_for_place(each, sure))
    yield told_apart(_of_devices(policies, sure), lambda policy, each: policy.is_for_device(each, sure))


def _of_applications(applications: Iterable[str]) -> Choices[str]:
    for each in applications:
        ordinary = each == OTHER_APPLICATION or each.startswith(CONTEXT)
        yield each, "" if ordinary else f"to {NAMES.get(each, f'the application {each}')}"


def _of_platforms() -> Choices[str]:
    for each in PLATFORMS:
        if each == "windows":
            yield each, ""
        else:
            yield each, "from a platform that is not recognised" if each == "unknown" else f"from {each}"


def _of_risks(levels: Iterable[str], whose: str) -> Choices[str]:
    for each in levels:
        yield each, "" if each == "none" else f"at {each} {whose} risk"


def _of_places(policies: list[Policy], sure: bool) -> Choices[frozenset[str] | SomewhereIn | None]:
    """The places that the policies tell apart, each as the named locations that it lies in.

    Locations may overlap, and it is not known which do. A further location takes a place out of a policy only if
    the policy excludes it, so to be sure, all combinations of excluded locations are looked at. To be possible, a
    range of addresses lies in no other range, and in some country: in each that the policies name. Of a location
    that was not read it isn't known which of the two it is: then a place in one may lie in any other.
    """
    tenant = policies[0].tenant if policies else Tenant()
    included, excluded = set[str](), set[str]()
    for policy in policies:
        included |= policy.include_places or frozenset()
        excluded |= policy.exclude_places
    named = _locations(included | excluded)
    said = {each: f'from the location "{tenant.names.get(each, each)}"' for each in named}
    said[ANOTHER_TRUSTED] = "from a trusted place"
    yield frozenset(), "from a place that no policy names" if named else ""
    if not sure and not set(named) <= {*tenant.trusted, ANOTHER_TRUSTED}:
        yield from ((SomewhereIn(each), said[each]) for each in named)
        return
    countries = [each for each in named if each in tenant.countries]
    yield from ((frozenset({each}), said[each]) for each in countries)
    ranges = [each for each in named if each not in tenant.countries]
    if sure or not countries:
        yield from ((frozenset({each}), said[each]) for each in ranges)
    yield from ((frozenset({each, country}), said[each]) for each in ranges for country in countries)
    if sure:
        yield from _overlaps(_locations(excluded))


def _locations(names: set[str]) -> list[str]:
    by_id = sorted(names - {"All", "AllTrusted"})
    return [*by_id, ANOTHER_TRUSTED] if "AllTrusted" in names else by_id


def _overlaps(locations: list[str]) -> Choices[frozenset[str] | None]:
    said = "from where locations overlap"
    if len(locations) > _MANY:
        yield None, said
        return
    for size in range(2, len(locations) + 1):
        yield from ((frozenset(several), said) for several in combinations(locations, size))


def _of_devices(policies: list[Policy], sure: bool) -> Choices[frozenset[str] | OneRule | None]:
    """The devices that the policies tell apart, each as the rules that it matches.

    How several rules relate can't be told from their text: to be sure, every combination is looked at, as if each
    could be true or false by itself. To be possible, a device matches one rule or does not, and whatever the others
    ask for applies to it.
    """
    rules = sorted({policy.device_filter[1] for policy in policies if policy.device_filter})
    if len(rules) > 1 and not sure:
        for rule in rules:
            yield OneRule(rule, matched=False), f"from a device that does not match {rule}"
            yield OneRule(rule, matched=True), f"from a device that matches {rule}"
        return
    if len(rules) > _MANY:
        yield None, ""
        return
    yield frozenset(), "from an unknown device" if rules else ""
    for size in range(1, len(rules) + 1):
        for matched in combinations(rules, size):
            yield frozenset(matched), f"from a device that matches {' and '.join(matched)}"
