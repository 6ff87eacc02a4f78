"""No inbox rule leads mail outside the organisation or keeps it from its owner's eyes.

## What it looks at

The inbox rules of every mailbox, hidden ones included (`Get-InboxRule -IncludeHidden`). Of the service's own, which
are told by their name and by what they do, only where they lead mail is judged. Any other rule is held against these
signals, and the finding says which of them it met:

- **It leads mail outside**: forwards, forwards as an attachment or redirects to an address that is in no accepted
  domain. High by itself. A recipient of the directory (`[EX:/o=…]`) is never taken for an inside one: it is looked
  up among mailboxes, contacts, mail users and groups, and followed to the address that it stands for, through the
  members of a group and of groups in it too. A Microsoft 365 group is inside if it has no guests, a dynamic list if
  it takes mailboxes alone; otherwise, and if who it is can't be found, the mailbox is undecided. The finding says
  besides if the outside domain imitates one of the organisation's, and if several mailboxes lead mail to the same
  address.
- **It deletes**, or **moves mail to a folder that nobody reads** (RSS feeds, conversation history, notes, calendar,
  sync issues, the outbox) or where things are set aside (deleted items, junk, archive). Folders are known by their
  names in a dozen languages; one of such a name within another of the owner's is an ordinary one. High if the rule
  picks all mail: it has no condition, or only ones that every message meets (an `@` in the text, a small size, a date
  long ago) or next to every message (the owner among the recipients). Else a folder that nobody reads is medium, and
  the rest counts only beside other signals, since people delete and archive by rules every day.
- **It picks mail about security or money** (words in subject, body, header or sender; not a filter's mark such as
  `[SPAM]`) and hides it, marks it as
  read while moving it, or leads it outside. Medium.
- **Its name says nothing**: blank, only punctuation, or one sign again and again. Medium.
- **It marks hidden mail as read**: counts beside others.

The gravest signal gives the severity, a step more if there is any other, two with three others. A rule that is
switched off is low if it would be high were it on, and is not reported otherwise.

Whether a rule is hidden from its owner is judged by `exchange.inbox-rule-is-not-hidden`; a rule may be in both. When
a rule was made and by whom is in the audit log alone.

## Why it matters

Who takes over a mailbox for fraud makes a rule within minutes: it copies the correspondence out, or keeps the
supplier's question and the colleague's warning from the owner. Most of these rules have a name of a dot or two. The
rule goes on working after the password has been changed.

## Remediation

Ask the owner. If nobody made the rule, take the account for compromised and lock it before you touch the rule.

1. Keep it as evidence, in Exchange Online PowerShell: `Get-InboxRule -Mailbox <upn> -IncludeHidden | Format-List *`.
2. Remove it: `Remove-InboxRule -Mailbox <upn> -Identity "<identity>" -Force -Confirm:$false`. This deletes
   the rules that only Outlook carries out, too: have the owner note them first.
3. Find out when and from where it was made: `Search-UnifiedAuditLog -StartDate <date> -EndDate <date>
   -UserIds <upn> -Operations New-InboxRule,Set-InboxRule,UpdateInboxRules`. What went out by it shows
   `Get-MessageTraceV2` for its recipients. Look for the same recipients in other mailboxes.
4. For the whole tenant: in the Defender portal, Policies & rules, Threat policies, Anti-spam, outbound policy, set
   automatic forwarding to Off (`Set-HostedOutboundSpamFilterPolicy -Identity Default -AutoForwardingMode Off`).

## Options

```toml
[checks."exchange.inbox-rule-is-harmless"]
recipients = ["tickets@fabrikam.com", "@archive.example.net"]
expected = ["sales@contoso.com -> orders@fabrikam.com"]
rules = ['6b1f0c9e-5a34-4f0e-8d57-3f6f0e2a9c11\\5413780652137250817']
```

`recipients` are addresses outside, or domains after an @, to which the rules of every mailbox may lead mail;
`expected` are single mailboxes, each with an address to which its rules may. `rules` are rules that somebody answers
for, by their whole `Identity`, whatever they do.

## Sources

- <https://learn.microsoft.com/powershell/module/exchangepowershell/get-inboxrule>
- <https://learn.microsoft.com/defender-office-365/responding-to-a-compromised-email-account>
- <https://learn.microsoft.com/defender-xdr/alert-grading-playbook-inbox-manipulation-rules>
- <https://attack.mitre.org/techniques/T1114/003/>
- <https://attack.mitre.org/techniques/T1564/008/>
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from o365scan.api import Data, Judgement, Record, Severity, check, independently, problem
from o365scan_exchange.addresses import own_domains
from o365scan_exchange.datasets import accepted_domains, inbox_rules, junk_folders, mailboxes, rules_of
from o365scan_exchange.dormant import as_prepared
from o365scan_exchange.evidence import shown
from o365scan_exchange.inbox_rules import MailboxRules, actions, conditions, refuse_other_than_rules
from o365scan_exchange.recipients import DIRECTORY, target_group_members
from o365scan_exchange.rule_signals import signals
from o365scan_exchange.strangers import (
    expected_of,
    odd,
    pairs_of,
    refuse_other_than_pairs,
    refuse_other_than_recipients,
)

_OFF = "The rule is switched off and does nothing now; this is what it would do:"


@dataclass(frozen=True)
class ExpectedInboxRules:
    """Rules that somebody answers for, and recipients outside that mail may be led to."""

    recipients: tuple[str, ...] = ()
    expected: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        refuse_other_than_recipients(self.recipients)
        refuse_other_than_pairs(self.expected)
        refuse_other_than_rules(self.rules)

    def of(self, mailbox: Record) -> tuple[str, ...]:
        """Where rules of this mailbox may lead mail."""
        return (*self.recipients, *expected_of(mailbox, self.expected))

    def accept(self, rule: Record) -> bool:
        """Does somebody answer for the rule?"""
        return rule.key.lower() in {text.lower() for text in self.rules}


@check(
    "exchange.inbox-rule-is-harmless",
    severity=Severity.HIGH,
    each=mailboxes,
    reads=[inbox_rules, junk_folders, accepted_domains, *DIRECTORY, target_group_members],
    options=ExpectedInboxRules,
    attack=["T1114.003", "T1564.008", "T1137.005"],
)
def inbox_rule_is_harmless(
    mailbox: Record, data: Data, options: ExpectedInboxRules, now: datetime
) -> Iterator[Judgement]:
    rules = rules_of(mailbox, data)
    yield from independently(
        *(
            _judged(rule, rules, mailbox, data, options, now)
            for rule in rules.rules
            if not options.accept(rule)
        )
    )


def _judged(
    rule: Record, rules: MailboxRules, mailbox: Record, data: Data, options: ExpectedInboxRules, now: datetime
) -> Iterator[Judgement]:
    data.once(own_domains)  # what is outside must be known before any rule is cleared
    found = _found(rule, mailbox, data, options, now, system=rules.is_system(rule))
    if rule.flag("Enabled"):
        yield from found
    else:
        yield from as_prepared(found, _OFF)


def _found(
    rule: Record, mailbox: Record, data: Data, options: ExpectedInboxRules, now: datetime, *, system: bool
) -> Iterator[Judgement]:
    met = signals(rule, data, options.of(mailbox), now, system=system)
    if met.severity is not None:
        odd_ones = [each.said for each in met.found if not each.strange]
        yield problem(
            f"An inbox rule of {mailbox.title} looks like an intruder's: {met.said}.",
            *(each for signal in met.found for each in signal.evidence),
            *shown(rule, "Identity", "Name", "Enabled", *actions(rule), *conditions(rule)),
            severity=met.severity,
            at=rule,
            accept=pairs_of(mailbox, met.strange) if not odd_ones else None,
            signs=(*odd_ones, *odd(met.strange, data)),
        )
    yield from met.unknown
