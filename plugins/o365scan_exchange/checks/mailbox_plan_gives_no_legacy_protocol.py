"""New mailboxes get no protocol that nobody needs.

## What it looks at

The mailbox plans' protocols (`Get-CASMailboxPlan`): whether a plan gives POP or IMAP to every new mailbox; other
protocols by option. A plan comes of the licence, and there is one for each kind.

As Microsoft makes them, all plans give it, and one command mends all: if at least as many plans give it as don't, it is
one finding on the list of plans. Else each plan that still gives it is named.

How many mailboxes with a plan have the protocol now is said where that could be read; they are judged by
`exchange.legacy-protocols-are-off`.

## Why it matters

Taking POP and IMAP from the mailboxes of today lasts until somebody is hired: the new mailbox has them again.

## Remediation

In Exchange Online PowerShell, for each plan:
`Set-CASMailboxPlan -Identity <plan> -PopEnabled $false -ImapEnabled $false`. It changes no mailbox that exists.

## Options

```toml
[checks."exchange.mailbox-plan-gives-no-legacy-protocol"]
protocols = ["POP", "IMAP", "ActiveSync"]
```

`protocols` are those that no plan may give: `POP`, `IMAP`, `ActiveSync`, `Outlook on the web`. POP and IMAP unless
told otherwise.

## Sources

- <https://learn.microsoft.com/powershell/module/exchangepowershell/set-casmailboxplan>
- <https://learn.microsoft.com/exchange/recipients-in-exchange-online/manage-user-mailboxes/mailbox-plans>
- <https://attack.mitre.org/techniques/T1114/002/>
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from o365scan.api import Data, Judgement, OptionsError, Severity, Undecidable, check
from o365scan_exchange.datasets import client_access, client_access_plans, mailboxes
from o365scan_exchange.tally import Tally

_SETTINGS = {
    "POP": "PopEnabled",
    "IMAP": "ImapEnabled",
    "ActiveSync": "ActiveSyncEnabled",
    "Outlook on the web": "OWAEnabled",
}


@dataclass(frozen=True)
class UnwantedProtocols:
    """What no plan may give."""

    protocols: tuple[str, ...] = ("POP", "IMAP")

    def __post_init__(self) -> None:
        for name in self.protocols:
            if name not in _SETTINGS:
                raise OptionsError(f"protocols: {name!r} is none of {', '.join(_SETTINGS)}")


@check(
    "exchange.mailbox-plan-gives-no-legacy-protocol",
    severity=Severity.LOW,
    reads=[client_access_plans],
    optional=[mailboxes, client_access],
    options=UnwantedProtocols,
    attack=["T1114.002"],
)
def mailbox_plan_gives_no_legacy_protocol(data: Data, options: UnwantedProtocols) -> Iterator[Judgement]:
    for name in options.protocols:
        setting = _SETTINGS[name]
        plans, now = _plans(data, setting), _having(data, setting)
        count = f" {now:,} mailboxes have it now." if now else ""
        yield from plans.judged(
            f"Every new mailbox of {plans.having:,} of {plans.total:,} plans can be reached by {name}.{count}",
            f"gives {name} to every new mailbox, unlike {plans.without:,} other plans.",
        )


def _plans(data: Data, setting: str) -> Tally:
    tally = Tally()
    for plan in data[client_access_plans]:
        try:
            tally.count(plan, plan.at(setting) if plan.flag(setting) else None)
        except Undecidable as cause:
            tally.doubt(cause)
    return tally


def _having(data: Data, setting: str) -> int:
    """How many mailboxes of a plan have the protocol, so far as they were read."""
    planned = {mailbox.key for mailbox in data.get(mailboxes) or () if mailbox.get("MailboxPlan")}
    return sum(each.get(setting) is True and each.key in planned for each in data.get(client_access) or ())
