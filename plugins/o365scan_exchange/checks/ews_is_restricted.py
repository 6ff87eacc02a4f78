"""Exchange Web Services is off, or open to named apps only.

## What it looks at

The organisation's switch (`Get-OrganizationConfig`, `EwsEnabled`) and each mailbox's own (`Get-CASMailbox`,
`EwsEnabled`): both must allow it, and null is "not decided".

- False for the organisation: it is off, and this passes.
- Null: until 1 October 2026 that allows it, since then Microsoft takes it for off. What counts is the day on which the
  tenant was read.
- True: it passes if it is limited to apps (`EWSAllowedAppIDs`), or if no mailbox allows it. A list of allowed user
  agents (`EwsApplicationAccessPolicy` is `EnforceAllowList`) makes it low: whoever asks writes the user agent himself.

The finding is on the organisation, with the number of mailboxes that can be reached and a few as evidence.

What it can't see: which apps use it (Microsoft 365 admin centre, Reports, Usage, EWS).

## Why it matters

An app with `full_access_as_app`, or a token of `EWS.AccessAsUser.All`, reads whole mailboxes through EWS, and old
tools for stealing mail speak it. Microsoft shuts it for good on 1 April 2027.

## Remediation

1. See in the usage report which apps still need it, and ask their makers for Microsoft Graph.
2. If none does: `Set-OrganizationConfig -EwsEnabled $false` in Exchange Online PowerShell. Outlook for Windows and
   Teams may need it for features of theirs: try it with a few mailboxes first,
   `Set-CASMailbox -Identity <mailbox> -EwsEnabled $false`.
3. If some do, name them: `Set-OrganizationConfig -EwsEnabled $true -EWSAllowedAppIDs <ids>`.

## Sources

- <https://learn.microsoft.com/powershell/module/exchangepowershell/set-organizationconfig>
- <https://learn.microsoft.com/exchange/client-developer/exchange-web-services/how-to-control-access-to-ews-in-exchange>
- <https://learn.microsoft.com/exchange/clients-and-mobile-in-exchange-online/deprecation-of-ews-exchange-online>
- <https://attack.mitre.org/techniques/T1114/002/>
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from o365scan.api import Data, Judgement, Record, Severity, Undecidable, check, problem
from o365scan_exchange import ews
from o365scan_exchange.datasets import client_access, organization_config
from o365scan_exchange.evidence import shown
from o365scan_exchange.tally import Tally


@check(
    "exchange.ews-is-restricted",
    severity=Severity.MEDIUM,
    each=organization_config,
    reads=[client_access],
    attack=["T1114.002"],
)
def ews_is_restricted(organization: Record, data: Data, now: datetime) -> Iterator[Judgement]:
    if not ews.is_allowed(organization, now) or ews.allowed_apps(organization):
        return
    found = _mailboxes(data)
    if found.having:
        by_agent = organization.get("EwsApplicationAccessPolicy") == "EnforceAllowList"
        yield problem(
            f"{found.having:,} of {found.total:,} mailboxes can be reached by Exchange Web Services,"
            + (" from any app that claims an allowed user agent." if by_agent else " from any app."),
            *shown(organization, "EwsEnabled", "EWSAllowedAppIDs", "EwsApplicationAccessPolicy"),
            *found.evidence,
            severity=Severity.LOW if by_agent else None,
        )
    yield from found.unknown.values()


def _mailboxes(data: Data) -> Tally:
    tally = Tally()
    for mailbox in data[client_access]:
        try:
            closed = mailbox.flag("EwsEnabled", nullable=True) is False
            tally.count(mailbox, None if closed else mailbox.at("EwsEnabled"))
        except Undecidable as cause:
            tally.doubt(cause)
    return tally
