"""Sign-ins with legacy protocols are blocked.

## What it looks at

Whether an ordinary member of the organisation can still sign in with a **legacy client**: Exchange ActiveSync, and what
Conditional Access calls *other clients* (IMAP, POP, authenticated SMTP and whatever else sends just a password).
Nobody can if security defaults are on, or if the enabled policies, taken together, leave no such sign-in that is not
blocked. It needs no policy of its own: a policy that asks for multifactor authentication and is for all client
types stops them too, as they can't answer; and one for *other clients* may be joined by one for ActiveSync. A policy
with the client types left at browsers and apps does not.

The finding is on the tenant. Where policies are for groups, their members are read, as in
`entra.mfa-is-required-of-everyone`. Which protocols Exchange Online still lets in is judged by the checks of that area;
both doors have to be shut, since an exception in one of them is easily made.

## Why it matters

A legacy client sends the password and can't be asked for anything else, so a guessed or reused password is enough
whatever other policies there are. Exchange Online itself takes a bare password for sending mail only (SMTP AUTH) since
2022, other services and older protocols of Entra ID do elsewhere, and password spraying looks for just that.

## Remediation

1. See who still uses them: Entra admin centre, Monitoring, Sign-in logs, filter *Client app* on the legacy ones.
2. Protection, Conditional Access, New policy from template, *Block legacy authentication*, or
   `New-MgIdentityConditionalAccessPolicy` with `clientAppTypes` `exchangeActiveSync` and `other`, all users, all
   resources, grant control `block`. Exclude break-glass accounts only.
3. Without Microsoft Entra ID P1 turn on security defaults.

## Options

```toml
[checks."entra.legacy-authentication-is-blocked"]
groups = ["0f3c1f0e-6f0b-4a51-9f0a-6f3a1a6f1f11"]
```

`groups` are ids of groups that everybody is in; nobody's membership is looked up then.

## Sources

- <https://learn.microsoft.com/entra/identity/conditional-access/policy-block-legacy-authentication>
- <https://learn.microsoft.com/entra/identity/conditional-access/concept-conditional-access-conditions>
- <https://learn.microsoft.com/entra/fundamentals/security-defaults>
"""

from __future__ import annotations

from collections.abc import Iterator

from o365scan.api import Data, Judgement, Record, Severity, check
from o365scan_entra.conditional_access_policy import Policy
from o365scan_entra.datasets import organization
from o365scan_entra.everyone import (
    LEGACY_CLIENTS,
    MEMBER,
    OPTIONAL,
    READS,
    Everybody,
    Wanted,
    judged,
    sign_in_policies,
)
from o365scan_entra.ways_around import SignIns


def _is_about_them(policy: Policy) -> bool:
    return policy.mentions_mfa or (policy.blocks and not policy.clients.isdisjoint(LEGACY_CLIENTS))


_WANTED = Wanted(SignIns(clients=LEGACY_CLIENTS), mentions=_is_about_them)


@check(
    "entra.legacy-authentication-is-blocked",
    severity=Severity.HIGH,
    each=organization,
    reads=READS,
    optional=OPTIONAL,
    options=Everybody,
    attack=["T1078.004", "T1110.003", "T1110.004"],
    controls=["SCuBA/MS.AAD.1.1v1", "CIS-M365-7.0/5.2.2.3"],
)
def legacy_authentication_is_blocked(_: Record, data: Data, options: Everybody) -> Iterator[Judgement]:
    rules = data.once(sign_in_policies)
    if rules.defaults_are_on:
        return
    yield from rules.unreadable
    yield from judged(
        rules.cover(MEMBER, _WANTED, options), "A legacy client needs just the password", *rules.shown
    )
