"""A block by country leaves no country out, the unknown ones included.

## What it looks at

Each named location made of countries. If policies that block are meant to use it, they must really do so:

- **Used**: at least one enabled policy with the grant *block* includes or excludes it. A location that is in no enabled
  policy, or only in one that reports or is switched off, blocks nobody: low. A location that enabled policies use for
  something else (to ask for a second factor, say) is not judged further.
- **Unknown countries**: of an address that Microsoft can't place, the country is unknown. If the policy blocks
  everywhere *but* this location, it must not include unknown countries (`includeUnknownCountriesAndRegions`):
  otherwise whoever hides the country is let in: medium. If it blocks *just* this location, it must include them, in
  one of the blocked locations: low.
- **Everything**: one of these policies is for all people and all resources, and has no condition beside the place.
  Otherwise there is a way past it: low.

A tenant without such locations has nothing to judge: blocking countries is a choice.

## Why it matters

A block by country stops no one who is determined, and keeps much noise out. A block that is not what people think it is
worse than none: nobody looks at sign-ins from there any more.

## Remediation

Entra admin centre, Protection, Conditional Access, Named locations: clear (or, for a list of blocked countries, set)
*Include unknown countries/regions*, or `Update-MgIdentityConditionalAccessNamedLocation`. For the policy: include all
users and all resources, Locations *Any location* without the allowed one, *Block access*, state On; try it in
report-only mode first. Delete a location that nothing uses.

## Sources

- <https://learn.microsoft.com/entra/identity/conditional-access/policy-block-by-location>
- <https://learn.microsoft.com/entra/identity/conditional-access/concept-assignment-network>
- <https://learn.microsoft.com/graph/api/resources/countrynamedlocation>
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from o365scan.api import Data, Judgement, Record, Severity, check, problem, undecided
from o365scan_entra.conditional_access import bounds
from o365scan_entra.conditional_access_policy import ENABLED, REPORT_ONLY, Policy, Tenant
from o365scan_entra.datasets import conditional_access_policies, named_locations
from o365scan_entra.everyone import MEMBER
from o365scan_entra.requirement import readable_policies

_OF_COUNTRIES = ".countryNamedLocation"
_UNKNOWN = "includeUnknownCountriesAndRegions"


@dataclass(frozen=True)
class _Uses:
    """The policies that name a location."""

    excluding: list[Policy]
    """They block, and let this location in."""
    including: list[Policy]
    """They block this location."""
    for_else: list[Policy]
    """They are enabled, and block nobody."""
    reporting: list[Policy]


@check(
    "entra.country-block-is-whole",
    severity=Severity.MEDIUM,
    each=named_locations,
    reads=[conditional_access_policies],
    attack=["T1078.004", "T1110.003"],
    controls=["CIS-M365-7.0/5.2.2.15"],
)
def country_block_is_whole(location: Record, data: Data) -> Iterator[Judgement]:
    if not location.text("@odata.type").endswith(_OF_COUNTRIES) and "countriesAndRegions" not in location:
        return  # a range of addresses
    policies, unreadable = readable_policies(data, Tenant())
    yield from unreadable
    yield from _unclear(location, policies)
    uses = _uses(location, policies)
    if uses.excluding or uses.including:
        yield from _unknown(location, uses, data)
        yield from _way_past(location, [*uses.excluding, *uses.including])
    elif not uses.for_else and not unreadable:
        only = "; ".join(f'"{each.record.title}" only reports' for each in uses.reporting)
        yield problem(
            f"No enabled policy uses these countries, so nobody is blocked{f' ({only})' if only else ''}.",
            location.at("countriesAndRegions"),
            *(each.record.at("state") for each in uses.reporting),
            severity=Severity.LOW,
        )


def _unclear(location: Record, policies: list[Policy]) -> Iterator[Judgement]:
    for each in policies:
        named = location.key in each.exclude_places | (each.include_places or frozenset())
        if named and each.state not in (ENABLED, REPORT_ONLY):
            said = f'Whether "{each.record.title}" uses it can\'t be told: its state is {each.state!r}.'
            yield undecided(said, each.record.at("state"))


def _uses(location: Record, policies: list[Policy]) -> _Uses:
    excluding = [each for each in policies if location.key in each.exclude_places]
    including = [each for each in policies if location.key in (each.include_places or ())]
    enabled = [each for each in (*excluding, *including) if each.state != REPORT_ONLY]
    return _Uses(
        [each for each in excluding if each in enabled and each.blocks],
        [each for each in including if each in enabled and each.blocks],
        [each for each in enabled if not each.blocks],
        [each for each in (*excluding, *including) if each.state == REPORT_ONLY],
    )


def _unknown(location: Record, uses: _Uses, data: Data) -> Iterator[Judgement]:
    unknown = location.flag(_UNKNOWN)
    if uses.excluding and unknown:
        named = ", ".join(f'"{each.record.title}"' for each in uses.excluding)
        yield problem(
            f"{named} blocks everywhere but here, and here includes unknown countries: who hides the country"
            " is let in.",
            location.at(_UNKNOWN),
            *(each.record.at("conditions/locations/excludeLocations") for each in uses.excluding),
        )
    if uses.including and not unknown and not _unknown_is_blocked(uses, data):
        named = ", ".join(f'"{each.record.title}"' for each in uses.including)
        yield problem(
            f"{named} blocks these countries, and not unknown ones: who hides the country is let in.",
            location.at(_UNKNOWN),
            severity=Severity.LOW,
        )


def _unknown_is_blocked(uses: _Uses, data: Data) -> bool:
    """Do the blocking policies that name the location block unknown countries through another one?"""
    blocked = frozenset[str]().union(*(each.include_places or frozenset() for each in uses.including))
    return any(each.key in blocked and each.get(_UNKNOWN) is True for each in data[named_locations])


def _way_past(location: Record, blocking: list[Policy]) -> Iterator[Judgement]:
    found = list[str]()
    for policy in blocking:
        bound = [each for each in bounds(policy) if each != "locations"]
        if policy.aims_at(MEMBER) is not True:
            bound.insert(0, "users")
        if not bound:
            return
        found.append(f'"{policy.record.title}" is bound to {", ".join(bound)}')
    yield problem(
        f"The block has a way past it: {'; '.join(found)}.",
        location.at("countriesAndRegions"),
        *(policy.record.at("conditions/users/includeUsers") for policy in blocking),
        severity=Severity.LOW,
    )
