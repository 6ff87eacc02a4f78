"""Signing in with a device code is blocked.

## What it looks at

Whether an ordinary member can sign in by the **device code flow**, in which a code is shown on one device and typed
in on another. It is closed if enabled Conditional Access policies with the grant control *block*, taken together, leave
no such sign-in: a policy with the condition *authentication flows: device code flow*, or any that blocks more. Asking
for multifactor authentication does not count: the victim of this trick does it willingly. Neither do security
defaults, which let the flow be.

A policy that blocks it for some groups, in some places or for some applications only is a restriction with a hole,
and is low. No policy at all is medium. Without a licence for Conditional Access (Microsoft Entra ID P1) nothing can be
done about it: info, and told apart from what can be mended. Where policies are for groups, their members are read, as
in `entra.mfa-is-required-of-everyone`.

## Why it matters

An attacker starts the flow, and sends the code with a plausible story ("type this in to join the meeting"). Who does
signs the attacker in, on Microsoft's real page, with a second factor and all. Few organisations use the flow at all:
meeting room devices and some command line tools do.

## Remediation

1. See who uses it: Entra admin centre, Monitoring, Sign-in logs, filter *Authentication protocol: Device code*.
2. Protection, Conditional Access, New policy: all users, all resources, Conditions, *Authentication flows*, *Device
   code flow*, grant *Block access*; or `New-MgIdentityConditionalAccessPolicy` with
   `authenticationFlows = @{ transferMethods = "deviceCodeFlow" }`. Exclude break-glass accounts, and the accounts of
   meeting rooms in a group of their own.

## Without the licence

Without Microsoft Entra ID P1 the flow can't be blocked. Tell people that nobody who is honest sends them a code to
type in, and watch the sign-in logs for the authentication protocol *Device code*.

## Options

```toml
[checks."entra.device-code-flow-is-restricted"]
groups = ["0f3c1f0e-6f0b-4a51-9f0a-6f3a1a6f1f11"]
```

`groups` are ids of groups that everybody is in; nobody's membership is looked up then.

## Sources

- <https://learn.microsoft.com/entra/identity/conditional-access/policy-block-authentication-flows>
- <https://learn.microsoft.com/entra/identity/conditional-access/concept-authentication-flows>
- <https://www.microsoft.com/security/blog/2025/02/13/storm-2372-conducts-device-code-phishing-campaign/>
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from o365scan.api import Data, Judgement, Record, Severity, check
from o365scan_entra.answers import State
from o365scan_entra.conditional_access_policy import DISABLED, REPORT_ONLY, Policy
from o365scan_entra.datasets import organization, subscribed_skus
from o365scan_entra.everyone import (
    MEMBER,
    OPTIONAL,
    READS,
    Everybody,
    SignInPolicies,
    Wanted,
    judged,
    sign_in_policies,
)
from o365scan_entra.licences import P1, lacks, out_of_reach
from o365scan_entra.ways_around import SignIns

_FLOW = "deviceCodeFlow"


def _names_it(policy: Policy) -> bool:
    return policy.blocks and policy.flows is not None and _FLOW in policy.flows


_WANTED = Wanted(SignIns(flows=(_FLOW,)), asks=lambda policy: policy.blocks, mentions=_names_it)


@check(
    "entra.device-code-flow-is-restricted",
    severity=Severity.MEDIUM,
    each=organization,
    reads=READS,
    optional=[*OPTIONAL, subscribed_skus],
    options=Everybody,
    attack=["T1528", "T1566.002", "T1078.004"],
    controls=["SCuBA/MS.AAD.3.9v1", "CIS-M365-7.0/5.2.2.12"],
)
def device_code_flow_is_restricted(_: Record, data: Data, options: Everybody) -> Iterator[Judgement]:
    rules = data.once(sign_in_policies)
    yield from rules.unreadable
    coverage = rules.cover(MEMBER, _WANTED, options)
    if coverage.state is State.NO and lacks(data, P1):
        yield out_of_reach(P1, "A sign-in with a device code is let through")
        return
    severity = Severity.LOW if _is_restricted(rules) else Severity.MEDIUM
    yield from judged(coverage, "A sign-in with a device code is let through", severity=severity)


def _is_restricted(rules: SignInPolicies) -> bool:
    enforced = [each for each in rules.policies if each.state not in (DISABLED, REPORT_ONLY)]
    some_member = replace(MEMBER, groups=None)
    return any(_names_it(each) and each.aims_at(some_member) is not False for each in enforced)
