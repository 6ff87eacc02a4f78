"""Everybody has to use a second factor to sign in.

## What it looks at

Whether an **ordinary member** of the organisation (no role, in no group that a policy excludes) and an **ordinary
guest** can sign in anywhere with a password alone. Nobody can if security defaults are on, or if the Conditional Access
policies, taken together, leave no sign-in by a browser or an app that neither needs multifactor authentication nor
is blocked. Every condition is looked at: a policy for Office 365 only, for some platforms, outside trusted places or
at some risk leaves the rest open, and several may close it together. *MFA or a compliant device* is not MFA; what only
reports asks for nothing. An authentication strength counts by its `requirementsSatisfied`.

The finding is on the tenant: one policy mends it. High if members can do without, medium if only guests can.

Where policies are for groups, their members are read, and it is asked of everybody who is enabled and no administrator:
the finding says how many are left, and is medium if none of them is a person with a licence. What can't be read leaves
it open, unless the groups are named below. Administrators are judged one by one by `entra.admin-has-mfa`, legacy
clients by `entra.legacy-authentication-is-blocked`, exceptions by `entra.exclusion-is-break-glass`. The older setting
of single accounts (per-user MFA) is not counted: each new account comes without it.

## Why it matters

Most accounts are lost to guessed, reused or phished passwords. A second factor stops all of those but phishing by
proxy, and an account of no importance is enough to write to colleagues, read what is shared and go on from there.

## Remediation

With Microsoft Entra ID P1: in the Entra admin centre go to Protection, Conditional Access, New policy from template,
*Require multifactor authentication for all users*, or `New-MgIdentityConditionalAccessPolicy`. Include all users and
all resources, set no conditions, exclude break-glass accounts only. Try it in report-only mode for some days, then
switch it on. Without P1 turn on security defaults (Overview, Properties), or
`Update-MgPolicyIdentitySecurityDefaultEnforcementPolicy -IsEnabled:$true`.

## Options

```toml
[checks."entra.mfa-is-required-of-everyone"]
groups = ["0f3c1f0e-6f0b-4a51-9f0a-6f3a1a6f1f11"]
```

`groups` are ids of groups that everybody is in; nobody's membership is looked up then.

## Sources

- <https://learn.microsoft.com/entra/identity/conditional-access/policy-all-users-mfa-strength>
- <https://learn.microsoft.com/entra/fundamentals/security-defaults>
- <https://learn.microsoft.com/graph/api/resources/conditionalaccesspolicy>
"""

from __future__ import annotations

from collections.abc import Iterator

from o365scan.api import Data, Judgement, Record, Severity, check
from o365scan_entra.answers import State
from o365scan_entra.datasets import organization
from o365scan_entra.everyone import (
    GUEST,
    MEMBER,
    OPTIONAL,
    READS,
    Everybody,
    Wanted,
    judged,
    sign_in_policies,
)
from o365scan_entra.ways_around import MODERN_CLIENTS, SignIns

_SAID = "An ordinary member can sign in without a second factor, if per-user MFA of the account doesn't ask for one"
_WANTED = Wanted(SignIns(clients=MODERN_CLIENTS))


@check(
    "entra.mfa-is-required-of-everyone",
    severity=Severity.HIGH,
    each=organization,
    reads=READS,
    optional=OPTIONAL,
    options=Everybody,
    attack=["T1078.004", "T1110", "T1556.006"],
    controls=["SCuBA/MS.AAD.3.2v2", "CIS-M365-7.0/5.2.2.2"],
)
def mfa_is_required_of_everyone(_: Record, data: Data, options: Everybody) -> Iterator[Judgement]:
    rules = data.once(sign_in_policies)
    if rules.defaults_are_on:
        return
    yield from rules.unreadable
    members = rules.cover(MEMBER, _WANTED, options)
    yield from judged(members, _SAID, *rules.shown)
    if members.state is State.NO:
        return  # what mends it for members is for guests too, and if not, it is said then
    yield from judged(
        rules.cover(GUEST, _WANTED, options),
        "A guest can sign in without a second factor",
        *rules.shown,
        severity=Severity.MEDIUM,
    )
