"""Exchange Web Services is off, or open to named apps only.

## What it looks at

The organisation's switch (`Get-OrganizationConfig`, `EwsEnabled`) and each mailbox's own (`Get-CASMailbox`,
`EwsEnabled`): both must allow it, and null is "not decided".

- False for the organisation: it is off, and this passes. So is every tenant that Microsoft has switched since
  1 October 2026, from null to False.
- True: it passes if it is limited to apps (`EWSAllowedAppIDs`), or if no mailbox allows it. A list of allowed user
  agents (`EwsApplicationAccessPolicy` is `EnforceAllowList`) makes it low: whoever asks writes the user agent himself.
- Null allows it, as long as it is null: the tenant has not been switched yet. A list of apps is documented to hold
  together with True; beside null it is undecided.

The finding is on the organisation, with the number of mailboxes that can be reached and a few as evidence.

What it can't see: which apps use it (Microsoft 365 admin centre, Reports, Usage, EWS). Whether the apps on the list are
needed: Microsoft filled the lists of tenants without one in September 2026, with what it had seen in use.

## Why it matters

An app with `full_access_as_app`, or a token of `EWS.AccessAsUser.All`, reads whole mailboxes through EWS, and old
tools for stealing mail speak it. Microsoft shuts it for good on 1 April 2027; until
then an administrator may turn it on again.

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

from o365scan.api import Data, Judgement, Record, Severity, Undecidable, check, problem, undecided
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
def ews_is_restricted(organization: Record, data: Data) -> Iterator[Judgement]:
    decided, apps = organization.flag("EwsEnabled", nullable=True), _allowed_apps(organization)
    if decided is False or (decided and apps):
        return
    found = _mailboxes(data)
    if apps and found.having:
        yield undecided(
            "Apps are listed for Exchange Web Services, and the organisation has not turned it on (null): whether"
            " the list holds is not documented. Set EwsEnabled to true, with the list, or to false.",
            *shown(organization, "EwsEnabled", "EWSAllowedAppIDs"),
        )
        return
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


def _allowed_apps(organization: Record) -> tuple[str, ...]:
    """The apps to which it is limited, by id; none where it is not.

    Unconfirmed: how the list is written. The property came in June 2026, so that older tenants' answers lack it.
    """
    listed = organization.get("EWSAllowedAppIDs")
    if isinstance(listed, str):
        return tuple(part for part in listed.replace(";", ",").split(",") if part.strip())
    return listed if isinstance(listed, tuple) else ()
