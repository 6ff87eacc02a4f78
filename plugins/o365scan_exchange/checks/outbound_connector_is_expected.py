"""Mail leaves for hosts that the organisation knows.

## What it looks at

The outbound connectors (`Get-OutboundConnector`) that hand mail to named hosts (`SmartHosts`). A host in an accepted
domain, or in the very domain to which the mail goes, is expected; so is one that has to prove by its certificate to be
in an accepted domain or to be an accepted host (`TlsSettings` is `DomainValidation`; `TlsDomain`). Any other is to be
verified:

- High if the connector takes mail for every domain (`RecipientDomains` is `*`), or for none in particular.
- Medium if it takes mail for named domains only, or is used by mail flow rules only (`IsTransportRuleScoped`):
  signature and encryption products look like this.

Mail that goes where its recipient's MX record points (`UseMXRecord`) is not diverted. A connector that has neither is
undecided. A disabled connector diverts
nothing and passes, unless it would be high if it were enabled: then it is low.

`ConnectorSource` and the name prove nothing. Connectors in test mode are not listed by the cmdlet, and perhaps not
those that are scoped to rules.

## Why it matters

A host that all mail passes can read and keep all of it. Together with a mail flow rule, a connector takes out just
what an intruder is after.

## Remediation

1. In the Exchange admin centre go to Mail flow, Connectors, and ask the owner of the product whose host it is.
2. If nobody knows it: `Set-OutboundConnector -Identity <guid> -Enabled $false`, then find the mail flow rules that use
   it and whoever made both (`New-OutboundConnector` in the audit log).
3. If it is expected, accept the host below.

## Options

```toml
[checks."exchange.outbound-connector-is-expected"]
hosts = ["relay.example.net", "*.signatures.fabrikam.com", "203.0.113.0/28"]
```

`hosts` are names of hosts, whole, or `*.` and a domain, or addresses.

## Sources

- <https://learn.microsoft.com/powershell/module/exchangepowershell/set-outboundconnector>
- <https://learn.microsoft.com/exchange/mail-flow-best-practices/use-connectors-to-configure-mail-flow/use-connectors-to-configure-mail-flow>
- <https://attack.mitre.org/techniques/T1114/003/>
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from o365scan.api import Acceptance, Data, Judgement, Record, Severity, check, problem, undecided
from o365scan_exchange.addresses import is_within, own_names
from o365scan_exchange.connectors import sender_domain, validated_host
from o365scan_exchange.datasets import accepted_domains, outbound_connectors
from o365scan_exchange.dormant import as_prepared
from o365scan_exchange.evidence import shown
from o365scan_exchange.recency import youth
from o365scan_exchange.smart_hosts import as_ranges, bare, covers, is_nameable, refuse_anyone

_DISABLED = "The connector is disabled and diverts nothing now; this is what enabling it would bring back."


@dataclass(frozen=True)
class KnownHosts:
    """Hosts that mail may be handed to."""

    hosts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        refuse_anyone(self.hosts, "hosts")

    def accept(self, host: str) -> bool:
        """Is it one of them?"""
        return any(covers(text, host) for text in self.hosts)


@check(
    "exchange.outbound-connector-is-expected",
    severity=Severity.HIGH,
    each=outbound_connectors,
    reads=[accepted_domains],
    options=KnownHosts,
    attack=["T1114.003"],
)
def outbound_connector_is_expected(
    connector: Record, data: Data, options: KnownHosts, now: datetime
) -> Iterator[Judgement]:
    found = _diverted(connector, data, options, now)
    if connector.flag("Enabled"):
        yield from found
    else:
        yield from as_prepared(found, _DISABLED)


def _diverted(connector: Record, data: Data, options: KnownHosts, now: datetime) -> Iterator[Judgement]:
    if connector.flag("UseMXRecord"):
        return
    hosts = [bare(host) for host in connector.texts("SmartHosts", nullable=True)]
    if not hosts:
        yield undecided("The connector goes by no MX record and names no host.", connector.at("SmartHosts"))
        return
    recipients = tuple(sender_domain(each) for each in connector.texts("RecipientDomains", nullable=True))
    known = (*data.once(own_names), *(each.removeprefix("*.") for each in recipients if each != "*"))
    strange = [host for host in hosts if not _is_in(host, known) and not options.accept(host)]
    if not strange or _proves_itself(connector, data, options):
        return
    by_rules = connector.flag("IsTransportRuleScoped")
    everything = not by_rules and (not recipients or "*" in recipients)
    yield problem(
        f"Mail {_for_whom(recipients, by_rules=by_rules)} is handed to {', '.join(strange)},"
        " and nothing says whose host that is.",
        *shown(connector, "SmartHosts", "RecipientDomains", "IsTransportRuleScoped", "ConnectorSource"),
        *shown(connector, "WhenCreatedUTC"),
        severity=None if everything else Severity.MEDIUM,
        accept=Acceptance({"hosts": strange}) if is_nameable(strange) else None,
        signs=(*_nameless(strange), *youth(connector, now)),
    )


def _proves_itself(connector: Record, data: Data, options: KnownHosts) -> bool:
    host = validated_host(connector)
    return host is not None and (_is_in(host, tuple(data.once(own_names))) or options.accept(host))


def _nameless(hosts: list[str]) -> Iterator[str]:
    if any(as_ranges(host) is not None for host in hosts):
        yield "the host is an address, which no name vouches for"


def _is_in(host: str, domains: tuple[str, ...]) -> bool:
    return as_ranges(host) is None and any(is_within(host, domain) for domain in domains)


def _for_whom(recipients: tuple[str, ...], *, by_rules: bool) -> str:
    if by_rules:
        return "that mail flow rules choose"
    if not recipients or "*" in recipients:
        return "for every domain"
    return f"for {', '.join(recipients)}"
