"""Whether the tenant keeps a record at all: the unified audit log, and auditing of mailboxes."""

from __future__ import annotations

from dataclasses import dataclass

from o365scan.api import ExchangeCmdlet
from o365scan.doctor.probes import Rows

#: https://learn.microsoft.com/powershell/module/exchange/get-adminauditlogconfig
AUDIT_LOG = ExchangeCmdlet(cmdlet="Get-AdminAuditLogConfig")
#: https://learn.microsoft.com/powershell/module/exchange/get-organizationconfig
ORGANISATION = ExchangeCmdlet(cmdlet="Get-OrganizationConfig")


@dataclass(frozen=True)
class Audit:
    """Whether each is on; None where it could not be read, or was not told."""

    unified_log: bool | None
    mailboxes: bool | None


def audit(log: Rows | None, organisation: Rows | None) -> Audit:
    """What the two cmdlets said; None is one that could not be asked."""
    disabled = _flag(organisation, "AuditDisabled")
    return Audit(_flag(log, "UnifiedAuditLogIngestionEnabled"), None if disabled is None else not disabled)


def _flag(rows: Rows | None, name: str) -> bool | None:
    value = rows[0].get(name) if rows else None
    return value if isinstance(value, bool) else None
