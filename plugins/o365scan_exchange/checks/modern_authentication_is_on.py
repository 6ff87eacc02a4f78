"""Outlook signs in with modern authentication.

## What it looks at

The organisation's switch (`Get-OrganizationConfig`, `OAuth2ClientProfileEnabled`). It holds for Outlook on Windows;
other clients have no other way.

## Why it matters

Multifactor authentication and Conditional Access are asked for by modern authentication alone. With the switch off
Outlook falls back to what can't ask, and where Microsoft has shut that, to nothing: people can't sign in, and somebody
looks for a way around.

## Remediation

`Set-OrganizationConfig -OAuth2ClientProfileEnabled $true` in Exchange Online PowerShell, or in the Microsoft 365 admin
centre: Settings, Org settings, Modern authentication. It has been on in new tenants since August 2017.

## Sources

- <https://learn.microsoft.com/exchange/clients-and-mobile-in-exchange-online/enable-or-disable-modern-authentication-in-exchange-online>
- <https://learn.microsoft.com/powershell/module/exchangepowershell/set-organizationconfig>
"""

from __future__ import annotations

from collections.abc import Iterator

from o365scan.api import Judgement, Record, Severity, check, problem
from o365scan_exchange.datasets import organization_config


@check(
    "exchange.modern-authentication-is-on",
    severity=Severity.HIGH,
    each=organization_config,
    attack=["T1078.004", "T1110"],
    controls=["CIS-M365-7.0/6.5.1"],
)
def modern_authentication_is_on(organization: Record) -> Iterator[Judgement]:
    if not organization.flag("OAuth2ClientProfileEnabled"):
        yield problem(
            "Modern authentication is off for Outlook: no second factor can be asked for.",
            organization.at("OAuth2ClientProfileEnabled"),
        )
