"""The unified audit log takes in what happens.

## What it looks at

`UnifiedAuditLogIngestionEnabled` of `Get-AdminAuditLogConfig`, asked of Exchange Online. Security & Compliance
PowerShell has the same cmdlet and always says False there; that answer means nothing.

What it can't see: how long records are kept, which comes of the licence and of retention policies, and whether
records arrive. A tenant in which it was turned on today has nothing of yesterday: `UnifiedAuditLogFirstOptInDate` is
shown as evidence where the record has it.

## Why it matters

Sign-ins aside, it is the only record of what was done in mailboxes, files, mail flow and permissions. Without it
nobody can say what an intruder read or left behind, and intruders who hold an administrator's account turn it off.

## Remediation

1. In the Microsoft Purview portal open Audit and choose "Start recording user and admin activity"; or in Exchange
   Online PowerShell: `Set-AdminAuditLogConfig -UnifiedAuditLogIngestionEnabled $true`. It takes up to an hour. If
   the organisation was never customised, `Enable-OrganizationCustomization` must run first.
2. It is on in new tenants. So find out who turned it off, and take that account for compromised until it is
   explained: `Set-AdminAuditLogConfig` is itself the last record before the gap.

## Sources

- <https://learn.microsoft.com/purview/audit-log-enable-disable>
- <https://learn.microsoft.com/powershell/module/exchangepowershell/get-adminauditlogconfig>
- <https://attack.mitre.org/techniques/T1562/008/>
"""

from __future__ import annotations

from collections.abc import Iterator

from o365scan.api import Judgement, Record, Severity, check, problem
from o365scan_exchange.datasets import admin_audit_log
from o365scan_exchange.evidence import shown


@check(
    "exchange.audit-log-is-on",
    severity=Severity.CRITICAL,
    each=admin_audit_log,
    attack=["T1562.008"],
    controls=["SCuBA/MS.SECURITYSUITE.5.1v1", "CIS-M365-7.0/3.1.1"],
)
def audit_log_is_on(log: Record) -> Iterator[Judgement]:
    if not log.flag("UnifiedAuditLogIngestionEnabled"):
        yield problem(
            "The unified audit log takes in nothing: what is done in this tenant leaves no record.",
            *shown(log, "UnifiedAuditLogIngestionEnabled", "UnifiedAuditLogFirstOptInDate", "WhenChangedUTC"),
        )
