"""No mailbox forwards its mail outside the organisation.

## What it looks at

The forwarding that is set on a mailbox (`Get-Mailbox`), whoever set it:

- `ForwardingSmtpAddress`, an address that the owner may set in Outlook on the web. It is outside if it is in no
  accepted domain. An own address may be a contact's, and is followed.
- `ForwardingAddress`, a recipient of the directory that an administrator sets. It is followed: a mail contact or
  mail user to its `ExternalEmailAddress`, a distribution group to each of its members, through groups within groups.
  A Microsoft 365 group is inside if it has no guests (`GroupExternalMemberCount`), a dynamic list if it takes mailboxes
  alone (`IncludedRecipients`). Guests in the one, another filter of the other, and whoever is in none of the lists of
  recipients leave the mailbox undecided.

Forwarding outside is high. It is critical if no copy stays in the mailbox (`DeliverToMailboxAndForward` is false), if
the outside domain imitates one of the organisation's, or if several mailboxes lead mail to the same address, by their
rules too where those could be read.

It is reported whether or not the service would let the mail out: what stops it is judged by
`exchange.automatic-forwarding-is-off` and `exchange.remote-domain-does-not-forward`, and a setting that does
nothing today works again with the next exception. Inbox rules that forward are judged by
`exchange.inbox-rule-is-harmless`.

## Why it matters

Forwarding copies all of a person's mail, and goes on after the password has been changed. It is the plainest thing an
intruder leaves, and people who left it on years ago leak as much.

## Remediation

Ask the owner and the administrators. If nobody set it, take the account for compromised and lock it first.

1. In the Exchange admin centre open the mailbox, Manage mail flow settings, Email forwarding, and turn it off; or
   in Exchange Online PowerShell: `Set-Mailbox -Identity <upn> -ForwardingAddress $null -ForwardingSmtpAddress $null
   -DeliverToMailboxAndForward $false`.
2. Find out who set it and when: `Search-UnifiedAuditLog -StartDate <date> -EndDate <date>
   -Operations Set-Mailbox -ObjectIds <upn>`. What went out shows `Get-MessageTraceV2 -RecipientAddress <address>`.
3. Where it leads through a contact, remove the contact too, unless somebody needs it:
   `Remove-MailContact -Identity <guid>`.

## Options

```toml
[checks."exchange.mailbox-forwards-inside-only"]
recipients = ["tickets@fabrikam.com", "@archive.example.net"]
expected = ["sales@contoso.com -> orders@fabrikam.com"]
```

`recipients` are addresses outside, or domains after an @, to which every mailbox may forward; `expected` are single
mailboxes, each with an address to which it may.

## Sources

- <https://learn.microsoft.com/powershell/module/exchangepowershell/set-mailbox>
- <https://learn.microsoft.com/exchange/recipients-in-exchange-online/manage-user-mailboxes/configure-email-forwarding>
- <https://learn.microsoft.com/defender-office-365/responding-to-a-compromised-email-account>
- <https://attack.mitre.org/techniques/T1114/003/>
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from o365scan.api import Data, Judgement, Record, Severity, check, independently, problem, undecided
from o365scan_exchange.addresses import Address
from o365scan_exchange.datasets import accepted_domains, inbox_rules, mailboxes
from o365scan_exchange.evidence import shown
from o365scan_exchange.recipients import DIRECTORY, FORWARDINGS, destination, target_group_members
from o365scan_exchange.strangers import (
    expected_of,
    is_one_of,
    led_by_settings,
    look_alike,
    odd,
    pairs_of,
    refuse_other_than_pairs,
    refuse_other_than_recipients,
)


@dataclass(frozen=True)
class ExpectedForwarding:
    """Where mailboxes may forward to."""

    recipients: tuple[str, ...] = ()
    expected: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        refuse_other_than_recipients(self.recipients)
        refuse_other_than_pairs(self.expected)

    def of(self, mailbox: Record) -> tuple[str, ...]:
        """Where this one may forward to."""
        return (*self.recipients, *expected_of(mailbox, self.expected))


@check(
    "exchange.mailbox-forwards-inside-only",
    severity=Severity.HIGH,
    each=mailboxes,
    reads=[accepted_domains, *DIRECTORY, target_group_members],
    optional=[inbox_rules],
    options=ExpectedForwarding,
    attack=["T1114.003"],
    controls=["SCuBA/MS.EXO.1.1v2", "CIS-M365-7.0/6.2.1"],
)
def mailbox_forwards_inside_only(
    mailbox: Record, data: Data, options: ExpectedForwarding
) -> Iterator[Judgement]:
    known = options.of(mailbox)
    yield from independently(*(_forwarding(mailbox, field, data, known) for field in FORWARDINGS))


def _forwarding(mailbox: Record, field: str, data: Data, known: tuple[str, ...]) -> Iterator[Judgement]:
    text = mailbox.text(field, nullable=True)
    if not text:
        return
    led = destination(text, data)
    strange = {to: via for to, via in led.outside if not is_one_of(to, known)}
    if strange:
        graver = list(_graver(mailbox, strange, data))
        named = " and ".join(f"{to} (through {via})" if via else str(to) for to, via in strange.items())
        yield problem(
            f"The mailbox forwards its mail to {named}, outside the organisation"
            + "".join(f"; {each}" for each in graver)
            + ".",
            mailbox.at(field),
            *shown(mailbox, "DeliverToMailboxAndForward", "RecipientTypeDetails", "WhenChangedUTC"),
            severity=Severity.CRITICAL if graver else Severity.HIGH,
            accept=pairs_of(mailbox, strange),
            signs=dict.fromkeys((*graver, *odd(strange, data))),
        )
    for what in led.unknown:
        yield undecided(f"Where {field} leads to is unknown: {what}.", mailbox.at(field))


def _graver(mailbox: Record, strange: dict[Address, str], data: Data) -> Iterator[str]:
    if mailbox.get("DeliverToMailboxAndForward") is False:
        yield "no copy stays in it"
    for domain in dict.fromkeys(to.domain for to in strange):
        own = next((look_alike(to, data) for to in strange if to.domain == domain), None)
        if own is not None:
            yield f"{domain} looks like {own}"
    led = data.once(led_by_settings)
    others = max(len(led.get(str(to).lower(), frozenset()) - {mailbox.key}) for to in strange)
    if others:
        yield f"{others} other mailbox{'es lead' if others > 1 else ' leads'} mail there"
