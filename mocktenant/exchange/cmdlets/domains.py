"""Accepted and remote domains."""

from __future__ import annotations

from mocktenant.exchange.cmdlet import BY_NAME, Cmdlet, Row
from mocktenant.exchange.connectors import accepted_domain, remote_domain
from mocktenant.exchange.grants import VIEW_TRANSPORT, held_by

ROWS: dict[str, Row] = {
    "Get-AcceptedDomain": Cmdlet(
        collection="acceptedDomains",
        shape=accepted_domain,
        identity=(*BY_NAME, "DomainName"),
        grant=held_by("View-Only Configuration", "Remote and Accepted Domains", "Mail Recipient Creation"),
    ),
    "Get-RemoteDomain": Cmdlet(collection="remoteDomains", shape=remote_domain, grant=VIEW_TRANSPORT),
}
