"""The cmdlets, one row each: where the rows come from, how they look, what may be passed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from mocktenant.exchange.connectors import (
    accepted_domain,
    blocked_connector,
    inbound_connector,
    outbound_connector,
    remote_domain,
)
from mocktenant.exchange.mailboxes import mailbox
from mocktenant.exchange.organization import organization_config
from mocktenant.exchange.parameters import Choice, Guid, Parameter, Read, Size, Switch, Text
from mocktenant.exchange.rules import transport_rule
from mocktenant.tenant import Object, Tenant
from mocktenant.words import words

Shape = Callable[[Tenant, Object], Object]
Keep = Callable[[Object, Read], bool]

_LISTED: Mapping[str, Parameter] = {"Identity": Text(), "ResultSize": Size()}
_BY_NAME = ("Name", "Identity", "Guid", "DistinguishedName")
_BY_ADDRESS = (
    *_BY_NAME,
    "Alias",
    "DisplayName",
    "ExchangeGuid",
    "ExternalDirectoryObjectId",
    "LegacyExchangeDN",
    "PrimarySmtpAddress",
    "UserPrincipalName",
)


def _everything(_row: Object, _given: Read) -> bool:
    return True


def _of_state(row: Object, given: Read) -> bool:
    return row["State"] in given.get("State", [row["State"]])


def _of_type(row: Object, given: Read) -> bool:
    return row["RecipientTypeDetails"] in given.get("RecipientTypeDetails", [row["RecipientTypeDetails"]])


def _outbound(row: Object, given: Read) -> bool:
    scoped = row["IsTransportRuleScoped"]
    shown = given.get("IncludeTestModeConnectors", False) or not row["TestMode"]
    return shown and scoped == given.get("IsTransportRuleScoped", scoped)


@dataclass(frozen=True)
class Cmdlet:
    """One cmdlet.

    `identity` are the properties by which `Identity` (or `key`, where the cmdlet calls it otherwise)
    finds an object; `hides` says that `keep` drops rows even if nothing was asked; `unemulated` are
    parameters of the real cmdlet that are refused in plain words.
    """

    collection: str
    shape: Shape
    parameters: Mapping[str, Parameter] = field(default_factory=lambda: _LISTED)
    identity: tuple[str, ...] = _BY_NAME
    key: str = "Identity"
    keep: Keep = _everything
    hides: bool = False
    order: Callable[[Object], int] | None = None
    unemulated: frozenset[str] = frozenset()


CMDLETS: dict[str, Cmdlet] = {
    "Get-AcceptedDomain": Cmdlet("acceptedDomains", accepted_domain, identity=(*_BY_NAME, "DomainName")),
    "Get-BlockedConnector": Cmdlet(
        "blockedConnectors",
        blocked_connector,
        parameters={"ConnectorId": Guid()},
        identity=("ConnectorId",),
        key="ConnectorId",
    ),
    "Get-InboundConnector": Cmdlet("inboundConnectors", inbound_connector),
    "Get-Mailbox": Cmdlet(
        "mailboxes",
        mailbox,
        parameters={
            **_LISTED,
            "RecipientTypeDetails": Choice(
                "Microsoft.Exchange.Data.Directory.Recipient.RecipientTypeDetails[]",
                (
                    "DiscoveryMailbox",
                    "EquipmentMailbox",
                    "GroupMailbox",
                    "LegacyMailbox",
                    "LinkedMailbox",
                    "LinkedRoomMailbox",
                    "RoomMailbox",
                    "SchedulingMailbox",
                    "SharedMailbox",
                    "TeamMailbox",
                    "UserMailbox",
                ),
            ),
        },
        identity=_BY_ADDRESS,
        keep=_of_type,
        unemulated=frozenset(
            words(
                "Anr Archive Async Filter GroupMailbox InactiveMailboxOnly IncludeEmailAddressDisplayNames "
                "IncludeGrantSendOnBehalfToWithDisplayNames IncludeInactiveMailbox MailboxPlan Migration "
                "OrganizationalUnit PublicFolder SoftDeletedMailbox SortBy UserPrincipalName"
            )
        ),
    ),
    "Get-OrganizationConfig": Cmdlet("organizationConfig", organization_config, parameters={}),
    "Get-OutboundConnector": Cmdlet(
        "outboundConnectors",
        outbound_connector,
        parameters={**_LISTED, "IncludeTestModeConnectors": Switch(), "IsTransportRuleScoped": Switch()},
        keep=_outbound,
        hides=True,
    ),
    "Get-RemoteDomain": Cmdlet("remoteDomains", remote_domain),
    "Get-TransportRule": Cmdlet(
        "transportRules",
        transport_rule,
        parameters={
            **_LISTED,
            "State": Choice("Microsoft.Exchange.MessagingPolicies.Rules.RuleState", ("Enabled", "Disabled")),
        },
        keep=_of_state,
        order=lambda row: int(row["Priority"]),
        unemulated=frozenset({"DlpPolicy", "ExcludeConditionActionDetails", "Filter"}),
    ),
}
"""Who may run each is in `permissions.EXCHANGE`."""


def rows(tenant: Tenant, cmdlet: Cmdlet, given: Read) -> list[Object]:
    """A cmdlet's rows in its order, after its filters; still to be shaped if nothing had to look at them.

    Shaping twice changes nothing, and shaping only the page that is sent is what keeps a tenant of a hundred
    thousand mailboxes quick.
    """
    items = tenant.objects(cmdlet.collection)
    if cmdlet.order is None and not cmdlet.hides and not given.keys() - {"ResultSize", cmdlet.key}:
        return items
    kept = [row for item in items if cmdlet.keep(row := cmdlet.shape(tenant, item), given)]
    return sorted(kept, key=cmdlet.order) if cmdlet.order else kept


def matches(cmdlet: Cmdlet, row: Object, identity: str) -> bool:
    """Whether an identity means a row, regardless of case; a mailbox's further addresses count too."""
    wanted = identity.lower()
    names = [str(row.get(name) or "").lower() for name in cmdlet.identity]
    addresses = [str(item).partition(":")[2].lower() for item in row.get("EmailAddresses", [])]
    return wanted in [*names, *addresses]
