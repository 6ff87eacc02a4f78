"""The HTTP side of the Exchange admin API."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, jsonify, request

from mocktenant import hosts
from mocktenant.collection import Object
from mocktenant.exchange import admin_api, entity_sets, errors
from mocktenant.exchange.batch import batch
from mocktenant.exchange.errors import Refusal
from mocktenant.exchange.grants import Caller, role_groups_of
from mocktenant.exchange.invoke import Page, available, envelope, means, needs, run
from mocktenant.exchange.paging import asked, page_size
from mocktenant.journal import NOTES
from mocktenant.login.tokens import TokenRefused, verify
from mocktenant.permissions import EXCHANGE_APP_ROLE, role_names
from mocktenant.tenant import Tenant


def blueprint(tenant: Tenant) -> Blueprint:
    """InvokeCommand, $batch and entity sets (beta only), v2.0, and the list of cmdlets that a caller holds."""
    routes = Blueprint("exchange", __name__)

    @routes.post("/adminapi/<version>/<segment>/InvokeCommand")
    def invoke(version: str, segment: str) -> Response:
        if version.lower() != "beta":
            return Response(status=405, headers={"Allow": ""})
        return _invoke(tenant, segment)

    @routes.post("/adminapi/<version>/<segment>/$batch")
    def batched(version: str, segment: str) -> Response:
        if version.lower() != "beta":
            return Response(status=405, headers={"Allow": ""})
        _caller(tenant, segment)
        return jsonify(responses=batch(tenant, request.environ, request.get_json(force=True, silent=True)))

    @routes.get("/adminapi/<version>/<segment>/EXOModuleFile")
    def module_file(version: str, segment: str) -> Response:
        # Real answers without the header `CommandName: *` also carry the module; nothing here reads it.
        del version
        names = available(_caller(tenant, segment))
        if not names:
            raise errors.forbidden()
        return jsonify({"value": [{"exportedCmdlets": ",".join(names)}]})

    @routes.get("/adminapi/<version>/<segment>/EXOBanner('AutogenSession')")
    def banner(version: str, segment: str) -> Response:
        # Clients ask for it to see whether they are sent elsewhere; what it says is unconfirmed.
        del version
        _caller(tenant, segment)
        return jsonify({"value": []})

    _others(routes, tenant)
    _answers(routes, tenant)
    return routes


def _others(routes: Blueprint, tenant: Tenant) -> None:
    """Whatever else stands under a version: entity sets in beta, by GET; the documented endpoints in v2.0, by "
    "POST."""

    @routes.get("/adminapi/<version>/<segment>")
    def sets(version: str, segment: str) -> Response:
        if version.lower() != "beta":
            raise errors.no_segment(segment)
        _caller(tenant, segment)
        listed = [{"name": name, "kind": "EntitySet", "url": name} for name in entity_sets.SETS]
        return jsonify({"@odata.context": f"{_home(tenant)}/$metadata", "value": listed})

    @routes.get("/adminapi/<version>/<segment>/<path:path>")
    def entities(version: str, segment: str, path: str) -> Response:
        if path in ("InvokeCommand", "$batch"):
            return Response(status=405, headers={"Allow": "POST"})
        if version.lower() != "beta":
            raise errors.no_segment(path.rpartition("/")[2])
        return _entities(tenant, segment, path)

    @routes.post("/adminapi/<version>/<segment>/<path:path>")
    def endpoints(version: str, segment: str, path: str) -> Response:
        if version.lower() != "v2.0":
            raise errors.no_segment(path.rpartition("/")[2])
        return _documented(tenant, segment, path)


def _entities(tenant: Tenant, segment: str, path: str) -> Response:
    caller = _caller(tenant, segment)
    wanted = entity_sets.asked(path, request.args)
    _note_permission(entity_sets.SETS[wanted.name].cmdlet, caller)
    found = entity_sets.rows(tenant, caller, wanted)
    context = f"{_home(tenant)}/$metadata#{wanted.name}"
    if entity_sets.alone(wanted):
        return jsonify(
            {"@odata.context": f"{context}/$entity"} | entity_sets.written(tenant, wanted, found[0])
        )
    return jsonify({"@odata.context": context} | _entity_page(tenant, wanted, path, found))


def _entity_page(tenant: Tenant, wanted: entity_sets.Asked, path: str, found: list[Object]) -> Object:
    """A page of a set; the next is asked for by GET, and holds nobody to an anchor."""
    mark = request.args.get("$skiptoken", "0")
    if not mark.isdigit():
        raise errors.invalid_page()
    size = entity_sets.page_size(request.args.get("$top"), page_size(request.headers.get("Prefer")))
    start = int(mark)
    end = start + size
    answer: Object = {"value": [entity_sets.written(tenant, wanted, item) for item in found[start:end]]}
    if end < len(found):
        kept = {name: value for name, value in request.args.items() if name != "$skiptoken"}
        query = urlencode({**kept, "$skiptoken": str(end)})
        answer["@odata.nextLink"] = f"{_home(tenant)}/{quote(path, safe=_IN_PATH)}?{query}"
    return answer


_IN_PATH = "/()'.,=@:"


def _documented(tenant: Tenant, segment: str, endpoint: str) -> Response:
    caller = _caller(tenant, segment, admin_api.APP_ROLE)
    body = request.get_json(force=True, silent=True)
    anchor, prefer = request.headers.get("X-AnchorMailbox"), request.headers.get("Prefer")
    name, parameters = admin_api.command(endpoint, anchor, body)
    _note_permission(name, caller, admin_api.APP_ROLE)
    if not means(caller, name):
        raise errors.wrong_permission()
    token = request.args.get("$skiptoken")
    page = run(tenant, caller, name, parameters, asked(tenant, body, anchor, prefer, token))
    return _sent(_answer(tenant, page, f"v2.0/{endpoint}"))


def _answers(routes: Blueprint, tenant: Tenant) -> None:
    """What becomes of refusals and unknown paths, and the headers of every answer."""

    @routes.errorhandler(Refusal)
    def refused(refusal: Refusal) -> Response:
        response = Response(refusal.body, status=refusal.status)
        if "Content-Type" not in refusal.headers:
            del response.headers["Content-Type"]
        response.headers.extend(refusal.headers)
        return response

    @routes.app_errorhandler(404)
    def unknown_path(_error: Exception) -> Response:
        return refused(errors.no_segment(request.path.rpartition("/")[2]))

    @routes.after_app_request
    def stamp(response: Response) -> Response:
        response.headers["request-id"] = tenant.next_guid("request")
        response.headers["OData-Version"] = "4.0"
        response.headers["Cache-Control"] = "private"
        return response


def _invoke(tenant: Tenant, segment: str) -> Response:
    caller = _caller(tenant, segment)
    body = request.get_json(force=True, silent=True)
    anchor, prefer = request.headers.get("X-AnchorMailbox"), request.headers.get("Prefer")
    name, parameters = envelope(body)
    _note_permission(name, caller)
    page = run(
        tenant, caller, name, parameters, asked(tenant, body, anchor, prefer, request.args.get("$skiptoken"))
    )
    return _sent(_answer(tenant, page, "beta/InvokeCommand"))


def _sent(answer: Object) -> Response:
    return Response(json.dumps(answer), content_type="application/json;odata.metadata=minimal;charset=utf-8")


def _home(tenant: Tenant, version: str = "beta") -> str:
    return f"{hosts.origin(request.host, 'exchange')}/adminapi/{version}/{tenant.tenant_id}"


def _answer(tenant: Tenant, page: Page, path: str) -> Object:
    home = _home(tenant, path.partition("/")[0])
    answer: dict[str, Any] = {
        "@odata.context": f"{home}/$metadata#Collection(Exchange.GenericHashTable)",
        "adminapi.warnings@odata.type": "#Collection(String)",
        "@adminapi.warnings": page.warnings,
    }
    if page.question is not None:
        answer["@adminapi.confirmationmessage"] = page.question
    if page.next_token is not None:
        select = request.args.get("$select")
        kept = f"%24select={quote(select)}&" if select else ""
        answer["@odata.nextLink"] = (
            f"{home}/{path.rpartition('/')[2]}?{kept}%24skiptoken={quote(page.next_token)}"
        )
    answer["value"] = _projected(page.rows, request.args.get("$select"))
    return answer


def _projected(rows: list[Object], select: str | None) -> list[Object]:
    """The chosen properties of each row, sidecars and all."""
    if select is None:
        return rows
    wanted = {name.strip().lower() for name in select.split(",")}
    return [
        {name: value for name, value in row.items() if name.partition("@")[0].lower() in wanted}
        for row in rows
    ]


def _caller(tenant: Tenant, segment: str, app_role: str = EXCHANGE_APP_ROLE) -> Caller:
    """Who calls and what it holds, once its token is good for Exchange and has the app role. Raises Refusal."""
    try:
        claims = verify(tenant, request.headers.get("Authorization"), "exchange")
    except TokenRefused as refused:
        raise errors.unauthorized(refused.reason, claims=refused.challenge) from None
    notes = request.environ[NOTES]
    notes |= {"client_id": claims["appid"], "needs": needs(notes["cmdlet"] or "")}
    if not tenant.is_me(segment):
        raise errors.unauthorized("The tenant does not match.")  # unconfirmed
    app_roles = claims.get("roles", [])
    if app_role in app_roles:
        return Caller(
            directory=frozenset(role_names(claims["wids"])),
            groups=role_groups_of(tenant, _references(tenant, claims)),
            client_id=claims["appid"],
            object_id=claims["oid"],
        )
    if app_roles:
        raise errors.wrong_permission()
    raise errors.unauthorized("The token holds no app role.")


def _references(tenant: Tenant, claims: dict[str, Any]) -> set[str]:
    """By what a role group may name the caller: its service principal, in the directory or in Exchange."""
    known = tenant.objects("exchangeServicePrincipals")
    own = [item["Guid"] for item in known if item["ObjectId"] == claims["oid"]]
    return {claims["oid"], *own}


def _note_permission(cmdlet: str, caller: Caller, app_role: str = EXCHANGE_APP_ROLE) -> None:
    """Notes what a cmdlet takes, and what of it the caller has."""
    notes = request.environ[NOTES]
    notes["needs"] = ((app_role,), *needs(cmdlet)[1:])
    used = means(caller, cmdlet)
    if used:
        notes["permission"] = f"{app_role} + {' + '.join(used)}"
