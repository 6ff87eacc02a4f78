"""Where a mail filter stands in front, nobody delivers to the onmicrosoft.com addresses past it.

## What it looks at

Each accepted domain under onmicrosoft.com, if a filter is in front of Exchange Online: as told by
`exchange.mail-comes-through-the-filter`, or by the options. MX records show one if the default domain's lead to it, or
no domain's lead to Exchange Online. Microsoft publishes the MX record of onmicrosoft.com, which points to Exchange
Online. Where nothing closes it, no connector shows a filter, and DNS did not say where mail of the other domains
arrives, it is undecided. It is closed by one of these:

- A Partner connector that locks all mail to the filter, for all accepted domains or for this one too
  (`AssociatedAcceptedDomains`).
- A mail flow rule that is enabled and enforced, acts on mail from outside to this domain, and rejects, deletes or
  quarantines it. It must look at the envelope: `RecipientDomainIs`, or words or patterns of a recipient's address. A
  rule that looks at the header To is evaded by Bcc, and is named as such. A rule with further conditions may let mail
  through and closes nothing; exceptions are not judged, since the filter's own addresses are one.

The domain of hybrids, `….mail.onmicrosoft.com`, is exempt: mail between the two halves takes it.

Unconfirmed: that the recipient conditions still see this address when mail was sent to it. An engineer of Microsoft
wrote in 2018 that they see the primary address instead. The connector is the surer way.

## Why it matters

Every mailbox has an address under onmicrosoft.com. Whoever writes to it reaches the mailbox without passing the filter
that the MX record of the organisation's own domain points to.

## Remediation

Lock mail to the filter by a connector: see `exchange.mail-comes-through-the-filter`. If that can't be done, reject
mail from outside to the domain by a rule:
`New-TransportRule -Name "No mail from outside to onmicrosoft.com" -FromScope NotInOrganization -RecipientDomainIs
<domain> -RejectMessageReasonText "Please write to our own domain."`, and send a message to such an address, in Bcc
too, to see that it works.

## Options

```toml
[checks."exchange.onmicrosoft-back-door-is-closed"]
filtered = true
```

`filtered` says whether a filter is in front; without it connectors and MX records tell.

## Sources

- <https://learn.microsoft.com/exchange/mail-flow-best-practices/manage-mail-flow-using-third-party-cloud>
- <https://learn.microsoft.com/archive/blogs/rrajan/how-to-block-direct-delivery-to-email-address-with-the-suffix-as-domain-onmicrosoft-com-or-domain-mail-onmicrosoft-com>
- <https://learn.microsoft.com/powershell/module/exchangepowershell/new-transportrule>
- <https://attack.mitre.org/techniques/T1566/>
"""

from __future__ import annotations

from collections.abc import Iterator

from o365scan.api import Data, Evidence, Judgement, Record, Severity, Undecidable, check, problem
from o365scan_exchange.addresses import is_within, normal_domain
from o365scan_exchange.datasets import accepted_domains, inbound_connectors, transport_rules
from o365scan_exchange.front_filter import InFront, covers, locks
from o365scan_exchange.names import mx_records
from o365scan_exchange.recipient_rules import closes, looks_at_header

_MICROSOFTS = "onmicrosoft.com"
_OF_HYBRIDS = "mail.onmicrosoft.com"


@check(
    "exchange.onmicrosoft-back-door-is-closed",
    severity=Severity.MEDIUM,
    each=accepted_domains,
    reads=[inbound_connectors, transport_rules],
    optional=[mx_records],
    options=InFront,
    attack=["T1566", "T1672"],
)
def onmicrosoft_back_door_is_closed(domain: Record, data: Data, options: InFront) -> Iterator[Judgement]:
    name = normal_domain(domain.text("DomainName"))
    if not is_within(name, _MICROSOFTS) or is_within(name, _OF_HYBRIDS):
        return
    seen, unknown = _signs(data, options)
    if seen is None and unknown is None:
        return
    if any(covers(lock, name) for lock in locks(data)):
        return
    rules = list(data[transport_rules])
    if any(closes(rule, name) for rule in rules):
        return
    if unknown is not None:
        raise unknown
    evaded = [rule for rule in rules if looks_at_header(rule, name)]
    by_bcc = "".join(f" The rule {rule.title!r} looks at the header To, which Bcc evades." for rule in evaded)
    yield problem(
        f"Mail to {name} reaches every mailbox past the filter that is in front.{by_bcc}",
        domain.at("DomainName"),
        *(rule.at("Name") for rule in evaded),
        *(seen or ()),
    )


def _signs(data: Data, options: InFront) -> tuple[tuple[Evidence, ...] | None, Undecidable | None]:
    """What of DNS shows a filter in front, () if something else does, None if nothing does; or why DNS can't tell."""
    if options.is_in_front(data):
        return (), None
    try:
        behind = options.seen_in_dns(data)
    except Undecidable as cause:
        return None, cause
    if not behind.mostly:
        return None, None
    return tuple(each for found in behind.domains.values() for each in found), None
