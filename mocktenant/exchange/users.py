"""Accounts, as Get-User shows them: derived from the directory and its mailboxes.

A user without a decision has what Microsoft gives everybody: Exchange PowerShell. `RemotePowerShellEnabled` is the
older name of the same switch.
"""

from __future__ import annotations

from mocktenant import seeds
from mocktenant.collection import Object
from mocktenant.exchange.objects import completed, tail, template, unit
from mocktenant.exchange.parameters import Read
from mocktenant.exchange.recipients import find_mailbox, mailboxes_there
from mocktenant.tenant import Tenant


def exchange_users(tenant: Tenant, given: Read) -> list[Object]:
    """Every account of the directory with what Exchange knows and what was decided there."""
    decided = tenant.collection("exchangeUsers")
    one = _asked_for(tenant, given.get("Identity"))
    if one is not None:
        box = find_mailbox(tenant, one["id"])
        return [_joined(one, box, decided.get(one["id"], {}))]
    boxes = {box.get("ExternalDirectoryObjectId"): box for box in mailboxes_there(tenant)}
    return [
        _joined(user, boxes.get(user["id"]), decided.get(user["id"], {})) for user in tenant.objects("users")
    ]


def _asked_for(tenant: Tenant, identity: str | None) -> Object | None:
    """The account of an identity that the directory knows too; None for any other, which may still be found."""
    if identity is None:
        return None
    wanted = identity.lower()
    held = tenant.collection("users")
    return held.get(wanted) or held.named(
        "userPrincipalName", wanted, lambda user: (str(user["userPrincipalName"]).lower(),)
    )


def exchange_guid(user_id: str) -> str:
    """The GUID in Exchange of an account without a mailbox; never its id in the directory."""
    return seeds.guid(seeds.rng(0, f"exchange/{user_id}"))


def user(tenant: Tenant, given: Object) -> Object:
    """A row of Get-User."""
    powershell = given.get("EXOModuleEnabled", True)
    defaults = template(_USER)
    defaults |= {
        "SamAccountName": f"${given['Guid'][:6].upper()}-{given['Guid'][24:36].upper()}",
        "UserPrincipalName": given["UserPrincipalName"],
        "RemotePowerShellEnabled": powershell,
        "EXOModuleEnabled": powershell,
        "WindowsLiveID": given["UserPrincipalName"],
        "MicrosoftOnlineServicesID": given["UserPrincipalName"],
        "OrganizationalUnit": unit(tenant),
        "ExternalDirectoryObjectId": given["ExternalDirectoryObjectId"],
        "DisplayName": given["Name"],
    }
    classes = ["top", "person", "organizationalPerson", "user"]
    rest = tail(tenant, given, container="CN=Recipients", classes=classes, version="0.20 (15.0.0.0)")
    return completed(defaults | rest, given | {"RemotePowerShellEnabled": powershell})


_USER = (
    "IsSecurityPrincipal=true DelayReleaseHoldApplied=false SiloName SamAccountName Sid SidHistory=[] "
    "UserPrincipalName BulkMailEnabled=false ResetPasswordOnNextLogon=false CertificateSubject=[] "
    "RemotePowerShellEnabled EXOModuleEnabled WindowsLiveID MicrosoftOnlineServicesID NetID "
    "IsCloudCacheProvisioningComplete=false IsCloudCache=false CloudCacheProvider CloudCacheAccountType "
    "CloudCacheScope CloudCacheRemoteEmailAddress CloudCacheUserName IsCloudCacheBlocked=false ConsumerNetID "
    "UserAccountControl=NormalAccount OrganizationalUnit IsLinked=false LinkedMasterAccount LegalAgeGroup "
    "CreationType RoamingOptIn UserType UserPersona ExternalDirectoryObjectId SKUAssigned "
    "IsSoftDeletedByRemove=false IsSoftDeletedByDisable=false WhenSoftDeleted DirectReports=[] "
    "IsInactiveMailbox=false IsDirSynced=false AccountDisabled=false AuthenticationPolicy StsRefreshTokensValidFrom "
    "BlockReason AdministrativeUnits=[] "
    'AssistantName="" City="" Company="" CountryOrRegion Department="" DisplayName Fax="" FirstName="" '
    'GeoCoordinates HomePhone="" Initials="" LastName="" Manager MobilePhone="" Notes="" Office="" OtherFax=[] '
    'OtherHomePhone=[] OtherTelephone=[] Pager="" Phone="" PhoneticDisplayName="" PostalCode="" PostOfficeBox=[] '
    'RecipientType=User RecipientTypeDetails=User SimpleDisplayName="" StateOrProvince="" StreetAddress="" Title="" '
    'WebPage="" WindowsEmailAddress="" IsVIP=false'
)


def _joined(account: Object, box: Object | None, decided: Object) -> Object:
    mailbox = box or {}
    kind = mailbox.get("RecipientTypeDetails", "UserMailbox") if box else _boxless(account)
    known: Object = {
        "Guid": mailbox.get("Guid") or exchange_guid(account["id"]),
        "Name": mailbox.get("Name") or account["userPrincipalName"].partition("@")[0],
        "UserPrincipalName": account["userPrincipalName"],
        "ExternalDirectoryObjectId": account["id"],
        "AccountDisabled": not account.get("accountEnabled", True),
        "DisplayName": account.get("displayName", ""),
        **about(account),
        "WindowsEmailAddress": account.get("mail") or "",
        "IsDirSynced": bool(account.get("onPremisesSyncEnabled")),
        "RecipientType": "UserMailbox" if box else ("MailUser" if kind == "GuestMailUser" else "User"),
        "RecipientTypeDetails": kind,
        "WhenCreatedUTC": account.get("createdDateTime"),
        "WhenChangedUTC": account.get("createdDateTime"),
    }
    return known | decided


def about(account: Object) -> Object:
    """What the directory says of a person, under Exchange's names."""
    return {exchanges: account.get(name) or "" for exchanges, name in _ABOUT.items()}


_ABOUT = {
    "FirstName": "givenName",
    "LastName": "surname",
    "City": "city",
    "Department": "department",
    "Title": "jobTitle",
    "Office": "officeLocation",
    "Company": "companyName",
    "MobilePhone": "mobilePhone",
}


def _boxless(account: Object) -> str:
    """What an account without a mailbox is called. Unconfirmed: `DisabledUser` for one that is blocked."""
    if account.get("userType") == "Guest":
        return "GuestMailUser"
    return "User" if account.get("accountEnabled", True) else "DisabledUser"
