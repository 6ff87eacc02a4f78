"""The HTTP side of the control plane: JSON in, JSON out, loopback names only."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

from mocktenant.control import sign_in_routes, state, trouble_routes
from mocktenant.faults import Fault, FaultInvalid
from mocktenant.naming import UnknownCollection, UnknownObject
from mocktenant.shapes import ObjectInvalid
from mocktenant.tenant import Tenant


def blueprint(tenant: Tenant) -> Blueprint:
    """Health, scenario, state, requests, faults, reset."""
    routes = Blueprint("control", __name__, url_prefix="/_mock")

    @routes.get("/health")
    def health() -> Response:
        return jsonify(status="ok", tenant_id=tenant.tenant_id, scenario=tenant.scenario.name)

    @routes.get("/scenario")
    def scenario() -> Response:
        return jsonify(state.about(tenant))

    @routes.get("/requests")
    def requests() -> Response:
        return jsonify(value=[entry.as_json() for entry in tenant.journal])

    @routes.post("/reset")
    def reset() -> Response:
        tenant.reset()
        return jsonify(status="reset")

    _state_routes(routes, tenant)
    _fault_routes(routes, tenant)
    trouble_routes.add(routes, tenant)
    sign_in_routes.add(routes, tenant)
    _refusals(routes)
    return routes


def _refusals(routes: Blueprint) -> None:
    @routes.before_request
    def turn_away_web_pages() -> tuple[Response, int] | None:
        # A browser names the page that sent a POST; nothing of ours runs in one.
        if "Origin" in request.headers:
            return jsonify(error="the control plane takes no requests from web pages"), 403
        return None

    @routes.errorhandler(UnknownCollection)
    @routes.errorhandler(UnknownObject)
    def missing(error: Exception) -> tuple[Response, int]:
        return jsonify(error=str(error)), 404

    @routes.errorhandler(state.StateInvalid)
    @routes.errorhandler(FaultInvalid)
    @routes.errorhandler(ObjectInvalid)
    def invalid(error: Exception) -> tuple[Response, int]:
        return jsonify(error=str(error)), 400

    @routes.app_errorhandler(404)
    def no_route(_error: Exception) -> tuple[Response, int]:
        known = (
            "health, scenario, requests, reset, faults, state, state/{collection}, state/{collection}/{key}"
        )
        return jsonify(error=f"no {request.path}; known under /_mock/ are {known}"), 404


def _state_routes(routes: Blueprint, tenant: Tenant) -> None:
    @routes.get("/state")
    def collections() -> Response:
        return jsonify(state.collections(tenant))

    @routes.get("/state/<collection>")
    def listed(collection: str) -> Response:
        return jsonify(value=tenant.objects(collection))

    @routes.get("/state/<collection>/<path:key>")
    def one(collection: str, key: str) -> Response:
        return jsonify(tenant.get(collection, key))

    @routes.put("/state/<collection>")
    def add(collection: str) -> Response:
        return jsonify(state.put(tenant, collection, None, _json()))

    @routes.put("/state/<collection>/<path:key>")
    def put(collection: str, key: str) -> Response:
        return jsonify(state.put(tenant, collection, key, _json()))

    @routes.patch("/state/<collection>/<path:key>")
    def patch(collection: str, key: str) -> Response:
        return jsonify(state.patch(tenant, collection, key, _json()))

    @routes.delete("/state/<collection>/<path:key>")
    def delete(collection: str, key: str) -> tuple[str, int]:
        tenant.delete(collection, key)
        return "", 204


def _fault_routes(routes: Blueprint, tenant: Tenant) -> None:
    @routes.get("/faults")
    def faults() -> Response:
        return jsonify(value=[fault.as_json() for fault in tenant.faults])

    @routes.post("/faults")
    def plan() -> tuple[Response, int]:
        fault = Fault.from_json(_json())
        tenant.faults.add(fault)
        return jsonify(fault.as_json()), 201

    @routes.delete("/faults")
    def clear() -> tuple[str, int]:
        tenant.faults.clear()
        return "", 204


def _json() -> Any:
    # The type must be said: a web page can send text to a loopback address unasked, but not JSON.
    if not request.is_json:
        raise state.StateInvalid("send JSON, with Content-Type: application/json")
    body = request.get_json(silent=True)
    if body is None:
        raise state.StateInvalid("the body is not JSON")
    return body
