"""Who else may open a mailbox, send as it, or look into a folder of it.

The owner's own entry is in every answer, and so are a folder's Default and Anonymous: they belong to no decision.
"""

from __future__ import annotations

import zlib

from mocktenant.collection import Object
from mocktenant.exchange.cmdlet import Cmdlet, Row
from mocktenant.exchange.grants import VIEW_RECIPIENTS
from mocktenant.exchange.mailbox_folders import ROOT, folder_of
from mocktenant.exchange.objects import completed, template
from mocktenant.exchange.parameters import Choice, Read, Size, Switch, Text
from mocktenant.exchange.recipients import find_mailbox, identities, mailboxes_asked_for, of_mailbox
from mocktenant.folder_names import folder_names
from mocktenant.tenant import Tenant
from mocktenant.words import words

SELF = "NT AUTHORITY\\SELF"
SELF_SID = "S-1-5-10"
FOLDER_RIGHTS = words(
    "Author AvailabilityOnly Contributor CreateItems CreateSubfolders DeleteAllItems DeleteOwnedItems EditAllItems "
    "EditOwnedItems Editor FolderContact FolderOwner FolderVisible LimitedDetails NonEditingAuthor None Owner "
    "PublishingAuthor PublishingEditor ReadItems Reviewer"
)


def _sid(who: str) -> str:
    """A security identifier of that name, always the same one."""
    return f"S-1-5-21-3623811015-3361044348-30300820-{zlib.crc32(who.lower().encode()) % 90_000_000 + 10_000}"


def _mailbox_permissions(tenant: Tenant, given: Read) -> list[Object]:
    (box,) = mailboxes_asked_for(tenant, given)
    owner: Object = {"Owner": True, "Mailbox": box["Guid"], "User": SELF, "UserSid": SELF_SID}
    found = [owner]
    if box.get("RecipientTypeDetails", "UserMailbox") != "UserMailbox":
        found.append(owner | {"AccessRights": ["FullAccess", "ExternalAccount", "ReadPermission"]})
    found += of_mailbox(tenant, "mailboxPermissions", box)
    return [item for item in found if _is(tenant, str(item["User"]), given.get("User"))]


def _mailbox_permission(tenant: Tenant, given: Object) -> Object:
    """A row of Get-MailboxPermission. The rights are one text with commas in a list of one."""
    if "Mailbox" not in given:
        return given
    usual = ["FullAccess", "ReadPermission"] if given.get("Owner") else ["FullAccess"]
    defaults: Object = {
        "AccessRights": [", ".join(given.get("AccessRights", usual))],
        "Deny": False,
        "InheritanceType": "All",
        "User": given["User"],
        "UserSid": _sid(str(given["User"])),
        "PrimarySmtpAddress": None,
        "Identity": _name(tenant, given),
        "IsInherited": False,
        "IsValid": True,
        "ObjectState": "Unchanged",
    }
    kept = {name: value for name, value in given.items() if name in defaults and name != "AccessRights"}
    return completed(defaults, kept)


def _recipient_permissions(tenant: Tenant, given: Read) -> list[Object]:
    """Without an Identity the whole organisation's."""
    found: list[Object] = []
    for box in mailboxes_asked_for(tenant, given):
        found.append({"Mailbox": box["Guid"], "Trustee": SELF, "TrusteeSidString": SELF_SID})
        found += of_mailbox(tenant, "recipientPermissions", box)
    if "Trustee" not in given:
        return found
    names = _names(tenant, given["Trustee"])
    return [item for item in found if str(item["Trustee"]).lower() in names]


def _recipient_permission(tenant: Tenant, given: Object) -> Object:
    """A row of Get-RecipientPermission."""
    if "Mailbox" not in given:
        return given
    defaults = template(
        "Identity Trustee AccessControlType=Allow AccessRights IsInherited=false InheritanceType=None "
        "TrusteeSidString PrimarySmtpAddress TrusteeWithPrimarySmtpAddress IsValid=true ObjectState=Unchanged"
    )
    defaults |= {
        "Identity": _name(tenant, given),
        "AccessRights": ["SendAs"],
        "TrusteeSidString": _sid(str(given["Trustee"])),
    }
    return completed(defaults, {name: value for name, value in given.items() if name != "Mailbox"})


def _folder_permissions(tenant: Tenant, given: Read) -> list[Object]:
    box, folder = folder_of(tenant, given["Identity"])
    return [
        item
        for item in entries_of_folder(tenant, box, folder)
        if _is(tenant, str(item["User"]), given.get("User"))
    ]


def entries_of_folder(tenant: Tenant, box: Object, folder: str) -> list[Object]:
    """A folder's entries: everybody's and strangers' first, then those that somebody decided."""
    held = of_mailbox(tenant, "mailboxFolderPermissions", box)
    decided = {str(item["User"]): item for item in held if item["Folder"] == folder}
    base: Object = {"Mailbox": box["Guid"], "Folder": folder}
    free_busy = ["AvailabilityOnly"] if folder == folder_names(box)["Calendar"] else ["None"]
    known = {
        "Default": base | {"User": "Default", "AccessRights": free_busy},
        "Anonymous": base | {"User": "Anonymous", "AccessRights": ["None"]},
    }
    return list((known | decided).values())


def _folder_permission(_tenant: Tenant, given: Object) -> Object:
    """A row of Get-MailboxFolderPermission."""
    if "Mailbox" not in given:
        return given
    path = str(given["Folder"])
    return {
        "FolderName": "Top of Information Store" if path == ROOT else path.rpartition("\\")[2],
        "User": given["User"],
        "AccessRights": given.get("AccessRights", ["None"]),
        "SharingPermissionFlags": given.get("SharingPermissionFlags"),
        "Identity": given["User"],
        "IsValid": True,
        "ObjectState": "New",
    }


def _name(tenant: Tenant, given: Object) -> str:
    box = find_mailbox(tenant, str(given["Mailbox"])) or {"Name": given["Mailbox"]}
    return str(box["Name"])


def _is(tenant: Tenant, user: str, wanted: str | None) -> bool:
    return wanted is None or user.lower() in _names(tenant, wanted)


def _names(tenant: Tenant, wanted: str) -> set[str]:
    return {wanted.lower(), *identities(tenant, wanted)}


ROWS: dict[str, Row] = {
    "Get-MailboxFolderPermission": Cmdlet(
        collection="mailboxFolderPermissions",
        shape=_folder_permission,
        parameters={"Identity": Text(), "ResultSize": Size(), "User": Text()},
        required=("Identity",),
        key=None,
        source=_folder_permissions,
        grant=VIEW_RECIPIENTS,
        unemulated=frozenset(words("GroupMailbox SkipCount UseCustomRouting")),
        unconfirmed="order of the properties, Identity",
    ),
    "Get-MailboxPermission": Cmdlet(
        collection="mailboxPermissions",
        shape=_mailbox_permission,
        parameters={
            "Identity": Text(),
            "ResultSize": Size(),
            "User": Text(),
            "UseCustomRouting": Switch(),
        },
        required=("Identity",),
        key=None,
        source=_mailbox_permissions,
        grant=VIEW_RECIPIENTS,
        unemulated=frozenset(
            words(
                "GroupMailbox IncludeSoftDeletedUserPermissions IncludeUnresolvedPermissions Owner "
                "ReadFromDomainController SoftDeletedMailbox"
            )
        ),
        unconfirmed="order of the properties",
    ),
    "Get-RecipientPermission": Cmdlet(
        collection="recipientPermissions",
        shape=_recipient_permission,
        parameters={
            "Identity": Text(),
            "ResultSize": Size(),
            "Trustee": Text(),
            "AccessRights": Choice("Microsoft.Exchange.Management.RecipientAccessRight[]", ("SendAs",)),
            "UseCustomRouting": Switch(),
        },
        key=None,
        source=_recipient_permissions,
        grant=VIEW_RECIPIENTS,
        unemulated=frozenset({"ReadFromDomainController"}),
    ),
}
