"""The HTTP side of sign-in."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, jsonify, request

from mocktenant import hosts
from mocktenant.journal import NOTES
from mocktenant.login import discovery
from mocktenant.login.errors import SignInRefused
from mocktenant.login.grant import Granted, TokenRequest, demand_known, grant
from mocktenant.login.keys import signing_key
from mocktenant.login.tokens import EARLY
from mocktenant.tenant import Tenant

_BEARER = "Bearer"
_OTHERS = ["GET", "PUT", "PATCH", "DELETE"]
_SERVER = "2.1.0 - MOCKTENANT ProdSlices"
_UNKNOWN = "invalid_tenant"
"""How discovery calls a tenant that is not there; the token endpoint says invalid_request for the same number."""


def blueprint(tenant: Tenant) -> Blueprint:
    """Discovery, keys and token endpoints, v1 and v2."""
    routes = Blueprint("login", __name__)
    _discovery_routes(routes, tenant)
    _token_routes(routes, tenant)

    @routes.errorhandler(SignInRefused)
    def refused(refusal: SignInRefused) -> Response:
        trace_id = tenant.next_guid("trace")
        response = jsonify(refusal.body(trace_id, _correlation_id() or tenant.next_guid("correlation")))
        response.status_code = refusal.status
        response.headers["x-ms-clitelem"] = f"1,{refusal.code},0,,"
        return response

    @routes.after_request
    def stamp(response: Response) -> Response:
        response.headers["x-ms-request-id"] = tenant.next_guid("request")
        response.headers["x-ms-ests-server"] = _SERVER
        response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        response.headers["P3P"] = 'CP="DSP CUR OTPi IND OTRi ONL FIN"'
        if request.method == "POST":
            response.headers["Cache-Control"] = "no-store, no-cache"
            response.headers["Pragma"] = "no-cache"
            response.headers["Expires"] = "-1"
            response.headers.setdefault("x-ms-clitelem", "1,0,0,,")
            for name in ("x-ms-gateway-slice", "stsservicecookie"):
                response.set_cookie(name, "estsfd", secure=True, httponly=True, samesite="None")
        return response

    return routes


def _discovery_routes(routes: Blueprint, tenant: Tenant) -> None:
    @routes.get("/<segment>/v2.0/.well-known/openid-configuration")
    def configuration_v2(segment: str) -> Response:
        return _configuration(tenant, segment, v2=True)

    @routes.get("/<segment>/.well-known/openid-configuration")
    def configuration_v1(segment: str) -> Response:
        return _configuration(tenant, segment, v2=False)

    @routes.get("/common/discovery/instance")
    def instance() -> Response:
        return jsonify(discovery.instance(_origin(), request.args.get("authorization_endpoint", "")))

    @routes.get("/<segment>/discovery/v2.0/keys")
    def keys_v2(segment: str) -> Response:
        demand_known(tenant, segment, request.host, error=_UNKNOWN)
        return jsonify(keys=[signing_key().as_jwk(f"{tenant.cloud.issuer_v2}/{tenant.tenant_id}/v2.0")])

    @routes.get("/<segment>/discovery/keys")
    def keys_v1(segment: str) -> Response:
        demand_known(tenant, segment, request.host, error=_UNKNOWN)
        return jsonify(keys=[signing_key().as_jwk(None)])


def _token_routes(routes: Blueprint, tenant: Tenant) -> None:
    @routes.post("/<segment>/oauth2/v2.0/token")
    def token_v2(segment: str) -> Response:
        granted = _grant(tenant, segment, v2=True)
        return jsonify(
            token_type=_BEARER,
            expires_in=granted.expires_in,
            ext_expires_in=granted.expires_in,
            access_token=granted.token,
        )

    @routes.post("/<segment>/oauth2/token")
    def token_v1(segment: str) -> Response:
        granted = _grant(tenant, segment, v2=False)
        now = int(tenant.timer.now())
        return jsonify(
            token_type=_BEARER,
            expires_in=str(granted.expires_in),
            ext_expires_in=str(granted.expires_in),
            expires_on=str(now + granted.expires_in),
            not_before=str(now - EARLY),
            resource=granted.resource,
            access_token=granted.token,
        )

    @routes.post("/<segment>/oauth2/v2.0/devicecode")
    @routes.post("/<segment>/oauth2/devicecode")
    def device_code(segment: str) -> Response:
        # No person signs in here; that an app which is no public client is told so already now is unconfirmed.
        demand_known(tenant, segment, request.host)
        raise SignInRefused(7000218)

    @routes.route("/<segment>/oauth2/v2.0/token", methods=_OTHERS)
    @routes.route("/<segment>/oauth2/token", methods=_OTHERS)
    def not_posted(segment: str) -> Response:
        demand_known(tenant, segment, request.host)
        raise SignInRefused(900561, request.method)


def _configuration(tenant: Tenant, segment: str, *, v2: bool) -> Response:
    demand_known(tenant, segment, request.host, error=_UNKNOWN)
    known = discovery.configuration(_origin(), segment.lower(), tenant.tenant_id, tenant.cloud, v2=v2)
    return jsonify(known)


def _grant(tenant: Tenant, segment: str, *, v2: bool) -> Granted:
    asked = TokenRequest(segment, request.form, request.headers.get("Authorization"), request.host, v2)
    granted = grant(tenant, asked)
    request.environ[NOTES]["client_id"] = granted.app.client_id
    return granted


def _origin() -> str:
    return hosts.origin(request.host, "login")


def _correlation_id() -> str | None:
    """The caller's own id, if it sent a GUID."""
    sent = request.headers.get("client-request-id") or request.args.get("client-request-id", "")
    try:
        return str(uuid.UUID(sent))
    except ValueError:
        return None
