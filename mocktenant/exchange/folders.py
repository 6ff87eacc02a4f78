"""The folders of a mailbox, as Get-MailboxFolderStatistics shows them.

Property names and their order are those of a third party's model of the answer (AzRanger). Unconfirmed: the
values of the quotas and flags, the bytes of a FolderId, the answer for somebody without a mailbox, and which
folders a new mailbox has. The folders of Recoverable Items are left out.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator

from mocktenant import seeds
from mocktenant.collection import Object
from mocktenant.exchange import errors
from mocktenant.exchange.inbox_rules import rules_of_mailbox
from mocktenant.exchange.mailboxes import exchange_guid
from mocktenant.exchange.objects import completed
from mocktenant.exchange.parameters import Read
from mocktenant.exchange.recipients import find_mailbox
from mocktenant.folder_names import CLASSES, folder_names
from mocktenant.tenant import Tenant
from mocktenant.words import words

SCOPES = words(
    "All Archive Calendar Contacts ConversationHistory DeletedItems Drafts Inbox JunkEmail Journal "
    "LegacyArchiveJournals ManagedCustomFolder NonIpmRoot Notes Outbox Personal RecoverableItems "
    "RssSubscriptions SentItems SyncIssues Tasks"
)
"""What FolderScope may be."""

_SERVED = frozenset({"All", *CLASSES, "RssSubscriptions"} - {"RssSubscription"})
TOP = "Top of Information Store"
"""What the root is called."""
_QUOTA = "User Default"
_EMPTY = "0 B (0 bytes)"


def folders(tenant: Tenant, given: Read) -> list[Object]:
    """The folders of one mailbox in the scope asked for. Raises Refusal."""
    identity = given.get("Identity")
    if identity is None:
        raise errors.invalid("Invalid Operation")
    box = find_mailbox(tenant, identity)
    if box is None:
        raise errors.not_found(identity)
    (scope,) = given.get("FolderScope", ["All"])
    if scope not in _SERVED:
        raise errors.not_emulated("Get-MailboxFolderStatistics", f"FolderScope {scope}")
    kind = "RssSubscription" if scope == "RssSubscriptions" else scope
    return [folder for folder in _folders(tenant, box) if scope == "All" or folder["FolderType"] == kind]


def folder(_tenant: Tenant, given: Object) -> Object:
    """A row of Get-MailboxFolderStatistics."""
    defaults: Object = {
        "Date": given["CreationTime"],
        "CreationTime": given["CreationTime"],
        "LastModifiedTime": given["CreationTime"],
        **dict.fromkeys(words("Name FolderPath FolderId ParentFolderId FolderType")),
        "ContentFolder": True,
        **dict.fromkeys(words("ContentMailboxGuid RawContentMailboxGuid")),
        "Movable": given["FolderType"] == "User Created",
        "RecoverableItemsFolder": False,
        "AssociatedIPMFolderPath": None,
        "ContainerClass": "IPF.Note",
        "Flags": "",
        **dict.fromkeys(words("TargetQuota StorageQuota StorageWarningQuota"), _QUOTA),
        **dict.fromkeys(
            words("VisibleItemsInFolder HiddenItemsInFolder ItemsInFolder DeletedItemsInFolder"), 0
        ),
        "FolderSize": _EMPTY,
        **dict.fromkeys(words("ItemsInFolderAndSubfolders DeletedItemsInFolderAndSubfolders"), 0),
        "FolderAndSubfolderSize": _EMPTY,
        "CurrentSchemaVersion": "",
        **_unset(),
        "SearchFolder": False,
        "Identity": None,
        "IsValid": True,
        "ObjectState": "New",
    }
    return completed(defaults, given)


def _unset() -> Object:
    """What nobody has asked for: dates of items, policies, an analysis."""
    dates = [
        f"{end}{deleted}Item{what}Date"
        for what in ("Received", "LastModified")
        for deleted in ("", "Deleted")
        for end in ("Oldest", "Newest")
    ]
    others = words(
        "ManagedFolder DeletePolicy ArchivePolicy CompliancePolicy RetentionFlags TopSubject SearchFolders "
        "LastMovedTimeStamp"
    )
    return dict.fromkeys((*dates, *others))


def _folders(tenant: Tenant, box: Object) -> Iterator[Object]:
    """The default folders in the mailbox's language, and those that its rules move mail to."""
    names = folder_names(box)
    root = _folder(box, "Root", TOP, parent="")
    yield root
    for kind, name in names.items():
        yield _folder(box, kind, name, parent=root["FolderId"]) | {"ContainerClass": CLASSES[kind]}
    moved = {str(rule.get("MoveToFolder") or "") for rule in rules_of_mailbox(tenant, box)}
    for name in sorted(moved - {"", *names.values()}):
        yield _folder(box, "User Created", name, parent=root["FolderId"])


_USED = {"Inbox", "SentItems"}
_ITEMS = 40
_SENDING = ("UserMailbox", "SharedMailbox")


def _items(box: Object, kind: str) -> int:
    """How much is in a folder: what nobody has looked at. Rooms and equipment answer meetings and send nothing."""
    return _ITEMS if kind in _USED and box.get("RecipientTypeDetails", "UserMailbox") in _SENDING else 0


def _folder(box: Object, kind: str, name: str, *, parent: str) -> Object:
    items = _items(box, kind)
    counts = words("VisibleItemsInFolder ItemsInFolder ItemsInFolderAndSubfolders")
    return dict.fromkeys(counts, items) | {
        "CreationTime": box.get("WhenCreatedUTC"),
        "Name": name,
        "FolderPath": f"/{name}",
        "FolderId": folder_id(box, name),
        "ParentFolderId": parent,
        "FolderType": kind,
        "ContentMailboxGuid": exchange_guid(box),
        "Identity": f"{box['Name']}\\{name}",
    }


def folder_id(box: Object, name: str) -> str:
    """An opaque id of 46 bytes."""
    drawn = seeds.rng(0, f"folder/{box['Guid']}/{name}").randbytes(41)
    return base64.b64encode(b"\x2e\x00\x00\x00\x00" + drawn).decode("ascii")
