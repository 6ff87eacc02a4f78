"""Exchange Online PowerShell is for administrators.

## What it looks at

Who may connect to Exchange Online PowerShell (`Get-User`, `EXOModuleEnabled`; `RemotePowerShellEnabled` is its older
name), and who of them administers anything. Microsoft gives it to everybody, and has no switch for the tenant, so
what is judged is that default:

- If more than 25 people who are no administrators have it, or at least as many as don't, it is one finding on the
  list of users as a whole: a count, with a few people as evidence.
- In a tenant that has taken it from most people, those who still have it are named one by one: somebody has given
  it to them, or a new account was missed.

A **person** is an account with a mailbox of its own (`UserMailbox`, or a linked or legacy one) that can sign in:
Microsoft Entra decides that (`accountEnabled`), since `AccountDisabled` of Exchange Online follows later. Guests,
disabled accounts, and shared, room, equipment, scheduling and discovery mailboxes are none. Nor is an account
without a mailbox: what a person may do in PowerShell comes with the mailbox. A person's mailbox without an id in
Microsoft Entra that has PowerShell is undecided.

An **administrator** holds any directory role, for the whole directory or a part of it, directly or as a member or
owner of a role-assignable group; may activate one (Privileged Identity Management, for roles or for groups); or is a
member of a role group of Exchange Online, directly or through a group in it. Which role is not looked at: that
somebody holds more than the work needs is another question.

What it can't see: whether anybody used it (sign-ins to the app Microsoft Exchange REST API Based Powershell,
`fb78d390-0c51-40cd-8e17-fdbfab77341b`). Apps with Exchange.ManageAsApp are not held by this setting.

## Why it matters

PowerShell gives its user no right that the account lacks. But whoever takes over an ordinary account can use it to
forward the mailbox, write inbox rules, open folders to others and list the organisation, quicker than in a browser
and out of its owner's sight. People who don't script don't miss it.

## Remediation

There is no page for this in the admin centres. In Exchange Online PowerShell, as an Exchange administrator:

1. List who has it: `Get-User -ResultSize Unlimited -Filter "RemotePowerShellEnabled -eq `$true"`, and take the
   administrators out of that list, eligible ones too. **Keep your own account, and the emergency accounts**: who
   loses it can't give it back.
2. Take it from the others: `Set-User -Identity <upn> -EXOModuleEnabled $false`.
3. New accounts have it again: do the same where accounts are made, or on a schedule.
4. Somebody who needs it for work gets a role group for that work, or is accepted below.

## Options

```toml
[checks."exchange.powershell-is-for-admins"]
people = ["reports@contoso.com", "8a6c2f1e-93c5-4be1-a0c3-5d1c7f3b9e02"]
```

`people` may have it without being administrators: user principal names, or ids in Microsoft Entra, whole.

## Sources

- <https://learn.microsoft.com/powershell/exchange/disable-access-to-exchange-online-powershell>
- <https://learn.microsoft.com/powershell/module/exchangepowershell/set-user>
- <https://learn.microsoft.com/exchange/permissions-exo/permissions-exo>
- <https://attack.mitre.org/techniques/T1059/009/>
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from o365scan.api import (
    Acceptance,
    Data,
    Judgement,
    OptionsError,
    Record,
    Severity,
    Undecidable,
    check,
)
from o365scan_entra.datasets import users as directory
from o365scan_exchange import accounts, admins
from o365scan_exchange.datasets import users
from o365scan_exchange.tally import Tally

_OF_PEOPLE = frozenset({"UserMailbox", "LinkedMailbox", "LegacyMailbox"})
_ID = re.compile(r"[^@\s*]+@[^@\s*]+\.[^@\s*]+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True)
class PowerShellUsers:
    """People who need PowerShell and are no administrators."""

    people: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for text in self.people:
            if not _ID.fullmatch(text):
                raise OptionsError(
                    f"people: {text!r} is neither a user principal name nor an id",
                    hint='Write "reports@contoso.com", or the id of the account in Microsoft Entra.',
                )

    def accept(self, user: Record) -> bool:
        """May this account have it?"""
        known = {text.lower() for text in self.people}
        given = (user.get("UserPrincipalName"), user.get("ExternalDirectoryObjectId"))
        return any(isinstance(value, str) and value.lower() in known for value in given)


@check(
    "exchange.powershell-is-for-admins",
    severity=Severity.LOW,
    reads=[users, directory, *admins.DATASETS],
    options=PowerShellUsers,
    attack=["T1059.009", "T1059.001"],
)
def powershell_is_for_admins(data: Data, options: PowerShellUsers) -> Iterator[Judgement]:
    others = _others(data, options)
    yield from others.judged(
        f"{others.having:,} of {others.total:,} people who are no administrators may connect to Exchange Online"
        " PowerShell, as Microsoft lets everybody.",
        f"is no administrator and may connect to Exchange Online PowerShell, unlike {others.without:,} others.",
        accept=_acceptance,
    )


def _acceptance(user: Record) -> Acceptance | None:
    name = user.get("UserPrincipalName")
    return Acceptance({"people": (name,)}) if isinstance(name, str) and _ID.fullmatch(name) else None


def _others(data: Data, options: PowerShellUsers) -> Tally:
    """The people who are no administrators."""
    known, others = data.once(admins.admins), Tally()
    for user in data[users]:
        if known.hold(user) or options.accept(user):
            continue
        try:
            if _is_person(user, data):
                others.count(user, user.at("EXOModuleEnabled") if user.flag("EXOModuleEnabled") else None)
        except Undecidable as cause:
            others.doubt(cause)
    return others


def _is_person(user: Record, data: Data) -> bool:
    if user.text("RecipientTypeDetails") not in _OF_PEOPLE:
        return False
    id = user.text("ExternalDirectoryObjectId", nullable=True)
    if not id:
        if not user.flag("EXOModuleEnabled"):
            return False
        raise Undecidable(
            f"{user.title} has a mailbox and no id in Microsoft Entra, so nobody knows who it is."
        )
    account = data.once(accounts.by_id).get(id.lower())
    if account is None:  # nothing in the directory to sign in with
        return False
    return account.flag("accountEnabled") and account.text("userType", nullable=True) != "Guest"
