"""The HTTP side of the Exchange admin API."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, jsonify, request

from mocktenant import hosts
from mocktenant.collection import Object
from mocktenant.exchange import errors
from mocktenant.exchange.batch import batch
from mocktenant.exchange.errors import Refusal
from mocktenant.exchange.grants import Caller, role_groups_of
from mocktenant.exchange.invoke import Page, available, envelope, means, needs, run
from mocktenant.exchange.paging import asked
from mocktenant.journal import NOTES
from mocktenant.login.tokens import TokenRefused, verify
from mocktenant.permissions import EXCHANGE_APP_ROLE, role_names
from mocktenant.tenant import Tenant


def blueprint(tenant: Tenant) -> Blueprint:
    """InvokeCommand and $batch (beta only), and the list of cmdlets that a caller holds."""
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

    _answers(routes, tenant)
    return routes


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
        text = f"Resource not found for the segment '{request.path.rpartition('/')[2]}'."
        return refused(errors.invalid(text))

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
    return Response(
        json.dumps(_answer(tenant, page)),
        content_type="application/json;odata.metadata=minimal;charset=utf-8",
    )


def _answer(tenant: Tenant, page: Page) -> Object:
    home = f"{hosts.origin(request.host, 'exchange')}/adminapi/beta/{tenant.tenant_id}"
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
        answer["@odata.nextLink"] = f"{home}/InvokeCommand?{kept}%24skiptoken={quote(page.next_token)}"
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


def _caller(tenant: Tenant, segment: str) -> Caller:
    """Who calls and what it holds, once its token is good for Exchange. Raises Refusal."""
    try:
        claims = verify(tenant, request.headers.get("Authorization"), "exchange")
    except TokenRefused as refused:
        raise errors.unauthorized(refused.reason, claims=refused.challenge) from None
    notes = request.environ[NOTES]
    notes |= {"client_id": claims["appid"], "needs": needs(notes["cmdlet"] or "")}
    if not tenant.is_me(segment):
        raise errors.unauthorized("The tenant does not match.")  # unconfirmed
    app_roles = claims.get("roles", [])
    if EXCHANGE_APP_ROLE in app_roles:
        return Caller(
            frozenset(role_names(claims["wids"])), role_groups_of(tenant, _references(tenant, claims))
        )
    if app_roles:
        raise errors.wrong_permission()
    raise errors.unauthorized("The token holds no app role.")


def _references(tenant: Tenant, claims: dict[str, Any]) -> set[str]:
    """By what a role group may name the caller: its service principal, in the directory or in Exchange."""
    known = tenant.objects("exchangeServicePrincipals")
    own = [item["Guid"] for item in known if item["ObjectId"] == claims["oid"]]
    return {claims["oid"], *own}


def _note_permission(cmdlet: str, caller: Caller) -> None:
    used = means(caller, cmdlet)
    if used:
        request.environ[NOTES]["permission"] = f"{EXCHANGE_APP_ROLE} + {' + '.join(used)}"
