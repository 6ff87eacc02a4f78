"""An account that Microsoft rates as compromised is blocked, or has to change its password.

## What it looks at

Whether enabled Conditional Access policies with the condition *user risk*, taken together, stop every sign-in of an
ordinary member whose account is at **high** risk: by blocking it, by asking for a new password (`passwordChange`), or
by *require risk remediation* (`riskRemediation`). Multifactor authentication alone does not count: it lets an account
go on whose password is on sale.

Without Microsoft Entra ID P2 there is no risk to go by; that is said as info. The older user risk policy of Identity
Protection itself can't be read through Microsoft Graph v1.0 and is not counted.

## Why it matters

User risk says that this account's password was found among leaked ones, or that somebody else has been using it.
Until it is changed the account is open, and nobody is told unless somebody reads the report.

## Remediation

Protection, Conditional Access, New policy from template, *Require password change for high-risk users*, or
`New-MgIdentityConditionalAccessPolicy` with `userRiskLevels = @("high")`, all users, all resources, grant `mfa` and
`passwordChange` with the operator `AND`; or `block`. Exclude break-glass accounts only. People whose password lives on
premises need password writeback for that.

## Without the licence

Without Microsoft Entra ID P2 no policy can go by risk. Protection, Risky users in the Entra admin centre shows people
at medium and high risk, without the details: give them a new password by hand.

## Options

```toml
[checks."entra.risky-user-is-stopped"]
groups = ["0f3c1f0e-6f0b-4a51-9f0a-6f3a1a6f1f11"]
```

`groups` are ids of groups that everybody is in; nobody's membership is looked up then.

## Sources

- <https://learn.microsoft.com/entra/id-protection/concept-identity-protection-policies>
- <https://learn.microsoft.com/entra/id-protection/howto-identity-protection-configure-risk-policies>
- <https://learn.microsoft.com/graph/api/resources/conditionalaccessgrantcontrols>
"""

from __future__ import annotations

from collections.abc import Iterator

from o365scan.api import Data, Judgement, Record, Severity, check
from o365scan_entra.conditional_access_policy import Policy
from o365scan_entra.datasets import organization, subscribed_skus
from o365scan_entra.everyone import OPTIONAL, READS, Everybody, Wanted
from o365scan_entra.risk_policies import judged_by_risk
from o365scan_entra.ways_around import MODERN_CLIENTS, SignIns

_STOPPING = frozenset({"block", "passwordChange", "riskRemediation"})


def _stops(policy: Policy) -> bool:
    if not policy.user_risks or policy.record["grantControls"] is None:
        return False
    controls = policy.record.texts("grantControls/builtInControls")
    # With "OR" whatever else is asked for is a way past it.
    others = (
        *controls,
        *policy.record.texts("grantControls/customAuthenticationFactors"),
        *policy.record.texts("grantControls/termsOfUse"),
        *([] if policy.record["grantControls/authenticationStrength"] is None else ["strength"]),
    )
    all_needed = len(others) == 1 or policy.record.text("grantControls/operator", nullable=True) == "AND"
    return "block" in controls or (all_needed and not _STOPPING.isdisjoint(controls))


_WANTED = Wanted(
    SignIns(clients=MODERN_CLIENTS, user_risks=("high",)),
    asks=_stops,
    mentions=lambda policy: bool(policy.user_risks),
)


@check(
    "entra.risky-user-is-stopped",
    severity=Severity.MEDIUM,
    each=organization,
    reads=READS,
    optional=[*OPTIONAL, subscribed_skus],
    options=Everybody,
    attack=["T1078.004", "T1110.004"],
    controls=["SCuBA/MS.AAD.2.1v1", "CIS-M365-7.0/5.2.2.6"],
)
def risky_user_is_stopped(_: Record, data: Data, options: Everybody) -> Iterator[Judgement]:
    yield from judged_by_risk(data, _WANTED, "An account at high risk can go on signing in", options)
