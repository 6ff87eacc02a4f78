"""Where it is licensed, apps sign in from known addresses only.

## What it looks at

Each subscription that brings **Workload Identities Premium**. At least one enabled Conditional Access policy should
be for service principals (`clientApplications`) and block them everywhere but in named locations. Without such a
policy the licence is paid for and does nothing: low, on the subscription. Subscriptions without that licence pass:
policies for apps can't be made with them.

For which apps a policy should be is for the organisation to say: those whose addresses are known. Managed identities
and apps of other organisations can't be bound.

## Why it matters

An app's secret that leaks works from anywhere, and nobody asks it for a second factor. Bound to the addresses of its
server it is of no use elsewhere.

## Remediation

Entra admin centre, Protection, Conditional Access, New policy, Assignments: *Workload identities*, the service
principals; Network: any location, excluding the named location of their addresses; *Block access*. Or
`New-MgIdentityConditionalAccessPolicy` with `clientApplications`. Start in report-only mode.

## Sources

- <https://learn.microsoft.com/entra/identity/conditional-access/workload-identity>
- <https://learn.microsoft.com/graph/api/resources/conditionalaccessclientapplications>
- <https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference>
"""

from __future__ import annotations

from collections.abc import Iterator

from o365scan.api import Data, Judgement, Record, Severity, check, problem
from o365scan_entra.datasets import conditional_access_policies, subscribed_skus
from o365scan_entra.licences import WORKLOAD, includes

_FILTER = "conditions/clientApplications/servicePrincipalFilter"
_NOBODY = frozenset({"None"})


@check(
    "entra.workload-sign-in-is-bound-to-addresses",
    severity=Severity.LOW,
    each=subscribed_skus,
    reads=[conditional_access_policies],
    attack=["T1078.004", "T1528", "T1550.001"],
)
def workload_sign_in_is_bound_to_addresses(sku: Record, data: Data) -> Iterator[Judgement]:
    if includes(sku, WORKLOAD) and not any(map(_binds, data[conditional_access_policies])):
        yield problem(
            "Conditional Access for apps is licensed, and no enabled policy binds an app to addresses.",
            sku.at("servicePlans"),
        )


def _binds(policy: Record) -> bool:
    if policy.text("state") != "enabled" or policy["conditions/clientApplications"] is None:
        return False
    apps = set(policy.texts("conditions/clientApplications/includeServicePrincipals", nullable=True))
    # Or by attributes of theirs.
    chosen = apps - _NOBODY or (policy[_FILTER] is not None and policy.text(f"{_FILTER}/rule"))
    if not chosen or policy["conditions/locations"] is None or policy["grantControls"] is None:
        return False
    places = policy.texts("conditions/locations/excludeLocations", nullable=True)
    return bool(places) and "block" in policy.texts("grantControls/builtInControls")
