"""The organisation's configuration: its switches, its transport, what it shares and what it sends elsewhere."""

from __future__ import annotations

from mocktenant.collection import Object
from mocktenant.exchange.cmdlet import BY_NAME, NAMED, Cmdlet, Row
from mocktenant.exchange.grants import VIEW_CONFIGURATION, VIEW_HYGIENE, held_by
from mocktenant.exchange.objects import completed, configuration, template
from mocktenant.exchange.organization import organization_config
from mocktenant.tenant import Tenant

_CUT = "properties after the first thirty, and their order"
_SIZE = "10 MB (10,485,760 bytes)"

_transport_config = configuration(
    "Name TLSReceiveDomainSecureList=[] TLSSendDomainSecureList=[] GenerateCopyOfDSNFor=[] InternalSMTPServers=[] "
    "JournalingReportNdrTo=<> OrganizationFederatedMailbox MaxDumpsterSizePerDatabase MaxDumpsterTime=7.00:00:00 "
    "VerifySecureSubmitEnabled=false ClearCategories=true AddressBookPolicyRoutingEnabled=false "
    "ConvertDisclaimerWrapperToEml=false PreserveReportBodypart=true ConvertReportToMessage=false "
    "DSNConversionMode=PreserveDSNBody VoicemailJournalingEnabled=true HeaderPromotionModeSetting=NoCreate "
    "Xexch50Enabled=true Rfc2231EncodingEnabled=false OpenDomainRoutingEnabled=false MaxReceiveSize=Unlimited "
    "MaxRecipientEnvelopeLimit=Unlimited MaxSendSize=Unlimited ExternalDelayDsnEnabled=true "
    "ExternalDsnDefaultLanguage ExternalDsnLanguageDetectionEnabled=true ExternalDsnMaxMessageAttachSize "
    "ExternalDsnReportingAuthority ExternalDsnSendHtml=true ExternalPostmasterAddress InternalDelayDsnEnabled=true "
    "InternalDsnDefaultLanguage InternalDsnLanguageDetectionEnabled=true InternalDsnMaxMessageAttachSize "
    "InternalDsnReportingAuthority "
    'InternalDsnSendHtml=true SupervisionTags=["Reject","Allow"] HygieneSuite=Premium MigrationEnabled=false '
    "LegacyJournalingMigrationEnabled=false JournalArchivingEnabled=false JournalMessageExpirationDays=0 "
    "MessageExpiration=1.00:00:00 AllowLegacyTLSClients=false SmtpClientAuthenticationDisabled=false "
    "ReplyAllStormProtectionEnabled=true ReplyAllStormDetectionMinimumRecipients=1000 "
    "ReplyAllStormDetectionMinimumReplies=10 ReplyAllStormBlockDurationHours=6",
    container="CN=Global Settings",
    kind="msExchTransportSettings",
    version="0.1 (8.0.535.0)",
    MaxDumpsterSizePerDatabase="18 MB (18,874,368 bytes)",
    ExternalDsnMaxMessageAttachSize=_SIZE,
    InternalDsnMaxMessageAttachSize=_SIZE,
)


def _external_in_outlook(tenant: Tenant, given: Object) -> Object:
    """The row of Get-ExternalInOutlook."""
    defaults = template("Identity Enabled=false AllowList=[]")
    decided = {name: value for name, value in given.items() if name in defaults}
    return completed(defaults | {"Identity": tenant.tenant_id}, decided)


_perimeter_config = configuration(
    "Name PerimeterOrgId SyncToHotmailEnabled=false RouteOutboundViaEhfEnabled=false IPSkiplistingEnabled=false "
    "EhfConfigSyncEnabled=true EhfAdminAccountSyncEnabled=true IPSafelistingSyncEnabled=true "
    "MigrationInProgress=false RouteOutboundViaFfoFrontendEnabled=true EheEnabled=false RMSOFwdSyncEnabled=false "
    "EheDecryptEnabled=false MSIPCDisabled=false GatewayIPAddresses=[] InternalServerIPAddresses=[] "
    "PartnerRoutingDomain PartnerConnectorDomain MailFlowPartner SafelistingUIMode=Secure BookingsNamingPolicyPrefix "
    "BookingsNamingPolicySuffix OtherWellKnownObjects=[]",
    container="CN=Tenant Perimeter Settings",
    kind="msExchTenantPerimeterSettings",
)

_sharing_policy = configuration(
    "Domains=[] Enabled=true Default=false",
    container="CN=Federation",
    kind="msExchSharingPolicy",
    version="0.10 (14.0.100.0)",
)


def _journal_rule(_tenant: Tenant, given: Object) -> Object:
    """A row of Get-JournalRule."""
    name = str(given["Name"])
    defaults = template(
        "Recipient JournalEmailAddress Scope=Global Enabled=true Identity Guid Name IsValid=true WhenChanged "
        "ExchangeVersion"
    )
    usual = {"Identity": name, "ExchangeVersion": "0.1 (8.0.535.0)"}
    return completed(defaults | usual, given)


ROWS: dict[str, Row] = {
    "Get-ExternalInOutlook": Cmdlet(
        collection="externalInOutlook",
        shape=_external_in_outlook,
        parameters=NAMED,
        key=None,
        grant=VIEW_CONFIGURATION,
        unconfirmed="order of the properties",
    ),
    "Get-JournalRule": Cmdlet(
        collection="journalRules",
        shape=_journal_rule,
        parameters=NAMED,
        grant=held_by("View-Only Configuration", "Journaling"),
        unemulated=frozenset({"LawfulInterception"}),
        unconfirmed="order of the properties; no published answer has a row",
    ),
    "Get-OrganizationConfig": Cmdlet(
        collection="organizationConfig",
        shape=organization_config,
        parameters={},
        grant=VIEW_CONFIGURATION,
        unconfirmed="properties are a part of the real ones; their order after the first twenty",
    ),
    "Get-PerimeterConfig": Cmdlet(
        collection="perimeterConfig",
        shape=_perimeter_config,
        parameters=NAMED,
        grant=VIEW_HYGIENE,
        unconfirmed="values",
    ),
    "Get-SharingPolicy": Cmdlet(
        collection="sharingPolicies",
        shape=_sharing_policy,
        parameters=NAMED,
        identity=BY_NAME,
        grant=held_by("View-Only Configuration", "Federated Sharing"),
    ),
    "Get-TransportConfig": Cmdlet(
        collection="transportConfig",
        shape=_transport_config,
        parameters=NAMED,
        grant=held_by("View-Only Configuration", "Organization Transport Settings"),
        unconfirmed=_CUT,
    ),
}
