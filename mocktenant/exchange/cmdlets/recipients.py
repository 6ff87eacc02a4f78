"""Recipients of every kind: all of them, guests, contacts and groups with their members."""

from __future__ import annotations

from collections.abc import Callable

from mocktenant.collection import Object
from mocktenant.exchange import errors
from mocktenant.exchange.cmdlet import BY_ADDRESS, FILTERED, Cmdlet, Row, Source, kinds, of_type
from mocktenant.exchange.filters import Filter
from mocktenant.exchange.grants import held_by
from mocktenant.exchange.mailboxes import mailbox
from mocktenant.exchange.objects import configuration
from mocktenant.exchange.parameters import Choice, Read, Size, Switch, Text
from mocktenant.exchange.recipients import asked_for
from mocktenant.exchange.recipients_all import (
    distribution_groups,
    groups,
    mail_contacts,
    mail_groups,
    mail_users,
    members_of,
    unified_groups,
)
from mocktenant.exchange.role_groups import member_of, role_group_member
from mocktenant.tenant import Tenant
from mocktenant.words import words

_VIEW = held_by("View-Only Recipients", "Mail Recipients", "Mail Recipient Creation", "Distribution Groups")
_CUT = "properties after the first thirty, and their order"
_UNSEEN = "names and order of the properties: no published answer has a row"
_UNUSED = frozenset(words("Anr OrganizationalUnit ReadFromDomainController SortBy IgnoreDefaultScope"))

_CUSTOM = " ".join(f'CustomAttribute{number}=""' for number in range(1, 16))
_EXTENSION = " ".join(f"ExtensionCustomAttribute{number}=[]" for number in range(1, 6))
_ADDRESSED = (
    "AcceptMessagesOnlyFrom=[] AcceptMessagesOnlyFromDLMembers=[] AcceptMessagesOnlyFromSendersOrMembers=[] "
    "AddressListMembership=[] AdministrativeUnits=[] Alias ArbitrationMailbox "
    f"BypassModerationFromSendersOrMembers=[] OrganizationalUnit {_CUSTOM} {_EXTENSION} DisplayName "
    "EmailAddresses=[] GrantSendOnBehalfTo=[] ExternalDirectoryObjectId HiddenFromAddressListsEnabled=false "
    "LegacyExchangeDN MaxSendSize=Unlimited MaxReceiveSize=Unlimited ModeratedBy=[] ModerationEnabled=false "
    "PoliciesIncluded=[] PoliciesExcluded=[] EmailAddressPolicyEnabled=false PrimarySmtpAddress RecipientType "
    "RecipientTypeDetails RejectMessagesFrom=[] RejectMessagesFromDLMembers=[] RejectMessagesFromSendersOrMembers=[] "
    "RequireSenderAuthenticationEnabled=false "
    'SimpleDisplayName="" SendModerationNotifications=Always UMDtmfMap=[] WindowsEmailAddress MailTip '
    "MailTipTranslations=[]"
)

_recipient = configuration(
    'Identity Alias ArchiveGuid=00000000-0000-0000-0000-000000000000 AuthenticationType City="" Notes="" Company="" '
    f'CountryOrRegion="" PostalCode="" {_CUSTOM} {_EXTENSION} Database ArchiveDatabase DatabaseName Department="" '
    "ExternalDirectoryObjectId ManagedFolderMailboxPolicy EmailAddresses=[] ExpansionServer ExternalEmailAddress "
    'DisplayName FirstName="" HiddenFromAddressListsEnabled=false EmailAddressPolicyEnabled=false LastName="" '
    'ResourceType ManagedBy=[] Manager ActiveSyncMailboxPolicy ActiveSyncMailboxPolicyIsDefaulted=false Office="" '
    'OrganizationalUnit OwaMailboxPolicy AddressBookPolicy Phone="" PoliciesIncluded=[] PoliciesExcluded=[] '
    "PrimarySmtpAddress RecipientType RecipientTypeDetails SharingPolicy RetentionPolicy "
    'ShouldUseDefaultRetentionPolicy=false StateOrProvince="" Title="" SKUAssigned UsageLocation WindowsLiveID '
    "HasActiveSyncDevicePartnership=false ArchiveStatus=None ArchiveState=None LitigationHoldEnabled=false "
    "WhenMailboxCreated WhenSoftDeleted IsInactiveMailbox=false",
    container="CN=Recipients",
    kind="user",
)
_RECIPIENT_KEEPS = frozenset(
    words(
        "Name Guid Alias ArchiveGuid ArchiveState ArchiveStatus City Company Department DisplayName EmailAddresses "
        "ExternalDirectoryObjectId ExternalEmailAddress FirstName HiddenFromAddressListsEnabled IsInactiveMailbox "
        "LastName LitigationHoldEnabled ManagedBy Notes Office OrganizationalUnit Phone PrimarySmtpAddress "
        "RecipientType RecipientTypeDetails RetentionPolicy SharingPolicy Title WhenChangedUTC WhenCreatedUTC "
        "WhenMailboxCreated WindowsLiveID"
    )
)


def _any_recipient(tenant: Tenant, given: Object) -> Object:
    """A row of Get-Recipient."""
    if "PoliciesIncluded" in given:
        return given
    kind = given.get("RecipientType", "UserMailbox")
    known = mailbox(tenant, given) if kind == "UserMailbox" else given
    return _recipient(tenant, {name: value for name, value in known.items() if name in _RECIPIENT_KEEPS})


def _recipients(tenant: Tenant, given: Read) -> list[Object]:
    """Everything with an address; one mailbox at once if it is one that was asked for."""
    box = asked_for(tenant, given)
    if box is not None:
        return [box]
    return [*tenant.objects("mailboxes"), *mail_users(tenant), *mail_contacts(tenant), *mail_groups(tenant)]


def _of_kind(row: Object, given: Read) -> bool:
    return of_type(row, given) and row["RecipientType"] in given.get("RecipientType", [row["RecipientType"]])


_contact_shape = configuration(
    "ExternalEmailAddress MaxRecipientPerMessage=Unlimited UseMapiRichTextFormat=UseDefaultSettings "
    "UsePreferMessageFormat=false MessageFormat=Mime MessageBodyFormat=TextAndHtml MacAttachmentFormat=BinHex "
    f"UserCertificate=[] UserSMimeCertificate=[] HasPicture=false HasSpokenName=false IsDirSynced=false {_ADDRESSED}",
    container="CN=Recipients",
    kind="contact",
    identity_first=True,
)
_user_shape = configuration(
    "DeliverToMailboxAndForward=false ExchangeGuid=00000000-0000-0000-0000-000000000000 MailboxContainerGuid "
    "AggregatedMailboxGuids=[] ArchiveGuid=00000000-0000-0000-0000-000000000000 ArchiveName=[] ArchiveQuota "
    "ArchiveWarningQuota ProhibitSendQuota=Unlimited ProhibitSendReceiveQuota=Unlimited IssueWarningQuota=Unlimited "
    "ForwardingAddress ArchiveDatabase ArchiveStatus=None DisabledArchiveDatabase "
    "DisabledArchiveGuid=00000000-0000-0000-0000-000000000000 MailboxProvisioningConstraint "
    "IsMonitoringMailbox=false MailboxRegion MailboxRegionSuffix=None MailboxRegionLastUpdateTime "
    "MailboxProvisioningPreferences=[] ExchangeUserAccountControl=None ExternalEmailAddress "
    "UsePreferMessageFormat=false JournalArchiveAddress MessageFormat=Mime MessageBodyFormat=TextAndHtml "
    "MacAttachmentFormat=BinHex ProtocolSettings=[] "
    'RecipientLimits=Unlimited SamAccountName="" UseMapiRichTextFormat=UseDefaultSettings UserPrincipalName '
    f"WindowsLiveID MicrosoftOnlineServicesID IsDirSynced=false {_ADDRESSED}",
    container="CN=Recipients",
    kind="user",
)
_plain_contact = configuration(
    'OrganizationalUnit AdministrativeUnits=[] AssistantName="" City="" Company="" CountryOrRegion Department="" '
    'DirectReports=[] DisplayName Fax="" FirstName="" GeoCoordinates HomePhone="" Initials="" IsDirSynced=false '
    'LastName="" Manager MobilePhone="" Notes="" Office="" OtherFax=[] OtherHomePhone=[] OtherTelephone=[] Pager="" '
    'Phone="" PhoneticDisplayName="" PostalCode="" PostOfficeBox=[] RecipientType RecipientTypeDetails '
    'SimpleDisplayName="" StateOrProvince="" StreetAddress="" Title="" UMDialPlan UMDtmfMap=[] '
    'AllowUMCallsFromNonUsers=SearchEnabled WebPage="" TelephoneAssistant="" WindowsEmailAddress UMCallingLineIds=[] '
    "SeniorityIndex VoiceMailSettings=[]",
    container="CN=Recipients",
    kind="contact",
    identity_first=True,
)
_distribution_shape = configuration(
    'GroupType=Universal SamAccountName="" BypassNestedModerationEnabled=false IsDirSynced=false ManagedBy=[] '
    "MemberJoinRestriction=Closed MemberDepartRestriction=Closed MigrationToUnifiedGroupInProgress=false "
    "HiddenGroupMembershipEnabled=false ExpansionServer AcceptMessagesOnlyFromWithDisplayNames=[] "
    "AcceptMessagesOnlyFromSendersOrMembersWithDisplayNames=[] ManagedByWithDisplayName=[] "
    "AcceptMessagesOnlyFromDLMembersWithDisplayNames=[] BypassModerationFromSendersOrMembersWithDisplayNames=[] "
    "GrantSendOnBehalfToWithDisplayNames=[] ModeratedByWithDisplayNames=[] "
    "RejectMessagesFromSendersOrMembersWithDisplayNames=[] ReportToManagerEnabled=false "
    "ReportToOriginatorEnabled=true SendOofMessageToOriginatorEnabled=false Description=[] BccBlocked=false "
    f"{_ADDRESSED}",
    container="CN=Recipients",
    kind="group",
)
_unified_shape = configuration(
    "AccessType=Private AuditLogAgeLimit=90.00:00:00 AutoSubscribeNewMembers=false "
    "AlwaysSubscribeMembersToCalendarEvents=false CalendarMemberReadOnly=false CalendarUrl Database ExchangeGuid "
    "FileNotificationsSettings GroupSKU=None InboxUrl IsExternalResourcesPublished=false IsMailboxConfigured=true "
    'Language=en-US MailboxProvisioningConstraint ManagedByDetails=[] Notes="" PeopleUrl PhotoUrl ServerName '
    "SharePointSiteUrl SharePointDocumentsUrl SharePointNotebookUrl SubscriptionEnabled=true "
    "WelcomeMessageEnabled=true ConnectorsEnabled=true IsMembershipDynamic=false Classification "
    "GroupPersonification=GroupMailbox YammerEmailAddress GroupMemberCount=0 MailboxRegion "
    f"GroupExternalMemberCount=0 AllowAddGuests=true WhenSoftDeleted HiddenFromExchangeClientsEnabled=false "
    f"ExpirationTime ManagedBy=[] {_ADDRESSED}",
    container="CN=Recipients",
    kind="group",
)
_group_shape = configuration(
    'AdministrativeUnits=[] DisplayName GroupType=Universal ManagedBy=[] SamAccountName="" Sid SidHistory=[] '
    'SimpleDisplayName="" RecipientType RecipientTypeDetails WindowsEmailAddress Notes="" Members=[] Owners=[] '
    f'PhoneticDisplayName="" OrganizationalUnit SeniorityIndex IsHierarchicalGroup=false IsDirSynced=false {_CUSTOM} '
    "Description=[]",
    container="CN=Recipients",
    kind="group",
    identity_first=True,
)


def _group(tenant: Tenant, given: Object) -> Object:
    """A row of Get-Group."""
    if "Members" in given:
        return given
    known = {
        "DisplayName": given["DisplayName"],
        "GroupType": "Universal",
        "ManagedBy": given["ManagedBy"],
        "RecipientType": given["RecipientType"],
        "RecipientTypeDetails": given["RecipientTypeDetails"],
        "WindowsEmailAddress": given["PrimarySmtpAddress"],
        "Notes": given["Notes"],
        "IsDirSynced": given["IsDirSynced"],
        "Owners": given["ManagedBy"],
        "Members": [row["Name"] for row in _members(tenant, str(given["ExternalDirectoryObjectId"]))],
    }
    return _group_shape(tenant, known | {name: given[name] for name in _OF_ANY if name in given})


_OF_ANY = words("Guid Name WhenCreatedUTC WhenChangedUTC")


def _without(*names: str) -> Callable[[Object], Object]:
    return lambda given: {name: value for name, value in given.items() if name not in names}


def _distribution_group(tenant: Tenant, given: Object) -> Object:
    """A row of Get-DistributionGroup."""
    kind = "Universal, SecurityEnabled" if "Security" in str(given["RecipientTypeDetails"]) else "Universal"
    kept = _without("Notes", "AccessType")(given)
    return _distribution_shape(
        tenant, {"GroupType": kind, "WindowsEmailAddress": given["PrimarySmtpAddress"]} | kept
    )


def _unified_group(tenant: Tenant, given: Object) -> Object:
    """A row of Get-UnifiedGroup."""
    found = (
        _members(tenant, str(given["ExternalDirectoryObjectId"])) if "GroupMemberCount" not in given else []
    )
    guests = sum(1 for row in found if row["RecipientTypeDetails"] == "GuestMailUser")
    known: Object = {"GroupMemberCount": len(found), "GroupExternalMemberCount": guests} if found else {}
    kept = _without("IsDirSynced")(given)
    return _unified_shape(tenant, known | {"WindowsEmailAddress": given["PrimarySmtpAddress"]} | kept)


def _mail_user(tenant: Tenant, given: Object) -> Object:
    """A row of Get-MailUser."""
    known = {
        "WindowsLiveID": given["UserPrincipalName"],
        "MicrosoftOnlineServicesID": given["UserPrincipalName"],
    }
    return _user_shape(tenant, known | {"WindowsEmailAddress": given["PrimarySmtpAddress"]} | given)


def _contact(tenant: Tenant, given: Object) -> Object:
    """A row of Get-Contact."""
    if "DirectReports" in given:
        return given
    names = ("DisplayName", "RecipientType", "RecipientTypeDetails", *_OF_ANY)
    known = {name: given[name] for name in names if name in given}
    return _plain_contact(tenant, {"WindowsEmailAddress": given["PrimarySmtpAddress"]} | known)


def _group_members(tenant: Tenant, given: Read) -> list[Object]:
    """The direct members of the distribution group that is asked for. Raises Refusal."""
    wanted = given["Identity"].lower()
    for group in distribution_groups(tenant):
        names = [
            str(group[name]).lower()
            for name in words("Name Guid Alias PrimarySmtpAddress ExternalDirectoryObjectId")
        ]
        if wanted in names:
            return _members(tenant, str(group["ExternalDirectoryObjectId"]))
    raise errors.not_found(given["Identity"])


_dynamic_shape = configuration(
    "RecipientContainer RecipientFilter LdapRecipientFilter IncludedRecipients RecipientFilterType=Custom Notes "
    "ManagedBy ExpansionServer ReportToManagerEnabled=false ReportToOriginatorEnabled=true "
    f"SendOofMessageToOriginatorEnabled=false BypassNestedModerationEnabled=false {_ADDRESSED}",
    container="CN=Recipients",
    kind="msExchDynamicDistributionList",
)


def _dynamic_group(tenant: Tenant, given: Object) -> Object:
    """A row of Get-DynamicDistributionGroup."""
    usual = {"DisplayName": given["Name"], "Alias": str(given["Name"]).replace(" ", "")}
    usual |= {"RecipientType": "DynamicDistributionGroup", "RecipientTypeDetails": "DynamicDistributionGroup"}
    return _dynamic_shape(tenant, usual | given)


def _dynamic_members(tenant: Tenant, given: Read) -> list[Object]:
    """The recipients that a group's filter means now. Raises Refusal."""
    wanted = given["Identity"].lower()
    for group in tenant.objects("dynamicDistributionGroups"):
        if wanted in {
            str(group.get(name, "")).lower() for name in words("Name Guid Alias PrimarySmtpAddress")
        }:
            chosen = Filter().read("RecipientFilter", group["RecipientFilter"])
            return [item for item in _recipients(tenant, {}) if chosen(_any_recipient(tenant, item))]
    raise errors.not_found(given["Identity"])


def _members(tenant: Tenant, group_id: str) -> list[Object]:
    return [member_of(tenant, identity) for identity in members_of(tenant, group_id)]


def _source(objects: Callable[[Tenant], list[Object]]) -> Source:
    return lambda tenant, _given: objects(tenant)


_TYPES = (
    "DynamicDistributionGroup Group MailContact MailNonUniversalGroup MailUniversalDistributionGroup "
    "MailUniversalSecurityGroup MailUser PublicFolder UserMailbox"
)
_DETAILS = (
    "DiscoveryMailbox DynamicDistributionGroup EquipmentMailbox GroupMailbox GuestMailUser MailContact "
    "MailUniversalDistributionGroup MailUniversalSecurityGroup MailUser RoomMailbox SchedulingMailbox SharedMailbox "
    "TeamMailbox UserMailbox"
)

ROWS: dict[str, Row] = {
    "Get-Contact": Cmdlet(
        collection="mailContacts",
        shape=_contact,
        parameters=FILTERED,
        identity=BY_ADDRESS,
        source=_source(mail_contacts),
        grant=_VIEW,
        unemulated=_UNUSED | {"RecipientTypeDetails"},
    ),
    "Get-DistributionGroup": Cmdlet(
        collection="groups",
        shape=_distribution_group,
        parameters={
            **FILTERED,
            "RecipientTypeDetails": kinds("MailUniversalDistributionGroup MailUniversalSecurityGroup"),
        },
        identity=BY_ADDRESS,
        source=_source(distribution_groups),
        keep=of_type,
        grant=_VIEW,
        unemulated=_UNUSED | frozenset(words("ManagedBy IncludeAcceptMessagesOnlyFromWithDisplayNames")),
        unconfirmed=_CUT,
    ),
    "Get-DistributionGroupMember": Cmdlet(
        collection="groups",
        shape=role_group_member,
        parameters={"Identity": Text(), "ResultSize": Size()},
        required=("Identity",),
        key=None,
        source=_group_members,
        grant=_VIEW,
        unemulated=_UNUSED,
        unconfirmed="names and order of the properties",
    ),
    "Get-DynamicDistributionGroup": Cmdlet(
        collection="dynamicDistributionGroups",
        shape=_dynamic_group,
        parameters=FILTERED,
        identity=BY_ADDRESS,
        grant=_VIEW,
        unemulated=_UNUSED | {"ManagedBy"},
        unconfirmed=_UNSEEN,
    ),
    "Get-DynamicDistributionGroupMember": Cmdlet(
        collection="dynamicDistributionGroups",
        shape=_any_recipient,
        parameters={"Identity": Text(), "ResultSize": Size()},
        required=("Identity",),
        key=None,
        source=_dynamic_members,
        grant=_VIEW,
        unemulated=_UNUSED | {"IncludeSoftDeletedObjects"},
        unconfirmed=_UNSEEN,
    ),
    "Get-Group": Cmdlet(
        collection="groups",
        shape=_group,
        parameters={
            **FILTERED,
            "RecipientTypeDetails": kinds(f"{_DETAILS} RoleGroup UniversalSecurityGroup"),
        },
        identity=BY_ADDRESS,
        source=_source(groups),
        keep=of_type,
        grant=_VIEW,
        unemulated=_UNUSED,
    ),
    "Get-MailContact": Cmdlet(
        collection="mailContacts",
        shape=lambda tenant, given: _contact_shape(
            tenant, {"WindowsEmailAddress": given["PrimarySmtpAddress"]} | given
        ),
        parameters=FILTERED,
        identity=BY_ADDRESS,
        source=_source(mail_contacts),
        grant=_VIEW,
        unemulated=_UNUSED,
        unconfirmed=_CUT,
    ),
    "Get-MailUser": Cmdlet(
        collection="users",
        shape=_mail_user,
        parameters={**FILTERED, "SoftDeletedMailUser": Switch()},
        identity=BY_ADDRESS,
        source=_source(mail_users),
        grant=_VIEW,
        unemulated=_UNUSED,
        unconfirmed=_CUT,
    ),
    "Get-Recipient": Cmdlet(
        collection="mailboxes",
        shape=_any_recipient,
        parameters={
            **FILTERED,
            "RecipientType": Choice(
                "Microsoft.Exchange.Data.Directory.Recipient.RecipientType[]", words(_TYPES)
            ),
            "RecipientTypeDetails": kinds(_DETAILS),
        },
        identity=BY_ADDRESS,
        source=_recipients,
        keep=_of_kind,
        grant=_VIEW,
        unemulated=_UNUSED
        | frozenset(
            words(
                "BookmarkDisplayName Capabilities IncludeSoftDeletedRecipients Properties PropertySet "
                "RecipientPreviewFilter"
            )
        ),
        unconfirmed=_CUT,
    ),
    "Get-UnifiedGroup": Cmdlet(
        collection="groups",
        shape=_unified_group,
        parameters={**FILTERED, "IncludeAllProperties": Switch()},
        identity=BY_ADDRESS,
        source=_source(unified_groups),
        grant=_VIEW,
        unemulated=_UNUSED | frozenset(words("IncludeSoftDeletedGroups SoftDeletedGroups")),
        unconfirmed=_CUT,
    ),
}
