"""The cmdlets, one row each: where the rows come from, how they look, what may be passed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from mocktenant.collection import Object
from mocktenant.exchange.connectors import (
    accepted_domain,
    blocked_connector,
    inbound_connector,
    outbound_connector,
    remote_domain,
)
from mocktenant.exchange.filters import Filter
from mocktenant.exchange.folders import SCOPES, folder, folders
from mocktenant.exchange.inbox_rules import inbox_rule, inbox_rules
from mocktenant.exchange.mailboxes import mailbox
from mocktenant.exchange.management_scopes import management_scope, of_exclusiveness
from mocktenant.exchange.organization import organization_config
from mocktenant.exchange.parameters import Choice, Guid, Parameter, Read, Size, Switch, Text
from mocktenant.exchange.role_assignments import role_assignment, role_assignments, service_principal
from mocktenant.exchange.role_groups import role_group, role_group_member, role_group_members
from mocktenant.exchange.rules import transport_rule
from mocktenant.exchange.users import exchange_users, user
from mocktenant.tenant import Tenant
from mocktenant.words import words

Shape = Callable[[Tenant, Object], Object]
Keep = Callable[[Object, Read], bool]
Source = Callable[[Tenant, Read], list[Object]]

_LISTED: Mapping[str, Parameter] = {"Identity": Text(), "ResultSize": Size()}
_LOOK_AT_ROWS = frozenset(
    {
        "Exclusive",
        "Filter",
        "IncludeTestModeConnectors",
        "IsTransportRuleScoped",
        "RecipientTypeDetails",
        "State",
    }
)
"""Parameters for which `keep` has to see the rows as they are sent."""
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


def _recipient(row: Object, given: Read) -> bool:
    chosen = given.get("Filter")
    return _of_type(row, given) and (chosen is None or bool(chosen(row)))


def _outbound(row: Object, given: Read) -> bool:
    scoped = row["IsTransportRuleScoped"]
    shown = given.get("IncludeTestModeConnectors", False) or not row["TestMode"]
    return shown and scoped == given.get("IsTransportRuleScoped", scoped)


def _kinds(names: str) -> Choice:
    return Choice("Microsoft.Exchange.Data.Directory.Recipient.RecipientTypeDetails[]", words(names))


@dataclass(frozen=True)
class Cmdlet:
    """One cmdlet.

    `source` gives the rows where they are not simply a collection's objects, and may act on the request.
    `identity` are the properties by which `Identity` (or `key`, where the cmdlet calls it otherwise; None
    where the source has seen to it) finds an object; `hides` says that `keep` drops rows even if nothing was
    asked; `unemulated` are parameters of the real cmdlet that are refused in plain words.
    """

    collection: str
    shape: Shape
    parameters: Mapping[str, Parameter] = field(default_factory=lambda: _LISTED)
    identity: tuple[str, ...] = _BY_NAME
    key: str | None = "Identity"
    source: Source | None = None
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
    "Get-InboxRule": Cmdlet(
        "inboxRules",
        inbox_rule,
        parameters={
            **_LISTED,
            "BypassScopeCheck": Switch(),
            "IncludeHidden": Switch(),
            "Mailbox": Text(),
            "SweepRules": Switch(),
        },
        identity=("Identity", "RuleIdentity", "Name"),
        source=inbox_rules,
        unemulated=frozenset({"DescriptionTimeFormat", "DescriptionTimeZone", "SkipCount"}),
    ),
    "Get-Mailbox": Cmdlet(
        "mailboxes",
        mailbox,
        parameters={
            **_LISTED,
            "Filter": Filter(),
            "RecipientTypeDetails": _kinds(
                "DiscoveryMailbox EquipmentMailbox GroupMailbox LegacyMailbox LinkedMailbox LinkedRoomMailbox "
                "RoomMailbox SchedulingMailbox SharedMailbox TeamMailbox UserMailbox"
            ),
        },
        identity=_BY_ADDRESS,
        keep=_recipient,
        unemulated=frozenset(
            words(
                "Anr Archive Async GroupMailbox InactiveMailboxOnly IncludeEmailAddressDisplayNames "
                "IncludeGrantSendOnBehalfToWithDisplayNames IncludeInactiveMailbox MailboxPlan Migration "
                "OrganizationalUnit PublicFolder SoftDeletedMailbox SortBy UserPrincipalName"
            )
        ),
    ),
    "Get-MailboxFolderStatistics": Cmdlet(
        "mailboxes",
        folder,
        parameters={
            **_LISTED,
            "FolderScope": Choice("Microsoft.Exchange.Data.Directory.ElcFolderType", SCOPES),
        },
        key=None,
        source=folders,
        unemulated=frozenset(
            words(
                "Archive Database DiagnosticInfo IncludeAnalysis IncludeOldestAndNewestItems "
                "IncludeSoftDeletedRecipients SkipCount StoreMailboxIdentity UseCustomRouting"
            )
        ),
    ),
    "Get-ManagementRoleAssignment": Cmdlet(
        "managementRoleAssignments",
        role_assignment,
        parameters={
            "Identity": Text(),
            "Role": Text(),
            "RoleAssignee": Text(),
            "RoleAssigneeType": Choice(
                "Microsoft.Exchange.Data.Directory.SystemConfiguration.RoleAssigneeType",
                words(
                    "Computer ForeignSecurityPrincipal LinkedRoleGroup MailboxPlan PartnerLinkedRoleGroup "
                    "RoleAssignmentPolicy RoleGroup SecurityGroup ServicePrincipal User"
                ),
            ),
        },
        source=role_assignments,
        unemulated=frozenset(
            words(
                "AssignmentMethod ConfigWriteScope CustomConfigWriteScope CustomRecipientWriteScope Delegating "
                "Enabled Exclusive ExclusiveConfigWriteScope ExclusiveRecipientWriteScope GetEffectiveUsers "
                "RecipientAdministrativeUnitScope RecipientGroupScope RecipientOrganizationalUnitScope "
                "RecipientWriteScope WritableRecipient"
            )
        ),
    ),
    "Get-ManagementScope": Cmdlet(
        "managementScopes",
        management_scope,
        parameters={"Identity": Text(), "Exclusive": Switch()},
        keep=of_exclusiveness,
        unemulated=frozenset({"Orphan"}),
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
    "Get-RoleGroup": Cmdlet(
        "roleGroups",
        role_group,
        unemulated=frozenset({"Filter", "ShowPartnerLinked", "SortBy"}),
    ),
    "Get-RoleGroupMember": Cmdlet("roleGroups", role_group_member, key=None, source=role_group_members),
    "Get-ServicePrincipal": Cmdlet(
        "exchangeServicePrincipals",
        service_principal,
        parameters={"Identity": Text()},
        identity=(*_BY_NAME, "AppId", "ObjectId", "DisplayName"),
        unemulated=frozenset({"Organization"}),
    ),
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
    "Get-User": Cmdlet(
        "users",
        user,
        parameters={
            **_LISTED,
            "Filter": Filter(),
            "RecipientTypeDetails": _kinds(
                "DisabledUser EquipmentMailbox GuestMailUser LinkedUser MailUser RoomMailbox SharedMailbox User "
                "UserMailbox"
            ),
        },
        identity=_BY_ADDRESS,
        source=exchange_users,
        keep=_recipient,
        unemulated=frozenset(words("Anr Arbitration AuditLog IsVIP OrganizationalUnit PublicFolder SortBy")),
    ),
}
"""Who may run each is in `permissions.EXCHANGE`."""


def rows(tenant: Tenant, cmdlet: Cmdlet, given: Read) -> list[Object]:
    """A cmdlet's rows in its order, after its filters; still to be shaped if nothing had to look at them.

    Shaping twice changes nothing, and shaping only the page that is sent is what keeps a tenant of a hundred
    thousand mailboxes quick.
    """
    items = cmdlet.source(tenant, given) if cmdlet.source else tenant.objects(cmdlet.collection)
    if cmdlet.order is None and not cmdlet.hides and not given.keys() & _LOOK_AT_ROWS:
        return items
    kept = [row for item in items if cmdlet.keep(row := cmdlet.shape(tenant, item), given)]
    return sorted(kept, key=cmdlet.order) if cmdlet.order else kept


def matches(cmdlet: Cmdlet, row: Object, identity: str) -> bool:
    """Whether an identity means a row, regardless of case; a mailbox's further addresses count too."""
    wanted = identity.lower()
    names = [str(row.get(name) or "").lower() for name in cmdlet.identity]
    addresses = [str(item).partition(":")[2].lower() for item in row.get("EmailAddresses", [])]
    return wanted in [*names, *addresses]
