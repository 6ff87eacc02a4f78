"""Everything that has an address: mailboxes, guests, contacts and groups, as a base for the cmdlets that list them.

Groups are the directory's; Exchange adds what it knows by default.
"""

from __future__ import annotations

from mocktenant.collection import Object
from mocktenant.exchange.users import exchange_guid
from mocktenant.tenant import Tenant

_LEGACY = "/o=ExchangeLabs/ou=Exchange Administrative Group/cn=Recipients/cn="
_UNIFIED = "GroupMailbox"
_LIST = "MailUniversalDistributionGroup"
_SECURITY = "MailUniversalSecurityGroup"


def mail_users(tenant: Tenant) -> list[Object]:
    """Accounts with an address elsewhere: guests."""
    return [
        {
            "Guid": exchange_guid(account["id"]),
            "Name": str(account["userPrincipalName"]).partition("@")[0],
            "DisplayName": account.get("displayName", ""),
            "Alias": str(account["userPrincipalName"]).partition("@")[0],
            "PrimarySmtpAddress": account.get("mail") or "",
            "ExternalEmailAddress": f"SMTP:{account.get('mail') or ''}",
            "EmailAddresses": list(account.get("proxyAddresses", [])),
            "UserPrincipalName": account["userPrincipalName"],
            "ExternalDirectoryObjectId": account["id"],
            "LegacyExchangeDN": f"{_LEGACY}{exchange_guid(account['id'])}",
            "RecipientType": "MailUser",
            "RecipientTypeDetails": "GuestMailUser",
            "WhenCreatedUTC": account.get("createdDateTime"),
        }
        for account in tenant.objects("users")
        if account.get("userType") == "Guest"
    ]


def mail_contacts(tenant: Tenant) -> list[Object]:
    """Addresses elsewhere without an account."""
    return [
        {
            "DisplayName": item["Name"],
            "Alias": str(item["Name"]).replace(" ", ""),
            "PrimarySmtpAddress": str(item["ExternalEmailAddress"]).partition(":")[2],
            "EmailAddresses": [item["ExternalEmailAddress"]],
            "ExternalDirectoryObjectId": "",
            "LegacyExchangeDN": f"{_LEGACY}{item['Guid']}",
            "RecipientType": "MailContact",
            "RecipientTypeDetails": "MailContact",
        }
        | item
        for item in tenant.objects("mailContacts")
    ]


def groups(tenant: Tenant) -> list[Object]:
    """Every group of the directory, with or without mail."""
    return [_group(tenant, item) for item in tenant.objects("groups")]


def mail_groups(tenant: Tenant) -> list[Object]:
    """The groups that mail can be sent to."""
    return [item for item in groups(tenant) if item["RecipientTypeDetails"] in (_UNIFIED, _LIST, _SECURITY)]


def distribution_groups(tenant: Tenant) -> list[Object]:
    """Distribution lists and mail-enabled security groups."""
    return [item for item in groups(tenant) if item["RecipientTypeDetails"] in (_LIST, _SECURITY)]


def unified_groups(tenant: Tenant) -> list[Object]:
    """Microsoft 365 groups."""
    return [item for item in groups(tenant) if item["RecipientTypeDetails"] == _UNIFIED]


def members_of(tenant: Tenant, group_id: str) -> list[str]:
    """The ids of a group's direct members."""
    return [str(item["memberId"]) for item in tenant.collection("groupMembers").where("groupId", group_id)]


def owners_of(tenant: Tenant, group_id: str) -> list[str]:
    """The ids of a group's owners."""
    return [str(item["ownerId"]) for item in tenant.collection("groupOwners").where("groupId", group_id)]


def kind_of(group: Object) -> str:
    """A directory group's RecipientTypeDetails."""
    if not group.get("mailEnabled"):
        return "UniversalSecurityGroup"
    if "Unified" in group.get("groupTypes", []):
        return _UNIFIED
    return _SECURITY if group.get("securityEnabled") else _LIST


def _group(tenant: Tenant, item: Object) -> Object:
    kind = kind_of(item)
    mail = item.get("mail") or ""
    plain = {_UNIFIED: _LIST, "UniversalSecurityGroup": "Group"}
    return {
        "Guid": exchange_guid(item["id"]),
        "Name": str(item["displayName"]),
        "DisplayName": str(item["displayName"]),
        "Alias": item.get("mailNickname") or "",
        "PrimarySmtpAddress": mail,
        "EmailAddresses": [f"SMTP:{mail}"] if mail else [],
        "ExternalDirectoryObjectId": item["id"],
        "LegacyExchangeDN": f"{_LEGACY}{exchange_guid(item['id'])}",
        "RecipientType": plain.get(kind, kind),
        "RecipientTypeDetails": kind,
        "Notes": item.get("description") or "",
        "IsDirSynced": bool(item.get("onPremisesSyncEnabled")),
        "AccessType": item.get("visibility") or "Private",
        "WhenCreatedUTC": item.get("createdDateTime"),
        "WhenChangedUTC": item.get("createdDateTime"),
        "ManagedBy": [_name(tenant, owner) for owner in owners_of(tenant, item["id"])],
    }


def _name(tenant: Tenant, identity: str) -> str:
    account = tenant.collection("users").get(identity)
    return str(account["userPrincipalName"]).partition("@")[0] if account else identity
