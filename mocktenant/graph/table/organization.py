"""The tenant itself: organisation, domains, subscriptions, partners."""

from __future__ import annotations

from mocktenant.graph.resources import Resource
from mocktenant.graph.skus import subscribed_skus
from mocktenant.graph.sources import Stored, owned
from mocktenant.graph.table.app_roles import DIRECTORY
from mocktenant.graph.table.kinds import paged, whole

ROWS: tuple[Resource, ...] = (
    whole(
        "organization",
        "organization",
        Stored("organization"),
        read=("Organization.Read.All", "Organization.ReadWrite.All", *DIRECTORY),
    ),
    whole(
        "domains",
        "domain",
        Stored("domains"),
        read=("Domain.Read.All", "Domain.ReadWrite.All", *DIRECTORY),
    ),
    whole(
        "domains/{id}/federationConfiguration",
        "internalDomainFederation",
        owned("federationConfigurations", "domainId"),
        read=("Domain-InternalFederation.Read.All", "Domain-InternalFederation.ReadWrite.All"),
    ),
    whole(
        "subscribedSkus",
        "subscribedSku",
        subscribed_skus,
        read=("LicenseAssignment.Read.All", "Organization.Read.All", *DIRECTORY),
    ),
    paged(
        "tenantRelationships/delegatedAdminRelationships",
        "delegatedAdminRelationship",
        Stored("delegatedAdminRelationships"),
        largest=300,
        read=("DelegatedAdminRelationship.Read.All", "DelegatedAdminRelationship.ReadWrite.All"),
    ),
)
