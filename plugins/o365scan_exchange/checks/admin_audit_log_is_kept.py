"""What administrators of Exchange Online do is logged, whole and for long enough.

## What it looks at

The administrator audit log (`Get-AdminAuditLogConfig`): that it is on (`AdminAuditLogEnabled`), covers every cmdlet
and parameter (`AdminAuditLogCmdlets` and `AdminAuditLogParameters` are `*`), leaves none out
(`AdminAuditLogExcludedCmdlets` is empty), and keeps records for at least as many days as Microsoft's default, 90
(`AdminAuditLogAgeLimit`; options).

Whether the unified audit log, in which these records are searched, takes them in is another check's:
`exchange.audit-log-is-on`.

## Why it matters

Connectors, mail flow rules, forwarding and permissions are changed by cmdlets. A log that leaves out
`New-InboundConnector` says nothing of the connector that came and went.

## Remediation

In Exchange Online PowerShell:

1. `Set-AdminAuditLogConfig -AdminAuditLogEnabled $true -AdminAuditLogCmdlets * -AdminAuditLogParameters *
   -AdminAuditLogExcludedCmdlets $null -AdminAuditLogAgeLimit 90.00:00:00`.
   Microsoft may refuse some of these in Exchange Online, where they are as they should be; then open a support case.
2. Nobody has reason to shorten this log. Find out who did, and take the account for compromised until it is
   explained.

## Options

```toml
[checks."exchange.admin-audit-log-is-kept"]
days = 365
```

`days` is the least age that a record must reach; 90 unless told otherwise.

## Sources

- <https://learn.microsoft.com/powershell/module/exchangepowershell/get-adminauditlogconfig>
- <https://learn.microsoft.com/powershell/module/exchangepowershell/set-adminauditlogconfig>
- <https://attack.mitre.org/techniques/T1562/008/>
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from o365scan.api import Judgement, OptionsError, Record, Severity, check, independently, problem
from o365scan_exchange.datasets import admin_audit_log
from o365scan_exchange.timespans import days


@dataclass(frozen=True)
class KeptFor:
    """For how many days records must be kept."""

    days: int = 90

    def __post_init__(self) -> None:
        if self.days < 1:
            raise OptionsError("days: a log that is kept for no day is none")


@check(
    "exchange.admin-audit-log-is-kept",
    severity=Severity.HIGH,
    each=admin_audit_log,
    options=KeptFor,
    attack=["T1562.008"],
)
def admin_audit_log_is_kept(log: Record, options: KeptFor) -> Iterator[Judgement]:
    yield from independently(_off(log), _partial(log), _excluding(log), _short(log, options))


def _off(log: Record) -> Iterator[Judgement]:
    if not log.flag("AdminAuditLogEnabled"):
        yield problem(
            "What administrators of Exchange Online do is not logged.", log.at("AdminAuditLogEnabled")
        )


def _partial(log: Record) -> Iterator[Judgement]:
    for field, what in (("AdminAuditLogCmdlets", "cmdlets"), ("AdminAuditLogParameters", "parameters")):
        if "*" not in log.texts(field, nullable=True):
            yield problem(f"Only some {what} of administrators are logged.", log.at(field))


def _excluding(log: Record) -> Iterator[Judgement]:
    if excluded := log.texts("AdminAuditLogExcludedCmdlets", nullable=True):
        yield problem(
            f"Cmdlets of administrators are left out of the log: {', '.join(excluded)}.",
            log.at("AdminAuditLogExcludedCmdlets"),
        )


def _short(log: Record, options: KeptFor) -> Iterator[Judgement]:
    kept = days(log, "AdminAuditLogAgeLimit")
    if kept < options.days:
        yield problem(
            f"Records of what administrators did are kept for {kept} days only.",
            log.at("AdminAuditLogAgeLimit"),
        )
