"""The HTTP side of sign-in."""

from __future__ import annotations

import time
import uuid

from flask import Blueprint, Response, jsonify, request

from mocktenant import hosts
from mocktenant.journal import NOTES
from mocktenant.login import discovery
from mocktenant.login.errors import SignInRefused
from mocktenant.login.grant import SHARED, Granted, grant
from mocktenant.login.keys import signing_key
from mocktenant.login.tokens import LIFETIME
from mocktenant.tenant import Tenant

_BEARER = "Bearer"


def blueprint(tenant: Tenant) -> Blueprint:
    """Discovery, keys and token endpoints, v1 and v2."""
    routes = Blueprint("login", __name__)
    _discovery_routes(routes, tenant)
    _token_routes(routes, tenant)

    @routes.errorhandler(SignInRefused)
    def refused(refusal: SignInRefused) -> tuple[Response, int]:
        trace_id = tenant.next_guid("trace")
        return jsonify(
            refusal.body(trace_id, _correlation_id() or tenant.next_guid("correlation"))
        ), refusal.status

    @routes.after_request
    def stamp(response: Response) -> Response:
        response.headers["x-ms-request-id"] = tenant.next_guid("request")
        response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        response.headers["P3P"] = 'CP="DSP CUR OTPi IND OTRi ONL FIN"'
        if request.method == "POST":
            response.headers["Cache-Control"] = "no-store, no-cache"
            response.headers["Pragma"] = "no-cache"
            response.headers["Expires"] = "-1"
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
        _known(tenant, segment)
        return jsonify(
            keys=[signing_key().as_jwk(f"https://login.microsoftonline.com/{tenant.tenant_id}/v2.0")]
        )

    @routes.get("/<segment>/discovery/keys")
    def keys_v1(segment: str) -> Response:
        _known(tenant, segment)
        return jsonify(keys=[signing_key().as_jwk(None)])


def _token_routes(routes: Blueprint, tenant: Tenant) -> None:
    @routes.post("/<segment>/oauth2/v2.0/token")
    def token_v2(segment: str) -> Response:
        granted = _grant(tenant, segment, v2=True)
        return jsonify(
            token_type=_BEARER, expires_in=LIFETIME, ext_expires_in=LIFETIME, access_token=granted.token
        )

    @routes.post("/<segment>/oauth2/token")
    def token_v1(segment: str) -> Response:
        granted = _grant(tenant, segment, v2=False)
        now = int(time.time())
        return jsonify(
            token_type=_BEARER,
            expires_in=str(LIFETIME),
            ext_expires_in=str(LIFETIME),
            expires_on=str(now + LIFETIME),
            not_before=str(now - 300),
            resource=granted.resource,
            access_token=granted.token,
        )


def _configuration(tenant: Tenant, segment: str, *, v2: bool) -> Response:
    _known(tenant, segment)
    return jsonify(discovery.configuration(_origin(), segment.lower(), tenant.tenant_id, v2=v2))


def _grant(tenant: Tenant, segment: str, *, v2: bool) -> Granted:
    granted = grant(tenant, segment, request.form, request.headers.get("Authorization"), request.host, v2=v2)
    request.environ[NOTES]["client_id"] = granted.app.client_id
    return granted


def _known(tenant: Tenant, segment: str) -> None:
    if segment.lower() not in SHARED and not tenant.is_me(segment):
        # The token endpoint says invalid_request for the same number.
        raise SignInRefused(90002, segment, error="invalid_tenant")


def _origin() -> str:
    return hosts.origin(request.host, "login")


def _correlation_id() -> str | None:
    """The caller's own id, if it sent a GUID."""
    sent = request.headers.get("client-request-id") or request.args.get("client-request-id", "")
    try:
        return str(uuid.UUID(sent))
    except ValueError:
        return None
