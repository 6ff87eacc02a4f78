"""What happens in mailboxes is logged.

## What it looks at

- The organisation's switch (`Get-OrganizationConfig`, `AuditDisabled`). If it is off, nothing is logged of any
  mailbox: one finding, on the organisation.
- Mailboxes of people and shared ones whose set of logged actions was changed (`Get-Mailbox`): `DefaultAuditSet` no
  longer names a kind of user (`Owner`, `Delegate`, `Admin`), so `AuditOwner`, `AuditDelegate` or `AuditAdmin` says
  what is logged. High if what tells of an intruder is missing: new inbox rules, folder permissions, deletions, mail
  sent as somebody else. Medium if only `MailItemsAccessed` is missing, which says what was read.
- Mailboxes whose records are kept for less than 90 days (`AuditLogAgeLimit`): medium, and high if for no day, which
  empties the log. The limit is the mailbox's own log's; what has reached the unified audit log stays there for as long
  as the licence says.

While the organisation's switch is on, `AuditEnabled` of a single mailbox means nothing, and is not looked at. That a
single account is exempt beats all of this: `exchange.mailbox-audit-is-not-bypassed`.

Mailboxes are named one by one. If more than 25 are changed, or at least as many as not, somebody set it for all: that
is one finding, with a few as evidence.

What it can't see: mailboxes of groups, and whether a default set contains an action, which comes of Microsoft and
the licence.

## Why it matters

What an intruder read, sent and deleted in a mailbox, and the rules he made there, is told by this log alone.
Emptying the set of one mailbox is a quiet way to work in it.

## Remediation

In Exchange Online PowerShell:

1. `Set-OrganizationConfig -AuditDisabled $false`.
2. For a mailbox, back to Microsoft's set, which grows with the service:
   `Set-Mailbox -Identity <mailbox> -DefaultAuditSet Owner,Delegate,Admin -AuditLogAgeLimit 90.00:00:00`.
3. Search the audit log for `Set-Mailbox` and `Set-OrganizationConfig` with these parameters, and ask who ran them.

## Sources

- <https://learn.microsoft.com/purview/audit-mailboxes>
- <https://learn.microsoft.com/powershell/module/exchangepowershell/set-mailbox>
- <https://learn.microsoft.com/powershell/module/exchangepowershell/set-organizationconfig>
- <https://attack.mitre.org/techniques/T1562/008/>
"""

from __future__ import annotations

from collections.abc import Iterator

from o365scan.api import Data, Evidence, Judgement, Record, Severity, Undecidable, check, problem, undecided
from o365scan_exchange.datasets import mailboxes, organization_config
from o365scan_exchange.tally import Tally
from o365scan_exchange.timespans import days

_NOT_AUDITED_BY_DEFAULT = frozenset(
    {
        "DiscoveryMailbox",
        "EquipmentMailbox",
        "GroupMailbox",
        "PublicFolderMailbox",
        "RoomMailbox",
        "SchedulingMailbox",
        "TeamMailbox",
    }
)
"""Not looked at. Kinds that are not known are judged like people's."""
_DAYS = 90
_TELLING = frozenset({"UpdateInboxRules", "UpdateFolderPermissions", "HardDelete", "SoftDelete"})
_SENT_FOR_OTHERS = frozenset({"SendAs", "SendOnBehalf"})
_ACTIONS = {
    "Owner": ("AuditOwner", _TELLING),
    "Delegate": ("AuditDelegate", _TELLING | _SENT_FOR_OTHERS),
    "Admin": ("AuditAdmin", _TELLING | _SENT_FOR_OTHERS),
}


@check(
    "exchange.mailbox-auditing-is-on",
    severity=Severity.HIGH,
    reads=[organization_config, mailboxes],
    attack=["T1562.008"],
    controls=["SCuBA/MS.EXO.13.1v1", "CIS-M365-7.0/6.1.1", "CIS-M365-7.0/6.1.2"],
)
def mailbox_auditing_is_on(data: Data) -> Iterator[Judgement]:
    organizations = list(data[organization_config])
    if not organizations:
        yield undecided(
            "Get-OrganizationConfig shows no configuration, so whether anything is logged is unknown."
        )
        return
    off = [each for each in organizations if each.flag("AuditDisabled")]
    for organization in off:
        yield problem(
            "Mailbox auditing is off for the whole organisation.",
            organization.at("AuditDisabled"),
            at=organization,
        )
    if off:
        return
    telling, reading, short, emptied = Tally(), Tally(), Tally(), Tally()
    for mailbox in data[mailboxes]:
        _count(mailbox, telling, reading, short, emptied)
    yield from telling.judged(
        f"In {telling.having:,} mailboxes what tells of an intruder is not logged: new rules, folder permissions,"
        " deletions, or mail sent for somebody else.",
        "doesn't log what tells of an intruder: new rules, folder permissions, deletions, or mail sent for"
        " somebody else.",
    )
    yield from reading.judged(
        f"In {reading.having:,} mailboxes it is not logged what was read: their sets were changed.",
        "doesn't log what was read in it: the set was changed.",
        Severity.MEDIUM,
    )
    yield from short.judged(
        f"{short.having:,} mailboxes keep their records for less than {_DAYS} days.",
        f"keeps its records for less than {_DAYS} days.",
        Severity.MEDIUM,
    )
    yield from emptied.judged(
        f"{emptied.having:,} mailboxes keep their records for no day: the log is emptied.",
        "keeps its records for no day: the log is emptied.",
    )


def _count(mailbox: Record, telling: Tally, reading: Tally, short: Tally, emptied: Tally) -> None:
    try:
        if mailbox.text("RecipientTypeDetails") in _NOT_AUDITED_BY_DEFAULT:
            return
        lost = _lost(mailbox)
        telling.count(mailbox, lost)
        reading.count(mailbox, None if lost else _unread(mailbox))
        kept = days(mailbox, "AuditLogAgeLimit")
        limit = mailbox.at("AuditLogAgeLimit")
        emptied.count(mailbox, None if kept else limit)
        short.count(mailbox, limit if 0 < kept < _DAYS else None)
    except Undecidable as cause:
        telling.doubt(cause)


def _customised(mailbox: Record) -> Iterator[tuple[str, frozenset[str], frozenset[str]]]:
    """Where the mailbox's own set counts: the field, what it logs, and what it should."""
    usual = mailbox.texts("DefaultAuditSet", nullable=True)
    for who, (field, wanted) in _ACTIONS.items():
        if who not in usual:
            yield field, frozenset(mailbox.texts(field, nullable=True)), wanted


def _lost(mailbox: Record) -> Evidence | None:
    for field, logged, wanted in _customised(mailbox):
        if wanted - logged:
            return mailbox.at(field)
    return None


def _unread(mailbox: Record) -> Evidence | None:
    for field, logged, _ in _customised(mailbox):
        if "MailItemsAccessed" not in logged:
            return mailbox.at(field)
    return None
