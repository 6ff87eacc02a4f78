"""Property sets of the Get-EXO* cmdlets, as documented; `All` is everything that the cmdlet behind them knows."""

from __future__ import annotations

from collections.abc import Mapping

PropertySets = Mapping[str, frozenset[str]]
"""Name -> properties, all lower case; an empty one stands for all properties."""


def _sets(**named: str) -> PropertySets:
    found = {name.lower(): frozenset(text.lower().split()) for name, text in named.items()}
    return found | {"all": frozenset()}


_CUSTOM = " ".join(f"CustomAttribute{number}" for number in range(1, 16))
_EXTENSION = " ".join(f"ExtensionCustomAttribute{number}" for number in range(1, 6))
_NAMES = "ExternalDirectoryObjectId Guid Identity Name OrganizationId"

CAS_MAILBOX = _sets(
    Minimum=(
        "ExternalDirectoryObjectId Identity PrimarySmtpAddress DisplayName Name Guid ServerLegacyDN ExchangeVersion "
        "ECPEnabled EmailAddresses OWAEnabled OrganizationId ImapEnabled PopEnabled MAPIEnabled EwsEnabled "
        "ActiveSyncEnabled"
    ),
    ActiveSync=(
        "ActiveSyncAllowedDeviceIDs ActiveSyncBlockedDeviceIDs ActiveSyncEnabled ActiveSyncMailboxPolicy "
        f"ActiveSyncMailboxPolicyIsDefaulted ActiveSyncSuppressReadReceipt HasActiveSyncDevicePartnership {_NAMES}"
    ),
    Ews=f"EwsAllowMacOutlook EwsAllowOutlook EwsEnabled {_NAMES}",
    Imap=(
        "ImapEnableExactRFC822Size ImapEnabled ImapForceICalForCalendarRetrievalOption "
        f"ImapMessagesRetrievalMimeFormat ImapSuppressReadReceipt ImapUseProtocolDefaults {_NAMES}"
    ),
    Mapi=(
        "MAPIBlockOutlookExternalConnectivity MAPIBlockOutlookNonCachedMode MAPIBlockOutlookRpcHttp "
        f"MAPIBlockOutlookVersions MAPIEnabled MapiHttpEnabled {_NAMES}"
    ),
    Pop=(
        "PopEnableExactRFC822Size PopEnabled PopMessagesRetrievalMimeFormat PopSuppressReadReceipt "
        f"PopUseProtocolDefaults {_NAMES}"
    ),
    ProtocolSettings=(
        "ExternalImapSettings ExternalPopSettings ExternalSmtpSettings InternalImapSettings InternalPopSettings "
        f"InternalSmtpSettings {_NAMES}"
    ),
)

MAILBOX = _sets(
    Minimum=(
        "ExternalDirectoryObjectId UserPrincipalName Alias DisplayName EmailAddresses PrimarySmtpAddress "
        "RecipientType RecipientTypeDetails Identity Id ExchangeVersion Name DistinguishedName OrganizationId Guid"
    ),
    AddressList=(
        "AddressBookPolicy AddressListMembership ExternalDirectoryObjectId GeneratedOfflineAddressBooks "
        "HiddenFromAddressListsEnabled OfflineAddressBook"
    ),
    Archive=(
        "ArchiveDatabase ArchiveDomain ArchiveGuid ArchiveName ArchiveQuota ArchiveRelease ArchiveState "
        "ArchiveStatus ArchiveWarningQuota AutoExpandingArchiveEnabled DisabledArchiveDatabase DisabledArchiveGuid "
        "ExternalDirectoryObjectId JournalArchiveAddress"
    ),
    Audit=(
        "AuditAdmin AuditDelegate AuditEnabled AuditLogAgeLimit AuditOwner DefaultAuditSet ExternalDirectoryObjectId"
    ),
    Custom=f"{_CUSTOM} {_EXTENSION} ExternalDirectoryObjectId",
    Delivery=(
        "AcceptMessagesOnlyFrom AcceptMessagesOnlyFromDLMembers AcceptMessagesOnlyFromSendersOrMembers "
        "DeliverToMailboxAndForward DowngradeHighPriorityMessagesEnabled ExternalDirectoryObjectId ForwardingAddress "
        "ForwardingSmtpAddress GrantSendOnBehalfTo MaxBlockedSenders MaxReceiveSize MaxSafeSenders MaxSendSize "
        "MessageCopyForSendOnBehalfEnabled MessageCopyForSentAsEnabled MessageRecallProcessingEnabled "
        "MessageTrackingReadStatusEnabled RecipientLimits RejectMessagesFrom RejectMessagesFromDLMembers "
        "RejectMessagesFromSendersOrMembers RulesQuota"
    ),
    Hold=(
        "ComplianceTagHoldApplied DelayHoldApplied ExternalDirectoryObjectId InPlaceHolds InactiveMailboxRetireTime "
        "LitigationHoldDate LitigationHoldDuration LitigationHoldEnabled LitigationHoldOwner"
    ),
    Moderation=(
        "BypassModerationFromSendersOrMembers ExternalDirectoryObjectId ModeratedBy ModerationEnabled "
        "SendModerationNotifications"
    ),
    Policy=(
        "AddressBookPolicy DataEncryptionPolicy EmailAddressPolicyEnabled ExternalDirectoryObjectId "
        "ManagedFolderMailboxPolicy PoliciesExcluded PoliciesIncluded RemoteAccountPolicy RetentionPolicy "
        "RetentionUrl RoleAssignmentPolicy SharingPolicy ThrottlingPolicy"
    ),
    Quota=(
        "ArchiveQuota ArchiveWarningQuota CalendarLoggingQuota ExternalDirectoryObjectId IssueWarningQuota "
        "ProhibitSendQuota ProhibitSendReceiveQuota RecoverableItemsQuota RecoverableItemsWarningQuota RulesQuota "
        "UseDatabaseQuotaDefaults"
    ),
    Resource=(
        "ExternalDirectoryObjectId IsResource ResourceCapacity ResourceCustom ResourceType RoomMailboxAccountEnabled"
    ),
    Retention=(
        "EndDateForRetentionHold ExternalDirectoryObjectId OrphanSoftDeleteTrackingTime RetainDeletedItemsFor "
        "RetainDeletedItemsUntilBackup RetentionComment RetentionHoldEnabled RetentionPolicy RetentionUrl "
        "SingleItemRecoveryEnabled StartDateForRetentionHold UseDatabaseRetentionDefaults"
    ),
    SoftDelete=(
        "ExternalDirectoryObjectId IncludeInGarbageCollection IsInactiveMailbox IsSoftDeletedByDisable "
        "IsSoftDeletedByRemove WhenSoftDeleted"
    ),
    StatisticsSeed="ArchiveDatabaseGuid DatabaseGuid ExchangeGuid ExternalDirectoryObjectId",
)

RECIPIENT = _sets(
    Minimum=(
        "ExternalDirectoryObjectId Identity Alias EmailAddresses DisplayName Name PrimarySmtpAddress RecipientType "
        "RecipientTypeDetails ExchangeVersion DistinguishedName OrganizationId"
    ),
    Archive="ArchiveDatabase ArchiveGuid ArchiveRelease ArchiveState ArchiveStatus",
    Custom=f"{_CUSTOM} {_EXTENSION}",
    Policy=(
        "ActiveSyncMailboxPolicy ActiveSyncMailboxPolicyIsDefaulted AddressBookPolicy EmailAddressPolicyEnabled "
        "ManagedFolderMailboxPolicy OwaMailboxPolicy PoliciesExcluded PoliciesIncluded RetentionPolicy SharingPolicy "
        "ShouldUseDefaultRetentionPolicy UMMailboxPolicy"
    ),
)

STATISTICS = _sets(
    Minimum="DeletedItemCount DisplayName ItemCount MailboxGuid TotalDeletedItemSize TotalItemSize",
)

USER = _sets(
    Minimum=(
        "ExternalDirectoryObjectId UserPrincipalName DisplayName Name Identity Id Guid DistinguishedName "
        "ExchangeVersion OrganizationId RecipientType RecipientTypeDetails WindowsLiveID"
    ),
)
