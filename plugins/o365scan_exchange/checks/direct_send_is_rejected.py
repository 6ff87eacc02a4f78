"""Nobody delivers mail from the organisation's own domains without signing in.

## What it looks at

The organisation's switch (`Get-OrganizationConfig`, `RejectDirectSend`). With it on, Exchange Online rejects mail that
claims an accepted domain as its envelope sender, comes from nobody who signed in, and matches no inbound connector.

## Why it matters

Direct Send lets any host on the internet hand mail "from" the organisation to its people. It needs no account, goes
past a mail filter in front of Exchange Online, and looks internal. Campaigns have used it since 2025.

## Remediation

1. Find what uses it, mostly printers and applications: message traces for mail from own domains that came in by no
   connector. Give those an inbound connector, restricted to their address or certificate, and put them into SPF.
2. `Set-OrganizationConfig -RejectDirectSend $true` in Exchange Online PowerShell. It takes up to half an hour.

## Sources

- <https://learn.microsoft.com/powershell/module/exchangepowershell/set-organizationconfig>
- <https://techcommunity.microsoft.com/blog/exchange/introducing-more-control-over-direct-send-in-exchange-online/4408790>
- <https://attack.mitre.org/techniques/T1672/>
"""

from __future__ import annotations

from collections.abc import Iterator

from o365scan.api import Judgement, Record, Severity, check, problem
from o365scan_exchange.datasets import organization_config


@check(
    "exchange.direct-send-is-rejected",
    severity=Severity.MEDIUM,
    each=organization_config,
    attack=["T1672", "T1534"],
    controls=["CIS-M365-7.0/6.5.5"],
)
def direct_send_is_rejected(organization: Record) -> Iterator[Judgement]:
    if not organization.flag("RejectDirectSend"):
        yield problem(
            "Any host may hand mail in the organisation's own name to its people, without signing in.",
            organization.at("RejectDirectSend"),
        )
