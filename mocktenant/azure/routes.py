"""The HTTP side of Azure Resource Manager: a directory without a subscription.

The Azure CLI asks for the subscriptions when it signs in, and needs no more for a tenant that has none
(`--allow-no-subscriptions`). Whatever else it is asked for is not there.
"""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from mocktenant.journal import NOTES
from mocktenant.login.tokens import TokenRefused, verify
from mocktenant.tenant import Tenant

_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


class AzureRefused(Exception):
    """A status, a code and a message in Azure's envelope."""

    def __init__(self, status: int, code: str, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"error": {"code": code, "message": message}}
        self.headers = headers or {}


def blueprint(tenant: Tenant) -> Blueprint:
    """The empty list of subscriptions, and refusals."""
    routes = Blueprint("azure", __name__)

    @routes.before_app_request
    def admit() -> None:
        _demand_token(tenant)
        if not request.args.get("api-version"):
            text = "The api-version query parameter (?api-version=) is required for all requests."
            raise AzureRefused(400, "MissingApiVersionParameter", text)

    @routes.get("/subscriptions")
    def subscriptions() -> Response:
        return jsonify({"value": [], "count": {"type": "Total", "value": 0}})

    @routes.route("/subscriptions/<subscription>", defaults={"rest": ""}, methods=_METHODS)
    @routes.route("/subscriptions/<subscription>/<path:rest>", methods=_METHODS)
    def unknown(subscription: str, rest: str) -> Response:
        del rest
        raise AzureRefused(
            404, "SubscriptionNotFound", f"The subscription '{subscription}' could not be found."
        )

    @routes.app_errorhandler(404)
    @routes.app_errorhandler(405)
    def absent(_error: Exception) -> Response:
        # The code and its words are unconfirmed.
        return refused(AzureRefused(404, "NotFound", f"There is no resource {request.path}."))

    @routes.app_errorhandler(AzureRefused)
    def refused(refusal: AzureRefused) -> Response:
        response = jsonify(refusal.body)
        response.status_code = refusal.status
        response.headers.extend(refusal.headers)
        return response

    @routes.after_app_request
    def stamp(response: Response) -> Response:
        response.headers["x-ms-request-id"] = tenant.next_guid("request")
        response.headers["Cache-Control"] = "no-cache"
        return response

    return routes


def _demand_token(tenant: Tenant) -> None:
    try:
        claims = verify(tenant, request.headers.get("Authorization"), "azure")
    except TokenRefused as refused:
        authority = f"https://login.windows.net/{tenant.tenant_id}"
        challenge = {"WWW-Authenticate": f'Bearer authorization_uri="{authority}", error="invalid_token"'}
        if request.headers.get("Authorization"):
            # The code is Azure's; what the message says is in Graph's words.
            raise AzureRefused(401, "InvalidAuthenticationToken", refused.reason, challenge) from None
        text = "Authentication failed. The 'Authorization' header is missing."
        raise AzureRefused(401, "AuthenticationFailed", text, challenge) from None
    request.environ[NOTES]["client_id"] = claims["appid"]
