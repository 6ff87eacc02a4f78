"""An administrator's mailbox takes no mail from strangers.

## What it looks at

The mailboxes of everybody with an administrative role (directly, through a group, active or eligible, of the whole
tenant or a part of it): whether anybody in the world may write to them. Nobody may, if senders are named
(`AcceptMessagesOnlyFrom`, `AcceptMessagesOnlyFromDLMembers`, `AcceptMessagesOnlyFromSendersOrMembers`: one of them is
enough) or senders have to be signed in to the organisation (`RequireSenderAuthenticationEnabled`). Best is an
administrator without a mailbox (`entra.admin-is-separate-from-everyday-account`).

The finding is on the mailbox, and low: that the account has one at all is the larger half.

## Why it matters

An administrator's account that has to have a mailbox, for alerts say, needs letters from a few senders. Every other
letter is the way in: a link to sign in again, a document, an invitation to consent to an app.

## Remediation

Exchange admin centre, Recipients, Mailboxes, the mailbox, *Manage mail flow settings*, *Message delivery restriction*:
*Accept messages from*, *Selected senders*, or *Require senders to be authenticated*; by command
`Set-Mailbox <mailbox> -RequireSenderAuthenticationEnabled $true`. Microsoft's own alerts come from outside: let them
go to a shared mailbox that somebody reads.

## Options

```toml
[checks."entra.admin-mailbox-accepts-known-senders"]
accepted = ["reports@contoso.com"]
```

`accepted` are user principal names or object ids.

## Sources

- <https://learn.microsoft.com/exchange/recipients-in-exchange-online/manage-user-mailboxes/configure-message-delivery-restrictions>
- <https://learn.microsoft.com/powershell/module/exchangepowershell/set-mailbox>
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from o365scan.api import Data, Judgement, Record, Severity, check, problem
from o365scan_entra.admin_judging import held, is_named, judged_one_by_one
from o365scan_entra.administrators import READS
from o365scan_entra.holdings import Administrator, told
from o365scan_exchange.datasets import mailboxes

_SENDERS = (
    "AcceptMessagesOnlyFrom",
    "AcceptMessagesOnlyFromDLMembers",
    "AcceptMessagesOnlyFromSendersOrMembers",
)


@dataclass(frozen=True)
class AcceptedMailboxes:
    """Administrators to whom everybody may write."""

    accepted: tuple[str, ...] = ()


@check(
    "entra.admin-mailbox-accepts-known-senders",
    severity=Severity.LOW,
    reads=[mailboxes, *READS],
    options=AcceptedMailboxes,
    attack=["T1566"],
)
def admin_mailbox_accepts_known_senders(data: Data, options: AcceptedMailboxes) -> Iterator[Judgement]:
    # Null for one of no account in this directory.
    boxes = {
        (each.text("ExternalDirectoryObjectId", nullable=True) or "").lower(): each
        for each in data[mailboxes]
    }

    def judge(admin: Administrator) -> Iterator[Judgement]:
        box = boxes.get(admin.user.key.lower())
        if box is not None and not is_named(admin.user, options.accepted):
            yield from _judge(admin, box)

    yield from judged_one_by_one(data, judge)


def _judge(admin: Administrator, box: Record) -> Iterator[Judgement]:
    named = [path for path in _SENDERS if box.texts(path, nullable=True)]
    if named or box.flag("RequireSenderAuthenticationEnabled"):
        return
    yield problem(
        f"{told(admin.holdings)}: anybody in the world may write to the mailbox.",
        box.at("AcceptMessagesOnlyFromSendersOrMembers"),
        box.at("RequireSenderAuthenticationEnabled"),
        *held(admin),
        at=box,
    )
