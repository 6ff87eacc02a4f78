"""Mailboxes are reached by no protocol that nobody needs.

## What it looks at

Each mailbox's protocols (`Get-CASMailbox`): POP (`PopEnabled`) and IMAP (`ImapEnabled`); and ActiveSync
(`ActiveSyncEnabled`) and Outlook on the web (`OWAEnabled`) where the options say who may have them. Microsoft gives
all of them to everybody and has no switch for the tenant, so what is judged is that default:

- If more than 25 mailboxes have one, or at least as many as don't, it is one finding on the list as a whole: a count,
  with a few mailboxes as evidence.
- In a tenant that has taken it from most, those that still have it are named one by one: somebody has given it to
  them, or a new mailbox was missed. `exchange.mailbox-plan-gives-no-legacy-protocol` sees to the latter.

SMTP and Exchange Web Services have switches for the organisation and checks of their own.

What it can't see: whether anybody uses it (sign-ins by the client apps "IMAP4" and "POP3").

## Why it matters

POP and IMAP fetch a whole mailbox and leave little in its log. Passwords alone are no longer taken there, but an app
that a person consented to, or a stolen token, may use them; IMAP is how intruders copy a mailbox, and turning it on
for one mailbox is a known step of theirs.

## Remediation

In Exchange Online PowerShell:

1. See that nobody needs it: in the Microsoft Entra admin centre, Sign-in logs, filter by client app.
2. `Get-CASMailbox -ResultSize Unlimited | Set-CASMailbox -PopEnabled $false -ImapEnabled $false`, without those that
   are accepted below.
3. The same for the plans, or every new mailbox has it again: `Get-CASMailboxPlan | Set-CASMailboxPlan -PopEnabled
   $false -ImapEnabled $false`.
4. Where a single mailbox has it and most don't, ask who turned it on: `Set-CASMailbox` in the audit log.

## Options

```toml
[checks."exchange.legacy-protocols-are-off"]
mailboxes = ["tickets@contoso.com"]
activesync = ["reception@contoso.com"]
outlook_on_the_web = []
```

`mailboxes` may have POP and IMAP. `activesync` and `outlook_on_the_web` name all who may have them; without the
option the protocol is not looked at. All are primary addresses, whole.

## Sources

- <https://learn.microsoft.com/powershell/module/exchangepowershell/set-casmailbox>
- <https://learn.microsoft.com/exchange/clients-and-mobile-in-exchange-online/pop3-and-imap4/pop3-and-imap4>
- <https://attack.mitre.org/techniques/T1114/002/>
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from o365scan.api import Data, Judgement, Severity, Undecidable, check
from o365scan_exchange.accepted import addresses
from o365scan_exchange.datasets import client_access
from o365scan_exchange.tally import Tally


@dataclass(frozen=True)
class ProtocolUsers:
    """Who may use which protocol; None where a protocol is not looked at."""

    mailboxes: tuple[str, ...] = ()
    activesync: tuple[str, ...] | None = None
    outlook_on_the_web: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        for option in ("mailboxes", "activesync", "outlook_on_the_web"):
            addresses(getattr(self, option) or (), option)

    def protocols(self) -> Iterator[tuple[str, str, frozenset[str]]]:
        """Each protocol to be looked at: its name, its property, and who may have it."""
        either = addresses(self.mailboxes, "mailboxes")
        yield "POP", "PopEnabled", either
        yield "IMAP", "ImapEnabled", either
        if self.activesync is not None:
            yield "ActiveSync", "ActiveSyncEnabled", addresses(self.activesync, "activesync")
        if self.outlook_on_the_web is not None:
            users = addresses(self.outlook_on_the_web, "outlook_on_the_web")
            yield "Outlook on the web", "OWAEnabled", users


@check(
    "exchange.legacy-protocols-are-off",
    severity=Severity.MEDIUM,
    reads=[client_access],
    options=ProtocolUsers,
    attack=["T1114.002"],
)
def legacy_protocols_are_off(data: Data, options: ProtocolUsers) -> Iterator[Judgement]:
    for name, setting, users in options.protocols():
        tally = _tally(data, setting, users)
        yield from tally.judged(
            f"{tally.having:,} of {tally.total:,} mailboxes can be reached by {name}, as Microsoft lets everybody.",
            f"can be reached by {name}, unlike {tally.without:,} others.",
        )


def _tally(data: Data, setting: str, users: frozenset[str]) -> Tally:
    tally = Tally()
    for mailbox in data[client_access]:
        try:
            has_it = mailbox.flag(setting) and mailbox.text("PrimarySmtpAddress").lower() not in users
            tally.count(mailbox, mailbox.at(setting) if has_it else None)
        except Undecidable as cause:
            tally.doubt(cause)
    return tally
