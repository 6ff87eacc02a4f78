"""Connectors, accepted and remote domains: how mail may enter and leave."""

from __future__ import annotations

from mocktenant.collection import Object
from mocktenant.exchange.objects import completed, tail
from mocktenant.tenant import Tenant

_VERSION = "0.1 (8.0.535.0)"
_TRANSPORT = "CN=Transport Settings"


def inbound_connector(tenant: Tenant, given: Object) -> Object:
    """A row of Get-InboundConnector."""
    defaults: Object = {
        "Enabled": True,
        "ConnectorType": "Partner",
        "ConnectorSource": "AdminUI",
        "Comment": "",
        "SenderIPAddresses": [],
        "SenderDomains": ["smtp:*;1"],
        "TrustedOrganizations": [],
        "ClientHostNames": [],
        "AssociatedAcceptedDomains": [],
        "RequireTls": False,
        "RestrictDomainsToIPAddresses": False,
        "RestrictDomainsToCertificate": False,
        "CloudServicesMailEnabled": False,
        "TreatMessagesAsInternal": False,
        "TlsSenderCertificateName": None,
        "EFTestMode": False,
        "ScanAndDropRecipients": [],
        "EFSkipLastIP": False,
        "EFSkipIPs": [],
        "EFSkipMailGateway": [],
        "EFUsers": [],
        "NameHashGuid": given["Guid"],
        "OrganizationalUnitRootInternal": tenant.domain,
    }
    classes = ["top", "msExchSMTPInboundConnector"]
    return completed(
        defaults | tail(tenant, given, container=_TRANSPORT, classes=classes, version=_VERSION), given
    )


def outbound_connector(tenant: Tenant, given: Object) -> Object:
    """A row of Get-OutboundConnector. LastValidationTimestamp has no zone letter on the wire."""
    defaults: Object = {
        "Enabled": True,
        "UseMXRecord": True,
        "Comment": "",
        "ConnectorType": "Partner",
        "ConnectorSource": "AdminUI",
        "RecipientDomains": [],
        "SmartHosts": [],
        "TlsDomain": None,
        "TlsSettings": "EncryptionOnly",
        "IsTransportRuleScoped": False,
        "RouteAllMessagesViaOnPremises": False,
        "CloudServicesMailEnabled": False,
        "AllAcceptedDomains": False,
        "SenderRewritingEnabled": False,
        "MtaStsMode": "Opportunistic",
        "SmtpDaneMode": "Opportunistic",
        "TestMode": False,
        "LinkForModifiedConnector": "00000000-0000-0000-0000-000000000000",
        "ValidationRecipients": [],
        "IsValidated": False,
        "LastValidationTimestamp": None,
    }
    classes = ["top", "msExchSMTPOutboundConnector"]
    return completed(
        defaults | tail(tenant, given, container=_TRANSPORT, classes=classes, version=_VERSION), given
    )


def blocked_connector(tenant: Tenant, given: Object) -> Object:
    """A row of Get-BlockedConnector. Unconfirmed: its property names were seen in a third-party script only."""
    defaults: Object = {
        "ConnectorId": given["ConnectorId"],
        "ConnectorName": "",
        "TenantId": tenant.tenant_id,
        "Reason": "",
        "CreatedTime": None,
        "ExpirationTime": None,
    }
    return completed(defaults, given)


def accepted_domain(tenant: Tenant, given: Object) -> Object:
    """A row of Get-AcceptedDomain. `Name` is the domain name unless given."""
    name = given.get("Name", given["DomainName"])
    defaults: Object = {
        "DomainName": given["DomainName"],
        "CatchAllRecipientID": None,
        "DomainType": "Authoritative",
        "MatchSubDomains": False,
        "AddressBookEnabled": True,
        "Default": False,
        "EmailOnly": False,
        "ExternallyManaged": False,
        "RawAuthenticationType": "Managed",
        "AuthenticationType": "Managed",
        "LiveIdInstanceType": "Business",
        "PendingRemoval": False,
        "PendingCompletion": False,
        "FederatedOrganizationLink": "Federation",
        "MailFlowPartner": None,
        "OutboundOnly": False,
        "PendingFederatedAccountNamespace": False,
        "PendingFederatedDomain": False,
        "IsCoexistenceDomain": False,
        "PerimeterDuplicateDetected": False,
        "IsDefaultFederatedDomain": False,
        "EnableNego2Authentication": False,
        "CanHaveCloudCache": False,
        "SendingFromDomainDisabled": False,
        "SendingToDomainDisabled": False,
        "SmtpDaneStatus": "Disabled",
        "MailFlowRegion": "",
        "AzureProvisioningRegion": "",
        "MoeraDnsProvisioningMode": None,
        "InitialDomain": False,
    }
    classes = ["top", "msExchAcceptedDomain"]
    rest = tail(
        tenant,
        given | {"Name": name},
        container=f"CN=Accepted Domains,{_TRANSPORT}",
        classes=classes,
        version=_VERSION,
    )
    return completed(defaults | rest, given)


def remote_domain(tenant: Tenant, given: Object) -> Object:
    """A row of Get-RemoteDomain; `TNEFEnabled` null means "not configured"."""
    defaults: Object = {
        "DomainName": "*",
        "IsInternal": False,
        "TargetDeliveryDomain": False,
        "ByteEncoderTypeFor7BitCharsets": "Undefined",
        "CharacterSet": "iso-8859-1",
        "NonMimeCharacterSet": "iso-8859-1",
        "AllowedOOFType": "External",
        "AutoReplyEnabled": True,
        "AutoForwardEnabled": True,
        "DeliveryReportEnabled": True,
        "NDREnabled": True,
        "MeetingForwardNotificationEnabled": False,
        "ContentType": "MimeHtmlText",
        "DisplaySenderName": True,
        "PreferredInternetCodePageForShiftJis": "Undefined",
        "RequiredCharsetCoverage": None,
        "TNEFEnabled": None,
        "LineWrapSize": "Unlimited",
        "TrustedMailOutboundEnabled": False,
        "TrustedMailInboundEnabled": False,
        "UseSimpleDisplayName": False,
        "NDRDiagnosticInfoEnabled": True,
        "MessageCountThreshold": 2147483647,
    }
    classes = ["top", "msExchDomainContentConfig"]
    return completed(
        defaults
        | tail(
            tenant,
            given,
            container="CN=Internet Message Formats,CN=Global Settings",
            classes=classes,
            version=_VERSION,
        ),
        given,
    )
