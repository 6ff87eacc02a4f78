"""The services on a machine that give a managed identity's tokens: IMDS and App Service's.

IMDS: https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token;
App Service: https://learn.microsoft.com/azure/app-service/overview-managed-identity.

Real tokens live for a day, and the services give one again and again until it ends; here each request makes one, of
an hour. Unconfirmed: the words of the refusals but those about the Metadata header, an identity that is not there and
one of several that is not named; all of App Service's statuses. Azure Arc's challenge and Service Fabric are not
emulated.
"""

from __future__ import annotations

import hmac

from flask import Blueprint, Response, jsonify, request

from mocktenant.apps import App
from mocktenant.journal import NOTES
from mocktenant.login.resources import service_of
from mocktenant.login.tokens import EARLY, LIFETIME, issue
from mocktenant.tenant import Tenant

_VERSIONS = ("2018-02-01", "2019-08-01")
_SEVERAL = (
    "Multiple user assigned identities exist, please specify the clientId / resourceId of the identity in the token "
    "request"
)


class IdentityRefused(Exception):
    """A status, and the code and words of a refusal."""

    def __init__(self, status: int, code: str, text: str) -> None:
        super().__init__(text)
        self.status, self.code, self.text = status, code, text


def blueprint(tenant: Tenant) -> Blueprint:
    """`/metadata/identity/oauth2/token` and `/msi/token`."""
    routes = Blueprint("identity", __name__)

    @routes.get("/metadata/identity/oauth2/token")
    def imds() -> Response:
        _demand_metadata_header()
        return jsonify(_granted(tenant))

    @routes.get("/msi/token")
    def app_service() -> Response:
        given = request.headers.get("X-IDENTITY-HEADER", "")
        if not hmac.compare_digest(given.encode(), tenant.machine.header.encode()):
            raise IdentityRefused(401, "invalid_request", "X-IDENTITY-HEADER is missing or wrong")
        granted = _granted(tenant)
        return jsonify({name: granted[name] for name in ("access_token", "client_id", "expires_on", "resource")}
                       | {"token_type": "Bearer"})  # fmt: skip

    @routes.errorhandler(IdentityRefused)
    def refused(refusal: IdentityRefused) -> Response:
        if request.path.startswith("/msi"):
            response = jsonify(statusCode=refusal.status, message=refusal.text)
        else:
            response = jsonify(error=refusal.code, error_description=refusal.text)
        response.status_code = refusal.status
        return response

    return routes


def _demand_metadata_header() -> None:
    """The header that no browser and no redirect can be made to send."""
    if request.headers.get("Metadata", "").lower() != "true":
        raise IdentityRefused(400, "invalid_request", "Required metadata header not specified")
    if "X-Forwarded-For" in request.headers:
        raise IdentityRefused(400, "invalid_request", "Requests must not have come through a proxy")


def _granted(tenant: Tenant) -> dict[str, str]:
    if request.args.get("api-version") not in _VERSIONS:
        raise IdentityRefused(400, "bad_request_102", "Required parameter api-version is missing or unknown")
    resource = request.args.get("resource", "")
    if not resource:
        raise IdentityRefused(400, "invalid_request", "Required query variable 'resource' is missing")
    app = _identity(tenant, request.args.get("client_id"))
    service = service_of(resource, tenant.cloud)
    if service is None:
        text = f"AADSTS500011: The resource principal named {resource} was not found in the tenant."
        raise IdentityRefused(400, "invalid_resource", text)
    now = int(tenant.timer.now())
    request.environ[NOTES]["client_id"] = app.client_id
    return {
        "access_token": issue(tenant, app, resource, service, certified=True),
        "client_id": app.client_id,
        "expires_in": str(LIFETIME),
        "expires_on": str(now + LIFETIME),
        "ext_expires_in": str(LIFETIME),
        "not_before": str(now - EARLY),
        "resource": resource,
        "token_type": "Bearer",
    }


def _identity(tenant: Tenant, client_id: str | None) -> App:
    machine = tenant.machine
    if client_id:
        found = machine.assigned.get(client_id.lower())
        own = machine.identity
        found = found or (own if own is not None and own.client_id == client_id.lower() else None)
    else:
        found = machine.identity
        if found is None and len(machine.assigned) == 1:
            (found,) = machine.assigned.values()  # the only one will do
        if found is None and machine.assigned:
            raise IdentityRefused(400, "invalid_request", _SEVERAL)
    if found is None:
        raise IdentityRefused(400, "invalid_request", "Identity not found")
    return found
