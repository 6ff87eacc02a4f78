"""Nobody signs in as a shared mailbox.

## What it looks at

The account behind each shared mailbox (`Get-Mailbox`, `RecipientTypeDetails` is `SharedMailbox`; `accountEnabled` in
Microsoft Entra, to which Exchange Online's `AccountDisabled` follows later). Each shared mailbox whose account can
sign in is named; if there are more than 25, or at least as many as not, it is one finding with a few as evidence.

Rooms and equipment are not looked at: devices sign in as them. A shared mailbox without an account in the directory
has nothing to sign in with and passes; one without an id of it is undecided.

## Why it matters

Shared mailboxes are opened through their delegates' own accounts. Their own account is one that nobody owns: no
second factor is registered for it, often it was a leaver's, with the old password, and nobody notices a sign-in.

## Remediation

1. In the Microsoft 365 admin centre open Users, Active users, the account, and choose "Block sign-in"; or in Microsoft
   Graph PowerShell: `Update-MgUser -UserId <id> -AccountEnabled:$false`. Delegates are not affected.
2. Look at its sign-ins first (Microsoft Entra admin centre, Sign-in logs): an application that signs in as it stops
   working, and a sign-in that nobody can explain is an incident.
3. Accept below what has to sign in, and protect it like a person's account.

## Options

```toml
[checks."exchange.shared-mailbox-has-no-sign-in"]
mailboxes = ["tickets@contoso.com"]
```

`mailboxes` may sign in: their primary addresses, whole.

## Sources

- <https://learn.microsoft.com/microsoft-365/admin/email/create-a-shared-mailbox>
- <https://learn.microsoft.com/powershell/module/exchangepowershell/get-mailbox>
- <https://attack.mitre.org/techniques/T1078/004/>
"""

from __future__ import annotations

from collections.abc import Iterator

from o365scan.api import Data, Evidence, Judgement, Record, Severity, Undecidable, check
from o365scan_entra.datasets import users
from o365scan_exchange import accounts
from o365scan_exchange.accepted import Mailboxes, acceptance
from o365scan_exchange.datasets import mailboxes
from o365scan_exchange.tally import Tally


@check(
    "exchange.shared-mailbox-has-no-sign-in",
    severity=Severity.MEDIUM,
    reads=[mailboxes, users],
    options=Mailboxes,
    attack=["T1078.004"],
    controls=["CIS-M365-7.0/1.2.2"],
)
def shared_mailbox_has_no_sign_in(data: Data, options: Mailboxes) -> Iterator[Judgement]:
    tally = Tally()
    for mailbox in data[mailboxes]:
        try:
            if mailbox.text("RecipientTypeDetails") == "SharedMailbox" and not options.accept(mailbox):
                tally.count(mailbox, _sign_in(mailbox, data))
        except Undecidable as cause:
            tally.doubt(cause)
    yield from tally.judged(
        f"The accounts of {tally.having:,} of {tally.total:,} shared mailboxes can sign in.",
        f"is a shared mailbox whose account can sign in, unlike {tally.without:,} others.",
        accept=acceptance,
    )


def _sign_in(mailbox: Record, data: Data) -> Evidence | None:
    """The proof that somebody can sign in as the mailbox. Raises Undecidable if nobody can tell."""
    id = mailbox.text("ExternalDirectoryObjectId", nullable=True)
    if not id:
        raise Undecidable(f"{mailbox.title} is a shared mailbox and has no id in Microsoft Entra.")
    account = data.once(accounts.by_id).get(id.lower())
    if account is None or not account.flag("accountEnabled"):
        return None
    return account.at("accountEnabled")
