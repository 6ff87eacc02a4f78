"""Conditional Access policies exclude emergency accounts and nobody else.

## What it looks at

The people, groups and roles that each enabled policy excludes which asks something of those who sign in, or blocks
them. Three kinds of exception are expected:

- **Emergency (break-glass) accounts**, known by their pattern: they are left out of *every* policy that is for
  everybody and all resources; there are no more than four; they are members, made in the cloud, without licences; and
  they are named one by one or in a group that can hold roles, which only privileged administrators can change.
- The roles of **directory synchronisation**, and accounts that hold nothing else: they can't do multifactor
  authentication.
- What is accepted below.

Anything else is one finding on the policy, with how many and whom. Medium where the policy is one for all sign-ins or
blocks legacy clients; low for policies by place, risk, platform, device, flow or application. Guests as a kind
(`GuestsOrExternalUsers`) are judged by `entra.mfa-is-required-of-everyone`, applications by `entra.admin-has-mfa`,
deleted objects by `entra.exclusion-still-exists`. Who is in a group is only read of groups that can hold roles.

## Why it matters

Exceptions are made in a hurry and stay. An account that is excepted needs a password and nothing else. A group that
can't hold roles is open to anybody who manages groups, or owns it: adding somebody lifts the policy for them and
leaves the policy itself untouched. Intruders do just that.

## Remediation

1. Entra admin centre, Protection, Conditional Access, the policy, Users, Exclude: take out who has no reason to be
   there, or `Update-MgIdentityConditionalAccessPolicy`.
2. Put the emergency accounts into one group made with *Microsoft Entra roles can be assigned to the group*, and
   exclude that group from every policy but one that asks them for a passkey.
3. Give accounts of services a managed identity or an app instead, and rooms a policy of their own.

## Options

```toml
[checks."entra.exclusion-is-break-glass"]
accepted = ["1ed6858d-039a-4666-a10d-6226a204c633"]
```

`accepted` are ids of users, groups or roles that may be excluded.

## Sources

- <https://learn.microsoft.com/entra/identity/role-based-access-control/security-emergency-access>
- <https://learn.microsoft.com/entra/identity/conditional-access/concept-conditional-access-users-groups>
- <https://learn.microsoft.com/entra/identity/role-based-access-control/groups-concept>
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from o365scan.api import (
    Data,
    Evidence,
    Judgement,
    Record,
    Severity,
    Undecidable,
    Undecided,
    check,
    problem,
)
from o365scan_entra.administrators import READS as ADMINISTRATORS
from o365scan_entra.administrators import administrators
from o365scan_entra.break_glass import READS, break_glass, excluded
from o365scan_entra.conditional_access import bounds
from o365scan_entra.conditional_access_policy import DISABLED, REPORT_ONLY, Policy, Tenant
from o365scan_entra.datasets import (
    authentication_strengths,
    conditional_access_policies,
    groups,
    named_locations,
    role_definitions,
    users,
)
from o365scan_entra.roles import SYNCHRONISATION

_WORDS = frozenset({"guestsorexternalusers"})
_SHOWN = 5


@dataclass(frozen=True)
class Accepted:
    """Who may be excluded, by id."""

    accepted: tuple[str, ...] = ()


@check(
    "entra.exclusion-is-break-glass",
    severity=Severity.MEDIUM,
    each=conditional_access_policies,
    reads=[each for each in READS if each is not conditional_access_policies],
    optional=[
        groups,
        named_locations,
        authentication_strengths,
        *(each for each in ADMINISTRATORS if each not in READS),
    ],
    options=Accepted,
    attack=["T1556.009", "T1078.004"],
    controls=["CIS-M365-7.0/1.1.2"],
)
def exclusion_is_break_glass(policy: Record, data: Data, options: Accepted) -> Iterator[Judgement]:
    if policy.text("state") in (DISABLED, REPORT_ONLY) or policy["conditions/users"] is None:
        return
    if policy["grantControls"] is None:
        return
    judged = Policy(policy, Tenant())
    expected = _WORDS | SYNCHRONISATION | {id.lower() for id in options.accepted}
    found, shown = list[str](), list[Evidence]()
    for kind, path, ids in excluded(policy):
        others = [id for id in ids if id.lower() not in expected]
        if not others:
            continue
        yield from data.once(break_glass).unreadable
        try:
            strangers = _strangers(kind, others, data)
        except Undecidable as cause:  # which hides no other kind
            yield Undecided.by(cause)
            continue
        if strangers:
            found += [f"the {kind} {_name(id, data)}" for id in strangers]
            shown.append(policy.at(path))
    if found:
        more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
        yield problem(
            f"It excludes {', '.join(found[:_SHOWN])}{more}, beyond emergency accounts.",
            *shown,
            severity=Severity.MEDIUM if _is_basic(judged) else Severity.LOW,
        )


def _strangers(kind: str, ids: list[str], data: Data) -> list[str]:
    """Those that are neither for emergencies nor synchronise the directory. Raises Undecidable."""
    strangers = [id for id in ids if id.lower() not in data.once(break_glass).ids]
    if not strangers or kind != "user":
        return strangers
    synchronising = data.once(_synchronising)
    return [id for id in strangers if id.lower() not in synchronising]


def _synchronising(data: Data) -> frozenset[str]:
    return frozenset(id.lower() for id in data.once(administrators).synchronisation)


def _is_basic(policy: Policy) -> bool:
    """Is it a policy for all sign-ins, or for all with legacy clients?"""
    return set(bounds(policy)) <= {"clientAppTypes"} and policy.requires is not False


def _name(id: str, data: Data) -> str:
    return data.once(_names).get(id.lower(), id)


def _names(data: Data) -> dict[str, str]:
    known = {each.key.lower(): each.title for each in data[users]}
    for dataset in (groups, role_definitions):
        known |= {each.key.lower(): each.title for each in data.get(dataset) or ()}
    return known
