"""Connectors: by which way mail comes in and goes out."""

from __future__ import annotations

from mocktenant.collection import Object
from mocktenant.exchange.cmdlet import LISTED, Cmdlet, Row
from mocktenant.exchange.connectors import blocked_connector, inbound_connector, outbound_connector
from mocktenant.exchange.grants import VIEW_TRANSPORT, held_by
from mocktenant.exchange.parameters import Guid, Read, Switch


def _outbound(row: Object, given: Read) -> bool:
    scoped = row["IsTransportRuleScoped"]
    shown = given.get("IncludeTestModeConnectors", False) or not row["TestMode"]
    return shown and scoped == given.get("IsTransportRuleScoped", scoped)


ROWS: dict[str, Row] = {
    "Get-BlockedConnector": Cmdlet(
        collection="blockedConnectors",
        shape=blocked_connector,
        parameters={"ConnectorId": Guid()},
        identity=("ConnectorId",),
        key="ConnectorId",
        grant=held_by("View-Only Configuration", "Security Admin", "Security Reader"),
        unconfirmed="property names, seen in a third-party script only; who may run it",
    ),
    "Get-InboundConnector": Cmdlet(
        collection="inboundConnectors", shape=inbound_connector, grant=VIEW_TRANSPORT
    ),
    "Get-OutboundConnector": Cmdlet(
        collection="outboundConnectors",
        shape=outbound_connector,
        parameters={**LISTED, "IncludeTestModeConnectors": Switch(), "IsTransportRuleScoped": Switch()},
        keep=_outbound,
        hides=True,
        grant=VIEW_TRANSPORT,
    ),
}
