"""The folders of mailboxes."""

from __future__ import annotations

from mocktenant.exchange.cmdlet import LISTED, Cmdlet, Row
from mocktenant.exchange.folders import SCOPES, folder, folders
from mocktenant.exchange.grants import VIEW_RECIPIENTS
from mocktenant.exchange.parameters import Choice
from mocktenant.words import words

ROWS: dict[str, Row] = {
    "Get-MailboxFolderStatistics": Cmdlet(
        collection="mailboxes",
        shape=folder,
        parameters={
            **LISTED,
            "FolderScope": Choice("Microsoft.Exchange.Data.Directory.ElcFolderType", SCOPES),
        },
        required=("Identity",),
        key=None,
        source=folders,
        grant=VIEW_RECIPIENTS,
        unemulated=frozenset(
            words(
                "Archive Database DiagnosticInfo IncludeAnalysis IncludeOldestAndNewestItems "
                "IncludeSoftDeletedRecipients SkipCount StoreMailboxIdentity UseCustomRouting"
            )
        ),
        unconfirmed="values of quotas and flags, a FolderId's bytes, which folders a new mailbox has; who may run it",
    ),
}
