"""Mailboxes, as Get-Mailbox shows them."""

from __future__ import annotations

from mocktenant import seeds
from mocktenant.collection import Object
from mocktenant.exchange.objects import completed, identity_before, tail, template, unit
from mocktenant.folder_names import ENGLISH
from mocktenant.tenant import Tenant

_AUDIT_OWNER = [
    "Update",
    "MoveToDeletedItems",
    "SoftDelete",
    "HardDelete",
    "UpdateFolderPermissions",
    "UpdateInboxRules",
    "UpdateCalendarDelegation",
    "ApplyRecord",
    "MailItemsAccessed",
    "Send",
]
_AUDIT_DELEGATE = [*_AUDIT_OWNER[:6], "Create", "SendAs", "SendOnBehalf", "ApplyRecord", "MailItemsAccessed"]
_AUDIT_ADMIN = [*_AUDIT_OWNER, "Create", "SendAs", "SendOnBehalf"]


def mailbox(tenant: Tenant, given: Object) -> Object:
    """A row of Get-Mailbox."""
    address = str(given["PrimarySmtpAddress"])
    kind = given.get("RecipientTypeDetails", "UserMailbox")
    shared, resource = kind == "SharedMailbox", kind in ("RoomMailbox", "EquipmentMailbox")
    defaults = _USUAL | {
        "ExchangeGuid": exchange_guid(given),
        "IsShared": shared,
        "IsResource": resource,
        "ResourceType": kind.removesuffix("Mailbox") if resource else None,
        "AccountDisabled": shared or resource,
        "UserPrincipalName": address,
        "MicrosoftOnlineServicesID": address,
        "WindowsLiveID": address,
        "Alias": address.partition("@")[0],
        "DisplayName": str(given["Name"]),
        "EmailAddresses": [f"SMTP:{address}"],
        "PrimarySmtpAddress": address,
        "WindowsEmailAddress": address,
        "LegacyExchangeDN": f"/o=ExchangeLabs/ou=Exchange Administrative Group/cn=Recipients/cn={given['Guid']}",
        "OrganizationalUnit": unit(tenant),
        "WhenMailboxCreated": given.get("WhenCreatedUTC"),
    }
    classes = ["top", "person", "organizationalPerson", "user"]
    rest = tail(tenant, given, container="CN=Recipients", classes=classes, version="0.20 (15.0.0.0)")
    return completed(defaults | identity_before(rest), given)


def exchange_guid(mailbox: Object) -> str:
    """The mailbox's own GUID, which is not that of the directory object that it belongs to."""
    return str(mailbox.get("ExchangeGuid") or seeds.guid(seeds.rng(0, f"mailbox/{mailbox['Guid']}")))


_NOBODY = "00000000-0000-0000-0000-000000000000"
_CUSTOM = " ".join(f'CustomAttribute{number}=""' for number in range(1, 16))
_EXTENSION = " ".join(f"ExtensionCustomAttribute{number}=[]" for number in range(1, 6))

_USUAL: Object = template(
    "AcceptMessagesOnlyFromWithDisplayNames=[] AcceptMessagesOnlyFromSendersOrMembersWithDisplayNames=[] "
    "AcceptMessagesOnlyFromDLMembersWithDisplayNames=[] GrantSendOnBehalfToWithDisplayNames=[] "
    "ForwardingAddressWithDisplayNames Database=EURPR01DG042-db111 DatabaseGuid MailboxProvisioningConstraint "
    "IsMonitoringMailbox=false MailboxRegion MailboxRegionLastUpdateTime MailboxRegionSuffix=None "
    "MessageRecallProcessingEnabled=true UniqueUnrestrictedGroupsLimitEnabled=false "
    "UniqueRecipientsCountLimitLevel=None MessageCopyForSentAsEnabled=false MessageCopyForSendOnBehalfEnabled=false "
    "MailboxProvisioningPreferences=[] UseDatabaseRetentionDefaults=false RetainDeletedItemsUntilBackup=false "
    "DeliverToMailboxAndForward=false IsExcludedFromServingHierarchy=false IsHierarchyReady=true "
    "IsHierarchySyncEnabled=true IsPublicFolderSystemMailbox=false HasSnackyAppData=false "
    "LitigationHoldEnabled=false SingleItemRecoveryEnabled=true RetentionHoldEnabled=false EndDateForRetentionHold "
    "StartDateForRetentionHold "
    'RetentionComment="" RetentionUrl="" LitigationHoldDate LitigationHoldOwner="" ElcProcessingDisabled=false '
    "ComplianceTagHoldApplied=false WasInactiveMailbox=false DelayHoldApplied=false DelayReleaseHoldApplied=false "
    "InactiveMailboxRetireTime OrphanSoftDeleteTrackingTime LitigationHoldDuration=Unlimited "
    "ManagedFolderMailboxPolicy RetentionPolicy AddressBookPolicy CalendarRepairDisabled=false ExchangeGuid "
    "MailboxContainerGuid UnifiedMailbox MailboxLocations=[] AggregatedMailboxGuids=[] "
    "ExchangeUserAccountControl=None MessageTrackingReadStatusEnabled=true ExternalOofOptions=External "
    "ForwardingAddress ForwardingSmtpAddress RetainDeletedItemsFor=14.00:00:00 IsMailboxEnabled=true Languages "
    "OfflineAddressBook ProhibitSendQuota ProhibitSendReceiveQuota RecoverableItemsQuota "
    "RecoverableItemsWarningQuota CalendarLoggingQuota DowngradeHighPriorityMessagesEnabled=false "
    "ProtocolSettings=[] RecipientLimits=500 ImListMigrationCompleted=false SiloName IsResource=false IsLinked=false "
    "IsShared=false "
    'IsRootPublicFolderMailbox=false LinkedMasterAccount="" ResetPasswordOnNextLogon=false ResourceCapacity '
    "ResourceCustom=[] ResourceType RoomMailboxAccountEnabled SamAccountName SCLDeleteThreshold SCLDeleteEnabled "
    "SCLRejectThreshold SCLRejectEnabled SCLQuarantineThreshold SCLQuarantineEnabled SCLJunkThreshold SCLJunkEnabled "
    "AntispamBypassEnabled=false ServerLegacyDN ServerName UseDatabaseQuotaDefaults=false IssueWarningQuota "
    "RulesQuota "
    'Office="" UserPrincipalName UMEnabled=false MaxSafeSenders MaxBlockedSenders NetID ReconciliationId '
    "WindowsLiveID "
    "MicrosoftOnlineServicesID ThrottlingPolicy RoleAssignmentPolicy DefaultPublicFolderMailbox "
    "EffectivePublicFolderMailbox SharingPolicy RemoteAccountPolicy MailboxPlan=ExchangeOnlineEnterprise "
    "ArchiveDatabase ArchiveDatabaseGuid ArchiveGuid ArchiveName=[] JournalArchiveAddress ArchiveQuota "
    "ArchiveWarningQuota ArchiveDomain ArchiveStatus=None ArchiveState=None AutoExpandingArchiveEnabled=false "
    "DisabledMailboxLocations=false RemoteRecipientType=None DisabledArchiveDatabase DisabledArchiveGuid QueryBaseDN "
    "QueryBaseDNRestrictionEnabled=false MailboxMoveTargetMDB MailboxMoveSourceMDB MailboxMoveFlags=None "
    'MailboxMoveRemoteHostName="" MailboxMoveBatchName="" MailboxMoveStatus=None MailboxRelease ArchiveRelease '
    "IsPersonToPersonTextMessagingEnabled=false IsMachineToPersonTextMessagingEnabled=false UserSMimeCertificate=[] "
    "UserCertificate=[] CalendarVersionStoreDisabled=false ImmutableId PersistedCapabilities=[] SKUAssigned "
    "AuditEnabled=true AuditLogAgeLimit=90.00:00:00 AuditAdmin AuditDelegate AuditOwner DefaultAuditSet "
    "WhenMailboxCreated SourceAnchor UsageLocation IsSoftDeletedByRemove=false IsSoftDeletedByDisable=false "
    "IsInactiveMailbox=false IncludeInGarbageCollection=false WhenSoftDeleted InPlaceHolds=[] "
    "GeneratedOfflineAddressBooks=[] AccountDisabled=false StsRefreshTokensValidFrom DataEncryptionPolicy "
    "HasPicture=false HasSpokenName=false IsDirSynced=false AcceptMessagesOnlyFrom=[] "
    "AcceptMessagesOnlyFromDLMembers=[] AcceptMessagesOnlyFromSendersOrMembers=[] AddressListMembership=[] "
    "AdministrativeUnits=[] Alias ArbitrationMailbox BypassModerationFromSendersOrMembers=[] OrganizationalUnit "
    f"{_CUSTOM} {_EXTENSION} DisplayName EmailAddresses GrantSendOnBehalfTo=[] ExternalDirectoryObjectId "
    "HiddenFromAddressListsEnabled=false LastExchangeChangedTime LegacyExchangeDN MaxSendSize MaxReceiveSize "
    "ModeratedBy=[] ModerationEnabled=false PoliciesIncluded=[] PoliciesExcluded=[] EmailAddressPolicyEnabled=false "
    "PrimarySmtpAddress RecipientType=UserMailbox RecipientTypeDetails=UserMailbox RejectMessagesFrom=[] "
    "RejectMessagesFromDLMembers=[] RejectMessagesFromSendersOrMembers=[] RequireSenderAuthenticationEnabled=false "
    'SimpleDisplayName="" SendModerationNotifications=Always UMDtmfMap=[] WindowsEmailAddress MailTip '
    "MailTipTranslations=[]"
) | {
    "ArchiveGuid": _NOBODY,
    "ArchiveDatabaseGuid": _NOBODY,
    "ArchiveQuota": "100 GB (107,374,182,400 bytes)",
    "ArchiveWarningQuota": "90 GB (96,636,764,160 bytes)",
    "AuditAdmin": _AUDIT_ADMIN,
    "AuditDelegate": _AUDIT_DELEGATE,
    "AuditOwner": _AUDIT_OWNER,
    "CalendarLoggingQuota": "6 GB (6,442,450,944 bytes)",
    "DefaultAuditSet": ["Admin", "Delegate", "Owner"],
    "DisabledArchiveGuid": _NOBODY,
    "ExternalDirectoryObjectId": "",
    "IssueWarningQuota": "98 GB (105,226,698,752 bytes)",
    "Languages": [ENGLISH],  # unconfirmed on the wire
    "MaxReceiveSize": "36 MB (37,748,736 bytes)",
    "MaxSendSize": "35 MB (36,700,160 bytes)",
    "ProhibitSendQuota": "99 GB (106,300,440,576 bytes)",
    "ProhibitSendReceiveQuota": "100 GB (107,374,182,400 bytes)",
    "RecoverableItemsQuota": "30 GB (32,212,254,720 bytes)",
    "RecoverableItemsWarningQuota": "20 GB (21,474,836,480 bytes)",
    "RetentionPolicy": "Default MRM Policy",
    "RoleAssignmentPolicy": "Default Role Assignment Policy",
    "RulesQuota": "256 KB (262,144 bytes)",
    "SharingPolicy": "Default Sharing Policy",
}
"""What a mailbox is unless somebody decided otherwise, in the cmdlet's order as far as it is known."""
