"""Where a mail filter stands in front of Exchange Online, mail comes through it alone.

## What it looks at

The inbound connectors (`Get-InboundConnector`). A filter is taken to be in front if a Partner connector for every
sender domain (`smtp:*`) recognises one sender, even if it is disabled now, or if a connector makes the service look
past the server that delivers (`EFSkipLastIP`, `EFSkipIPs`). Where no connector shows one, the MX records of the
accepted domains do: one that has MX records, and none of Exchange Online's among them, is behind something, a filter
or a server of one's own. The options can say it. Without a filter there is nothing to judge.

- Medium if nothing restricts who delivers. What does is an enabled Partner connector for every sender domain with
  `RestrictDomainsToIPAddresses` and addresses (no range wider than /24; IPv6: /48), or with
  `RestrictDomainsToCertificate` and a certificate that not everybody can present. An OnPremises connector refuses
  nobody, whatever it names.
- Low instead if MX records alone show what is in front, and not of the default domain, while mail of another domain
  arrives at Exchange Online: such a domain may belong to another service.
- Medium if such connectors hold for some accepted domains only (`AssociatedAcceptedDomains`), all of them together.
  Domains under onmicrosoft.com are judged by `exchange.onmicrosoft-back-door-is-closed`.
- Low if the service judges the filter instead of the sender: enhanced filtering is off for the lock, in test mode
  (`EFTestMode`), or on for some people only (`EFUsers`).

If no connector shows a filter and DNS did not say where mail of a domain arrives, it is undecided. Domains that have no
MX record, and those under onmicrosoft.com, show nothing.

## Why it matters

Exchange Online takes mail for the organisation's domains from any host that finds it, whatever MX records say, and
finding it needs the domain's name only. Mail that is delivered directly was never filtered.

## Remediation

1. List from which addresses, or with which certificate, the filter delivers (its maker publishes it).
2. In the Exchange admin centre go to Mail flow, Connectors, and add one from "Partner organization": by verifying that
   the sender domain is `*`, rejecting mail that isn't from these addresses or lacks the certificate. In Exchange Online
   PowerShell: `New-InboundConnector -Name "Only through the filter" -ConnectorType Partner -SenderDomains *
   -RestrictDomainsToCertificate $true -TlsSenderCertificateName <name> -RequireTls $true`.
3. Other services that deliver directly (other tenants, hybrid servers, printers) need connectors of their own first.
4. Enhanced filtering: `Set-InboundConnector -Identity <guid> -EFSkipLastIP $true`.

## Options

```toml
[checks."exchange.mail-comes-through-the-filter"]
filtered = true
```

`filtered` says whether a filter is in front; without it connectors and MX records tell.

## Sources

- <https://learn.microsoft.com/exchange/mail-flow-best-practices/manage-mail-flow-using-third-party-cloud>
- <https://learn.microsoft.com/exchange/mail-flow-best-practices/use-connectors-to-configure-mail-flow/enhanced-filtering-for-connectors>
- <https://learn.microsoft.com/powershell/module/exchangepowershell/set-inboundconnector>
- <https://attack.mitre.org/techniques/T1566/>
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from o365scan.api import Data, Judgement, Record, Severity, check, independently, problem
from o365scan_exchange.addresses import is_within, normal_domain
from o365scan_exchange.datasets import accepted_domains, inbound_connectors
from o365scan_exchange.evidence import shown
from o365scan_exchange.front_filter import Behind, InFront, covers, is_for_everybody, locks
from o365scan_exchange.names import mx_records

_NAMED = 5


@check(
    "exchange.mail-comes-through-the-filter",
    severity=Severity.MEDIUM,
    reads=[inbound_connectors],
    optional=[accepted_domains, mx_records],
    options=InFront,
    attack=["T1566", "T1672"],
)
def mail_comes_through_the_filter(data: Data, options: InFront) -> Iterator[Judgement]:
    if not options.is_in_front(data):
        yield from _past_mx(options.seen_in_dns(data))
        return
    found = list(locks(data))
    if not found:
        yield from _open(data)
    for lock in found:
        yield from independently(_some_domains(lock, found, data), _judged_wrongly(lock))


def _open(data: Data) -> Iterator[Judgement]:
    meant = [each for each in data[inbound_connectors] if is_for_everybody(each)]
    for connector in meant:
        off = "" if connector.flag("Enabled") else " It is disabled."
        yield problem(
            "A filter is in front, and any host may deliver past it: this connector refuses nobody." + off,
            *shown(connector, "Enabled", "RestrictDomainsToIPAddresses", "RestrictDomainsToCertificate"),
            *shown(connector, "SenderIPAddresses", "TlsSenderCertificateName"),
            at=connector,
        )
    if not meant:
        yield problem("A filter is in front, and any host may deliver past it: no connector restricts it.")


def _past_mx(behind: Behind) -> Iterator[Judgement]:
    if behind.domains:
        more = f" and {len(behind.domains) - _NAMED} more" if len(behind.domains) > _NAMED else ""
        named = ", ".join(sorted(behind.domains)[:_NAMED]) + more
        some = "" if behind.mostly else " Mail of the default domain doesn't arrive there."
        yield problem(
            f"Mail of {named} is delivered to a filter or another server, as MX records say, and any host may deliver"
            f" past it: no connector restricts it.{some}",
            *(each for found in behind.domains.values() for each in found),
            severity=Severity.MEDIUM if behind.mostly else Severity.LOW,
        )


def _some_domains(lock: Record, found: Sequence[Record], data: Data) -> Iterator[Judgement]:
    """A lock without a list of domains holds for all of them; several may share them out."""
    if not all(each.texts("AssociatedAcceptedDomains", nullable=True) for each in found):
        return
    names = (normal_domain(domain.text("DomainName")) for domain in data[accepted_domains])
    spared = [
        name
        for name in names
        if not is_within(name, "onmicrosoft.com") and not any(covers(each, name) for each in found)
    ]
    if spared:
        held = ", ".join(lock.texts("AssociatedAcceptedDomains"))
        more = f" and {len(spared) - _NAMED} more" if len(spared) > _NAMED else ""
        yield problem(
            f"Mail comes through the filter alone for {held}, and not for {', '.join(spared[:_NAMED])}{more}.",
            lock.at("AssociatedAcceptedDomains"),
            at=lock,
        )


def _judged_wrongly(lock: Record) -> Iterator[Judgement]:
    skips = lock.flag("EFSkipLastIP") or bool(lock.texts("EFSkipIPs", nullable=True))
    if skips and not lock.flag("EFTestMode") and not lock.texts("EFUsers", nullable=True):
        return
    yield problem(
        "The service judges the filter that delivers instead of the sender, at least for some people.",
        *shown(lock, "EFSkipLastIP", "EFSkipIPs", "EFTestMode", "EFUsers"),
        severity=Severity.LOW,
        at=lock,
    )
