"""Shared channels are for tenants that somebody chose, not for every tenant in the world.

## What it looks at

The default of the cross-tenant access settings for B2B direct connect, the way into shared channels of Teams:

- **Inbound** (`b2bDirectConnectInbound`): it lets everybody in. That is medium: whoever owns a shared channel may
  invite people of any tenant, if that tenant lets its people out.
- **Outbound** (`b2bDirectConnectOutbound`): everybody here may take part in shared channels of any tenant. Low.

Microsoft's default blocks both. A default that lets in chosen people passes, and so do entries for single tenants: both
are somebody's decision. Where a rule is for single apps, by their ids, it is open, since these don't say whether Teams
is meant.

Who may create and share such channels is decided by Teams' own policies, and with whom people may chat and call by
its federation settings (`Get-CsTenantFederationConfiguration`). Microsoft Graph shows neither, so neither is judged.

## Why it matters

A shared channel brings people of another tenant to files and conversations without an account here: no guest to be
reviewed, no sign-in of a guest to be seen. If the default is open, each owner of a team decides alone who is trusted.

## Remediation

Microsoft Entra admin centre, External Identities, Cross-tenant access settings, *Default settings*: set *B2B direct
connect* to *Block access* for all external users and all applications, inbound and outbound
(`Update-MgPolicyCrossTenantAccessPolicyDefault`). Add the organisations that you work with under *Organizational
settings* first, and allow B2B direct connect there: those who are in a channel by the default lose access to it.

## Sources

- <https://learn.microsoft.com/entra/external-id/b2b-direct-connect-overview>
- <https://learn.microsoft.com/graph/api/resources/crosstenantaccesspolicyconfigurationdefault>
- <https://learn.microsoft.com/microsoftteams/shared-channels>
"""

from __future__ import annotations

from collections.abc import Iterator

from o365scan.api import Judgement, Record, Severity, check, independently, problem, undecided
from o365scan_entra.datasets import cross_tenant_access
from o365scan_teams.direct_connect import INBOUND, OUTBOUND, Access, access


@check(
    "teams.shared-channels-are-for-chosen-tenants",
    severity=Severity.MEDIUM,
    each=cross_tenant_access,
    attack=["T1199", "T1213.005"],
)
def shared_channels_are_for_chosen_tenants(default: Record) -> Iterator[Judgement]:
    yield from independently(
        _judged(
            default,
            INBOUND,
            "People of any tenant in the world may be let into the shared channels of this one.",
            Severity.MEDIUM,
        ),
        _judged(
            default,
            OUTBOUND,
            "Everybody here may take part in shared channels of any tenant in the world.",
            Severity.LOW,
        ),
    )


def _judged(default: Record, direction: str, said: str, severity: Severity) -> Iterator[Judgement]:
    match access(default, direction):
        case Access.EVERYBODY:
            yield problem(said, default.at(direction), severity=severity)
        case Access.UNKNOWN:
            yield undecided(f"Whether {direction} is for Teams can't be told.", default.at(direction))
        case None:
            yield undecided(f"The default says nothing of {direction}.", default.at(direction))
