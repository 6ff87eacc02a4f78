"""Administrators have accounts of their own for it, without mail.

## What it looks at

Everybody with an administrative role (directly, through a group, active or eligible, of the whole tenant or a part of
it): whether the same account is one for everyday work. It is, if a licence gives it a mailbox, Teams, SharePoint and
OneDrive or the Office programs (service plans that are switched off for the account don't count), or if Exchange
lists a mailbox of a person for it, licensed or not. Licences of Entra ID, Intune or Defender are none of that.

Guests are judged by `entra.admin-is-no-guest`, the accounts of rooms by `entra.admin-has-mfa`.

High for roles from which the tenant is one step away, if there is a mailbox; medium for the same without one, and for
roles that administer a service or a part of the tenant; low for those that only read and for accounts that are
disabled now.

## Why it matters

Mail, documents and chat are how intruders get to people: a link that is opened, a session that is stolen, a macro
that runs. If the account that reads mail is an administrator's, that was the last step and not the first.

## Remediation

1. Create a second account for administration (`New-MgUser`, in the domain ending in `.onmicrosoft.com`), give the roles
   to it, and have the person register a passkey for it.
2. Take the roles from the everyday account: Entra admin centre, Roles & admins, the role, *Remove assignment*, or
   `Remove-MgRoleManagementDirectoryRoleAssignment -UnifiedRoleAssignmentId <id>`.
3. If the account is for administration already, take the licence from it: Microsoft 365 admin centre, Users, the
   account, *Licenses and apps*, or `Set-MgUserLicense -UserId <id> -AddLicenses @() -RemoveLicenses @("<sku id>")`.

## Options

```toml
[checks."entra.admin-is-separate-from-everyday-account"]
accepted = ["reports@contoso.com"]
```

`accepted` are user principal names or object ids.

## Sources

- <https://learn.microsoft.com/microsoft-365/enterprise/protect-your-global-administrator-accounts>
- <https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference>
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from o365scan.api import Data, Evidence, Judgement, Record, Severity, check, problem, undecided
from o365scan_entra.admin_judging import by_reach, held, is_named, judged_one_by_one
from o365scan_entra.administrators import READS
from o365scan_entra.datasets import subscribed_skus
from o365scan_entra.everyday import MAILBOX, everyday_work, unknown_licences
from o365scan_entra.holdings import Administrator, told
from o365scan_entra.people import is_room, lives_elsewhere
from o365scan_entra.roles import Level
from o365scan_exchange.datasets import mailboxes


@dataclass(frozen=True)
class AcceptedAccounts:
    """Accounts for both that the organisation wants."""

    accepted: tuple[str, ...] = ()


@check(
    "entra.admin-is-separate-from-everyday-account",
    severity=Severity.HIGH,
    reads=[*READS, subscribed_skus],
    optional=[mailboxes],
    options=AcceptedAccounts,
    attack=["T1078.004", "T1566"],
    controls=["CIS-M365-7.0/1.1.4"],
)
def admin_is_separate_from_everyday_account(data: Data, options: AcceptedAccounts) -> Iterator[Judgement]:
    skus = {each.text("skuId").lower(): each for each in data[subscribed_skus]}
    boxes = {
        str(each.get("ExternalDirectoryObjectId")).lower(): each
        for each in data.get(mailboxes) or ()
        if each.get("RecipientTypeDetails") == "UserMailbox"
    }

    def judge(admin: Administrator) -> Iterator[Judgement]:
        user = admin.user
        if not (lives_elsewhere(user) or is_room(user) or is_named(user, options.accepted)):
            yield from _judge(admin, skus, boxes.get(user.key.lower()))

    yield from judged_one_by_one(data, judge)


def _judge(admin: Administrator, skus: dict[str, Record], box: Record | None) -> Iterator[Judgement]:
    user = admin.user
    licensed = set(everyday_work(user, skus))
    evidence: list[Evidence] = [user.at("assignedLicenses")] if licensed else []
    if box is not None:
        evidence.append(box.at("RecipientTypeDetails"))
    what = sorted(licensed | ({MAILBOX} if box is not None else set()))
    if what:
        yield problem(
            f"{told(admin.holdings)}: the account is one for everyday work, with {', '.join(what)}.",
            *evidence,
            *held(admin),
            severity=_severity(admin, has_mailbox=MAILBOX in what),
            at=user,
            signs=(),
        )
    elif unknown := unknown_licences(user, skus):
        said = f"{told(admin.holdings)}: what the licence {unknown[0]} gives is not known, as the tenant has none."
        yield undecided(said, user.at("assignedLicenses"), at=user)


def _severity(admin: Administrator, *, has_mailbox: bool) -> Severity:
    if admin.reach is Level.TENANT and not has_mailbox:
        return Severity.MEDIUM
    return by_reach(admin)
