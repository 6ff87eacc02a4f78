"""The switches of the organisation: of each there is one object."""

from __future__ import annotations

from o365scan.api import Dataset, ExchangeCmdlet

from .readers import CONFIGURATION_READER, REFERENCE

organization_config = Dataset(
    name="exchange.organization-config",
    source=ExchangeCmdlet(cmdlet="Get-OrganizationConfig"),
    key="Guid",
    title="Name",
    type="OrganizationConfig",
    permission=CONFIGURATION_READER,
    reference=REFERENCE + "get-organizationconfig",
)
"""Auditing, modern authentication, Direct Send, Exchange Web Services: what holds for all mailboxes."""

transport_config = Dataset(
    name="exchange.transport-config",
    source=ExchangeCmdlet(cmdlet="Get-TransportConfig"),
    key="Guid",
    title="Name",
    type="TransportConfigContainer",
    permission=CONFIGURATION_READER,
    reference=REFERENCE + "get-transportconfig",
)
"""How mail is taken and passed on. `SmtpClientAuthenticationDisabled` is what a mailbox inherits."""
