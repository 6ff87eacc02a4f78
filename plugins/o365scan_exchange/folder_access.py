"""The folders of mailboxes that hold mail, and who may look into them."""

from __future__ import annotations

from o365scan.api import EXCHANGE, WHOLE, Data, Dataset, ExchangeCmdlet, FanOut, Permission, Record

from .datasets import mailboxes

_REFERENCE = "https://learn.microsoft.com/powershell/module/exchangepowershell/"
# Unconfirmed: the role, taken to be the one that reads mailboxes.
_FOLDER_READER = Permission(
    api=EXCHANGE,
    app_roles=("Exchange.ManageAsApp",),
    directory_roles=("Global Reader", "Exchange Administrator", "Global Administrator"),
)

ROOT, INBOX, SENT = "Root", "Inbox", "SentItems"
_OF_MAIL = frozenset({ROOT, INBOX, SENT})

folders = Dataset(
    name="exchange.folders",
    source=FanOut(
        over=mailboxes,
        request=ExchangeCmdlet(
            cmdlet="Get-MailboxFolderStatistics", parameters={"Identity": "{Guid}", "ResultSize": "Unlimited"}
        ),
    ),
    key="FolderId",
    title="FolderPath",
    type="MailboxFolderConfiguration",
    permission=_FOLDER_READER,
    reference=_REFERENCE + "get-mailboxfolderstatistics",
    configuration=False,
)
"""All folders of each mailbox. Their names are in its language, so that `FolderType` alone tells which is which."""


def is_asked_for(folder: Record) -> bool:
    """Is it known who may look into it? Always of the inbox, else if there is something to be seen.

    A request for each of three folders of each mailbox is what a scan of a large tenant spends most on. The root
    hardly ever holds anything itself, and many shared mailboxes and rooms have sent nothing. The inbox is asked for
    even if it is empty today, since a finding must not go and come with the owner's tidiness.
    """
    if folder.text("FolderType") not in _OF_MAIL:
        return False
    return folder.text("FolderType") == INBOX or folder.number("VisibleItemsInFolder") > 0


def _where(folder: Record, _data: Data) -> bool:
    return is_asked_for(folder)


folder_permissions = Dataset(
    name="exchange.folder-permissions",
    source=FanOut(
        over=folders,
        request=ExchangeCmdlet(
            cmdlet="Get-MailboxFolderPermission",
            parameters={"Identity": "{ContentMailboxGuid}:{FolderId}", "ResultSize": "Unlimited"},
        ),
        where=_where,
    ),
    key=WHOLE,
    title="User",
    type="MailboxFolderPermission",
    permission=_FOLDER_READER,
    reference=_REFERENCE + "get-mailboxfolderpermission",
    configuration=False,
)
"""Who may look into the inbox of each mailbox, and into the sent items and the root if they hold anything.

A folder is asked for by its id, as scripts do where its name is in another language; the documentation names the path
alone. Unconfirmed: that `User` says Default and Anonymous whatever the mailbox's language is.
"""
