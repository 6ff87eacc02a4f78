"""The HTTP side of GitHub: discovery, keys, and the job's token service."""

from __future__ import annotations

import hmac

from flask import Blueprint, Response, jsonify, request

from mocktenant.github.issuer import URL
from mocktenant.tenant import Tenant
from mocktenant.words import words

_CLAIMS = words(
    "sub aud exp iat iss jti nbf ref sha repository repository_id repository_owner repository_owner_id "
    "run_id run_number run_attempt actor actor_id workflow workflow_ref workflow_sha head_ref base_ref "
    "event_name ref_type ref_protected environment job_workflow_ref job_workflow_sha repository_visibility "
    "runner_environment"
)


def blueprint(tenant: Tenant) -> Blueprint:
    """The issuer's documents, and a token for who holds the job's request token."""
    routes = Blueprint("github", __name__)

    @routes.get("/.well-known/openid-configuration")
    def configuration() -> Response:
        return jsonify(
            issuer=URL,
            jwks_uri=f"{URL}/.well-known/jwks",
            subject_types_supported=["public", "pairwise"],
            response_types_supported=["id_token"],
            claims_supported=_CLAIMS,
            id_token_signing_alg_values_supported=["RS256"],
            scopes_supported=["openid"],
        )

    @routes.get("/.well-known/jwks")
    def keys() -> Response:
        return jsonify(keys=tenant.github.jwks())

    @routes.get("/<path:path>")
    def token(path: str) -> Response:
        github = tenant.github
        if f"/{path}" != github.path:
            return Response(status=404)
        kind, _, given = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer" or not hmac.compare_digest(given.encode(), github.request_token.encode()):
            return Response(status=401)  # the body of the real answer is unconfirmed
        value = github.token(request.args.get("audience"), tenant.timer.now(), tenant.next_guid("github"))
        return jsonify(count=len(value), value=value)

    return routes
