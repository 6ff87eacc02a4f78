"""What anybody does in mailboxes is logged: no account is exempt.

## What it looks at

Every account's bypass of mailbox auditing (`Get-MailboxAuditBypassAssociation`, `AuditBypassEnabled`). What such an
account does in any mailbox, its own or another's, goes unlogged, whatever the organisation's switch and the
mailbox's own settings say.

It is critical if the account is a person's (it has a mailbox of its own), high otherwise. Accounts of the service,
which the cmdlet lists too, have no bypass.

## Why it matters

The bypass was made for service accounts that open every mailbox and would fill the log. Set on an account that an
intruder holds, it hides what he reads and sends, and nothing in the mailbox shows it.

## Remediation

1. In Exchange Online PowerShell: `Set-MailboxAuditBypassAssociation -Identity <account> -AuditBypassEnabled $false`.
2. Search the audit log for who set it and when: `Search-UnifiedAuditLog -StartDate <date> -EndDate <date>
   -Operations Set-MailboxAuditBypassAssociation`. What the account did since then can't be reconstructed from the
   mailbox log; look at its sign-ins and at message traces instead.
3. A product that needs it gets its account accepted below.

## Options

```toml
[checks."exchange.mailbox-audit-is-not-bypassed"]
accounts = ["svc-backup", "4e2a91c0-6d3b-4f58-9b1e-000000000001"]
```

`accounts` may have a bypass: names or GUIDs as the cmdlet writes them, whole.

## Sources

- <https://learn.microsoft.com/powershell/module/exchangepowershell/get-mailboxauditbypassassociation>
- <https://learn.microsoft.com/purview/audit-mailboxes>
- <https://attack.mitre.org/techniques/T1562/008/>
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from o365scan.api import Acceptance, Data, Judgement, Record, Severity, check, problem
from o365scan_exchange.datasets import audit_bypasses, mailboxes
from o365scan_exchange.evidence import shown
from o365scan_exchange.recency import youth


@dataclass(frozen=True)
class BypassingAccounts:
    """Accounts of products that open every mailbox."""

    accounts: tuple[str, ...] = ()

    def accept(self, account: Record) -> bool:
        """May this account go unlogged?"""
        known = {text.lower() for text in self.accounts}
        return account.key.lower() in known or account.title.lower() in known


@check(
    "exchange.mailbox-audit-is-not-bypassed",
    severity=Severity.HIGH,
    each=audit_bypasses,
    optional=[mailboxes],
    options=BypassingAccounts,
    attack=["T1562.008"],
    controls=["CIS-M365-7.0/6.1.3"],
)
def mailbox_audit_is_not_bypassed(
    account: Record, data: Data, options: BypassingAccounts, now: datetime
) -> Iterator[Judgement]:
    if account.flag("AuditBypassEnabled") and not options.accept(account):
        yield problem(
            f"What {account.title} does in mailboxes goes unlogged.",
            *shown(account, "AuditBypassEnabled", "WhenChangedUTC"),
            severity=Severity.CRITICAL if _is_person(account, data) else None,
            accept=Acceptance({"accounts": (account.key,)}),
            signs=(*_person(account, data), *youth(account, now)),
        )


def _person(account: Record, data: Data) -> Iterator[str]:
    if data.get(mailboxes) is None:
        yield "nobody knows whose the account is"
    elif _is_person(account, data):
        yield "the account is a person's"


def _is_person(account: Record, data: Data) -> bool:
    known = data.get(mailboxes)
    mailbox = known.get(account.key) if known is not None else None
    return mailbox is not None and mailbox.get("RecipientTypeDetails") == "UserMailbox"
