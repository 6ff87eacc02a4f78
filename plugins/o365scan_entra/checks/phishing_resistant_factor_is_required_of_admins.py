"""Conditional Access requires a phishing-resistant factor of administrators.

## What it looks at

Everybody who holds, or may activate, a role from which the whole tenant is one step away: whether each sign-in of
theirs meets a policy that blocks it or asks for an authentication strength whose combinations are all
phishing-resistant (passkey or security key, Windows Hello for Business, multifactor certificate). Several
policies count together, as in `entra.admin-has-mfa`: what a policy excludes, or is bound to, is a way around it.
*MFA or* such a strength is not it. Roles that have to be activated are looked at as activated.

Left out are disabled accounts, and those of rooms and agents. Per-user settings and security defaults accept what
can be phished, so they don't count. There is one finding for all, on the policies: one policy mends it. It is low
where only accounts that look like those for emergencies are left. Without Microsoft Entra ID P1 there can be no such
policy: info, and told apart from what can be mended.

## Why it matters

An administrator who has a passkey, and may still sign in with a code, is phished with the code: the false page asks
for the weaker of the two.

## Remediation

Entra admin centre, Protection, Conditional Access, new policy from the template *Require phishing-resistant multifactor
authentication for administrators*, or `New-MgIdentityConditionalAccessPolicy`: include the roles (those of
*Privileged*), all resources, no conditions, grant *Require authentication strength: Phishing-resistant MFA*. Exclude
only break-glass accounts, and give these a policy of their own that asks for the same. See first that everybody has
such a factor (`entra.admin-has-phishing-resistant-factor`). Microsoft Entra ID P1 is needed.

## Without the licence

Without Microsoft Entra ID P1 it can't be required. Administrators can have a passkey all the same, and use it:
whoever never types a code is not used to being asked for one (`entra.admin-has-phishing-resistant-factor`).

## Options

```toml
[checks."entra.phishing-resistant-factor-is-required-of-admins"]
accepted = ["break.glass@contoso.com"]
```

`accepted` are user principal names or object ids of whom it need not be required.

## Sources

- <https://learn.microsoft.com/entra/identity/conditional-access/policy-admin-phish-resistant-mfa>
- <https://learn.microsoft.com/entra/identity/authentication/concept-authentication-strengths>
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from o365scan.api import Data, Judgement, Record, Severity, check, independently, problem, undecided
from o365scan_entra.admin_judging import is_named, unknown_roles
from o365scan_entra.administrators import READS, administrators
from o365scan_entra.answers import State
from o365scan_entra.break_glass import emergency_accounts
from o365scan_entra.datasets import (
    admin_memberships,
    authentication_strengths,
    conditional_access_policies,
    named_locations,
    subscribed_skus,
)
from o365scan_entra.licences import P1, lacks, out_of_reach
from o365scan_entra.people import is_agent, is_room
from o365scan_entra.phishing_resistance import phishing_resistance
from o365scan_entra.roles import Level

_SHOWN = 10
_NAMED = 3


@dataclass(frozen=True)
class AcceptedAdmins:
    """Administrators who may sign in with less."""

    accepted: tuple[str, ...] = ()


@check(
    "entra.phishing-resistant-factor-is-required-of-admins",
    severity=Severity.MEDIUM,
    reads=[conditional_access_policies, *READS],
    optional=[admin_memberships, authentication_strengths, named_locations, subscribed_skus],
    options=AcceptedAdmins,
    attack=["T1078.004", "T1557", "T1566.002", "T1621"],
    controls=["SCuBA/MS.AAD.3.6v1", "CIS-M365-7.0/5.2.2.5"],
)
def phishing_resistant_factor_is_required_of_admins(
    data: Data, options: AcceptedAdmins
) -> Iterator[Judgement]:
    everybody, rules = data.once(administrators), data.once(phishing_resistance)
    yield from (*rules.unreadable, *everybody.doubts)
    yield from independently(unknown_roles(everybody.unknown))
    found: dict[State, list[Record]] = {state: [] for state in State}
    for admin in everybody.people.values():
        if admin.reach is Level.TENANT and _is_asked(admin.user, options):
            found[rules.required_of(admin, data)].append(admin.user)
    if unasked := found[State.NO]:
        said = f"No policy requires a phishing-resistant factor of {_names(unasked)} at every sign-in"
        evidence = [each.at("userPrincipalName") for each in unasked[:_SHOWN]]
        in_reserve = {each.key.lower() for each in unasked} <= emergency_accounts(data)
        severity = Severity.LOW if in_reserve else None
        if lacks(data, P1):
            yield out_of_reach(P1, said, *evidence)
        else:
            yield problem(f"{said}.", *evidence, severity=severity)
    if unclear := found[State.OPEN]:
        yield undecided(
            f"Whether a policy requires a phishing-resistant factor of {_names(unclear)} can't be told.",
            *(each.at("userPrincipalName") for each in unclear[:_SHOWN]),
        )


def _is_asked(user: Record, options: AcceptedAdmins) -> bool:
    exempt = is_agent(user) or is_room(user) or is_named(user, options.accepted)
    return user.flag("accountEnabled") and not exempt


def _names(people: list[Record]) -> str:
    named = ", ".join(each.title for each in people[:_NAMED])
    more = len(people) - _NAMED
    administrators = "administrator" if len(people) == 1 else "administrators"
    return f"{len(people)} {administrators} ({named}{f' and {more} more' if more > 0 else ''})"
