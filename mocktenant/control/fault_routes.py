"""What is planned to go wrong."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from mocktenant.control.bodies import json_body
from mocktenant.faults import Fault
from mocktenant.tenant import Tenant


def add(routes: Blueprint, tenant: Tenant) -> None:
    """`/faults`."""

    @routes.get("/faults")
    def faults() -> Response:
        """The faults that are still to come."""
        return jsonify(value=[fault.as_json() for fault in tenant.faults])

    @routes.post("/faults")
    def plan() -> tuple[Response, int]:
        """Plans a fault: what to match, and what to do with the requests that match."""
        fault = Fault.from_json(json_body())
        tenant.faults.add(fault)
        return jsonify(fault.as_json()), 201

    @routes.delete("/faults")
    def clear_faults() -> tuple[str, int]:
        """Drops all faults."""
        tenant.faults.clear()
        return "", 204
