"""Journal copies of mail go nowhere that nobody knows.

## What it looks at

The journal rules (`Get-JournalRule`): each sends a copy of all mail, or of the mail of one recipient, to
`JournalEmailAddress`. An address in an accepted domain, and one that is accepted by the options, is expected; any
other is high. An address that can't be read as one is undecided.

A disabled rule copies nothing and passes, unless its address is unknown: then it is low.

Exchange Online can't keep a journal in a mailbox of its own, so that an archive outside is common. That is why known
archives are accepted by option, and why a change of the address must be seen.

Reports that can't be delivered (`JournalingReportNdrTo` of `Get-TransportConfig`) are not looked at.

## Why it matters

A journal rule copies mail without a trace in the mailbox: nothing in Outlook shows it, and it outlives every password
change.

## Remediation

1. In the Microsoft Purview portal open Data lifecycle management, Exchange (legacy), Journal rules, and ask who runs
   the archive.
2. If nobody knows it: `Disable-JournalRule -Identity <name>`, and search the audit log for `New-JournalRule` and
   `Set-JournalRule`.
3. If it is expected, accept it below.

## Options

```toml
[checks."exchange.journal-goes-inside"]
addresses = ["journal@archive.example.net"]
```

`addresses` are compared whole: an archive that serves many customers is not accepted by its domain.

## Sources

- <https://learn.microsoft.com/powershell/module/exchangepowershell/get-journalrule>
- <https://learn.microsoft.com/exchange/security-and-compliance/journaling/journaling>
- <https://attack.mitre.org/techniques/T1114/003/>
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from o365scan.api import Acceptance, Data, Judgement, Record, Severity, check, problem, undecided
from o365scan_exchange.accepted import addresses
from o365scan_exchange.addresses import address_in, own_domains
from o365scan_exchange.datasets import accepted_domains, journal_rules
from o365scan_exchange.dormant import as_prepared
from o365scan_exchange.evidence import shown
from o365scan_exchange.recency import youth
from o365scan_exchange.strangers import odd

_DISABLED = "The rule is disabled and copies nothing now; this is what enabling it would bring back."


@dataclass(frozen=True)
class KnownArchives:
    """Addresses of archives that the organisation uses."""

    addresses: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        addresses(self.addresses, "addresses")


@check(
    "exchange.journal-goes-inside",
    severity=Severity.HIGH,
    each=journal_rules,
    reads=[accepted_domains],
    options=KnownArchives,
    attack=["T1114.003"],
)
def journal_goes_inside(
    rule: Record, data: Data, options: KnownArchives, now: datetime
) -> Iterator[Judgement]:
    found = _outside(rule, data, options, now)
    yield from found if rule.flag("Enabled") else as_prepared(found, _DISABLED)


def _outside(rule: Record, data: Data, options: KnownArchives, now: datetime) -> Iterator[Judgement]:
    text = rule.text("JournalEmailAddress")
    address = address_in(text)
    if address is None:
        yield undecided(
            f"Copies of mail go to {text!r}, which is no address that can be read.",
            rule.at("JournalEmailAddress"),
        )
    elif not data.once(own_domains).hold(address) and str(address).lower() not in addresses(
        options.addresses, "addresses"
    ):
        recipient = rule.get("Recipient")
        yield problem(
            f"Copies of {f'the mail of {recipient}' if recipient else 'all mail'} go outside, to {address}.",
            *shown(rule, "JournalEmailAddress", "Recipient", "Scope", "WhenChanged"),
            accept=Acceptance({"addresses": (str(address),)}),
            signs=(*odd([address], data), *youth(rule, now)),
        )
