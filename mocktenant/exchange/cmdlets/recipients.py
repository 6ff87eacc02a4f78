"""Recipients of every kind: all of them, guests and contacts. Groups are in `groups`."""

from __future__ import annotations

from collections.abc import Callable

from mocktenant.collection import Object
from mocktenant.exchange.cmdlet import BY_ADDRESS, FILTERED, Cmdlet, Row, Source, kinds, of_type
from mocktenant.exchange.grants import held_by
from mocktenant.exchange.mailboxes import mailbox
from mocktenant.exchange.objects import configuration
from mocktenant.exchange.parameters import Choice, Read, Switch
from mocktenant.exchange.recipients import asked_for, mailboxes_there
from mocktenant.exchange.recipients_all import (
    mail_contacts,
    mail_groups,
    mail_users,
)
from mocktenant.exchange.users import about
from mocktenant.tenant import Tenant
from mocktenant.words import words

VIEW = held_by("View-Only Recipients", "Mail Recipients", "Mail Recipient Creation", "Distribution Groups")
CUT = "properties after the first thirty, and their order"

UNUSED = frozenset(words("Anr OrganizationalUnit ReadFromDomainController SortBy IgnoreDefaultScope"))

CUSTOM = " ".join(f'CustomAttribute{number}=""' for number in range(1, 16))
_EXTENSION = " ".join(f"ExtensionCustomAttribute{number}=[]" for number in range(1, 6))
ADDRESSED = (
    "AcceptMessagesOnlyFrom=[] AcceptMessagesOnlyFromDLMembers=[] AcceptMessagesOnlyFromSendersOrMembers=[] "
    "AddressListMembership=[] AdministrativeUnits=[] Alias ArbitrationMailbox "
    f"BypassModerationFromSendersOrMembers=[] OrganizationalUnit {CUSTOM} {_EXTENSION} DisplayName "
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
    f'CountryOrRegion="" PostalCode="" {CUSTOM} {_EXTENSION} Database ArchiveDatabase DatabaseName Department="" '
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


def any_recipient(tenant: Tenant, given: Object) -> Object:
    """A row of Get-Recipient."""
    if "PoliciesIncluded" in given:
        return given
    kind = given.get("RecipientType", "UserMailbox")
    known = _with_person(tenant, given) if kind == "UserMailbox" else given
    return _recipient(tenant, {name: value for name, value in known.items() if name in _RECIPIENT_KEEPS})


def _with_person(tenant: Tenant, given: Object) -> Object:
    account = tenant.collection("users").get(str(given.get("ExternalDirectoryObjectId")))
    return mailbox(tenant, given) | (about(account) if account else {})


def recipients(tenant: Tenant, given: Read) -> list[Object]:
    """Everything with an address; one mailbox at once if it is one that was asked for."""
    box = asked_for(tenant, given)
    if box is not None:
        return [box]
    return [*mailboxes_there(tenant), *mail_users(tenant), *mail_contacts(tenant), *mail_groups(tenant)]


def _of_kind(row: Object, given: Read) -> bool:
    return of_type(row, given) and row["RecipientType"] in given.get("RecipientType", [row["RecipientType"]])


_contact_shape = configuration(
    "ExternalEmailAddress MaxRecipientPerMessage=Unlimited UseMapiRichTextFormat=UseDefaultSettings "
    "UsePreferMessageFormat=false MessageFormat=Mime MessageBodyFormat=TextAndHtml MacAttachmentFormat=BinHex "
    f"UserCertificate=[] UserSMimeCertificate=[] HasPicture=false HasSpokenName=false IsDirSynced=false {ADDRESSED}",
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
    f"WindowsLiveID MicrosoftOnlineServicesID IsDirSynced=false {ADDRESSED}",
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


OF_ANY = words("Guid Name WhenCreatedUTC WhenChangedUTC")


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
    names = ("DisplayName", "RecipientType", "RecipientTypeDetails", *OF_ANY)
    known = {name: given[name] for name in names if name in given}
    return _plain_contact(tenant, {"WindowsEmailAddress": given["PrimarySmtpAddress"]} | known)


def source_of(objects: Callable[[Tenant], list[Object]]) -> Source:
    return lambda tenant, _given: objects(tenant)


_TYPES = (
    "DynamicDistributionGroup Group MailContact MailNonUniversalGroup MailUniversalDistributionGroup "
    "MailUniversalSecurityGroup MailUser PublicFolder UserMailbox"
)
DETAILS = (
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
        source=source_of(mail_contacts),
        grant=VIEW,
        unemulated=UNUSED | {"RecipientTypeDetails"},
    ),
    "Get-MailContact": Cmdlet(
        collection="mailContacts",
        shape=lambda tenant, given: _contact_shape(
            tenant, {"WindowsEmailAddress": given["PrimarySmtpAddress"]} | given
        ),
        parameters=FILTERED,
        identity=BY_ADDRESS,
        source=source_of(mail_contacts),
        grant=VIEW,
        unemulated=UNUSED,
        unconfirmed=CUT,
    ),
    "Get-MailUser": Cmdlet(
        collection="users",
        shape=_mail_user,
        parameters={**FILTERED, "SoftDeletedMailUser": Switch()},
        identity=BY_ADDRESS,
        source=source_of(mail_users),
        grant=VIEW,
        unemulated=UNUSED,
        unconfirmed=CUT,
    ),
    "Get-Recipient": Cmdlet(
        collection="mailboxes",
        shape=any_recipient,
        parameters={
            **FILTERED,
            "RecipientType": Choice(
                "Microsoft.Exchange.Data.Directory.Recipient.RecipientType[]", words(_TYPES)
            ),
            "RecipientTypeDetails": kinds(DETAILS),
        },
        identity=BY_ADDRESS,
        source=recipients,
        keep=_of_kind,
        grant=VIEW,
        unemulated=UNUSED
        | frozenset(
            words(
                "BookmarkDisplayName Capabilities IncludeSoftDeletedRecipients Properties PropertySet "
                "RecipientPreviewFilter"
            )
        ),
        unconfirmed=CUT,
    ),
}
