"""A sign-in that Microsoft rates as risky is blocked, or has to prove itself anew.

## What it looks at

Whether enabled Conditional Access policies with the condition *sign-in risk*, taken together, stop every sign-in of an
ordinary member at **high** risk: by blocking it, or by asking for multifactor authentication. A policy for *medium and
high* does; one for *medium* alone does not, nor one for some applications or platforms.

A policy that asks everybody for a second factor at every sign-in does not count here: a stolen session has one, and
only a policy by risk asks again. Without Microsoft Entra ID P2 there is no risk to go by; that is said as info. The
older risk policies of Identity Protection itself (Protection, Identity Protection, *Sign-in risk policy*) can't be
read through Microsoft Graph v1.0 and are not counted.

## Why it matters

Risk is what Microsoft sees and the tenant can't: addresses of attackers, tokens replayed elsewhere, passwords tried
across many tenants. Without a policy the detection is a line in a report.

## Remediation

Protection, Conditional Access, New policy from template, *Require multifactor authentication for risky sign-ins*, or
`New-MgIdentityConditionalAccessPolicy` with `signInRiskLevels = @("high","medium")`, all users, all resources, grant
`mfa` (and sign-in frequency *every time*), or `block` for high risk. Exclude break-glass accounts only.

## Without the licence

Without Microsoft Entra ID P2 no policy can go by risk. Security defaults ask for a second factor where Microsoft
finds it needed, and everybody's risk is worked out all the same: Protection, Risky users shows the worst of it.

## Options

```toml
[checks."entra.risky-sign-in-is-stopped"]
groups = ["0f3c1f0e-6f0b-4a51-9f0a-6f3a1a6f1f11"]
```

`groups` are ids of groups that everybody is in; nobody's membership is looked up then.

## Sources

- <https://learn.microsoft.com/entra/id-protection/concept-identity-protection-policies>
- <https://learn.microsoft.com/entra/id-protection/howto-identity-protection-configure-risk-policies>
- <https://learn.microsoft.com/graph/api/resources/conditionalaccessconditionset>
"""

from __future__ import annotations

from collections.abc import Iterator

from o365scan.api import Data, Judgement, Record, Severity, check
from o365scan_entra.conditional_access_policy import Policy, Tri
from o365scan_entra.datasets import organization, subscribed_skus
from o365scan_entra.everyone import OPTIONAL, READS, Everybody, Wanted
from o365scan_entra.risk_policies import judged_by_risk
from o365scan_entra.ways_around import MODERN_CLIENTS, SignIns


def _stops(policy: Policy) -> Tri:
    return policy.requires if policy.sign_in_risks else False


_WANTED = Wanted(
    SignIns(clients=MODERN_CLIENTS, sign_in_risks=("high",)),
    asks=_stops,
    mentions=lambda policy: bool(policy.sign_in_risks),
)


@check(
    "entra.risky-sign-in-is-stopped",
    severity=Severity.MEDIUM,
    each=organization,
    reads=READS,
    optional=[*OPTIONAL, subscribed_skus],
    options=Everybody,
    attack=["T1078.004", "T1110.003", "T1550.004"],
    controls=["SCuBA/MS.AAD.2.3v1", "CIS-M365-7.0/5.2.2.7"],
)
def risky_sign_in_is_stopped(_: Record, data: Data, options: Everybody) -> Iterator[Judgement]:
    yield from judged_by_risk(data, _WANTED, "A sign-in at high risk is let through", options)
