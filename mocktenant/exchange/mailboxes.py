"""Mailboxes, as Get-Mailbox shows them."""

from __future__ import annotations

from mocktenant import seeds
from mocktenant.collection import Object
from mocktenant.exchange.objects import completed, tail, unit
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
    defaults: Object = {
        **_delivery(),
        **_quotas(),
        **_audit(),
        "ExchangeGuid": exchange_guid(given),
        "MailboxPlan": "ExchangeOnlineEnterprise",
        "IsMailboxEnabled": True,
        "IsShared": shared,
        "IsResource": resource,
        "IsInactiveMailbox": False,
        "IsDirSynced": False,
        "IsSoftDeletedByDisable": False,
        "IsSoftDeletedByRemove": False,
        "AccountDisabled": shared or resource,
        "RoleAssignmentPolicy": "Default Role Assignment Policy",
        "SharingPolicy": "Default Sharing Policy",
        "RetentionPolicy": "Default MRM Policy",
        "UserPrincipalName": address,
        "Alias": address.partition("@")[0],
        "DisplayName": str(given["Name"]),
        "EmailAddresses": [f"SMTP:{address}"],
        "PrimarySmtpAddress": address,
        "WindowsEmailAddress": address,
        "HiddenFromAddressListsEnabled": False,
        "LegacyExchangeDN": f"/o=ExchangeLabs/ou=Exchange Administrative Group/cn=Recipients/cn={given['Guid']}",
        "OrganizationalUnit": unit(tenant),
        "RecipientType": "UserMailbox",
        "RecipientTypeDetails": "UserMailbox",
        "ExternalDirectoryObjectId": "",
        "WhenMailboxCreated": given.get("WhenCreatedUTC"),
        "Languages": [ENGLISH],  # unconfirmed on the wire
        "MessageCopyForSentAsEnabled": False,
        "MessageCopyForSendOnBehalfEnabled": False,
    }
    classes = ["top", "person", "organizationalPerson", "user"]
    rest = tail(tenant, given, container="CN=Recipients", classes=classes, version="0.20 (15.0.0.0)")
    return completed(defaults | rest, given)


def exchange_guid(mailbox: Object) -> str:
    """The mailbox's own GUID, which is not that of the directory object that it belongs to."""
    return str(mailbox.get("ExchangeGuid") or seeds.guid(seeds.rng(0, f"mailbox/{mailbox['Guid']}")))


def _delivery() -> Object:
    return {
        "ForwardingAddress": None,
        "ForwardingSmtpAddress": None,
        "DeliverToMailboxAndForward": False,
        "GrantSendOnBehalfTo": [],
        "AcceptMessagesOnlyFrom": [],
        "AcceptMessagesOnlyFromSendersOrMembers": [],
        "RejectMessagesFrom": [],
        "ModerationEnabled": False,
        "ModeratedBy": [],
        "RequireSenderAuthenticationEnabled": False,
        "MessageRecallProcessingEnabled": True,
    }


def _quotas() -> Object:
    return {
        "ProhibitSendQuota": "99 GB (106,300,440,576 bytes)",
        "ProhibitSendReceiveQuota": "100 GB (107,374,182,400 bytes)",
        "IssueWarningQuota": "98 GB (105,226,698,752 bytes)",
        "UseDatabaseQuotaDefaults": False,
        "RetainDeletedItemsFor": "14.00:00:00",
        "SingleItemRecoveryEnabled": True,
        "LitigationHoldEnabled": False,
        "RetentionHoldEnabled": False,
        "ComplianceTagHoldApplied": False,
        "DelayHoldApplied": False,
        "InPlaceHolds": [],
        "ArchiveGuid": "00000000-0000-0000-0000-000000000000",
        "ArchiveStatus": "None",
        "ArchiveState": "None",
    }


def _audit() -> Object:
    return {
        "AuditEnabled": True,
        "AuditLogAgeLimit": "90.00:00:00",
        "AuditAdmin": _AUDIT_ADMIN,
        "AuditDelegate": _AUDIT_DELEGATE,
        "AuditOwner": _AUDIT_OWNER,
        "DefaultAuditSet": ["Admin", "Delegate", "Owner"],
    }
