"""Nobody opens a person's mailbox but its owner and expected delegates.

## What it looks at

The entries of every mailbox that let somebody else open it (`Get-MailboxPermission`: FullAccess, or the right to change
the permissions or the owner). The owner's own entry, inherited ones, denials and those of accounts that are gone
are left out.

- The mailbox of an administrator, or one that is listed as `important`: high.
- A guest, or anybody whose mailbox is elsewhere: high, for shared mailboxes too, and as a member of a group too, even
  of one that is expected. An account whose mailbox is on the organisation's own servers, at an address in one of its
  domains, is a colleague's.
- A delegate who opens five or more mailboxes of people: high.
- Any other mailbox of a person: medium.
- Shared mailboxes, rooms and equipment are there to be opened by colleagues, and pass, unless they are listed as
  `important`. A delegate who is in none of the lists of recipients leaves them undecided.

The finding says who reaches the mailbox through whom, as chains: `carl.ruiz → Finance team → alice.martin`. Each is
in the group, or opens the mailbox, of the next. They are followed through groups within groups and from mailbox to
mailbox, six names far, each mailbox and group once; those from outside are named first. Who may only *send* as a
delegate reads nothing, so that is no step. A group whose members can't be told leaves a shared mailbox undecided.
Where the directory roles can't be read no mailbox counts as an administrator's.

Who may send as a mailbox is judged by `exchange.send-as-is-expected`.

## Why it matters

A delegate reads everything and leaves no trace that the owner could see. Intruders give themselves such a right
with an administrator's account, and it survives the new password of the mailbox that they came for.

## Remediation

1. Ask the owner of the mailbox. If nobody asked for the delegate, find out who gave the right:
   `Search-UnifiedAuditLog -StartDate <date> -EndDate <date> -Operations Add-MailboxPermission`, and take that
   account, and the delegate's, for compromised.
2. In the Exchange admin centre open the mailbox, Delegation, Read and manage, and remove the delegate; or in
   Exchange Online PowerShell:
   `Remove-MailboxPermission -Identity <upn> -User <delegate> -AccessRights FullAccess -Confirm:$false`.
3. An assistant needs a folder or the calendar far more often than the mailbox.

## Options

```toml
[checks."exchange.mailbox-access-is-expected"]
important = ["director@contoso.com", "payroll@contoso.com"]
expected = ["assistant@contoso.com -> director@contoso.com", "backup@contoso.com -> *"]
```

`important` are mailboxes that matter most, `expected` delegates that somebody answers for: by address or id.

## Sources

- <https://learn.microsoft.com/powershell/module/exchangepowershell/get-mailboxpermission>
- <https://learn.microsoft.com/powershell/module/exchangepowershell/remove-mailboxpermission>
- <https://learn.microsoft.com/exchange/recipients-in-exchange-online/manage-permissions-for-recipients>
- <https://attack.mitre.org/techniques/T1098/002/>
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from o365scan.api import (
    Data,
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
    opened_by,
    refuse_other_than_delegates,
    trustee_group_members,
    who_opens,
)
from o365scan_exchange.evidence import shown
from o365scan_exchange.recipients import DIRECTORY

_MANY = 5


@dataclass(frozen=True)
class ExpectedAccess:
    """Mailboxes that matter most, and delegates that somebody answers for."""

    important: tuple[str, ...] = ()
    expected: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        refuse_other_than_delegates(self.expected)


@check(
    "exchange.mailbox-access-is-expected",
    severity=Severity.MEDIUM,
    each=mailboxes,
    reads=[mailbox_permissions, trustee_group_members, accepted_domains, *DIRECTORY],
    optional=admins.DATASETS,
    options=ExpectedAccess,
    attack=["T1098.002", "T1114.002"],
)
def mailbox_access_is_expected(mailbox: Record, data: Data, options: ExpectedAccess) -> Iterator[Judgement]:
    expected = Expected(options.important, options.expected)
    matters = [
        said
        for said, holds in (
            ("an administrator's", admins.is_privileged(mailbox, data)),
            ("listed as important", expected.is_important(mailbox)),
        )
        if holds
    ]
    yield from independently(
        *(_delegate(entry, mailbox, matters, data, expected) for entry in who_opens(mailbox, data))
    )


def _delegate(
    entry: Record, mailbox: Record, matters: list[str], data: Data, expected: Expected
) -> Iterator[Judgement]:
    who = entry.text("User")
    found = reach(who, data)
    strange = [chain for chain in found.outsiders if not expected.accept(chain.who, mailbox, data)]
    answered = expected.accept(who, mailbox, data)
    if strange or (not answered and (matters or is_persons(mailbox) or is_outsider(who, data))):
        own = (
            [] if answered else [f"the mailbox is {each}" for each in matters] + list(_of_delegate(who, data))
        )
        graver = own + [f"so may {chain.who}, from outside, as a member" for chain in strange]
        yield problem(
            "; ".join((f"{who} may open this mailbox", *graver)) + "." + found.said(mailbox.title),
            *shown(mailbox, "UserPrincipalName", "RecipientTypeDetails"),
            *shown(entry, "User", "AccessRights", "UserSid"),
            severity=Severity.HIGH if graver else Severity.MEDIUM,
            accept=None if strange else acceptance(who, mailbox),
            signs=graver,
        )
    elif not answered:
        yield from (undecided(f"Who else opens this mailbox is unknown: {each}.") for each in found.unknown)


def _of_delegate(who: str, data: Data) -> Iterator[str]:
    with suppress(Undecidable):  # in none of the lists: nothing says that it is somebody else's
        if is_outsider(who, data):
            yield "the delegate is a guest, or has a mailbox elsewhere"
    count = len(data.once(opened_by).get(who.lower(), ()))
    if count >= _MANY:
        yield f"the delegate opens {count} mailboxes of people"
