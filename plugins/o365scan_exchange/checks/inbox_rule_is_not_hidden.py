"""No mailbox has an inbox rule that its owner can't see.

## What it looks at

The inbox rules of every mailbox (`Get-InboxRule`), of people as well as shared ones, rooms and equipment. No
property says that a rule is hidden, so the rules are read with `IncludeHidden` first. If a mailbox has any beside
the service's own, they are read again without it, and where the two lists differ, a third time with it: rules
change while they are read, and one that its owner has just removed is not hidden. A rule is hidden if it is in
the first and the third list and not in the second. Rules are told apart by `Identity` (the mailbox and
the `RuleIdentity`), never by name.

The service's own rules are always hidden, and are recognised by their name *and* by what they do, since anyone
can give a rule such a name:

- **Junk E-mail Rule** moves mail to the junk folder. It doesn't forward, redirect, delete, copy or mark as read,
  and has no condition that Exchange shows. Where the folder it shows has none of the usual names of a junk folder,
  the mailbox is asked what its own is called (`Get-MailboxFolderStatistics`): another folder is a problem, and one
  that can't be read leaves the mailbox undecided. A mailbox has one such rule: of two hidden ones that both look
  like it, neither is cleared, and the mailbox is undecided.
- **Microsoft.Exchange.OOF.…** replies. It leaves the mail where it is.
- **Delegate Rule …** hands meeting messages to people in the directory, and may delete them for the owner. It
  picks none by words and moves none.

A hidden rule is critical if it is switched on and forwards, redirects, deletes or moves mail, else high: nobody
hides a rule by accident. A rule with the name of the junk filter's that does nothing unusual but delete is high
too, since an option of Outlook (permanently delete suspected junk mail) may be behind it.

The limit of the method: which rules `IncludeHidden` lists is Microsoft's choice. It left out hidden rules until
2020 or later, and that it lists every rule whose name or provider was blanked through MAPI is not proven. So a
pass says that no hidden rule was *listed*. The audit log has another trace of such rules: `UpdateInboxRules`. A rule
named like the junk filter's that moves all mail to a folder with a usual name of a junk folder is taken for the
filter's, in whatever language the mailbox is, and so is one whose folder Exchange doesn't show. Neither when a
rule was made nor by whom is in the configuration.

One look-alike is harmless: a rule that the owner made among the automatic replies of Outlook for Windows, under
Rules, may be missing from the ordinary list. Ask the owner.

## Why it matters

A rule outlives the reset of a password and the end of every session. Intruders who wait in a mailbox forward what
they want to read, and delete the answers and warnings that would give them away. Owner and helpdesk look for such
rules in Outlook; clearing two properties of a rule through MAPI keeps it working and takes it off that list.

## Remediation

Take the account for compromised, and lock it, before you touch the rule.

1. Keep the rule as evidence, in Exchange Online PowerShell, with the mailbox and the Identity of this finding:
   `Get-InboxRule -Mailbox <upn> -IncludeHidden | Format-List *`.
   It can't be seen in the Exchange admin centre, nor in Outlook.
2. Remove it, by its Identity, since a hidden rule's name may be blank or shared with the service's rule:
   `Remove-InboxRule -Mailbox <upn> -Identity "<identity>" -Force -Confirm:$false`.
   Any change of a rule from outside Outlook deletes the rules that only Outlook carries out: have the owner note
   them first.
3. If it comes back or can't be removed, take it out of the hidden items of the Inbox with MFCMAPI, or have Outlook
   start once with `outlook.exe /cleanrules`, which deletes all of the mailbox's rules.
4. Find out when and from where it was made, and what went out by it:
   `Search-UnifiedAuditLog -StartDate <date> -EndDate <date> -UserIds <upn> -Operations
   New-InboxRule,Set-InboxRule,UpdateInboxRules`, then `Get-MessageTraceV2` for its recipients. Look for the same
   recipients in other mailboxes.

## Options

```toml
[checks."exchange.inbox-rule-is-not-hidden"]
rules = ['6b1f0c9e-5a34-4f0e-8d57-3f6f0e2a9c11\\5413780652137250817']
```

`rules` are hidden rules that somebody answers for, by their whole `Identity`. A name proves nothing and isn't
taken.

## Sources

- <https://learn.microsoft.com/powershell/module/exchangepowershell/get-inboxrule>
- <https://learn.microsoft.com/powershell/module/exchangepowershell/remove-inboxrule>
- <https://learn.microsoft.com/defender-office-365/detect-and-remediate-outlook-rules-forms-attack>
- <https://blog.compass-security.com/2018/09/hidden-inbox-rules-in-microsoft-exchange/>
- <https://attack.mitre.org/techniques/T1564/008/>
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
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
)
from o365scan_exchange.addresses import Address, address_in, own_domains
from o365scan_exchange.datasets import (
    accepted_domains,
    inbox_rules,
    inbox_rules_again,
    junk_folders,
    mailboxes,
    may_be_hidden,
    rules_of,
    visible_inbox_rules,
)
from o365scan_exchange.evidence import shown
from o365scan_exchange.inbox_rules import (
    DELETING,
    MailboxRules,
    actions,
    bears_system_name,
    conditions,
    has_conditions,
    is_called_junk,
    needs_junk_folder,
    recipients,
    refuse_other_than_rules,
)
from o365scan_exchange.mail_folders import JUNK

_LIMIT = "Others may be hidden better: Exchange is not proven to list every rule hidden through MAPI."
_DONE = {
    "ForwardTo": "forwards mail",
    "ForwardAsAttachmentTo": "forwards mail as an attachment",
    "RedirectTo": "redirects mail",
}


@dataclass(frozen=True)
class AcceptedInboxRules:
    """Hidden rules that somebody answers for."""

    rules: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        refuse_other_than_rules(self.rules)

    def accept(self, rule: Record) -> bool:
        """Does somebody answer for the rule?"""
        return rule.key.lower() in {text.lower() for text in self.rules}


@check(
    "exchange.inbox-rule-is-not-hidden",
    severity=Severity.CRITICAL,
    each=mailboxes,
    reads=[inbox_rules, junk_folders, visible_inbox_rules, inbox_rules_again],
    optional=[accepted_domains],
    options=AcceptedInboxRules,
    attack=["T1564.008", "T1137.005", "T1114.003"],
)
def inbox_rule_is_not_hidden(mailbox: Record, data: Data, options: AcceptedInboxRules) -> Iterator[Judgement]:
    if not rules_of(mailbox, data).not_system():
        return
    seen = {rule.key for rule in data[visible_inbox_rules].of(mailbox)}
    lasting = {rule.key for rule in data[inbox_rules_again].of(mailbox)}
    unseen = tuple(
        rule for rule in data[inbox_rules].of(mailbox) if rule.key not in seen and not options.accept(rule)
    )
    doubtful = may_be_hidden(unseen, mailbox, data)
    yield from independently(*(_hidden(rule, mailbox, data, doubtful, lasting) for rule in unseen))


def _hidden(
    rule: Record, mailbox: Record, data: Data, doubtful: MailboxRules, lasting: Collection[str]
) -> Iterator[Judgement]:
    # Asked first: a rule that can't be told from the service's own is undecided, not hidden.
    if doubtful.is_system(rule) or rule.key not in lasting:
        return
    yield problem(
        " ".join(_said(rule, mailbox, data)),
        *shown(mailbox, "UserPrincipalName", "RecipientTypeDetails"),
        *_evidence(rule),
        *(folder.at("FolderPath") for folder in _junk_folder(rule, mailbox, data)),
        severity=_severity(rule),
        at=rule,
        signs=("no mail client shows the rule",),
    )


def _severity(rule: Record) -> Severity:
    done = actions(rule)
    if rule.get("Enabled") is False or not done:
        return Severity.HIGH
    # An option of Outlook may be behind a junk filter's rule that deletes.
    if is_called_junk(rule) and set(done) <= set(DELETING) and not _picks(rule):
        return Severity.HIGH
    return Severity.CRITICAL


def _picks(rule: Record) -> bool:
    try:
        return has_conditions(rule)
    except Undecidable:
        return True


def _said(rule: Record, mailbox: Record, data: Data) -> Iterator[str]:
    done = " and ".join(dict.fromkeys(_effect(rule, action, data) for action in actions(rule)))
    yield f"An inbox rule of {mailbox.title} that no mail client shows {done or 'does nothing that is shown'}."
    if rule.get("Enabled") is False:
        yield "It is switched off now."
    if bears_system_name(rule):
        yield "It has the name of one of the service's own rules, and does what that never does."
    for folder in _junk_folder(rule, mailbox, data):
        yield f"The mailbox's junk folder is {folder.title}."
    if rule.get("SupportedByTask") is False:
        yield "Exchange can't show all of what it does."
    yield _LIMIT


def _junk_folder(rule: Record, mailbox: Record, data: Data) -> tuple[Record, ...]:
    """The mailbox's junk folder, where that is what tells the rule from the filter's."""
    if not needs_junk_folder(rule):
        return ()
    return tuple(each for each in data[junk_folders].of(mailbox) if each.get("FolderType") == JUNK)


def _effect(rule: Record, action: str, data: Data) -> str:
    if action == "MoveToFolder":
        return f"moves mail to {rule.get(action)}"
    if action in DELETING:
        return "deletes mail"
    to = ", ".join(_shown_recipient(text, data) for text in recipients(rule, action))
    return f"{_DONE[action]} to {to or 'recipients that could not be read'}"


def _shown_recipient(text: str, data: Data) -> str:
    address = address_in(text)
    if address is None:
        return f"{text} (a recipient in the directory, who may lead outside)"
    return f"{address} (outside the organisation)" if _is_outside(address, data) else str(address)


def _is_outside(address: Address, data: Data) -> bool:
    """Is it known to be outside? Where the accepted domains could not be read, nothing is."""
    return data.get(accepted_domains) is not None and not data.once(own_domains).hold(address)


def _evidence(rule: Record) -> tuple[Evidence, ...]:
    return shown(rule, "Identity", "Name", "Enabled", *actions(rule), *conditions(rule))
