"""No sweep rule keeps telling mail from its owner's eyes.

## What it looks at

The sweep rules of every mailbox (`Get-SweepRule`): rules that move the mail of one sender to another folder once a
day or so. They are beside the inbox rules and in no list of those. A rule is held against these signals, and the
finding says which of them it met:

- The sender is a person of the organisation, by the address of a mailbox, and the mail goes out of sight: to a folder
  that nobody reads, the deleted items, the junk folder or the archive. Medium; into any other folder it is no signal,
  nor is a sender of the organisation who is no person (newsletters, ticket systems).
- The sender writes about security or money, by name or address. Medium.
- The mail goes to a folder that nobody reads (RSS feeds, conversation history, notes and the like, in a dozen
  languages). Medium.
- Its name says nothing: blank, only punctuation, or one sign again and again. Medium.
- The mail goes to the deleted items, the junk folder or the archive, or none is kept at all: counts beside others.

The gravest signal gives the severity, a step more if there is any other, two with three others. A rule that is
switched off is low if it would be high were it on, and is not reported otherwise.

Inbox rules are judged by `exchange.inbox-rule-is-harmless`.

## Why it matters

Intruders keep warnings and answers from the owner of a mailbox by inbox rules, and that is where everybody looks. A
sweep rule does the same more slowly, and most tools never ask for it.

## Remediation

Ask the owner. If nobody made the rule, take the account for compromised and lock it before you touch the rule.

1. Keep it as evidence, in Exchange Online PowerShell: `Get-SweepRule -Mailbox <upn> | Format-List *`. The owner sees
   it in Outlook on the web under Settings, Mail, Sweep.
2. Remove it: `Remove-SweepRule -Mailbox <upn> -Identity "<rule id>" -Confirm:$false`.
3. Find out when and from where it was made: `Search-UnifiedAuditLog -StartDate <date> -EndDate <date>
   -UserIds <upn> -Operations New-SweepRule,Set-SweepRule`, and look at the mailbox's inbox rules.

## Options

```toml
[checks."exchange.sweep-rule-is-harmless"]
rules = ["x2hlsdpGmUifjFgxxGIOJw=="]
```

`rules` are rules that somebody answers for, by their `RuleId`.

## Sources

- <https://learn.microsoft.com/powershell/module/exchangepowershell/get-sweeprule>
- <https://learn.microsoft.com/powershell/module/exchangepowershell/new-sweeprule>
- <https://attack.mitre.org/techniques/T1564/008/>
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from o365scan.api import Data, Judgement, Record, Severity, check, independently, problem
from o365scan_exchange.addresses import address_in
from o365scan_exchange.datasets import mailboxes, sweep_rules
from o365scan_exchange.dormant import as_prepared
from o365scan_exchange.evidence import shown
from o365scan_exchange.mail_folders import is_forgotten, is_set_aside
from o365scan_exchange.recipients import called, names_of
from o365scan_exchange.rule_signals import Signal, Signals, is_about_money_or_security, says_nothing

_NOBODYS = ("SharedMailbox", "RoomMailbox", "EquipmentMailbox", "SchedulingMailbox")
_OFF = "The rule is switched off and does nothing now; this is what it would do:"


@dataclass(frozen=True)
class ExpectedSweepRules:
    """Sweep rules that somebody answers for."""

    rules: tuple[str, ...] = ()


@check(
    "exchange.sweep-rule-is-harmless",
    severity=Severity.MEDIUM,
    each=mailboxes,
    reads=[sweep_rules],
    options=ExpectedSweepRules,
    attack=["T1564.008"],
)
def sweep_rule_is_harmless(mailbox: Record, data: Data, options: ExpectedSweepRules) -> Iterator[Judgement]:
    rules = (rule for rule in data[sweep_rules].of(mailbox) if rule.key not in options.rules)
    yield from independently(*(_judged(rule, mailbox, data) for rule in rules))


def _judged(rule: Record, mailbox: Record, data: Data) -> Iterator[Judgement]:
    found = _found(rule, mailbox, data)
    yield from found if rule.flag("Enabled") else as_prepared(found, _OFF)


def _found(rule: Record, mailbox: Record, data: Data) -> Iterator[Judgement]:
    met = Signals((*_sender(rule, data), *_folder(rule), *_name(rule), *_at_once(rule)), ())
    if met.severity is not None:
        yield problem(
            f"A sweep rule of {mailbox.title} looks like an intruder's: {met.said}.",
            *(each for signal in met.found for each in signal.evidence),
            *shown(rule, "RuleId", "Name", "Enabled", "SourceFolder", "KeepForDays", "KeepLatest"),
            severity=met.severity,
            at=rule,
            signs=tuple(each.said for each in met.found),
        )


def _sender(rule: Record, data: Data) -> Iterator[Signal]:
    sender = rule.text("Sender", nullable=True) or ""
    folder = rule.text("DestinationFolder", nullable=True) or ""
    address = address_in(sender)
    name = str(address).lower() if address is not None else called(sender).lower()
    hidden = is_forgotten(folder) or is_set_aside(folder)
    if hidden and any(map(_may_be_persons, data.once(_by_name).get(name, ()))):
        said = f"it hides what {address or sender} of the organisation writes"
        yield Signal(said, Severity.MEDIUM, (rule.at("Sender"),))
    elif is_about_money_or_security(sender):
        yield Signal("it moves mail about security or money", Severity.MEDIUM, (rule.at("Sender"),))


def _may_be_persons(mailbox: Record) -> bool:
    return mailbox.get("RecipientTypeDetails") not in _NOBODYS


def _by_name(data: Data) -> Mapping[str, list[Record]]:
    found: dict[str, list[Record]] = defaultdict(list)
    for mailbox in data[mailboxes]:
        for name in set(names_of(mailbox)):
            found[name].append(mailbox)
    return found


def _folder(rule: Record) -> Iterator[Signal]:
    folder = rule.text("DestinationFolder", nullable=True) or ""
    where = (rule.at("DestinationFolder"),)
    if is_forgotten(folder):
        yield Signal(f"it moves mail to {folder}, where nobody looks for it", Severity.MEDIUM, where)
    elif is_set_aside(folder):
        yield Signal(f"it moves mail to {folder}", None, where)


def _name(rule: Record) -> Iterator[Signal]:
    name = rule.text("Name", nullable=True) or ""
    if says_nothing(name):
        said = f"its name is {name!r}" if name.strip() else "its name is blank"
        yield Signal(said, Severity.MEDIUM, (rule.at("Name"),))


def _at_once(rule: Record) -> Iterator[Signal]:
    kept = [field for field in ("KeepForDays", "KeepLatest") if rule.number(field, nullable=True) == 0]
    if kept:
        yield Signal("it keeps none", None, tuple(map(rule.at, kept)))
