"""Nobody sends as a person but the person and expected delegates.

## What it looks at

Who may send as a mailbox (`Get-RecipientPermission`, read for the whole organisation at once), and on its behalf
(`GrantSendOnBehalfTo`). Denials, the owner's own entry and accounts that are gone are left out.

- **Send as**, where nobody sees who really wrote: high for the mailbox of an administrator, one listed as `important`,
  or a delegate who is a guest or has a mailbox elsewhere. Medium for any other mailbox of a person.
- **Send on behalf**, where the delegate is named beside the owner: medium for the mailboxes and delegates that are
  high above; not reported of others.
- Shared mailboxes, rooms and equipment are there to be written from, and pass unless they are listed as `important`
  or the delegate is somebody else's. One who is in none of the lists of recipients leaves them undecided.

A guest who may do so as a member of a group counts too, even of a group that is expected. The finding says who
reaches the right through whom, as chains: `carl.ruiz → Finance team → alice.martin`. Each is in the group, or opens
the mailbox, of the next. Groups within groups are followed six names far, and so are mailboxes where it could be read
who opens them. A group whose members can't be told leaves a shared mailbox undecided.

Entries on groups and contacts are not judged. Where the directory roles can't be read no mailbox counts as an
administrator's. Who may open a mailbox is judged by `exchange.mailbox-access-is-expected`.

## Why it matters

Mail from the director's own address is believed. Who may send as the director needs no forgery, passes every check of
the sender's domain, and leaves the director nothing in Sent Items.

## Remediation

1. Ask the owner. If nobody asked for the delegate, find out who gave the right: `Search-UnifiedAuditLog
   -StartDate <date> -EndDate <date> -Operations Add-RecipientPermission,Set-Mailbox`, and take that account, and the
   delegate's, for compromised. `Get-MessageTraceV2 -SenderAddress <upn>` shows what was sent.
2. In the Exchange admin centre open the mailbox, Delegation, Send as or Send on behalf, and remove the delegate; or
   in Exchange Online PowerShell:
   `Remove-RecipientPermission -Identity <upn> -Trustee <delegate> -AccessRights SendAs -Confirm:$false`, and
   `Set-Mailbox -Identity <upn> -GrantSendOnBehalfTo @{Remove="<delegate>"}`.

## Options

```toml
[checks."exchange.send-as-is-expected"]
important = ["director@contoso.com", "payroll@contoso.com"]
expected = ["assistant@contoso.com -> director@contoso.com", "newsletter@contoso.com -> *"]
```

`important` are mailboxes that matter most, `expected` delegates that somebody answers for: by address or id.

## Sources

- <https://learn.microsoft.com/powershell/module/exchangepowershell/get-recipientpermission>
- <https://learn.microsoft.com/powershell/module/exchangepowershell/remove-recipientpermission>
- <https://learn.microsoft.com/exchange/recipients-in-exchange-online/manage-permissions-for-recipients>
- <https://attack.mitre.org/techniques/T1098/002/>
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from o365scan.api import (
    Data,
    Evidence,
    Judgement,
    Record,
    Severity,
    Undecidable,
    check,
    independently,
    problem,
    undecided,
)
from o365scan_exchange import admins
from o365scan_exchange.datasets import accepted_domains, mailboxes
from o365scan_exchange.delegate_chains import is_outsider, reach
from o365scan_exchange.delegates import (
    Expected,
    acceptance,
    is_persons,
    mailbox_permissions,
    recipient_permissions,
    refuse_other_than_delegates,
    trustee_group_members,
    who_sends_as,
)
from o365scan_exchange.evidence import shown
from o365scan_exchange.recipients import DIRECTORY


@dataclass(frozen=True)
class ExpectedSenders:
    """Mailboxes that matter most, and delegates that somebody answers for."""

    important: tuple[str, ...] = ()
    expected: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        refuse_other_than_delegates(self.expected)


@dataclass(frozen=True)
class _Right:
    who: str
    as_owner: bool
    evidence: tuple[Evidence, ...]

    def __str__(self) -> str:
        return f"{self.who} may send {'as' if self.as_owner else 'on behalf of'} this mailbox"


@check(
    "exchange.send-as-is-expected",
    severity=Severity.MEDIUM,
    each=mailboxes,
    reads=[recipient_permissions, trustee_group_members, accepted_domains, *DIRECTORY],
    optional=[mailbox_permissions, *admins.DATASETS],
    options=ExpectedSenders,
    attack=["T1098.002"],
)
def send_as_is_expected(mailbox: Record, data: Data, options: ExpectedSenders) -> Iterator[Judgement]:
    expected = Expected(options.important, options.expected)
    yield from independently(
        _judged(_as_owner(mailbox, data), mailbox, data, expected),
        _judged(_on_behalf(mailbox), mailbox, data, expected),
    )


def _as_owner(mailbox: Record, data: Data) -> Iterator[_Right]:
    for entry in who_sends_as(mailbox, data):
        yield _Right(entry.text("Trustee"), True, shown(entry, "Trustee", "AccessRights", "TrusteeSidString"))


def _on_behalf(mailbox: Record) -> Iterator[_Right]:
    for who in mailbox.texts("GrantSendOnBehalfTo", nullable=True):
        yield _Right(who, False, (mailbox.at("GrantSendOnBehalfTo"),))


def _judged(rights: Iterator[_Right], mailbox: Record, data: Data, expected: Expected) -> Iterator[Judgement]:
    yield from independently(*(_right(right, mailbox, data, expected) for right in rights))


def _right(right: _Right, mailbox: Record, data: Data, expected: Expected) -> Iterator[Judgement]:
    found = reach(right.who, data)
    strange = [chain for chain in found.outsiders if not expected.accept(chain.who, mailbox, data)]
    answered = expected.accept(right.who, mailbox, data)
    own = [] if answered else list(_graver(right, mailbox, data, expected))
    graver = own + [f"so may {chain.who}, from outside, as a member" for chain in strange]
    if graver or (not answered and right.as_owner and is_persons(mailbox)):
        yield problem(
            "; ".join((str(right), *graver)) + "." + found.said(mailbox.title),
            *right.evidence,
            *shown(mailbox, "UserPrincipalName", "RecipientTypeDetails"),
            severity=Severity.HIGH if graver and right.as_owner else Severity.MEDIUM,
            accept=None if strange else acceptance(right.who, mailbox),
            signs=graver,
        )
    elif not answered and not is_persons(mailbox):
        is_outsider(right.who, data)  # undecided where nobody knows who that is
        yield from (undecided(f"Who else it is, is unknown: {each}.") for each in found.unknown)


def _graver(right: _Right, mailbox: Record, data: Data, expected: Expected) -> Iterator[str]:
    if admins.is_privileged(mailbox, data):
        yield "the mailbox is an administrator's"
    if expected.is_important(mailbox):
        yield "the mailbox is listed as important"
    with suppress(Undecidable):  # in none of the lists: nothing says that it is somebody else's
        if is_outsider(right.who, data):
            yield "the delegate is a guest, or has a mailbox elsewhere"
