"""The organisation's configuration."""

from __future__ import annotations

from mocktenant.exchange.cmdlet import Cmdlet, Row
from mocktenant.exchange.grants import VIEW_CONFIGURATION
from mocktenant.exchange.organization import organization_config

ROWS: dict[str, Row] = {
    "Get-OrganizationConfig": Cmdlet(
        collection="organizationConfig",
        shape=organization_config,
        parameters={},
        grant=VIEW_CONFIGURATION,
    ),
}
