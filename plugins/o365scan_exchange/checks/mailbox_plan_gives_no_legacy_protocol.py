"""New mailboxes get no protocol that nobody needs.

## What it looks at

The mailbox plans' protocols (`Get-CASMailboxPlan`): whether a plan gives POP or IMAP to every new mailbox; other
protocols by option. A plan comes of the licence, and there is one for each kind.

How many of the plan's mailboxes have the protocol now is said where that could be read; they are judged by
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

from o365scan.api import Data, Evidence, Judgement, OptionsError, Record, Severity, check, problem
from o365scan_exchange.datasets import client_access, client_access_plans, mailboxes

_SETTINGS = {
    "POP": "PopEnabled",
    "IMAP": "ImapEnabled",
    "ActiveSync": "ActiveSyncEnabled",
    "Outlook on the web": "OWAEnabled",
}
_EVIDENCE = 3


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
    each=client_access_plans,
    optional=[mailboxes, client_access],
    options=UnwantedProtocols,
    attack=["T1114.002"],
)
def mailbox_plan_gives_no_legacy_protocol(
    plan: Record, data: Data, options: UnwantedProtocols
) -> Iterator[Judgement]:
    given = [name for name in options.protocols if plan.flag(_SETTINGS[name])]
    if given:
        settings = [_SETTINGS[name] for name in given]
        having = _having(plan, settings, data)
        count = f" {len(having):,} of its mailboxes have it now." if having else ""
        yield problem(
            f"Every new mailbox of this plan can be reached by {' and '.join(given)}.{count}",
            *(plan.at(setting) for setting in settings),
            *having[:_EVIDENCE],
        )


def _having(plan: Record, settings: list[str], data: Data) -> list[Evidence]:
    """The plan's mailboxes that have one of the protocols, so far as they were read."""
    ways, known = data.get(client_access), data.get(mailboxes)
    if ways is None or known is None:
        return []
    names = {plan.get(name) for name in ("Name", "Identity", "DisplayName")}
    of_plan = {mailbox.key for mailbox in known if mailbox.get("MailboxPlan") in names}
    found = []
    for mailbox in ways:
        on = [setting for setting in settings if mailbox.get(setting) is True]
        if on and mailbox.key in of_plan:
            found.append(mailbox.at(on[0]))
    return found
