"""The HTTP side of Microsoft Graph."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from flask import Blueprint, Response, request

from mocktenant import hosts, inner
from mocktenant.collection import Object
from mocktenant.graph import batch, costs, declared, errors, query, writing
from mocktenant.graph.answers import Answerer, Listings, keyed
from mocktenant.graph.calls import Caller
from mocktenant.graph.errors import Denial, GraphRefused
from mocktenant.graph.paths import Target, segments, target
from mocktenant.graph.projection import View
from mocktenant.graph.query import Asked, Query
from mocktenant.graph.resources import Licence, Resource, Roles
from mocktenant.graph.table.app_roles import TYPES
from mocktenant.graph.writing import Writer
from mocktenant.journal import NOTES
from mocktenant.login.tokens import TokenRefused, verify
from mocktenant.naming import UnknownObject
from mocktenant.recorded.graph import Lists, NotRecorded
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
_ALWAYS = frozenset({"@odata.nextLink", "@odata.deltaLink", "@odata.count"})
_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


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
        if refusal.unknown is not None:
            request.environ[NOTES]["unknown"] = refusal.unknown
        body = refusal.body(tenant.clock, _request_id(tenant), _client_request_id(tenant))
        response = Response(json.dumps(body), status=refusal.status, content_type="application/json")
        response.headers.extend(refusal.headers)
        return response

    @routes.errorhandler(UnknownObject)
    def gone(_error: UnknownObject) -> Response:
        return refused(errors.no_object(request.path.rpartition("/")[2]))  # another request was faster

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
    caller = _caller(tenant)
    if version not in ("v1.0", "beta"):
        raise GraphRefused(404, "BadRequest", f"Invalid version: {version}")  # wording unconfirmed
    if not parts:
        raise errors.no_segment("")
    if [part.lower() for part in parts] == ["$batch"]:
        return _batch(tenant, version)
    base = f"{hosts.origin(request.host, 'graph')}/{version}"
    if tenant.base.lists is not None:
        return _recorded(tenant.base.lists, version, "/".join(parts), base)
    found = target(parts, version, declared.rows(tenant, parts))
    if request.method == "GET":
        return _read(tenant, listings, caller, found, base)
    return _write(tenant, listings, caller, found, base)


def _recorded(lists: Lists, version: str, path: str, base: str) -> Response:
    """What a scan was answered, if it asked for that. Raises GraphRefused."""
    if request.method != "GET":
        raise errors.denied().not_known(f"{request.method} /{path}", "a snapshot can't be changed")
    try:
        return _json(lists.answer(version, path, _options(), base))
    except NotRecorded as missing:
        raise errors.denied().not_known(str(missing), f"not in the snapshot: {missing}") from None


def _read(tenant: Tenant, listings: Listings, caller: Caller, found: Target, base: str) -> Response:
    row = found.row
    if row.is_action or found.suffix == "$ref":
        raise errors.not_allowed()
    _permit_all(row.denial, [_enough(row)], caller.roles)
    _demand_licence(tenant, row.licence)
    view = View(tenant, caller.roles, base.endswith("/beta"), full=_metadata() == "full")
    answer = _answer(Answerer(view, found, _parents(tenant, found), base, listings))
    request.environ[NOTES]["needs"] += [TYPES[name] for name in sorted(view.shown & TYPES.keys())]
    return answer


def _write(tenant: Tenant, listings: Listings, caller: Caller, found: Target, base: str) -> Response:
    write = writing.method_of(found, request.method)
    body = request.get_json(force=True, silent=True)
    _permit_all(found.row.denial, writing.needs(write, body), caller.roles)
    licence = found.row.licence
    if licence is not None:
        _demand_licence(tenant, replace(licence, refusal=licence.write or licence.refusal))
    view = View(tenant, caller.roles, base.endswith("/beta"))
    writer = Writer(Answerer(view, found, _parents(tenant, found), base, listings), caller, request.method)
    try:
        reply = writer.done(write, body)
    finally:
        request.environ[NOTES]["needs"] += writer.demands
    told = writer.told(reply)
    response = Response(status=reply.status) if told is None else _json(told, reply.status)
    response.headers.extend(reply.headers)
    if place := writer.place(reply):
        response.headers["Location"] = place
    return response


def _caller(tenant: Tenant) -> Caller:
    """Who asks. Raises GraphRefused."""
    try:
        claims = verify(tenant, request.headers.get("Authorization"), "graph")
    except TokenRefused as refused:
        raise errors.unauthenticated(refused) from None
    request.environ[NOTES]["client_id"] = claims["appid"]
    return Caller(
        claims["appid"],
        claims.get("oid", ""),
        frozenset(claims.get("roles", [])),
        frozenset(claims.get("wids", [])),
    )


def _permit_all(denial: Denial, needed: list[Roles], held: frozenset[str]) -> None:
    """Lets a caller through that holds one role of each list, and notes which. Raises GraphRefused."""
    notes = request.environ[NOTES]
    notes["needs"] = needed
    used = [next((role for role in enough if held.issuperset(role.split(" + "))), None) for enough in needed]
    for enough, role in zip(needed, used, strict=True):
        if role is None:
            raise denial(enough)
    notes["permission"] = ", ".join(filter(None, used))


def _enough(row: Resource) -> Roles:
    """The app roles, any one of which reads a row; a few differ by the scope that the filter names."""
    text = request.args.get("$filter", "")
    for scope, roles in row.scoped.items():
        if re.search(rf"\bscopeType\s+eq\s+'{scope}'", text, re.IGNORECASE):
            return roles
    return row.read


def _demand_licence(tenant: Tenant, licence: Licence | None) -> None:
    """That permission is looked at before the licence is unconfirmed."""
    if licence is not None and licence.refusal is not None and not tenant.licensed(licence.plan):
        raise licence.refusal()


def _parents(tenant: Tenant, found: Target) -> tuple[Object, ...]:
    """The objects that the path names before the row. Raises GraphRefused."""
    held: list[Object] = []
    above = ""
    for row, key in found.parents:
        objects = keyed(tenant, row, partial(row.source, tenant, above), key)
        if not objects:
            raise row.missing(key)
        held.append(objects[0])
        above = row.id_of(objects[0])
    return tuple(held)


def _answer(answerer: Answerer) -> Response:
    found, options = answerer.target, _options()
    eventual = request.headers.get("ConsistencyLevel", "").lower() == "eventual"
    asked = Asked(answerer.view.beta, eventual, found.form, cast=bool(found.cast))
    if found.form == "count":
        return _count(answerer, options, asked)
    if found.member:
        return _member(answerer)
    wanted = query.read(found.row, options, asked)
    _demand_guarded(answerer.view, found.row, wanted)
    if found.form == "single":
        return _json(answerer.single(wanted))
    return _json(answerer.listed(wanted, options))


def _demand_guarded(view: View, row: Resource, wanted: Query) -> None:
    """A few properties take more than their object does. Raises GraphRefused."""
    for name, guarded in row.guarded.items():
        if name in wanted.touched:
            if view.roles.isdisjoint(guarded.read):
                raise errors.permission_missing(guarded.read)
            _demand_licence(view.tenant, guarded.licence)


def _member(answerer: Answerer) -> Response:
    """One property: as JSON, or bare with /$value; nothing where it is null."""
    answer = answerer.member()
    if answer["value"] is None:
        return Response(status=204)
    if answerer.target.suffix == "$value":
        return Response(str(answer["value"]), content_type="text/plain")
    return _json(answer)


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
        raise errors.not_allowed()
    # Items are signed in as the batch is; what they say themselves is not looked at.
    passed = {"Authorization": request.headers.get("Authorization", "")}

    def ask(method: str, url: str, headers: Mapping[str, str], body: Any) -> inner.Inner:
        own = {name: value for name, value in headers.items() if name.lower() != "authorization"}
        return inner.ask(request.environ, method, f"/{version}{url}", own | passed, body)

    return _json(batch.run(request.get_json(force=True, silent=True), ask, _request_id(tenant)))


def _json(answer: Any, status: int = 200) -> Response:
    kind = _metadata()
    return Response(
        json.dumps(_bare(answer) if kind == "none" else answer),
        status=status,
        content_type=f"application/json;odata.metadata={kind};odata.streaming=true;IEEE754Compatible=false;charset=utf-8",
    )


def _metadata() -> str:
    """How much the caller wants to be told about types and links: none, minimal or full."""
    said = re.search(r"odata\.metadata=(none|minimal|full)", request.headers.get("Accept", "").lower())
    return said[1] if said else "minimal"


def _bare(answer: Any) -> Any:
    """An answer without metadata; links to next pages and counts are none."""
    if isinstance(answer, list):
        return [_bare(one) for one in answer]
    if not isinstance(answer, dict):
        return answer
    return {name: _bare(value) for name, value in answer.items() if "@odata." not in name or name in _ALWAYS}


def _request_id(tenant: Tenant) -> str:
    notes = request.environ[NOTES]
    if "request_id" not in notes:
        notes["request_id"] = tenant.next_guid("request")
    return str(notes["request_id"])


def _client_request_id(tenant: Tenant) -> str:
    """The caller's own, or else the same as ours."""
    return request.headers.get("client-request-id") or _request_id(tenant)
