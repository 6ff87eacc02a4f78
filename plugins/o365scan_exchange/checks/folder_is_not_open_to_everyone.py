"""No mailbox's inbox, sent items or root is open to everybody.

## What it looks at

What `Default` (everybody in the organisation) and `Anonymous` (anybody) may do in the inbox, the sent items and the
root (Top of Information Store) of every mailbox (`Get-MailboxFolderPermission`). The folders are found by their type
(`Get-MailboxFolderStatistics`), whatever they are called in the mailbox's language. The inbox is always asked for; the
sent items and the root only while they hold something (`VisibleItemsInFolder`): a right to look into an empty folder
shows nothing, and the next scan asks once there is something. A root that is open lets nobody into the folders in it.

- A right to read, such as Reviewer, or any greater one: high.
- A right to see that the folder is there, or to put something into it: low.
- None, and the calendar's AvailabilityOnly and LimitedDetails, are well.
- A folder that lists no entry for `Default` leaves the mailbox undecided: every folder has one, so it may go by another
  name here.

Other folders, the calendar above all, are shared on purpose and are not judged.

## Why it matters

An intruder who gives everybody a look into one inbox reads it from any account, with no rule, no delegate and no
forwarding to be found. The right stays when the password is changed, and the owner sees nothing of it.

## Remediation

1. Find out who gave the right: `Search-UnifiedAuditLog -StartDate <date> -EndDate <date> -Operations
   Add-MailboxFolderPermission,Set-MailboxFolderPermission,ModifyFolderPermissions`. If it wasn't the owner, take
   that account for compromised.
2. Take it away, in Exchange Online PowerShell, with the folder's name in the mailbox's language:
   `Set-MailboxFolderPermission -Identity <upn>:\\Inbox -User Default -AccessRights None`. The owner can do the same in
   Outlook: right-click the folder, Properties, Permissions.

## Options

```toml
[checks."exchange.folder-is-not-open-to-everyone"]
mailboxes = ["notices@contoso.com"]
```

`mailboxes` may be open to everybody: addresses or ids.

## Sources

- <https://learn.microsoft.com/powershell/module/exchangepowershell/get-mailboxfolderpermission>
- <https://learn.microsoft.com/powershell/module/exchangepowershell/set-mailboxfolderpermission>
- <https://attack.mitre.org/techniques/T1098/002/>
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from o365scan.api import Data, Judgement, Record, Severity, Undecidable, check, independently, problem
from o365scan_exchange.accepted import acceptance
from o365scan_exchange.datasets import mailboxes
from o365scan_exchange.evidence import shown
from o365scan_exchange.folder_access import INBOX, folder_permissions, folders, is_asked_for
from o365scan_exchange.recipients import names_of

_EVERYBODY = {"default": "Everybody in the organisation", "anonymous": "Anybody"}
_NOTHING = frozenset({"None", "AvailabilityOnly", "LimitedDetails"})
_UNREAD = frozenset({"FolderVisible", "FolderContact", "Contributor", "CreateItems", "CreateSubfolders"})
_READING = _UNREAD | {"Reviewer", "ReadItems"}
_TO_SHARE = frozenset({"SharedMailbox", "RoomMailbox", "EquipmentMailbox", "SchedulingMailbox"})


@dataclass(frozen=True)
class OpenMailboxes:
    """Mailboxes that may be open to everybody."""

    mailboxes: tuple[str, ...] = ()

    def accept(self, mailbox: Record) -> bool:
        """May everybody look into this one?"""
        return not {text.lower() for text in self.mailboxes}.isdisjoint(names_of(mailbox))


@check(
    "exchange.folder-is-not-open-to-everyone",
    severity=Severity.HIGH,
    each=mailboxes,
    reads=[folders, folder_permissions],
    options=OpenMailboxes,
    attack=["T1098.002", "T1114.002"],
)
def folder_is_not_open_to_everyone(
    mailbox: Record, data: Data, options: OpenMailboxes
) -> Iterator[Judgement]:
    if options.accept(mailbox):
        return
    found = [folder for folder in data[folders].of(mailbox) if is_asked_for(folder)]
    yield from independently(*(_folder(folder, mailbox, data) for folder in found))
    if INBOX not in {folder.text("FolderType") for folder in found}:
        raise Undecidable("the mailbox lists no inbox")


def _folder(folder: Record, mailbox: Record, data: Data) -> Iterator[Judgement]:
    entries = tuple(data[folder_permissions].of(folder))
    for entry in entries:
        who = _EVERYBODY.get(_named(entry))
        rights = set(entry.texts("AccessRights")) - _NOTHING
        if who is not None and rights:
            yield problem(
                f"{who} has {', '.join(sorted(rights))} in {folder.title} of this mailbox.",
                *shown(mailbox, "UserPrincipalName", "RecipientTypeDetails"),
                folder.at("FolderType"),
                *shown(folder, "FolderPath"),
                *shown(entry, "User", "AccessRights"),
                severity=Severity.LOW if rights <= _UNREAD else Severity.HIGH,
                accept=acceptance(mailbox),
                signs=_signs(mailbox, rights, entry),
            )
    if "default" not in map(_named, entries):
        raise Undecidable(
            f"{folder.title} lists no entry for Default, so what everybody may do there is unknown"
        )


def _named(entry: Record) -> str:
    return entry.text("User").strip().lower()


def _signs(mailbox: Record, rights: set[str], entry: Record) -> Iterator[str]:
    """A mailbox that is there to be shared is opened on purpose; a person's is what an intruder opens."""
    if mailbox.get("RecipientTypeDetails") not in _TO_SHARE:
        yield "the mailbox is a person's"
    if not rights <= _UNREAD and entry.text("User").strip().lower() == "anonymous":
        yield "nobody has to sign in to read it"
    if not rights <= _READING:
        yield "everybody may do more than read"
