"""What Exchange and Graph both know of the unified log."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mocktenant.tenant import Tenant

RECORD_TYPES = {
    1: "ExchangeAdmin",
    2: "ExchangeItem",
    3: "ExchangeItemGroup",
    4: "SharePoint",
    6: "SharePointFileOperation",
    7: "OneDrive",
    8: "AzureActiveDirectory",
    9: "AzureActiveDirectoryAccountLogon",
    11: "ComplianceDLPSharePoint",
    13: "ComplianceDLPExchange",
    14: "SharePointSharingOperation",
    15: "AzureActiveDirectoryStsLogon",
    18: "SecurityComplianceCenterEOPCmdlet",
    25: "MicrosoftTeams",
    28: "ThreatIntelligence",
    30: "MicrosoftFlow",
    40: "SecurityComplianceAlerts",
    41: "ThreatIntelligenceUrl",
    50: "ExchangeItemAggregated",
}
"""Number in a record -> its name in a row and a search; only those that an investigation meets."""


def takes_in(tenant: Tenant) -> bool:
    """Whether the log takes anything in."""
    held = tenant.objects("adminAuditLogConfig")
    return any(item.get("UnifiedAuditLogIngestionEnabled", True) for item in held)
