"""Mail of every own domain is signed with DKIM.

## What it looks at

The accepted domains, and what `Get-DkimSigningConfig` says of each: signing must be on (`Enabled`), and the keys
published (`Status` is `Valid`). A domain without an object there was never set up. Domains under onmicrosoft.com are
Microsoft's, which signs for them by itself, and are not looked at; nor are domains from which sending is off
(`SendingFromDomainDisabled`).

What it can't see: products behind Exchange Online that sign instead of it, and what DNS says just now. `Status` is
what Microsoft found when it last looked.

## Why it matters

Without it mail is signed as onmicrosoft.com, which does not speak for the domain: DMARC then rests on SPF alone, which
breaks with every forwarding, so that the organisation can't tell others to reject mail in its name.

## Remediation

1. In the Microsoft Defender portal open Email authentication settings, DKIM, and choose the domain; or
   `New-DkimSigningConfig -DomainName <domain> -Enabled $false`, then `Get-DkimSigningConfig -Identity <domain> |
   Format-List Selector1CNAME, Selector2CNAME`.
2. Publish both names as CNAME records, `selector1._domainkey` and `selector2._domainkey`.
3. When they can be seen: `Set-DkimSigningConfig -Identity <domain> -Enabled $true`.

## Options

```toml
[checks."exchange.dkim-is-signed"]
domains = ["parked.example.com"]
```

`domains` need no signature of Exchange Online: they send no mail, or something else signs it.

## Sources

- <https://learn.microsoft.com/defender-office-365/email-authentication-dkim-configure>
- <https://learn.microsoft.com/powershell/module/exchangepowershell/get-dkimsigningconfig>
- <https://attack.mitre.org/techniques/T1672/>
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from o365scan.api import Data, Judgement, Record, Severity, check, problem
from o365scan_exchange.addresses import is_within, normal_domain
from o365scan_exchange.datasets import accepted_domains, dkim_signing
from o365scan_exchange.evidence import shown


@dataclass(frozen=True)
class UnsignedDomains:
    """Domains that Exchange Online need not sign for."""

    domains: tuple[str, ...] = ()


@check(
    "exchange.dkim-is-signed",
    severity=Severity.MEDIUM,
    each=accepted_domains,
    reads=[dkim_signing],
    options=UnsignedDomains,
    attack=["T1672"],
    controls=["SCuBA/MS.EXO.3.1v1", "CIS-M365-7.0/2.1.9"],
)
def dkim_is_signed(domain: Record, data: Data, options: UnsignedDomains) -> Iterator[Judgement]:
    name = normal_domain(domain.text("DomainName"))
    if is_within(name, "onmicrosoft.com") or name in map(normal_domain, options.domains):
        return
    if domain.get("SendingFromDomainDisabled") is True:
        return
    config = data.once(_signing).get(name)
    if config is None:
        yield problem("Mail of this domain is not signed: DKIM was never set up.", domain.at("DomainName"))
    elif not config.flag("Enabled"):
        yield problem("Mail of this domain is not signed: DKIM is off.", config.at("Enabled"))
    elif (status := config.text("Status")) != "Valid":
        yield problem(
            f"Mail of this domain can't be verified: Microsoft finds its keys {status}.",
            config.at("Status"),
            *shown(config, "Selector1CNAME", "Selector2CNAME", "LastChecked"),
        )


def _signing(data: Data) -> dict[str, Record]:
    return {normal_domain(each.text("Domain")): each for each in data[dkim_signing]}
