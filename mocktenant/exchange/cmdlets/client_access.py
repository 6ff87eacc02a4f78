"""By which protocols mailboxes are reached, and the policies and plans that say so."""

from __future__ import annotations

from typing import Any

from mocktenant.collection import Object
from mocktenant.exchange.cmdlet import FILTERED, NAMED, Cmdlet, Row, kinds
from mocktenant.exchange.cmdlets.mailboxes import KINDS
from mocktenant.exchange.grants import VIEW_RECIPIENTS, held_by
from mocktenant.exchange.mailboxes import mailbox
from mocktenant.exchange.objects import completed, configuration, tail, template
from mocktenant.exchange.recipients import mailboxes_asked_for, of_mailbox
from mocktenant.tenant import Tenant
from mocktenant.words import words

POLICIES = held_by(
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
    devices = bool(of_mailbox(tenant, "mobileDevices", given))
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


ROWS: dict[str, Row] = {
    "Get-AuthenticationPolicy": Cmdlet(
        collection="authenticationPolicies",
        shape=_authentication_policy,
        parameters=NAMED,
        grant=POLICIES,
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
        grant=POLICIES,
        unemulated=frozenset(words("IgnoreDefaultScope SortBy")),
        unconfirmed=_CUT,
    ),
    "Get-OwaMailboxPolicy": Cmdlet(
        collection="owaMailboxPolicies",
        shape=configuration(_OWA, container="CN=OWA Mailbox Policies", kind="msExchOWAMailboxPolicy"),
        parameters=NAMED,
        grant=POLICIES,
        unconfirmed=_CUT,
    ),
}
