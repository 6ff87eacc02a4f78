"""The HTTP side of Microsoft Graph."""

from __future__ import annotations

import json
import re
from typing import Any

from flask import Blueprint, Response, request

from mocktenant import hosts
from mocktenant.graph import answers, errors, query
from mocktenant.graph.errors import GraphRefused
from mocktenant.graph.resources import RESOURCES, Resource
from mocktenant.journal import NOTES
from mocktenant.login.tokens import TokenRefused, verify
from mocktenant.permissions import GRAPH
from mocktenant.tenant import Tenant

_KEYED = re.compile(r"(?P<name>[A-Za-z]+)\('(?P<key>[^']*)'\)")
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


def blueprint(tenant: Tenant) -> Blueprint:
    """Every path of v1.0 and beta; beta has the same data."""
    routes = Blueprint("graph", __name__)

    @routes.route("/", defaults={"path": ""}, methods=_METHODS)
    @routes.route("/<path:path>", methods=_METHODS)
    def resource(path: str) -> Response:
        return _respond(tenant, path)

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
        response.headers["x-ms-resource-unit"] = "1"
        return response

    return routes


def _respond(tenant: Tenant, path: str) -> Response:
    version, *segments = _segments(path)
    roles = _roles(tenant)
    if version.lower() not in ("v1.0", "beta"):
        raise GraphRefused(404, "BadRequest", f"Invalid version: {version}")  # wording unconfirmed
    if not segments:
        raise errors.no_segment("")
    row = RESOURCES.get(segments[0].lower())
    if row is None:
        raise errors.no_segment(segments[0])
    if request.method != "GET":
        raise GraphRefused(
            405, "Request_BadRequest", "Specified HTTP method is not allowed for the request target."
        )
    _permit(row, roles)
    return _read(tenant, row, f"{hosts.origin(request.host, 'graph')}/{version.lower()}", segments[1:])


def _segments(path: str) -> list[str]:
    """The path's parts, with `users('x')` written as `users/x`."""
    parts: list[str] = []
    for segment in path.split("/"):
        keyed = _KEYED.fullmatch(segment)
        parts += [keyed["name"], keyed["key"]] if keyed else [segment]
    return parts


def _roles(tenant: Tenant) -> set[str]:
    """The caller's app roles. Raises GraphRefused."""
    try:
        claims = verify(tenant, request.headers.get("Authorization"), "graph")
    except TokenRefused as refused:
        raise errors.unauthenticated(refused.reason) from None
    request.environ[NOTES]["client_id"] = claims["appid"]
    return set(claims.get("roles", []))


def _permit(row: Resource, roles: set[str]) -> None:
    used = next((role for role in GRAPH[row.path] if role in roles), None)
    if used is None:
        raise errors.denied()
    request.environ[NOTES]["permission"] = used


def _read(tenant: Tenant, row: Resource, base: str, rest: list[str]) -> Response:
    eventual = request.headers.get("ConsistencyLevel", "").lower() == "eventual"
    if len(rest) > 1:
        raise errors.no_segment(rest[1])
    if not rest:
        asked = query.read(row, request.args, eventual=eventual)
        return _json(answers.listed(tenant, row, asked, base, request.args))
    if rest[0].lower() == "$count":
        return _count(tenant, row, eventual)
    return _json(
        answers.single(
            tenant, row, query.read(row, request.args, eventual=eventual, single=True), base, rest[0]
        )
    )


def _count(tenant: Tenant, row: Resource, eventual: bool) -> Response:
    """A bare number; a caller that insists on JSON is turned away, as on the service."""
    if "$count" not in row.options:
        raise errors.not_emulated(f"{row.path}/$count")
    if request.headers.get("Accept", "").startswith("application/json"):
        raise GraphRefused(415, "Request_BadRequest", "A media type that is not supported was asked for.")
    if not eventual:
        raise errors.unsupported("$count needs the header ConsistencyLevel: eventual.")
    number = answers.counted(tenant, row, query.read(row, request.args, eventual=eventual))
    return Response(str(number), content_type="text/plain")


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
