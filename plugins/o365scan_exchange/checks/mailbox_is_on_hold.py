"""Mailboxes that must keep everything are on litigation hold.

## What it looks at

The mailboxes that the options name (`Get-Mailbox`, `LitigationHoldEnabled`), and whether the hold ends by itself
(`LitigationHoldDuration` is not `Unlimited`: low). Who must be on hold is for the organisation to say: while the
option names nobody, the check is not applicable, which is no pass. A named mailbox that isn't there is undecided: it
may have been deleted, which a hold would have survived as an inactive mailbox.

Holds and retention policies of Microsoft Purview (`InPlaceHolds`) are not counted.

## Why it matters

An intruder, or somebody who leaves in anger, deletes mail and empties the recoverable items. On hold both are kept.

## Remediation

In Exchange Online PowerShell: `Set-Mailbox -Identity <mailbox> -LitigationHoldEnabled $true`. It needs a licence
with archiving (Exchange Online Plan 2), and takes up to four hours. If it was on before, search the audit log for who
took it away.

## Options

```toml
[checks."exchange.mailbox-is-on-hold"]
mailboxes = ["ceo@contoso.com"]
```

`mailboxes` are primary addresses, whole.

## Sources

- <https://learn.microsoft.com/purview/ediscovery-create-a-litigation-hold>
- <https://learn.microsoft.com/powershell/module/exchangepowershell/set-mailbox>
- <https://attack.mitre.org/techniques/T1070/008/>
"""

from __future__ import annotations

from collections.abc import Iterator

from o365scan.api import (
    Data,
    Judgement,
    Record,
    Severity,
    Undecidable,
    Undecided,
    check,
    not_applicable,
    problem,
    undecided,
)
from o365scan_exchange.accepted import Mailboxes, addresses
from o365scan_exchange.datasets import mailboxes
from o365scan_exchange.evidence import shown


@check(
    "exchange.mailbox-is-on-hold",
    severity=Severity.MEDIUM,
    reads=[mailboxes],
    options=Mailboxes,
    attack=["T1070.008"],
)
def mailbox_is_on_hold(data: Data, options: Mailboxes) -> Iterator[Judgement]:
    missing = set(addresses(options.mailboxes, "mailboxes"))
    if not missing:
        yield not_applicable("The option mailboxes names nobody who must be on hold.")
    for mailbox in data[mailboxes]:
        if not missing:
            return
        try:
            if options.accept(mailbox):
                missing.discard(mailbox.text("PrimarySmtpAddress").lower())
                yield from _hold(mailbox)
        except Undecidable as cause:
            yield Undecided(str(cause), at=mailbox)
    for address in sorted(missing):
        yield undecided(f"There is no mailbox {address}, which must be on hold.")


def _hold(mailbox: Record) -> Iterator[Judgement]:
    if not mailbox.flag("LitigationHoldEnabled"):
        yield problem(
            f"{mailbox.title} is not on litigation hold: what is deleted there is lost.",
            mailbox.at("LitigationHoldEnabled"),
            at=mailbox,
        )
    elif mailbox.text("LitigationHoldDuration") != "Unlimited":
        yield problem(
            f"The litigation hold of {mailbox.title} lets go of mail after a while.",
            *shown(mailbox, "LitigationHoldDuration", "LitigationHoldDate"),
            severity=Severity.LOW,
            at=mailbox,
        )
