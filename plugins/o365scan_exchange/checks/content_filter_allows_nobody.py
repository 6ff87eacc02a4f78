"""No mail passes the spam filter for the sender it claims.

## What it looks at

Every anti-spam policy (`Get-HostedContentFilterPolicy`): senders in `AllowedSenders` and domains in
`AllowedSenderDomains`. High if one is of an accepted domain of the organisation, or of a mail service that anybody may
join; medium for any other that is not accepted.

An entry is understood as a text and as an object (`Domain` with `IncludeSubDomains`, shown as `*.` and the domain;
`Sender` with `Address`): scripts and clients have met both.

To whom a policy applies is not looked at: one that applies to nobody is a rule away from applying to everybody.

## Why it matters

The entries are held against the sender that a message claims. With contoso.com on the list, whoever claims to write
from there passes the filter: spoofing needs no skill.

## Remediation

1. In the Microsoft Defender portal open Policies and rules, Threat policies, Anti-spam, the policy, "Allowed and
   blocked senders and domains", and empty both lists; or `Set-HostedContentFilterPolicy -Identity <policy>
   -AllowedSenders @() -AllowedSenderDomains @()`.
2. A sender whose mail is caught wrongly is reported to Microsoft, which makes an allow entry that expires, and asks
   for the sender's authentication.

## Options

```toml
[checks."exchange.content-filter-allows-nobody"]
senders = ["alerts@fabrikam.com"]
domains = ["fabrikam.com"]
```

`senders` and `domains` may be on the lists, whole.

## Sources

- <https://learn.microsoft.com/defender-office-365/create-safe-sender-lists-in-office-365>
- <https://learn.microsoft.com/powershell/module/exchangepowershell/set-hostedcontentfilterpolicy>
- <https://attack.mitre.org/techniques/T1672/>
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from o365scan.api import (
    Acceptance,
    Data,
    Judgement,
    Record,
    Severity,
    Undecidable,
    check,
    independently,
    problem,
)
from o365scan_exchange.addresses import ANYBODYS, normal_domain, own_names
from o365scan_exchange.datasets import accepted_domains, content_filters

_SHOWN = 5


@dataclass(frozen=True)
class KnownSenders:
    """Senders and domains that may pass."""

    senders: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()

    def accept(self, entry: str) -> bool:
        """May this entry, a sender or a domain, be on the lists?"""
        if "@" in entry:
            return entry.lower() in {sender.lower() for sender in self.senders}
        return normal_domain(entry) in {normal_domain(domain) for domain in self.domains}


@check(
    "exchange.content-filter-allows-nobody",
    severity=Severity.MEDIUM,
    each=content_filters,
    reads=[accepted_domains],
    options=KnownSenders,
    attack=["T1672", "T1566"],
    controls=["SCuBA/MS.SECURITYSUITE.6.2v1", "CIS-M365-7.0/2.1.14"],
)
def content_filter_allows_nobody(policy: Record, data: Data, options: KnownSenders) -> Iterator[Judgement]:
    yield from independently(
        _entries(policy, "AllowedSenders", "from", data, options),
        _entries(policy, "AllowedSenderDomains", "from anybody at", data, options),
    )


def _entries(policy: Record, field: str, said: str, data: Data, options: KnownSenders) -> Iterator[Judgement]:
    strange = [entry for entry in _listed(policy, field) if not options.accept(entry)]
    if not strange:
        return
    own = data.once(own_names)
    grave = [entry for entry in strange if _is_grave(entry, own)]
    shown = (grave or strange)[:_SHOWN]
    more = f" and {len(strange) - len(shown)} more" if len(strange) > len(shown) else ""
    yield problem(
        f"Messages that claim to be {said} {', '.join(shown)}{more} pass the spam filter.",
        policy.at(field),
        severity=Severity.HIGH if grave else None,
        accept=None if grave else _acceptance(strange),
    )


def _acceptance(entries: list[str]) -> Acceptance:
    """As the options tell them apart: a sender has an @, whichever list it is on."""
    senders = [each for each in entries if "@" in each]
    return Acceptance({"senders": senders, "domains": [each for each in entries if "@" not in each]})


def _is_grave(entry: str, own: frozenset[str]) -> bool:
    domain = normal_domain(entry.rpartition("@")[2].removeprefix("*."))
    return domain in own or (domain in ANYBODYS and "@" not in entry)


def _listed(policy: Record, field: str) -> tuple[str, ...]:
    """The entries of a list. Raises Undecidable for one that can't be read."""
    value = policy[field]
    if value is None:
        return ()
    return tuple(_entry(each, policy, field) for each in (value if isinstance(value, tuple) else (value,)))


def _entry(value: Any, policy: Record, field: str) -> str:
    if isinstance(value, Mapping):
        if isinstance(domain := value.get("Domain"), str) and "Address" not in value:
            return f"*.{domain}" if value.get("IncludeSubDomains") is True else domain
        value = value.get("Address", value.get("Sender"))
        if isinstance(value, Mapping):
            value = value.get("Address")
    if isinstance(value, str):
        return value
    raise Undecidable(f"{field} of {policy.title} has an entry that is neither a sender nor a domain.")
