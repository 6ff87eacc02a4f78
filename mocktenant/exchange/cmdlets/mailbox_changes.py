"""Changes to mailboxes and accounts: forwarding, delegates by name, protocols, what their owners set, phones."""

from __future__ import annotations

from mocktenant.collection import Object
from mocktenant.exchange import errors
from mocktenant.exchange.changes import (
    DONE,
    lists,
    nullable_switches,
    question,
    remover,
    setter,
    switches,
    target,
    texts,
)
from mocktenant.exchange.cmdlet import Command, Outcome, Row, found, reads
from mocktenant.exchange.cmdlets import client_access, devices, mailbox_settings, mailboxes, recipients, users
from mocktenant.exchange.grants import MAILBOX_OPTIONS, RECIPIENTS, held_by
from mocktenant.exchange.objects import stamp
from mocktenant.exchange.parameters import Moment, One, OrNull, Read, Switch, Text
from mocktenant.exchange.recipients import find_mailbox
from mocktenant.mirroring import addressed, show_in_directory
from mocktenant.tenant import Tenant
from mocktenant.words import words

_MAILBOX = reads(mailboxes.ROWS, "Get-Mailbox")
_RECIPIENT = reads(recipients.ROWS, "Get-Recipient")
_DEVICE = reads(devices.ROWS, "Get-MobileDevice")

_KINDS = {
    "Equipment": "EquipmentMailbox",
    "Regular": "UserMailbox",
    "Room": "RoomMailbox",
    "Shared": "SharedMailbox",
}


def _recorded(tenant: Tenant, changes: Object) -> Object:
    """Recipients by name, addresses with their kind, and a type as what it makes of a mailbox. Raises Refusal."""
    kept = dict(changes)
    if kept.get("ForwardingAddress") is not None:
        kept["ForwardingAddress"] = _name(tenant, kept["ForwardingAddress"])
    if kept.get("ForwardingSmtpAddress") is not None:
        kept["ForwardingSmtpAddress"] = f"smtp:{kept['ForwardingSmtpAddress'].removeprefix('smtp:')}"
    if "GrantSendOnBehalfTo" in kept:
        kept["GrantSendOnBehalfTo"] = list(
            dict.fromkeys(_name(tenant, who) for who in kept["GrantSendOnBehalfTo"])
        )
    if "EmailAddresses" in kept:
        kept |= addressed(kept["EmailAddresses"])
    if "Type" in kept:
        kind = kept.pop("Type")
        kept |= {"RecipientTypeDetails": _KINDS[kind], "AccountDisabled": kind != "Regular"}
    return kept


def _name(tenant: Tenant, who: str) -> str:
    box = find_mailbox(tenant, who)
    return str((box or found(tenant, _RECIPIENT, {"Identity": who})[0])["Name"])


def _set_mailbox(tenant: Tenant, given: Read) -> Outcome:
    """Delegates that are taken away may be named by any of their identities, so they are looked up first."""
    edit = given.get("GrantSendOnBehalfTo")
    if edit is not None and edit.removed:
        names = [box["Name"] if (box := find_mailbox(tenant, who)) else who for who in edit.removed]
        given = given | {"GrantSendOnBehalfTo": type(edit)(added=edit.added, removed=tuple(names))}
    box = find_mailbox(tenant, given["Identity"])
    done = _SET.act(tenant, given)
    if box is not None:
        show_in_directory(tenant, tenant.get("mailboxes", box["Guid"]), given)
    return done


_SET = setter(
    _MAILBOX,
    {
        **texts(
            "AuditLogAgeLimit DisplayName ForwardingAddress ForwardingSmtpAddress IssueWarningQuota MailTip "
            "ProhibitSendQuota ProhibitSendReceiveQuota RetainDeletedItemsFor RetentionPolicy RoleAssignmentPolicy "
            "SharingPolicy"
        ),
        **switches(
            "AccountDisabled AuditEnabled DeliverToMailboxAndForward HiddenFromAddressListsEnabled "
            "LitigationHoldEnabled MessageCopyForSendOnBehalfEnabled MessageCopyForSentAsEnabled "
            "RequireSenderAuthenticationEnabled RetentionHoldEnabled SingleItemRecoveryEnabled"
        ),
        **lists(
            "AcceptMessagesOnlyFrom AuditAdmin AuditDelegate AuditOwner DefaultAuditSet EmailAddresses "
            "GrantSendOnBehalfTo RejectMessagesFrom"
        ),
        "Type": One("Microsoft.Exchange.Management.ConvertibleMailboxSubType", tuple(_KINDS)),
    },
    grant=RECIPIENTS,
    convert=_recorded,
    unemulated=(
        "AddressBookPolicy Alias Arbitration ArchiveName ArchiveQuota BypassModerationFromSendersOrMembers "
        "CustomAttribute1 CustomAttribute2 DefaultPublicFolderMailbox ElcProcessingDisabled "
        "EmailAddressPolicyEnabled ExternalOofOptions GroupMailbox InactiveMailbox Languages LitigationHoldDate "
        "LitigationHoldDuration MaxReceiveSize MaxSendSize MicrosoftOnlineServicesID ModeratedBy ModerationEnabled "
        "Name Office Password RecipientLimits ResourceCapacity RulesQuota SecondaryAddress SimpleDisplayName "
        "UseDatabaseQuotaDefaults WindowsEmailAddress"
    ),
)


def _account(tenant: Tenant, changes: Object) -> Object:
    """Both names of one switch say the same."""
    del tenant
    kept = {name: value for name, value in changes.items() if name != "RemotePowerShellEnabled"}
    if "RemotePowerShellEnabled" in changes:
        kept.setdefault("EXOModuleEnabled", changes["RemotePowerShellEnabled"])
    return kept


def _clear(tenant: Tenant, given: Read) -> Outcome:
    """Orders a phone to forget the account, or everything; `Cancel` takes the order back."""
    item = target(tenant, _DEVICE, {"Identity": given["Identity"]})
    order = "AccountOnlyDeviceWipePending" if given.get("AccountOnly") else "DeviceWipePending"
    cancelled = bool(given.get("Cancel"))
    tenant.patch(
        "mobileDevices",
        item["Guid"],
        {
            "Status": "DeviceOk" if cancelled else order,
            "DeviceWipeRequestTime": None if cancelled else stamp(tenant.clock),
        },
    )
    return DONE


def _without_time(_tenant: Tenant, changes: Object) -> Object:
    return {name: value for name, value in changes.items() if name != "WhenChangedUTC"}


def _bypass(tenant: Tenant, given: Read) -> Outcome:
    box = find_mailbox(tenant, given["Identity"])
    if box is None:
        raise errors.not_found(given["Identity"])
    tenant.put(
        "auditBypassAssociations", {"Guid": box["Guid"], "AuditBypassEnabled": given["AuditBypassEnabled"]}
    )
    return DONE


ROWS: dict[str, Row] = {
    "Clear-MobileDevice": Command(
        act=_clear,
        ask=question("Clearing the mobile device"),
        parameters={"Identity": Text(), **switches("AccountOnly Cancel Force")},
        required=("Identity",),
        grant=held_by("Mail Recipients", "Organization Client Access", "User Options"),
        unemulated=frozenset({"NotificationEmailAddresses"}),
        unconfirmed="what becomes of the device",
    ),
    "Remove-MobileDevice": remover(
        _DEVICE,
        "Removing the mobile device",
        grant=held_by("Mail Recipients", "Organization Client Access", "User Options"),
    ),
    "Set-CASMailbox": setter(
        reads(client_access.ROWS, "Get-CASMailbox"),
        {
            **switches(
                "ActiveSyncDebugLogging ActiveSyncEnabled ActiveSyncSuppressReadReceipt ECPEnabled "
                "ImapEnableExactRFC822Size ImapEnabled ImapForceICalForCalendarRetrievalOption "
                "ImapSuppressReadReceipt ImapUseProtocolDefaults IsOptimizedForAccessibility MAPIEnabled OWAEnabled "
                "OWAforDevicesEnabled OneWinNativeOutlookEnabled PopEnableExactRFC822Size PopEnabled "
                "PopForceICalForCalendarRetrievalOption PopSuppressReadReceipt PopUseProtocolDefaults "
                "PublicFolderClientAccess ShowGalAsDefaultView UniversalOutlookEnabled OutlookMobileEnabled "
                "MacOutlookEnabled"
            ),
            **nullable_switches(
                "EwsAllowEntourage EwsAllowMacOutlook EwsAllowOutlook EwsEnabled SmtpClientAuthenticationDisabled"
            ),
            **texts("ActiveSyncMailboxPolicy OwaMailboxPolicy EwsApplicationAccessPolicy"),
            **lists("ActiveSyncAllowedDeviceIDs ActiveSyncBlockedDeviceIDs EwsAllowList EwsBlockList"),
        },
        grant=MAILBOX_OPTIONS,
        collection="casMailboxes",
        convert=_without_time,
    ),
    "Set-Mailbox": Command(
        act=_set_mailbox,
        parameters=_SET.parameters,
        required=_SET.required,
        unemulated=_SET.unemulated,
        grant=_SET.grant,
    ),
    "Set-MailboxAuditBypassAssociation": Command(
        act=_bypass,
        parameters={"Identity": Text(), "AuditBypassEnabled": Switch(), "Force": Switch()},
        required=("Identity", "AuditBypassEnabled"),
        grant=held_by("Audit Logs", "Mail Recipients"),
        unconfirmed="who may run it",
    ),
    "Set-MailboxAutoReplyConfiguration": setter(
        reads(mailbox_settings.ROWS, "Get-MailboxAutoReplyConfiguration"),
        {
            "AutoReplyState": One(
                "Microsoft.Exchange.InfoWorker.OofState", words("Disabled Enabled Scheduled")
            ),
            "ExternalAudience": One(
                "Microsoft.Exchange.InfoWorker.ExternalAudience", words("All Known None")
            ),
            "StartTime": OrNull(Moment()),
            "EndTime": OrNull(Moment()),
            **texts("DeclineMeetingMessage ExternalMessage InternalMessage OOFEventSubject"),
            **switches(
                "AutoDeclineFutureRequestsWhenOOF CreateOOFEvent DeclineAllEventsForScheduledOOF "
                "DeclineEventsForScheduledOOF"
            ),
        },
        grant=MAILBOX_OPTIONS,
        collection="autoReplyConfigurations",
        convert=_without_time,
    ),
    "Set-MailboxJunkEmailConfiguration": setter(
        reads(mailbox_settings.ROWS, "Get-MailboxJunkEmailConfiguration"),
        {
            **switches("ContactsTrusted Enabled SenderScreeningEnabled TrustedListsOnly"),
            **lists("BlockedSendersAndDomains TrustedRecipientsAndDomains TrustedSendersAndDomains"),
        },
        grant=MAILBOX_OPTIONS,
        collection="junkEmailConfigurations",
        convert=_without_time,
        unemulated="FailOnError IgnoreDefaultScope",
    ),
    "Set-User": setter(
        reads(users.ROWS, "Get-User"),
        {
            **switches("EXOModuleEnabled RemotePowerShellEnabled PermanentlyClearPreviousMailboxInfo"),
            **texts("AuthenticationPolicy"),
        },
        grant=RECIPIENTS,
        collection="exchangeUsers",
        convert=_account,
        unemulated=(
            "BlockReason City Company Department DisplayName FirstName LastName Manager Notes Office Phone "
            "StsRefreshTokensValidFrom Title"
        ),
    ),
}
