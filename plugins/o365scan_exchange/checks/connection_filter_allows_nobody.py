"""No mail passes the spam filter for the address it comes from.

## What it looks at

The connection filter (`Get-HostedConnectionFilterPolicy`): addresses in `IPAllowList`, and Microsoft's list of senders
that it trusts (`EnableSafeList`, which administrators can neither see nor change). Medium for addresses that nobody
accepted, high if a range of them is wider than /24 (IPv6: /48), low for the safe list.

Who may deliver by a connector is another check's: `exchange.inbound-connector-is-expected`.

## Why it matters

Mail from a listed address skips spam filtering and the checks on spoofed senders. Everybody who can send from there,
at a shared host every customer of it, reaches every inbox.

## Remediation

1. Find out who listed the address and for what: the policy's history is in the audit log
   (`Set-HostedConnectionFilterPolicy`).
2. In the Microsoft Defender portal open Policies and rules, Threat policies, Anti-spam, "Connection filter policy
   (Default)", and remove the address; or `Set-HostedConnectionFilterPolicy -Identity Default -IPAllowList
   @{Remove="<address>"}`.
3. `Set-HostedConnectionFilterPolicy -Identity Default -EnableSafeList $false`.
4. A device or product that has to deliver gets an inbound connector with a certificate.

## Options

```toml
[checks."exchange.connection-filter-allows-nobody"]
addresses = ["203.0.113.0/28"]
```

`addresses` may be on the list.

## Sources

- <https://learn.microsoft.com/defender-office-365/connection-filter-policies-configure>
- <https://learn.microsoft.com/powershell/module/exchangepowershell/set-hostedconnectionfilterpolicy>
- <https://attack.mitre.org/techniques/T1672/>
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from o365scan.api import Acceptance, Judgement, Record, Severity, check, independently, problem
from o365scan_exchange.connectors import listed
from o365scan_exchange.datasets import connection_filters
from o365scan_exchange.networks import accepted, is_wide, networks, outside, written


@dataclass(frozen=True)
class KnownAddresses:
    """Addresses whose mail may pass."""

    addresses: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        accepted(self.addresses, "addresses")


@check(
    "exchange.connection-filter-allows-nobody",
    severity=Severity.MEDIUM,
    each=connection_filters,
    options=KnownAddresses,
    attack=["T1672", "T1566"],
    controls=[
        "SCuBA/MS.SECURITYSUITE.8.1v1",
        "SCuBA/MS.SECURITYSUITE.8.2v1",
        "CIS-M365-7.0/2.1.12",
        "CIS-M365-7.0/2.1.13",
    ],
)
def connection_filter_allows_nobody(policy: Record, options: KnownAddresses) -> Iterator[Judgement]:
    yield from independently(_addresses(policy, options), _safe_list(policy))


def _addresses(policy: Record, options: KnownAddresses) -> Iterator[Judgement]:
    allowed = networks(policy.texts("IPAllowList", nullable=True))
    if strange := outside(allowed, accepted(options.addresses, "addresses")):
        yield problem(
            f"Mail from {listed(strange)} skips the spam filter.",
            policy.at("IPAllowList"),
            severity=Severity.HIGH if is_wide(strange) else None,
            accept=None if is_wide(strange) else Acceptance({"addresses": written(strange)}),
        )


def _safe_list(policy: Record) -> Iterator[Judgement]:
    if policy.flag("EnableSafeList"):
        yield problem(
            "Mail of senders on Microsoft's own list, which nobody here can see, skips the spam filter.",
            policy.at("EnableSafeList"),
            severity=Severity.LOW,
        )
