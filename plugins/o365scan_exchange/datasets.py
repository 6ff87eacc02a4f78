"""What is read of Exchange Online, through the cmdlets of its admin API.

A cmdlet gets the parameters that its page documents and no other: the service refuses a name that it doesn't
know. `ResultSize` is `Unlimited` wherever it exists, since the default stops at 1,000 objects.
"""

from __future__ import annotations

from o365scan.api import EXCHANGE, Dataset, ExchangeCmdlet, Permission

_REFERENCE = "https://learn.microsoft.com/powershell/module/exchangepowershell/"
_ALL = {"ResultSize": "Unlimited"}


def _read(*directory_roles: str) -> Permission:
    return Permission(api=EXCHANGE, app_roles=("Exchange.ManageAsApp",), directory_roles=directory_roles)


# A Security Reader was refused the connectors and was given the rules, on a live tenant. Accepted domains and
# blocked connectors were not measured: they are taken to need what the connectors need.
_CONFIGURATION_READER = _read("Global Reader", "Exchange Administrator", "Global Administrator")
_RULE_READER = _read(
    "Security Reader",
    "Global Reader",
    "Security Administrator",
    "Exchange Administrator",
    "Global Administrator",
)

inbound_connectors = Dataset(
    name="exchange.inbound-connectors",
    source=ExchangeCmdlet(cmdlet="Get-InboundConnector", parameters=_ALL),
    key="Guid",
    title="Name",
    type="InboundConnector",
    permission=_CONFIGURATION_READER,
    reference=_REFERENCE + "get-inboundconnector",
)
"""By whom mail may be handed to the organisation on special terms."""

outbound_connectors = Dataset(
    name="exchange.outbound-connectors",
    source=ExchangeCmdlet(cmdlet="Get-OutboundConnector", parameters=_ALL),
    key="Guid",
    title="Name",
    type="OutboundConnector",
    permission=_CONFIGURATION_READER,
    reference=_REFERENCE + "get-outboundconnector",
)
"""To which hosts mail is handed. Connectors in test mode are not listed.

The documentation says that connectors scoped to transport rules are left out too unless they are asked for;
vendors' set-up scripts find theirs without asking. So a connector that is not in the list may still exist.
"""

transport_rules = Dataset(
    name="exchange.transport-rules",
    source=ExchangeCmdlet(cmdlet="Get-TransportRule", parameters=_ALL),
    key="Guid",
    title="Name",
    type="TransportRule",
    permission=_RULE_READER,
    reference=_REFERENCE + "get-transportrule",
)
"""Mail flow rules. `WhenChanged` is their only time: when a rule was created is in the audit log alone."""

accepted_domains = Dataset(
    name="exchange.accepted-domains",
    source=ExchangeCmdlet(cmdlet="Get-AcceptedDomain", parameters=_ALL),
    key="Guid",
    title="DomainName",
    type="AcceptedDomain",
    permission=_CONFIGURATION_READER,
    reference=_REFERENCE + "get-accepteddomain",
)
"""The organisation's own mail domains."""

blocked_connectors = Dataset(
    name="exchange.blocked-connectors",
    source=ExchangeCmdlet(cmdlet="Get-BlockedConnector"),
    key="ConnectorId",
    title="ConnectorName",
    type="BlockedConnector",
    permission=_CONFIGURATION_READER,
    reference=_REFERENCE + "get-blockedconnector",
)
"""Inbound connectors that Microsoft holds for compromised and lets send no mail.

Unconfirmed: the names of its properties (ConnectorId, ConnectorName, TenantId, Reason, CreatedTime,
ExpirationTime) were seen in a third-party script only, and that ConnectorId is the connector's Guid is inferred.
"""
