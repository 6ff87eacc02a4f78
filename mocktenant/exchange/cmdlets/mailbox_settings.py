"""What a mailbox's owner sets: junk mail, automatic replies, a published calendar, sweeping; and how full it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta

from mocktenant import seeds
from mocktenant.collection import Object
from mocktenant.exchange import errors
from mocktenant.exchange.cmdlet import Cmdlet, Row
from mocktenant.exchange.grants import VIEW_RECIPIENTS, held_by
from mocktenant.exchange.inbox_rules import rules_of_mailbox
from mocktenant.exchange.mailbox_folders import folder_of
from mocktenant.exchange.mailboxes import exchange_guid
from mocktenant.exchange.objects import completed, stamp, template
from mocktenant.exchange.parameters import Parameter, Read, Size, Switch, Text
from mocktenant.exchange.recipients import find_mailbox, mailboxes_asked_for, of_mailbox
from mocktenant.permissions import GLOBAL_READER, SECURITY_READER
from mocktenant.tenant import Tenant
from mocktenant.words import words

_UNSEEN = "property names are the documentation's and scripts'; their order and values"
_RULES = held_by("Mail Recipients", "User Options", together=(GLOBAL_READER, SECURITY_READER))
_VIEW_OPTIONS = held_by("View-Only Recipients", "Mail Recipients", "User Options")
_BLOCKED = ("casino.example.org", "offers.example.net", "prizes.example.com", "deals.example.net")
_TRUSTED = ("fabrikam.com", "newsletter.example.com", "travel.example.org")
_STATISTICS = (
    "AssociatedItemCount AttachmentTableAvailableSize AttachmentTableTotalSize DatabaseIssueWarningQuota=Unlimited "
    "DatabaseName DatabaseProhibitSendQuota=Unlimited DatabaseProhibitSendReceiveQuota=Unlimited DeletedItemCount "
    "DisconnectDate DisconnectReason DisplayName DumpsterMessagesPerFolderCountReceiveQuota "
    "DumpsterMessagesPerFolderCountWarningQuota ExternalDirectoryOrganizationId FastIsEnabled=false "
    "FolderHierarchyChildrenCountReceiveQuota FolderHierarchyChildrenCountWarningQuota "
    "FolderHierarchyDepthReceiveQuota FolderHierarchyDepthWarningQuota FoldersCountReceiveQuota "
    "FoldersCountWarningQuota IsAbandonedMoveDestination=false IsArchiveMailbox=false IsDatabaseCopyActive=true "
    "IsHighDensityShard=false IsMoveDestination=false IsQuarantined=false ItemCount LastLoggedOnUserAccount "
    "LastLogoffTime LastLogonTime LegacyDN MailboxGuid MailboxMessagesPerFolderCountReceiveQuota "
    "MailboxMessagesPerFolderCountWarningQuota MailboxType=Private MailboxTypeDetail=UserMailbox "
    "MessageTableAvailableSize MessageTableTotalSize NamedPropertiesCountQuota NeedsToMove=false "
    "OtherTablesAvailableSize OtherTablesTotalSize OwnerADGuid QuarantineClients=[] QuarantineDescription "
    "QuarantineEnd QuarantineFileVersion QuarantineLastCrash ResourceUsageRollingAvgDatabaseReads "
    "ResourceUsageRollingAvgRop ResourceUsageRollingClientTypes ServerName StorageLimitStatus SystemMessageCount "
    "SystemMessageSize SystemMessageSizeShutoffQuota SystemMessageSizeWarningQuota TotalDeletedItemSize "
    "TotalItemSize Identity IsValid=true ObjectState=Unchanged"
)


def statistics(tenant: Tenant, given: Object) -> Object:
    """A row of Get-MailboxStatistics. Nobody logs on to a room."""
    if "MailboxGuid" in given:
        return given
    drawn = seeds.rng(tenant.seed, f"statistics/{given['Guid']}")
    items, deleted = drawn.randint(900, 40_000), drawn.randint(20, 3_000)
    kind = given.get("RecipientTypeDetails", "UserMailbox")
    minutes = drawn.randint(1, 2_880)
    found: Object = {
        "AssociatedItemCount": drawn.randint(100, 900),
        "DatabaseName": "EURPR01DG042-db111",
        "DeletedItemCount": deleted,
        "DisplayName": given.get("DisplayName", given["Name"]),
        "ExternalDirectoryOrganizationId": tenant.tenant_id,
        "ItemCount": items,
        "LastLogonTime": None if kind in ("RoomMailbox", "EquipmentMailbox") else _ago(tenant, minutes),
        "LegacyDN": f"/o=ExchangeLabs/ou=Exchange Administrative Group/cn=Recipients/cn={given['Guid']}",
        "MailboxGuid": exchange_guid(given),
        "MailboxTypeDetail": kind,
        "OwnerADGuid": given["Guid"],
        "ServerName": "DB9PR01MB1234",
        "TotalDeletedItemSize": size(deleted * 41_000),
        "TotalItemSize": size(items * 63_000),
        "Identity": exchange_guid(given),
    }
    decided = tenant.collection("mailboxStatistics").get(given["Guid"], {})
    return completed(template(_STATISTICS) | found, {n: v for n, v in decided.items() if n != "Guid"})


def size(count: int) -> str:
    """A number of bytes as Exchange writes it."""
    unit, divisor = ("GB", 2**30) if count >= 2**30 else ("MB", 2**20)
    return f"{count / divisor:.4g} {unit} ({count:,} bytes)"


def _ago(tenant: Tenant, minutes: int) -> str:
    return stamp(tenant.clock - timedelta(minutes=minutes))


def junk_mail(tenant: Tenant, given: Object) -> Object:
    """A row of Get-MailboxJunkEmailConfiguration; switched on is who has the rule that does it."""
    if "TrustedListsOnly" in given:
        return given
    drawn = seeds.rng(tenant.seed, f"junk/{given['Guid']}")
    lists = {
        "TrustedSendersAndDomains": drawn.sample(_TRUSTED, drawn.choice((0, 0, 0, 1, 2))),
        "BlockedSendersAndDomains": drawn.sample(_BLOCKED, drawn.choice((0, 0, 1, 2))),
    }
    defaults = template(
        "Enabled TrustedListsOnly=false ContactsTrusted=false TrustedSendersAndDomains BlockedSendersAndDomains "
        "TrustedRecipientsAndDomains=[] SenderScreeningEnabled=false MailboxOwnerId Identity IsValid=true "
        "ObjectState=Unchanged"
    )
    defaults |= lists | _owner(given) | {"Enabled": _has_rule(tenant, given, "Junk E-mail Rule")}
    return completed(defaults, _decided(tenant, "junkEmailConfigurations", given))


def automatic_replies(tenant: Tenant, given: Object) -> Object:
    """A row of Get-MailboxAutoReplyConfiguration; on is who has the rules that answer."""
    if "AutoReplyState" in given:
        return given
    away = _has_rule(tenant, given, "Microsoft.Exchange.OOF.")
    text = "<html><body>I am away until Monday.</body></html>" if away else ""
    defaults = template(
        "AutoDeclineFutureRequestsWhenOOF=false AutoReplyState=Disabled CreateOOFEvent=false "
        "DeclineAllEventsForScheduledOOF=false DeclineEventsForScheduledOOF=false DeclineMeetingMessage EndTime "
        "EventsToDeleteIDs ExternalAudience=All ExternalMessage InternalMessage OOFEventSubject StartTime Recipients "
        "ReminderMinutesBeforeStart=0 ReminderMessage MailboxOwnerId Identity IsValid=true ObjectState=Unchanged"
    )
    defaults |= _owner(given) | {"InternalMessage": text, "ExternalMessage": text}
    defaults |= {"AutoReplyState": "Enabled"} if away else {}
    defaults |= {"StartTime": _ago(tenant, 60), "EndTime": _ago(tenant, -1380), "DeclineMeetingMessage": ""}
    return completed(defaults, _decided(tenant, "autoReplyConfigurations", given))


def _calendars(tenant: Tenant, given: Read) -> list[Object]:
    box, folder = folder_of(tenant, given["Identity"])
    return [{"Mailbox": box["Guid"], "Folder": folder, "Name": box["Name"]}]


def _calendar(tenant: Tenant, given: Object) -> Object:
    """A row of Get-MailboxCalendarFolder: what of a calendar is published to the world."""
    if "Mailbox" not in given:
        return given
    identity = f"{given['Name']}:\\{given['Folder']}"
    defaults = template(
        "Identity PublishEnabled=false PublishDateRangeFrom=ThreeMonths PublishDateRangeTo=ThreeMonths "
        "DetailLevel=AvailabilityOnly SearchableUrlEnabled=false PublishedCalendarUrl PublishedICalUrl "
        "ExtendedFolderFlags ExtendedFolderFlags2 CalendarSharingFolderFlags=None CalendarSharingOwnerSmtpAddress "
        "CalendarSharingPermissionLevel=Null SharingLevelOfDetails=None SharingPermissionFlags=None "
        "SharingOwnerRemoteFolderId IsValid=true ObjectState=Unchanged"
    )
    key = f"{given['Mailbox']}/{given['Folder']}"
    decided = tenant.collection("calendarFolders").get(key, {})
    return completed(
        defaults | {"Identity": identity},
        {name: value for name, value in decided.items() if name not in ("Mailbox", "Folder")},
    )


def _sweep_rules(tenant: Tenant, given: Read) -> list[Object]:
    if "Mailbox" not in given:
        raise errors.invalid("Invalid Operation")  # an app has no mailbox of its own
    box = find_mailbox(tenant, given["Mailbox"])
    if box is None:
        raise errors.no_mailbox()
    return of_mailbox(tenant, "sweepRules", box)


def sweep_rule(tenant: Tenant, given: Object) -> Object:
    """A row of Get-SweepRule."""
    if "Mailbox" not in given:
        return given
    box = find_mailbox(tenant, str(given["Mailbox"])) or {"Name": given["Mailbox"]}
    defaults = template(
        "RuleId Name Enabled=true Sender SourceFolder=Inbox DestinationFolder KeepLatest KeepForDays "
        "ExceptIfFlagged=false ExceptIfPinned=false Provider=Exchange16 SystemCategory MailboxOwnerId Identity "
        "IsValid=true ObjectState=Unchanged"
    )
    number = re.sub("-", "", str(given["Guid"]))[:22] + "=="
    usual = {
        "RuleId": number,
        "DestinationFolder": "Deleted Items",
        "MailboxOwnerId": box["Name"],
        "Identity": number,
    }
    decided = {name: value for name, value in given.items() if name not in ("Guid", "Mailbox")}
    return completed(defaults | usual, decided)


def _owner(given: Object) -> Object:
    return {"MailboxOwnerId": given["Name"], "Identity": given["Name"]}


def _has_rule(tenant: Tenant, given: Object, beginning: str) -> bool:
    rules = rules_of_mailbox(tenant, given)
    return any(str(rule.get("Name", "")).startswith(beginning) for rule in rules)


def _decided(tenant: Tenant, collection: str, given: Object) -> Object:
    found = tenant.collection(collection).get(given["Guid"], {})
    return {name: value for name, value in found.items() if name != "Guid"}


_OF_ONE: Mapping[str, Parameter] = {"Identity": Text(), "ResultSize": Size()}

ROWS: dict[str, Row] = {
    "Get-MailboxAutoReplyConfiguration": Cmdlet(
        collection="mailboxes",
        shape=automatic_replies,
        parameters=_OF_ONE,
        required=("Identity",),
        key=None,
        source=mailboxes_asked_for,
        grant=_VIEW_OPTIONS,
        unemulated=frozenset({"UseCustomRouting"}),
        unconfirmed=_UNSEEN,
    ),
    "Get-MailboxCalendarFolder": Cmdlet(
        collection="calendarFolders",
        shape=_calendar,
        parameters={"Identity": Text()},
        required=("Identity",),
        key=None,
        source=_calendars,
        grant=_VIEW_OPTIONS,
        unemulated=frozenset({"UseCustomRouting"}),
        unconfirmed=_UNSEEN,
    ),
    "Get-MailboxJunkEmailConfiguration": Cmdlet(
        collection="mailboxes",
        shape=junk_mail,
        parameters=_OF_ONE,
        required=("Identity",),
        key=None,
        source=mailboxes_asked_for,
        grant=_VIEW_OPTIONS,
        unemulated=frozenset({"UseCustomRouting"}),
        unconfirmed=_UNSEEN,
    ),
    "Get-MailboxStatistics": Cmdlet(
        collection="mailboxes",
        shape=statistics,
        parameters={"Identity": Text(), "UseCustomRouting": Switch()},
        required=("Identity",),
        key=None,
        source=mailboxes_asked_for,
        grant=VIEW_RECIPIENTS,
        unemulated=frozenset(
            words(
                "Archive IncludeMoveHistory IncludeMoveReport IncludeQuarantineDetails IncludeSoftDeletedRecipients "
                "Server Database StoreMailboxIdentity"
            )
        ),
        unconfirmed="order of the properties and most of their values",
    ),
    "Get-SweepRule": Cmdlet(
        collection="sweepRules",
        shape=sweep_rule,
        parameters={
            "Identity": Text(),
            "Mailbox": Text(),
            "ResultSize": Size(),
            "BypassScopeCheck": Switch(),
        },
        identity=("RuleId", "Identity", "Name"),
        source=_sweep_rules,
        grant=_RULES,
        unemulated=frozenset(words("Provider SkipCount")),
        unconfirmed=f"{_UNSEEN}; that who reads inbox rules reads these",
    ),
}
