"""By which protocols mailboxes are reached, from which devices, and the policies and plans that say so."""

from __future__ import annotations

from typing import Any

from mocktenant.collection import Object
from mocktenant.exchange import errors
from mocktenant.exchange.cmdlet import FILTERED, NAMED, Cmdlet, Row, kinds
from mocktenant.exchange.cmdlets.mailboxes import KINDS
from mocktenant.exchange.grants import VIEW_RECIPIENTS, held_by
from mocktenant.exchange.mailboxes import mailbox
from mocktenant.exchange.objects import completed, configuration, stamp, tail, template
from mocktenant.exchange.parameters import Read, Switch, Text
from mocktenant.exchange.recipients import find_mailbox, mailboxes_asked_for
from mocktenant.tenant import Tenant
from mocktenant.words import words

_POLICIES = held_by(
    "View-Only Configuration", "Organization Client Access", "Recipient Policies", "View-Only Recipients"
)
_CUT = "properties after the first thirty, and their order"

_PROTOCOLS = (
    "ActiveSyncAllowedDeviceIDs=[] ActiveSyncBlockedDeviceIDs=[] ActiveSyncMailboxPolicy=Default "
    "ActiveSyncMailboxPolicyIsDefaulted=true ActiveSyncDebugLogging=false ActiveSyncEnabled=true "
    "HasActiveSyncDevicePartnership=false ActiveSyncSuppressReadReceipt=false ExternalImapSettings "
    "InternalImapSettings ExternalPopSettings InternalPopSettings ExternalSmtpSettings InternalSmtpSettings "
    "OwaMailboxPolicy=OwaMailboxPolicy-Default OWAEnabled=true OWAforDevicesEnabled=true "
    "IsOptimizedForAccessibility=false ECPEnabled=true PopEnabled=true PopMessageDeleteEnabled=false "
    "PopUseProtocolDefaults=true PopMessagesRetrievalMimeFormat=BestBodyFormat PopEnableExactRFC822Size=false "
    "PopSuppressReadReceipt=false PopForceICalForCalendarRetrievalOption=false ImapEnabled=true "
    "ImapUseProtocolDefaults=true ImapMessagesRetrievalMimeFormat=BestBodyFormat ImapEnableExactRFC822Size=false "
    "ImapSuppressReadReceipt=false ImapForceICalForCalendarRetrievalOption=false MAPIEnabled=true MapiHttpEnabled "
    "MAPIBlockOutlookNonCachedMode=false MAPIBlockOutlookVersions MAPIBlockOutlookRpcHttp=false "
    "MAPIBlockOutlookExternalConnectivity=false PublicFolderClientAccess=false EwsEnabled EwsAllowEntourage "
    "EwsAllowMacOutlook EwsAllowOutlook EwsApplicationAccessPolicy EwsAllowList=[] EwsBlockList=[] "
    "ShowGalAsDefaultView=true SmtpClientAuthenticationDisabled UniversalOutlookEnabled=true "
    "OutlookMobileEnabled=true MacOutlookEnabled=true OneWinNativeOutlookEnabled=true"
)
_SERVERS = {
    "Imap": ("outlook.office365.com", 993),
    "Pop": ("outlook.office365.com", 995),
    "Smtp": ("smtp.office365.com", 587),
}

_PLAN = (
    "ActiveSyncMailboxPolicy=Default ActiveSyncEnabled=true ActiveSyncSuppressReadReceipt=false DisplayName "
    "ECPEnabled=true ImapEnabled=true ImapUseProtocolDefaults=true ImapMessagesRetrievalMimeFormat=BestBodyFormat "
    "ImapEnableExactRFC822Size=false ImapProtocolLoggingEnabled=false ImapSuppressReadReceipt=false "
    "ImapForceICalForCalendarRetrievalOption=false MAPIEnabled=true MapiHttpEnabled "
    "MAPIBlockOutlookNonCachedMode=false MAPIBlockOutlookVersions MAPIBlockOutlookRpcHttp=false "
    "PublicFolderClientAccess=false MAPIBlockOutlookExternalConnectivity=false "
    "OwaMailboxPolicy=OwaMailboxPolicy-Default OWAEnabled=true OWAforDevicesEnabled=true PopEnabled=true "
    "PopMessageDeleteEnabled=false PopUseProtocolDefaults=true PopMessagesRetrievalMimeFormat=BestBodyFormat "
    "PopEnableExactRFC822Size=false PopProtocolLoggingEnabled=false PopSuppressReadReceipt=false "
    "PopForceICalForCalendarRetrievalOption=false EwsEnabled"
)
_OWA = (
    "WacEditingEnabled=true PrintWithoutDownloadEnabled=true OneDriveAttachmentsEnabled=true "
    "ThirdPartyFileProvidersEnabled=false AdditionalStorageProvidersAvailable=true ClassicAttachmentsEnabled=true "
    "ReferenceAttachmentsEnabled=true SaveAttachmentsToCloudEnabled=true InternalSPMySiteHostURL "
    "ExternalSPMySiteHostURL ExternalImageProxyEnabled=true NpsSurveysEnabled=true MessagePreviewsDisabled=false "
    "PersonalAccountCalendarsEnabled=true TeamsnapCalendarsEnabled=true BookingsMailboxCreationEnabled=true "
    "BookingsMailboxDomain PersonalBookingsDisabled ProjectMocaEnabled=true "
    "DirectFileAccessOnPublicComputersEnabled=true DirectFileAccessOnPrivateComputersEnabled=true "
    "WebReadyDocumentViewingOnPublicComputersEnabled=true WebReadyDocumentViewingOnPrivateComputersEnabled=true "
    "ForceWebReadyDocumentViewingFirstOnPublicComputers=false "
    "ForceWebReadyDocumentViewingFirstOnPrivateComputers=false WacViewingOnPublicComputersEnabled=true "
    "WacViewingOnPrivateComputersEnabled=true ForceWacViewingFirstOnPublicComputers=false "
    "ForceWacViewingFirstOnPrivateComputers=false ActionForUnknownFileAndMIMETypes=Allow "
    "PhoneticSupportEnabled=false DefaultTheme LogonAndErrorLanguage=0 UseGB18030=false UseISO885915=false "
    "OutboundCharset=AutoDetect GlobalAddressListEnabled=true OrganizationEnabled=true ExplicitLogonEnabled=true "
    "OWALightEnabled=true DelegateAccessEnabled=true IRMEnabled=true CalendarEnabled=true ContactsEnabled=true "
    "TasksEnabled=true JournalEnabled=true NotesEnabled=true OnSendAddinsEnabled=false "
    "RemindersAndNotificationsEnabled=true PremiumClientEnabled=true SearchFoldersEnabled=true "
    "SignaturesEnabled=true SpellCheckerEnabled=true ThemeSelectionEnabled=true JunkEmailEnabled=true "
    "UMIntegrationEnabled=true RulesEnabled=true PublicFoldersEnabled=true ConditionalAccessPolicy=Off "
    "ConditionalAccessFeatures=[] AccountTransferEnabled=true OneWinNativeOutlookEnabled=true IsDefault=false"
)
_MOBILE = (
    "AllowNonProvisionableDevices=true AlphanumericPasswordRequired=false AttachmentsEnabled=true "
    "DeviceEncryptionEnabled=false RequireStorageCardEncryption=false PasswordEnabled=false "
    "PasswordRecoveryEnabled=false DevicePolicyRefreshInterval=Unlimited AllowSimplePassword=true "
    "MaxAttachmentSize=Unlimited WSSAccessEnabled=true UNCAccessEnabled=true MinPasswordLength "
    "MaxInactivityTimeLock=Unlimited MaxPasswordFailedAttempts=Unlimited PasswordExpiration=Unlimited "
    "PasswordHistory=0 IsDefault=false AllowApplePushNotifications=true AllowMicrosoftPushNotifications=true "
    "AllowGooglePushNotifications=true AllowStorageCard=true AllowCamera=true RequireDeviceEncryption=false "
    "AllowUnsignedApplications=true AllowUnsignedInstallationPackages=true AllowWiFi=true AllowTextMessaging=true "
    "AllowPOPIMAPEmail=true AllowIrDA=true RequireManualSyncWhenRoaming=false AllowDesktopSync=true "
    "AllowHTMLEmail=true RequireSignedSMIMEMessages=false RequireEncryptedSMIMEMessages=false "
    "AllowSMIMESoftCerts=true AllowBrowser=true AllowConsumerEmail=true AllowRemoteDesktop=true "
    "AllowInternetSharing=true AllowBluetooth=Allow MaxCalendarAgeFilter=All MaxEmailAgeFilter=All "
    "RequireSignedSMIMEAlgorithm=SHA1 RequireEncryptionSMIMEAlgorithm=TripleDES "
    "AllowSMIMEEncryptionAlgorithmNegotiation=AllowAnyAlgorithmNegotiation MinPasswordComplexCharacters=1 "
    "MaxEmailBodyTruncationSize=Unlimited MaxEmailHTMLBodyTruncationSize=Unlimited UnapprovedInROMApplicationList=[] "
    "ApprovedApplicationList=[] AllowExternalDeviceManagement=false MobileOTAUpdateMode=MinorVersionUpdates "
    "AllowMobileOTAUpdate=true IrmEnabled=true"
)
_DEVICE = (
    "FriendlyName DeviceId DeviceImei DeviceMobileOperator DeviceOS DeviceOSLanguage DeviceTelephoneNumber "
    "DeviceType DeviceUserAgent DeviceModel FirstSyncTime UserDisplayName DeviceAccessState=Allowed "
    "DeviceAccessStateReason=Global DeviceAccessControlRule ClientVersion ClientType=Outlook IsManaged=false "
    "IsCompliant=false IsDisabled=false"
)
_MECHANISMS = words(
    "ActiveSync Autodiscover Imap Mapi OfflineAddressBook OutlookService Pop Powershell ReportingWebServices Rpc "
    "Smtp WebServices"
)


def protocols(tenant: Tenant, given: Object) -> Object:
    """A row of Get-CASMailbox: a mailbox's ways in. What nobody decided is as Microsoft gives it: open."""
    if "ServerLegacyDN" in given:
        return given
    known = mailbox(tenant, given)
    host = "DB9PR01MB1234"
    lead: Object = {
        "ExternalDirectoryObjectId": known["ExternalDirectoryObjectId"],
        "EmailAddresses": known["EmailAddresses"],
        "LegacyExchangeDN": known["LegacyExchangeDN"],
        "LinkedMasterAccount": "",
        "PrimarySmtpAddress": known["PrimarySmtpAddress"],
        "SamAccountName": f"${given['Guid'][:6].upper()}",
        "ServerLegacyDN": f"/o=ExchangeLabs/cn=Configuration/cn=Servers/cn={host}",
        "ServerName": host.lower(),
        "DisplayName": known["DisplayName"],
    }
    decided = tenant.collection("casMailboxes").get(given["Guid"], {})
    devices = bool(tenant.collection("mobileDevices").where("Mailbox", given["Guid"]))
    rest = {name: known[name] for name in _TAIL}
    usual = template(_PROTOCOLS) | _settings() | {"HasActiveSyncDevicePartnership": devices}
    return lead | usual | rest | {name: value for name, value in decided.items() if name != "Guid"}


_TAIL = words(
    "Identity Id IsValid ExchangeVersion DirectoryObjectVersion Name DistinguishedName ObjectCategory ObjectClass "
    "WhenChanged WhenCreated WhenChangedUTC WhenCreatedUTC ExchangeObjectId OrganizationalUnitRoot OrganizationId "
    "Guid OriginatingServer ObjectState"
)


def _settings() -> Object:
    found: Object = {}
    for way, (host, port) in _SERVERS.items():
        for side in ("External", "Internal"):
            found[f"{side}{way}Settings"] = f"{host}:{port}:{'Tls' if way == 'Smtp' else 'SSL'}"
    return found


def _device(tenant: Tenant, given: Object) -> Object:
    """A row of Get-MobileDevice."""
    if "Mailbox" not in given:
        return given
    box = find_mailbox(tenant, str(given["Mailbox"])) or {"Name": given["Mailbox"]}
    owner = str(box["Name"])
    name = f"{given.get('DeviceType', 'Outlook')}§{given['DeviceId']}"
    defaults = template(_DEVICE) | {"UserDisplayName": box.get("DisplayName", owner)}
    rest = tail(
        tenant,
        given | {"Name": name},
        container=f"CN=ExchangeActiveSyncDevices,CN={owner}",
        classes=["top", "msExchActiveSyncDevice"],
        version="0.10 (14.0.100.0)",
    )
    identity = f"{owner}\\ExchangeActiveSyncDevices\\{name}"
    decided = {key: value for key, value in given.items() if key not in _STATISTICS_ONLY}
    return completed(defaults | rest | {"Identity": identity, "Id": identity}, decided)


_STATISTICS_ONLY = ("DeviceWipeRequestTime", "Mailbox", "Status")


def _devices(tenant: Tenant, given: Read) -> list[Object]:
    held = tenant.collection("mobileDevices")
    if "Mailbox" not in given:
        return held.objects()
    return [
        device
        for box in mailboxes_asked_for(tenant, given, "Mailbox")
        for device in held.where("Mailbox", box["Guid"])
    ]


def _devices_of_one(tenant: Tenant, given: Read) -> list[Object]:
    """The devices of a mailbox, or of whom one is asked for. Raises Refusal without either."""
    if "Mailbox" not in given and "Identity" not in given:
        raise errors.invalid("Invalid Operation")
    return _devices(tenant, given)


def _device_statistics(tenant: Tenant, given: Object) -> Object:
    """A row of Get-MobileDeviceStatistics: a device, when it last came, and what it was told to do."""
    if "LastSuccessSync" in given:
        return given
    device = _device(tenant, given)
    defaults = template(_STATISTICS)
    known = {name: device[name] for name in defaults if name in device}
    asked = given.get("DeviceWipeRequestTime")
    own: Object = {
        "DeviceFriendlyName": given.get("FriendlyName"),
        "LastSuccessSync": stamp(tenant.clock),
        "LastSyncAttemptTime": stamp(tenant.clock),
        "Status": given.get("Status", "DeviceOk"),
        "DeviceWipeRequestTime": asked,
    }
    return defaults | known | own


_STATISTICS = (
    "FirstSyncTime LastPolicyUpdateTime LastSyncAttemptTime LastSuccessSync DeviceType DeviceID DeviceUserAgent "
    "DeviceWipeSentTime DeviceWipeRequestTime DeviceWipeAckTime AccountOnlyDeviceWipeSentTime "
    "AccountOnlyDeviceWipeRequestTime AccountOnlyDeviceWipeAckTime LastPingHeartbeat RecoveryPassword DeviceModel "
    "DeviceImei DeviceFriendlyName DeviceOS DeviceOSLanguage DevicePhoneNumber MailboxLogReport "
    "DeviceEnableOutboundSMS=false DeviceMobileOperator Identity Guid IsRemoteWipeSupported=true Status=DeviceOk "
    "StatusNote DeviceAccessState=Allowed DeviceAccessStateReason=Global DeviceAccessControlRule "
    "DevicePolicyApplied DevicePolicyApplicationStatus=AppliedInFull LastDeviceWipeRequestor ClientVersion "
    "ClientType=Outlook NumberOfFoldersSynced=0 SyncStateUpgradeTime IsValid=true ObjectState=Unchanged"
)


def _of_client(row: Object, given: Read) -> bool:
    """Whether a device speaks ActiveSync, or one of the ways of Outlook, if that was asked for."""
    wanted = [kind for name, kind in _CLIENTS.items() if given.get(name)]
    return not wanted or row["ClientType"] in wanted


_CLIENTS = {
    "ActiveSync": "EAS",
    "OWAforDevices": "MOWA",
    "RestApi": "REST",
    "UniversalOutlook": "UniversalOutlook",
}


def _authentication_policy(tenant: Tenant, given: Object) -> Object:
    """A row of Get-AuthenticationPolicy; what a policy does not allow is blocked."""
    allowed = {f"AllowBasicAuth{name}": False for name in _MECHANISMS}
    blocked: dict[str, Any] = {f"BlockLegacyAuth{name}": False for name in _MECHANISMS} | {
        f"BlockModernAuth{name}": False for name in _MECHANISMS
    }
    rest = tail(
        tenant,
        given,
        container="CN=Auth Policies",
        classes=["top", "msExchAuthPolicy"],
        version="0.1 (8.0.535.0)",
    )
    return completed(allowed | {"AllowLegacyExchangeTokens": False} | blocked | rest, given)


def _mailbox_plan(tenant: Tenant, given: Object) -> Object:
    """A row of Get-MailboxPlan: a mailbox that nobody has, and every mailbox of its kind begins as."""
    lead = {"IsDefault": False, "IsDefaultForPreviousVersion": False, "MailboxPlanRelease": "AllReleases"}
    lead |= {"IsPilotMailboxPlan": False, "MailboxPlanIndex": "0"}
    box = mailbox(tenant, {"PrimarySmtpAddress": f"{given['Name']}@{tenant.domain}"} | given)
    return completed(
        lead | box | {"RecipientType": "UserMailbox", "RecipientTypeDetails": "MailboxPlan"}, given
    )


ROWS: dict[str, Row] = {
    "Get-AuthenticationPolicy": Cmdlet(
        collection="authenticationPolicies",
        shape=_authentication_policy,
        parameters=NAMED,
        grant=_POLICIES,
        unemulated=frozenset({"AllowLegacyExchangeTokens", "TenantId"}),
        unconfirmed="names and order of the properties: no published answer has a row",
    ),
    "Get-CASMailbox": Cmdlet(
        collection="mailboxes",
        shape=protocols,
        parameters={**FILTERED, "RecipientTypeDetails": kinds(KINDS)},
        key=None,
        source=mailboxes_asked_for,
        grant=VIEW_RECIPIENTS,
        unemulated=frozenset(
            words(
                "ActiveSyncDebugLogging Anr GetImapProtocolLog GetPopProtocolLog IgnoreDefaultScope "
                "OrganizationalUnit ProtocolSettings ReadIsOptimizedForAccessibility "
                "RecalculateHasActiveSyncDevicePartnership SendLogsTo SortBy"
            )
        ),
        unconfirmed=_CUT,
    ),
    "Get-CASMailboxPlan": Cmdlet(
        collection="casMailboxPlans",
        shape=configuration(_PLAN, container="CN=Recipients", kind="user"),
        parameters=FILTERED,
        grant=_POLICIES,
        unemulated=frozenset(words("IgnoreDefaultScope SortBy")),
        unconfirmed=_CUT,
    ),
    "Get-MailboxPlan": Cmdlet(
        collection="mailboxPlans",
        shape=_mailbox_plan,
        parameters=FILTERED,
        grant=VIEW_RECIPIENTS,
        unemulated=frozenset(words("AllMailboxPlanReleases IgnoreDefaultScope SortBy")),
        unconfirmed=_CUT,
    ),
    "Get-MobileDevice": Cmdlet(
        collection="mobileDevices",
        shape=_device,
        parameters={**FILTERED, "Mailbox": Text(), **dict.fromkeys(_CLIENTS, Switch())},
        identity=("Identity", "Guid", "DeviceId", "Name"),
        source=_devices,
        keep=_of_client,
        grant=held_by("View-Only Recipients", "Mail Recipients", "Organization Client Access"),
        unemulated=frozenset(words("Monitoring OrganizationalUnit SortBy")),
    ),
    "Get-MobileDeviceMailboxPolicy": Cmdlet(
        collection="mobileDeviceMailboxPolicies",
        shape=configuration(
            _MOBILE, container="CN=Mobile Mailbox Policies", kind="msExchMobileMailboxSettings"
        ),
        parameters=NAMED,
        grant=_POLICIES,
        unconfirmed=_CUT,
    ),
    "Get-MobileDeviceStatistics": Cmdlet(
        collection="mobileDevices",
        shape=_device_statistics,
        parameters={"Identity": Text(), "Mailbox": Text()},
        identity=("Identity", "Guid", "DeviceId"),
        source=_devices_of_one,
        grant=held_by("View-Only Recipients", "Mail Recipients", "Organization Client Access"),
        unemulated=frozenset(
            words(
                "ActiveSync GetMailboxLog NotificationEmailAddresses OWAforDevices RestApi ShowRecoveryPassword "
                "UniversalOutlook UseCustomRouting"
            )
        ),
        unconfirmed="order of the properties and most of their values",
    ),
    "Get-OwaMailboxPolicy": Cmdlet(
        collection="owaMailboxPolicies",
        shape=configuration(_OWA, container="CN=OWA Mailbox Policies", kind="msExchOWAMailboxPolicy"),
        parameters=NAMED,
        grant=_POLICIES,
        unconfirmed=_CUT,
    ),
}
