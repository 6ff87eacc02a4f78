"""Phones and tablets: which there are, what they were told, and what they have to obey."""

from __future__ import annotations

from mocktenant.collection import Object
from mocktenant.exchange import errors
from mocktenant.exchange.cmdlet import FILTERED, NAMED, Cmdlet, Row
from mocktenant.exchange.cmdlets.client_access import POLICIES
from mocktenant.exchange.grants import held_by
from mocktenant.exchange.objects import completed, configuration, stamp, tail, template
from mocktenant.exchange.parameters import Read, Switch, Text
from mocktenant.exchange.recipients import find_mailbox, mailboxes_asked_for, of_mailbox
from mocktenant.tenant import Tenant
from mocktenant.words import words

_VIEW = held_by("View-Only Recipients", "Mail Recipients", "Organization Client Access")

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
    if "Mailbox" not in given:
        return tenant.objects("mobileDevices")
    (box,) = mailboxes_asked_for(tenant, given, "Mailbox")
    return of_mailbox(tenant, "mobileDevices", box)


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


ROWS: dict[str, Row] = {
    "Get-MobileDevice": Cmdlet(
        collection="mobileDevices",
        shape=_device,
        parameters={**FILTERED, "Mailbox": Text(), **dict.fromkeys(_CLIENTS, Switch())},
        identity=("Identity", "Guid", "DeviceId", "Name"),
        source=_devices,
        keep=_of_client,
        grant=_VIEW,
        unemulated=frozenset(words("Monitoring OrganizationalUnit SortBy")),
    ),
    "Get-MobileDeviceStatistics": Cmdlet(
        collection="mobileDevices",
        shape=_device_statistics,
        parameters={"Identity": Text(), "Mailbox": Text()},
        identity=("Identity", "Guid", "DeviceId"),
        source=_devices_of_one,
        grant=_VIEW,
        unemulated=frozenset(
            words(
                "ActiveSync GetMailboxLog NotificationEmailAddresses OWAforDevices RestApi ShowRecoveryPassword "
                "UniversalOutlook UseCustomRouting"
            )
        ),
        unconfirmed="order of the properties and most of their values",
    ),
    "Get-MobileDeviceMailboxPolicy": Cmdlet(
        collection="mobileDeviceMailboxPolicies",
        shape=configuration(
            _MOBILE, container="CN=Mobile Mailbox Policies", kind="msExchMobileMailboxSettings"
        ),
        parameters=NAMED,
        grant=POLICIES,
        unconfirmed="properties after the first thirty, and their order",
    ),
}
