"""The organisation's configuration: one object of many switches."""

from __future__ import annotations

from mocktenant.collection import Object
from mocktenant.exchange.objects import completed, organization_id, tail
from mocktenant.tenant import Tenant


def organization_config(tenant: Tenant, given: Object) -> Object:
    """The row of Get-OrganizationConfig; `EwsEnabled` null means "not configured"."""
    named = {"Name": tenant.domain} | given
    defaults: Object = {
        "OrganizationId": organization_id(tenant),
        "Name": tenant.domain,
        "Identity": tenant.domain,
        "Guid": given["Guid"],
        "ObjectVersion": 17086,
        "DelayedDelicensingEnabledState": None,
        "PublicFoldersLockedForMigration": False,
        "PublicFolderMigrationComplete": False,
        "PublicFoldersEnabled": "Local",
        "ActivityBasedAuthenticationTimeoutEnabled": True,
        "ActivityBasedAuthenticationTimeoutInterval": "06:00:00",
        "ActivityBasedAuthenticationTimeoutWithSingleSignOnEnabled": True,
        "AppsForOfficeEnabled": True,
        "AsyncSendEnabled": True,
        "AuditDisabled": False,
        "AutodiscoverPartialDirSync": False,
        "AutoEnableArchiveMailbox": False,
        "AutoExpandingArchiveEnabled": False,
        "BookingsEnabled": True,
        "BookingsPaymentsEnabled": False,
        "ConnectorsActionableMessagesEnabled": True,
        "ConnectorsEnabled": True,
        "ConnectorsEnabledForOutlook": True,
        "ConnectorsEnabledForSharepoint": True,
        "ConnectorsEnabledForTeams": True,
        "ConnectorsEnabledForYammer": True,
        "CustomerLockboxEnabled": False,
        "DefaultAuthenticationPolicy": None,
        "DefaultGroupAccessType": "Private",
        "DisplayName": "Contoso",
        "DistributionGroupDefaultOU": None,
        "DistributionGroupNameBlockedWordsList": [],
        "DistributionGroupNamingPolicy": "",
        "EwsAllowEntourage": None,
        "EwsAllowList": None,
        "EwsAllowMacOutlook": None,
        "EwsAllowOutlook": None,
        "EwsApplicationAccessPolicy": None,
        "EwsBlockList": None,
        "EwsEnabled": None,
        "FocusedInboxOn": None,
        "HiddenMembershipGroupsCreationEnabled": True,
        "HierarchicalAddressBookRoot": None,
        "HybridConfigurationStatus": "None",
        "IPListBlocked": [],
        "IsDehydrated": False,
        "IsDualWriteEnabled": False,
        "IsTenantAccessBlocked": False,
        "LeanPopoutEnabled": False,
        "LinkPreviewEnabled": True,
        "MailTipsAllTipsEnabled": True,
        "MailTipsExternalRecipientsTipsEnabled": True,
        "MailTipsGroupMetricsEnabled": True,
        "MailTipsLargeAudienceThreshold": 25,
        "MailTipsMailboxSourcedTipsEnabled": True,
        "MessageRecallEnabled": None,
        "OAuth2ClientProfileEnabled": True,
        "OutlookMobileGCCRestrictionsEnabled": False,
        "OutlookPayEnabled": True,
        "PublicComputersDetectionEnabled": False,
        "ReadTrackingEnabled": False,
        "RejectDirectSend": False,
        "RemotePublicFolderMailboxes": [],
        "SendFromAliasEnabled": False,
        "SmtpActionableMessagesEnabled": True,
        "UnblockUnsafeSenderPromptEnabled": True,
        "VisibleMeetingUpdateProperties": "Location,AllProperties:15",
        "WebPushNotificationsDisabled": False,
        "WebSuggestedRepliesDisabled": False,
    }
    classes = ["top", "msExchOrganizationContainer"]
    rest = tail(tenant, named, container="CN=Services", classes=classes, version="0.20 (15.0.0.0)")
    return completed({**rest, **defaults}, given)
