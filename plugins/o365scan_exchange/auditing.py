"""What Exchange Online writes down, and of whom it doesn't."""

from __future__ import annotations

from o365scan.api import Dataset, ExchangeCmdlet

from .readers import CONFIGURATION_READER, REFERENCE, RULE_READER

admin_audit_log = Dataset(
    name="exchange.admin-audit-log",
    source=ExchangeCmdlet(cmdlet="Get-AdminAuditLogConfig"),
    key="Guid",
    title="Name",
    type="AdminAuditLogConfig",
    permission=RULE_READER,
    reference=REFERENCE + "get-adminauditlogconfig",
)
"""Whether the unified audit log takes in records, and what is logged of administrators.

Documented: asked of Security & Compliance instead, `UnifiedAuditLogIngestionEnabled` is always False.
"""

audit_bypasses = Dataset(
    name="exchange.audit-bypasses",
    source=ExchangeCmdlet(cmdlet="Get-MailboxAuditBypassAssociation", parameters={"ResultSize": "Unlimited"}),
    key="Guid",
    title="Name",
    type="MailboxAuditBypassAssociation",
    permission=CONFIGURATION_READER,
    reference=REFERENCE + "get-mailboxauditbypassassociation",
    configuration=False,
)
"""Every account, those of the service included, and whether what it does in mailboxes goes unlogged."""
