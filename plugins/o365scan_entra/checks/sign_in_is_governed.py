"""Something decides how people sign in: security defaults, or Conditional Access policies.

## What it looks at

Whether security defaults are on, or at least one enabled Conditional Access policy for people asks for multifactor
authentication or blocks. Policies that are disabled or only report don't count, nor do those for nobody, for apps
alone, or for registering factors alone. The finding is on the security defaults, the one switch that mends it.

Whether the policies are good enough is what other checks judge: `entra.mfa-is-required-of-everyone`,
`entra.admin-has-mfa` and `entra.legacy-authentication-is-blocked` together ask for what security defaults give.

## Why it matters

With neither, a password is all that anybody needs, from anywhere, with any client, for every account there is. Somebody
who wants to stay in a tenant turns security defaults off; so does a consultant who is about to write policies and
then doesn't.

## Remediation

In the Entra admin centre go to Overview, Properties, *Manage security defaults* and enable them, or
`Update-MgPolicyIdentitySecurityDefaultEnforcementPolicy -IsEnabled:$true`. With Microsoft Entra ID P1 make policies
instead (Protection, Conditional Access, New policy from template: the four under *Secure foundation*); the two exclude
one another. If defaults were on before, look in the audit log for who turned them off.

## Sources

- <https://learn.microsoft.com/entra/fundamentals/security-defaults>
- <https://learn.microsoft.com/graph/api/resources/identitysecuritydefaultsenforcementpolicy>
- <https://learn.microsoft.com/entra/identity/conditional-access/plan-conditional-access>
"""

from __future__ import annotations

from collections.abc import Iterator

from o365scan.api import Data, Judgement, Record, Severity, check, problem, undecided
from o365scan_entra.conditional_access_apps import NOTHING
from o365scan_entra.conditional_access_policy import DISABLED, REPORT_ONLY, Policy, Tri
from o365scan_entra.datasets import (
    authentication_strengths,
    conditional_access_policies,
    named_locations,
    security_defaults,
)
from o365scan_entra.requirement import readable_policies


@check(
    "entra.sign-in-is-governed",
    severity=Severity.HIGH,
    each=security_defaults,
    reads=[conditional_access_policies],
    optional=[named_locations, authentication_strengths],
    attack=["T1078.004", "T1556.009"],
)
def sign_in_is_governed(defaults: Record, data: Data) -> Iterator[Judgement]:
    if defaults.flag("isEnabled"):
        return
    policies, unreadable = readable_policies(data)
    answers = [_governs(each) for each in policies]
    if True in answers:
        return
    if unreadable or None in answers:
        yield from unreadable
        yield from (_unclear(each) for each, said in zip(policies, answers, strict=True) if said is None)
        return
    yield problem(
        "Security defaults are off, and no enabled Conditional Access policy asks people for anything.",
        defaults.at("isEnabled"),
    )


def _governs(policy: Policy) -> Tri:
    """Does it ask somebody for something when they sign in? None if it can't be told."""
    if policy.state in (DISABLED, REPORT_ONLY) or not _is_for_somebody(policy):
        return False
    return policy.requires if policy.state == "enabled" or policy.requires is False else None


def _is_for_somebody(policy: Policy) -> bool:
    record = policy.record
    # Registering a factor, or a step within an application, is no sign-in.
    if record["conditions/users"] is None or not policy.include_apps - {NOTHING}:
        return False
    people = {id.lower() for id in record.texts("conditions/users/includeUsers")} - {NOTHING}
    others = (record.texts(f"conditions/users/include{what}") for what in ("Groups", "Roles"))
    return bool(people or any(others) or record["conditions/users/includeGuestsOrExternalUsers"])


def _unclear(policy: Policy) -> Judgement:
    return undecided(
        f'What "{policy.record.title}" asks for is not understood, and nothing else asks people for anything.',
        policy.record.at("grantControls"),
    )
