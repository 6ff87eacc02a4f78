"""The control plane over HTTP: JSON in, JSON out, loopback names only.

All of it can be had from `Tenant` too; a route is no more than its HTTP side.
"""

from __future__ import annotations

import inspect
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, request
from werkzeug.exceptions import MethodNotAllowed

from mocktenant.control import (
    environment_routes,
    fault_routes,
    request_routes,
    sign_in_routes,
    state_routes,
    tenant_routes,
    trouble_routes,
)
from mocktenant.control.bodies import BodyInvalid
from mocktenant.declared import DeclarationInvalid
from mocktenant.faults import FaultInvalid
from mocktenant.licences import UnknownLicence
from mocktenant.naming import UnknownCollection, UnknownObject
from mocktenant.saved import SavedInvalid
from mocktenant.shapes import ObjectInvalid
from mocktenant.tenant import Tenant
from mocktenant_fixtures import UnknownScenario

_PREFIX = "/_mock"
_MISSING = (UnknownCollection, UnknownLicence, UnknownObject, UnknownScenario)
_INVALID = (BodyInvalid, DeclarationInvalid, FaultInvalid, ObjectInvalid, SavedInvalid)


def blueprint(tenant: Tenant) -> Blueprint:
    """Every route under /_mock; `GET /_mock/` lists them."""
    routes = Blueprint("control", __name__, url_prefix=_PREFIX)

    @routes.get("/")
    def index() -> Response:
        """This list."""
        return jsonify(value=_listed())

    for part in (
        tenant_routes,
        environment_routes,
        state_routes,
        request_routes,
        fault_routes,
        trouble_routes,
        sign_in_routes,
    ):
        part.add(routes, tenant)
    _refusals(routes)
    return routes


def _listed() -> list[dict[str, str]]:
    """Every route with the first line of what its function says of itself."""
    rows = []
    for rule in current_app.url_map.iter_rules():
        told = inspect.getdoc(current_app.view_functions[rule.endpoint]) or ""
        path = rule.rule.replace("<path:", "{").replace("<", "{").replace(">", "}")
        methods = (rule.methods or set()) - {"HEAD", "OPTIONS"}
        rows += [{"method": one, "path": path, "does": told.partition("\n")[0]} for one in methods]
    return sorted(rows, key=lambda row: (row["path"], row["method"]))


def _refusals(routes: Blueprint) -> None:
    @routes.before_request
    def turn_away_web_pages() -> tuple[Response, int] | None:
        # A browser names the page that sent a POST; nothing of ours runs in one.
        if "Origin" in request.headers:
            return _told("the control plane takes no requests from web pages", 403)
        return None

    for kinds, status in ((_MISSING, 404), (_INVALID, 400)):
        for kind in kinds:
            routes.register_error_handler(kind, lambda error, status=status: _told(str(error), status))

    @routes.app_errorhandler(404)
    def no_route(_error: Exception) -> tuple[Response, int]:
        return _told(f"no {request.path}; GET {_PREFIX}/ lists what there is", 404)

    @routes.app_errorhandler(405)
    def no_method(error: MethodNotAllowed) -> tuple[Response, int]:
        allowed = ", ".join(sorted(set(error.valid_methods or ()) - {"HEAD", "OPTIONS"}))
        return _told(f"{request.path} takes {allowed}, not {request.method}", 405)


def _told(what: str, status: int) -> tuple[Response, int]:
    answer: dict[str, Any] = {"error": what}
    return jsonify(answer), status
