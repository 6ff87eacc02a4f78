"""Whether and what is audited, and who is left out of it."""

from __future__ import annotations

from mocktenant import seeds
from mocktenant.collection import Object
from mocktenant.exchange.audit_search import COMMANDS, record, search
from mocktenant.exchange.cmdlet import BY_ADDRESS, LISTED, Cmdlet, Row
from mocktenant.exchange.grants import held_by
from mocktenant.exchange.objects import completed, configuration, tail
from mocktenant.exchange.parameters import Moment, Number, One, Read, Switch, Text, Texts
from mocktenant.exchange.recipients import asked_for, mailboxes_there
from mocktenant.tenant import Tenant

_VIEW = held_by(
    "View-Only Configuration", "Audit Logs", "View-Only Audit Logs", "Security Admin", "Security Reader"
)

_SYSTEM = (
    "DiscoverySearchMailbox{D919BA05-46A6-415f-80AD-7E09334BB852}",
    "FederatedEmail.4c1f4d8b-8179-4148-93bf-00a95fa1e042",
    "Migration.8f3e7716-2011-43e4-96b1-aba62d229136",
    "SystemMailbox{1f05a927-3be2-4fb9-aa03-b59fe3b56f4c}",
    "SystemMailbox{2CE34405-31BE-455D-89D7-A7C7DA7A0DAA}",
    "SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}",
    "SystemMailbox{e0dc1c29-89c3-4034-b678-e6c29d823ed9}",
)
"""Mailboxes of the service itself, which have an answer too."""

_NOISE = (
    "The object {name} has been corrupted, and it's in an inconsistent state. The following validation errors "
    "happened: The property value of ProhibitSendQuota is not valid."
)


def _associations(tenant: Tenant, given: Read) -> list[Object]:
    """Everybody's: mailboxes, and the service's own."""
    box = asked_for(tenant, given)
    if box is not None:
        return [box]
    system: list[Object] = [
        {"Name": name, "Guid": seeds.guid(seeds.rng(tenant.seed, f"system/{name}"))} for name in _SYSTEM
    ]
    return [*mailboxes_there(tenant), *system]


def _association(tenant: Tenant, given: Object) -> Object:
    """A row of Get-MailboxAuditBypassAssociation."""
    if "AuditBypassEnabled" in given:
        return given
    decided = tenant.collection("auditBypassAssociations").get(given["Guid"], {})
    named = {"Name": given["Name"], "Guid": given["Guid"], "WhenCreatedUTC": given.get("WhenCreatedUTC")}
    rest = tail(
        tenant, named, container="CN=Recipients", classes=["top", "person", "user"], version="0.20 (15.0.0.0)"
    )
    lead: Object = {"ObjectId": given["Guid"], "AuditBypassEnabled": False, "Name": given["Name"]}
    return completed(lead | rest, decided)


def _noise(_tenant: Tenant, _given: Read, found: list[Object]) -> list[str]:
    """A warning about a quota, which says nothing about the audit: seen on a live tenant, wording unconfirmed."""
    return [_NOISE.format(name=item["Name"]) for item in found if item["Name"] == _SYSTEM[0]]


ROWS: dict[str, Row] = {
    "Get-AdminAuditLogConfig": Cmdlet(
        collection="adminAuditLogConfig",
        shape=configuration(
            'AdminAuditLogEnabled=true LogLevel=None TestCmdletLoggingEnabled=false AdminAuditLogCmdlets=["*"] '
            'AdminAuditLogParameters=["*"] AdminAuditLogExcludedCmdlets=[] AdminAuditLogAgeLimit=90.00:00:00 '
            "LoadBalancerCount=3 RefreshInterval=10 PartitionInfo=[] AdminAuditLogMailbox "
            "UnifiedAuditLogIngestionEnabled=true UnifiedAuditLogFirstOptInDate",
            container="CN=Global Settings",
            kind="msExchAdminAuditLogConfig",
            version="0.10 (14.0.100.0)",
        ),
        parameters={},
        grant=_VIEW,
    ),
    "Get-MailboxAuditBypassAssociation": Cmdlet(
        collection="mailboxes",
        shape=_association,
        parameters=LISTED,
        identity=BY_ADDRESS,
        source=_associations,
        warn=_noise,
        grant=held_by("View-Only Recipients", "Mail Recipients", "Audit Logs", "View-Only Audit Logs"),
    ),
    "Search-UnifiedAuditLog": Cmdlet(
        collection="auditRecords",
        shape=record,
        parameters={
            "EndDate": Moment(),
            "Formatted": Switch(),
            "FreeText": Text(),
            "HighCompleteness": Switch(),
            "IPAddresses": Texts(),
            "LongerRetentionEnabled": Text(),
            "ObjectIds": Texts(),
            "Operations": Texts(),
            "RecordType": Text(),
            "ResultSize": Number(1, 5000),
            "SessionCommand": One(
                "Microsoft.Exchange.Management.SystemConfigurationTasks.UnifiedAuditSessionCommand", COMMANDS
            ),
            "SessionId": Text(),
            "SiteIds": Texts(),
            "StartDate": Moment(),
            "UserIds": Texts(),
        },
        required=("StartDate", "EndDate"),
        key=None,
        source=search,
        whole=True,
        default_size=None,
        grant=held_by("Audit Logs", "View-Only Audit Logs"),
        unconfirmed="that 5,000 rows come in one answer whatever odata.maxpagesize says; errors of impossible dates",
    ),
}
