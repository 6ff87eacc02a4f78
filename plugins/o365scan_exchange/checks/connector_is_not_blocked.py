"""Microsoft has blocked none of the organisation's connectors as compromised.

## What it looks at

Microsoft's list of the inbound connectors that it holds for compromised and takes no mail from
(`Get-BlockedConnector`). Every entry is a finding at the entry itself, so it counts too if the connector has been
removed since: intruders take theirs away between campaigns. Nothing accepts one: whoever may send through a blocked
connector has misused it, or had it misused.

The finding says whether the connector is still among the inbound connectors, by its GUID or else by its name, and
shows it: that the ids in the list are the connectors' GUIDs is inferred. Where the inbound connectors can't be read
the entry is reported all the same.

What a connector admits is judged by `exchange.inbound-connector-is-expected`.

## Why it matters

Microsoft blocks a connector after a sudden volume of spam or phishing through it. That is a sign of an intrusion by
somebody who can change the organisation's mail flow, hence of an administrator's account or an app that was taken
over; or of a mail server of the organisation's own that was. Microsoft's block stops the mail, and not the intruder,
who may make another connector tomorrow.

## Remediation

1. Find out who made or changed the connector, and take that account or app for compromised:
   `Search-UnifiedAuditLog -StartDate <date> -EndDate <date> -Operations
   New-InboundConnector,Set-InboundConnector,Remove-InboundConnector`.
   If it is the organisation's own and nobody changed it, its mail server is what was taken over.
2. If the connector is still there and nobody knows it, turn it off: `Set-InboundConnector -Identity <guid>
   -Enabled $false`. Disabling keeps it as evidence; remove it when the investigation is over.
3. Look for transport rules that were made with it, and for other connectors and apps of the same account.
4. When the account is secured, unblock the connector in the Defender portal (Review, Restricted entities) or with
   `Remove-BlockedConnector -ConnectorId <guid>`: the entry goes, and the finding with it.

## Sources

- <https://learn.microsoft.com/powershell/module/exchangepowershell/get-blockedconnector>
- <https://learn.microsoft.com/powershell/module/exchangepowershell/remove-blockedconnector>
- <https://learn.microsoft.com/defender-office-365/connectors-detect-respond-to-compromise>
- <https://www.microsoft.com/security/blog/2022/09/22/malicious-oauth-applications-used-to-compromise-email-servers-and-spread-spam/>
"""

from __future__ import annotations

from collections.abc import Iterator

from o365scan.api import Data, Judgement, Record, Severity, check, problem
from o365scan_exchange.datasets import blocked_connectors, inbound_connectors
from o365scan_exchange.evidence import shown

_SHOWN = ("Enabled", "TlsSenderCertificateName", "SenderIPAddresses", "ConnectorSource", "WhenCreatedUTC")


@check(
    "exchange.connector-is-not-blocked",
    severity=Severity.CRITICAL,
    reads=[blocked_connectors],
    optional=[inbound_connectors],
    attack=["T1672", "T1562.001"],
)
def connector_is_not_blocked(data: Data) -> Iterator[Judgement]:
    connectors = data.once(_by_id_and_name)
    for entry in data[blocked_connectors]:
        connector = connectors.get(entry.key.lower()) or connectors.get(entry.title.lower())
        yield problem(
            f"Microsoft has blocked this connector as compromised; {_now(connector)}.",
            *shown(entry, "ConnectorId", "ConnectorName", "Reason", "CreatedTime"),
            *(shown(connector, *_SHOWN) if connector is not None else ()),
            at=entry,
        )


def _now(connector: Record | None) -> str:
    if connector is None:
        return "it was not found among the inbound connectors, so it may have been removed since"
    # Shown only: the block stands whatever the connector is now.
    return "it is still there, and disabled" if connector.get("Enabled") is False else "it is still there"


def _by_id_and_name(data: Data) -> dict[str, Record]:
    """The inbound connectors that could be read. By name too, since the ids are only inferred to be theirs."""
    found = list(data.get(inbound_connectors) or ())
    by_name = {connector.title.lower(): connector for connector in found}
    return by_name | {connector.key.lower(): connector for connector in found}
