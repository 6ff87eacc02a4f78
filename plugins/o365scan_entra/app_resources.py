"""The services whose permissions decide what an app can do to a tenant, by app id (the same in every tenant)."""

from __future__ import annotations

GRAPH = "00000003-0000-0000-c000-000000000000"
EXCHANGE = "00000002-0000-0ff1-ce00-000000000000"
SHAREPOINT = "00000003-0000-0ff1-ce00-000000000000"
SKYPE = "00000004-0000-0ff1-ce00-000000000000"
MANAGEMENT = "c5393580-f805-4401-95e8-94b7a6ef2fc2"
SYNCHRONIZATION = "6bf85cfa-ac8a-4be5-b5de-425a0d0dc016"

RESOURCES = {
    GRAPH: "Microsoft Graph",
    EXCHANGE: "Office 365 Exchange Online",
    SHAREPOINT: "Office 365 SharePoint Online",
    MANAGEMENT: "Office 365 Management APIs",
    SYNCHRONIZATION: "Microsoft Entra AD Synchronization Service",
}
"""Whose application permissions are read. Those of other services, and of the tenant's own APIs, are not."""

HYBRID = frozenset({EXCHANGE, SHAREPOINT, SKYPE})
"""Whose principals the set-up of a hybrid organisation gave a certificate of the organisation's own servers."""
