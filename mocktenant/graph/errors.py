"""Graph's refusals."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from mocktenant.login.tokens import TokenRefused


class GraphRefused(Exception):
    """A status, a code and a message; headers that go with them."""

    def __init__(self, status: int, code: str, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers or {}

    def body(self, request_id: str, client_request_id: str) -> dict[str, Any]:
        """The error envelope; its date has no zone letter."""
        return {
            "error": {
                "code": self.code,
                "message": self.message,
                "innerError": {
                    "date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S"),
                    "request-id": request_id,
                    "client-request-id": client_request_id,
                },
            }
        }


def unauthenticated(refused: TokenRefused) -> GraphRefused:
    """401: no token that opens Graph here, or one that was revoked."""
    challenge = (
        'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", '
        'client_id="00000003-0000-0000-c000-000000000000"'
    )
    if refused.challenge is not None:
        claims = base64.b64encode(refused.challenge.encode()).decode()
        challenge += f', error_description="{refused.reason}", error="insufficient_claims", claims="{claims}"'
    return GraphRefused(401, refused.code, refused.reason, {"WWW-Authenticate": challenge})


Denial = Callable[[tuple[str, ...]], GraphRefused]
"""403 of one part of Graph, given the app roles any one of which would do."""


def denied(_roles: tuple[str, ...] = ()) -> GraphRefused:
    """403 of the directory."""
    return GraphRefused(
        403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation."
    )


def scopes_missing(_roles: tuple[str, ...]) -> GraphRefused:
    """403 of Conditional Access and the policies."""
    text = "You cannot perform the requested operation, required scopes are missing in the token."
    return GraphRefused(403, "AccessDenied", text)


def permission_missing(roles: tuple[str, ...]) -> GraphRefused:
    """403 of the reports."""
    text = f"The principal does not have required Microsoft Graph permission(s): {roles[0]}"
    return GraphRefused(403, "Authentication_MSGraphPermissionMissing", text)


def request_failed(_roles: tuple[str, ...]) -> GraphRefused:
    """403 of the authentication methods."""
    return GraphRefused(403, "accessDenied", "Request Authorization failed")


def scope_not_granted(roles: tuple[str, ...]) -> GraphRefused:
    """403 of Privileged Identity Management; its code and words are from callers' reports, unconfirmed."""
    text = f"Authorization failed due to missing permission scope {','.join(roles)}."
    return GraphRefused(403, "PermissionScopeNotGranted", text)


def premium_report() -> GraphRefused:
    """403 of a report that needs Entra ID P1."""
    return GraphRefused(
        403,
        "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
        "Neither tenant is B2C or tenant doesn't have premium license",
    )


def premium_roles() -> GraphRefused:
    """400 of Privileged Identity Management in a tenant without Entra ID P2."""
    return GraphRefused(
        400,
        "AadPremiumLicenseRequired",
        "The tenant needs to have Microsoft Entra ID P2 or Microsoft Entra ID Governance license.",
    )


def no_segment(segment: str) -> GraphRefused:
    """400: a path that Graph, or this tenant, does not know."""
    return GraphRefused(400, "BadRequest", f"Resource not found for the segment '{segment}'.")


def no_object(key: str) -> GraphRefused:
    """404: no object of that id."""
    text = (
        f"Resource '{key}' does not exist or one of its queried reference-property objects are not present."
    )
    return GraphRefused(404, "Request_ResourceNotFound", text)


def no_property(name: str, type_name: str) -> GraphRefused:
    """400: $select or $filter names a property that the type does not have."""
    return GraphRefused(
        400, "BadRequest", f"Could not find a property named '{name}' on type 'microsoft.graph.{type_name}'."
    )


def bad_request(message: str) -> GraphRefused:
    """400: a request that can't be understood."""
    return GraphRefused(400, "BadRequest", message)


def page_size(given: str, largest: int) -> GraphRefused:
    """400: $top out of range."""
    text = f"Invalid page size specified: '{given}'. Must be between 1 and {largest} inclusive."
    return unsupported(text)


def unsupported(message: str) -> GraphRefused:
    """400: a query that the directory does not take."""
    return GraphRefused(400, "Request_UnsupportedQuery", message)


def not_emulated(what: str) -> GraphRefused:
    """400 of our own: Graph takes this, the mock tenant does not act on it and says so."""
    return GraphRefused(400, "Request_UnsupportedQuery", f"{what} is not emulated by the mock tenant.")
