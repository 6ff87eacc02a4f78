"""The HTTP side of Microsoft Graph."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, request

from mocktenant import hosts, inner
from mocktenant.graph import batch, costs, declared, errors, query
from mocktenant.graph.answers import Answerer, Listings, keyed
from mocktenant.graph.errors import GraphRefused
from mocktenant.graph.paths import Target, segments, target
from mocktenant.graph.projection import View
from mocktenant.graph.query import Asked
from mocktenant.graph.resources import Resource
from mocktenant.journal import NOTES
from mocktenant.login.tokens import TokenRefused, verify
from mocktenant.permissions import GRAPH, GRAPH_SCOPED, GRAPH_TYPES
from mocktenant.tenant import Tenant

_DIAGNOSTIC = json.dumps(
    {
        "ServerInfo": {
            "DataCenter": "North Europe",
            "Slice": "E",
            "Ring": "4",
            "ScaleUnit": "000",
            "RoleInstance": "MOCKTENANT",
        }
    },
    separators=(",", ":"),
)
_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
_NOT_ALLOWED = "Specified HTTP method is not allowed for the request target."


def blueprint(tenant: Tenant) -> Blueprint:
    """Every path of v1.0 and beta."""
    routes = Blueprint("graph", __name__)
    listings = Listings()

    @routes.route("/", defaults={"path": ""}, methods=_METHODS)
    @routes.route("/<path:path>", methods=_METHODS)
    def resource(path: str) -> Response:
        return _respond(tenant, listings, path)

    @routes.errorhandler(GraphRefused)
    def refused(refusal: GraphRefused) -> Response:
        body = refusal.body(_request_id(tenant), _client_request_id(tenant))
        response = Response(json.dumps(body), status=refusal.status, content_type="application/json")
        response.headers.extend(refusal.headers)
        return response

    @routes.after_request
    def stamp(response: Response) -> Response:
        response.headers["request-id"] = _request_id(tenant)
        response.headers["client-request-id"] = _client_request_id(tenant)
        response.headers["OData-Version"] = "4.0"
        response.headers["Cache-Control"] = "no-cache"
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
        response.headers["Vary"] = "Accept-Encoding"
        response.headers["x-ms-ags-diagnostic"] = _DIAGNOSTIC
        if costs.area(request.path) == "directory":
            response.headers["x-ms-resource-unit"] = str(costs.cost(request.path, request.args.to_dict()))
        return response

    return routes


def _respond(tenant: Tenant, listings: Listings, path: str) -> Response:
    version, *parts = segments(path)
    version = version.lower()
    roles = _roles(tenant)
    if version not in ("v1.0", "beta"):
        raise GraphRefused(404, "BadRequest", f"Invalid version: {version}")  # wording unconfirmed
    if not parts:
        raise errors.no_segment("")
    if [part.lower() for part in parts] == ["$batch"]:
        return _batch(tenant, version)
    found = target(parts, version, declared.rows(tenant, parts))
    if request.method != "GET":
        raise GraphRefused(405, "Request_BadRequest", _NOT_ALLOWED)
    _permit(found.row, roles)
    _demand_licence(tenant, found.row)
    view = View(tenant, roles, version == "beta")
    base = f"{hosts.origin(request.host, 'graph')}/{version}"
    answer = _read(Answerer(view, found, _parent(tenant, found), base, listings))
    request.environ[NOTES]["needs"] += [GRAPH_TYPES[name] for name in sorted(view.shown & GRAPH_TYPES.keys())]
    return answer


def _roles(tenant: Tenant) -> frozenset[str]:
    """The caller's app roles. Raises GraphRefused."""
    try:
        claims = verify(tenant, request.headers.get("Authorization"), "graph")
    except TokenRefused as refused:
        raise errors.unauthenticated(refused) from None
    request.environ[NOTES]["client_id"] = claims["appid"]
    return frozenset(claims.get("roles", []))


def _permit(row: Resource, roles: frozenset[str]) -> None:
    enough = _enough(row)
    request.environ[NOTES]["needs"] = [enough]
    used = next((role for role in enough if role in roles), None)
    if used is None:
        raise row.denial(enough)
    request.environ[NOTES]["permission"] = used


def _enough(row: Resource) -> tuple[str, ...]:
    """The app roles, any one of which reads a row; a few differ by the scope that the filter names."""
    text = request.args.get("$filter", "")
    for scope, roles in GRAPH_SCOPED.get(row.path, {}).items():
        if re.search(rf"\bscopeType\s+eq\s+'{scope}'", text, re.IGNORECASE):
            return roles
    return row.read or GRAPH[row.path]


def _demand_licence(tenant: Tenant, row: Resource) -> None:
    """That permission is looked at before the licence is unconfirmed."""
    licence = row.licence
    if licence is not None and licence.refusal is not None and not tenant.licensed(licence.plan):
        raise licence.refusal()


def _parent(tenant: Tenant, found: Target) -> str:
    """The id of the object that the path names before the row. Raises GraphRefused."""
    row = found.parent_row
    if row is None:
        return ""
    objects = keyed(tenant, row, lambda: row.source(tenant, ""), found.parent_key)
    if not objects:
        raise errors.no_object(found.parent_key)
    return str(objects[0]["id"])


def _read(answerer: Answerer) -> Response:
    found, options = answerer.target, _options()
    eventual = request.headers.get("ConsistencyLevel", "").lower() == "eventual"
    asked = Asked(answerer.view.beta, eventual, found.form, cast=bool(found.cast))
    if found.form == "count":
        return _count(answerer, options, asked)
    wanted = query.read(found.row, options, asked)
    if found.form == "single":
        return _json(answerer.single(wanted))
    return _json(answerer.listed(wanted, options))


def _options() -> Mapping[str, str]:
    """The query options; one that comes twice is refused, since nobody can tell which is meant."""
    for name, values in request.args.lists():
        if len(values) > 1 and name.startswith("$"):
            raise errors.bad_request(f"Query option '{name}' was specified more than once.")
    return request.args


def _count(answerer: Answerer, options: Mapping[str, str], asked: Asked) -> Response:
    """A bare number; a caller that insists on JSON is turned away, as on the service."""
    row = answerer.target.row
    if "$count" not in row.options:
        raise errors.not_emulated(f"{row.path}/$count")
    if request.headers.get("Accept", "").startswith("application/json"):
        raise GraphRefused(415, "Request_BadRequest", "A media type that is not supported was asked for.")
    number = answerer.counted(query.read(row, options, asked))
    return Response(str(number), content_type="text/plain")


def _batch(tenant: Tenant, version: str) -> Response:
    if request.method != "POST":
        raise GraphRefused(405, "Request_BadRequest", _NOT_ALLOWED)
    # Items are signed in as the batch is; what they say themselves is not looked at.
    passed = {"Authorization": request.headers.get("Authorization", "")}

    def ask(method: str, url: str, headers: Mapping[str, str], body: Any) -> inner.Inner:
        own = {name: value for name, value in headers.items() if name.lower() != "authorization"}
        return inner.ask(request.environ, method, f"/{version}{url}", own | passed, body)

    return _json(batch.run(request.get_json(force=True, silent=True), ask, _request_id(tenant)))


def _json(answer: dict[str, Any]) -> Response:
    bare = "odata.metadata=none" in request.headers.get("Accept", "").replace(" ", "").lower()
    if bare:
        answer.pop("@odata.context", None)
    kind = "none" if bare else "minimal"
    return Response(
        json.dumps(answer),
        content_type=f"application/json;odata.metadata={kind};odata.streaming=true;IEEE754Compatible=false;charset=utf-8",
    )


def _request_id(tenant: Tenant) -> str:
    notes = request.environ[NOTES]
    if "request_id" not in notes:
        notes["request_id"] = tenant.next_guid("request")
    return str(notes["request_id"])


def _client_request_id(tenant: Tenant) -> str:
    """The caller's own, or else the same as ours."""
    return request.headers.get("client-request-id") or _request_id(tenant)
