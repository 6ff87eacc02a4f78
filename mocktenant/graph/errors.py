"""Graph's refusals."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any


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


def unauthenticated(reason: str) -> GraphRefused:
    """401: no token that opens Graph here."""
    challenge = (
        'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", '
        'client_id="00000003-0000-0000-c000-000000000000"'
    )
    return GraphRefused(401, "InvalidAuthenticationToken", reason, {"WWW-Authenticate": challenge})


def denied() -> GraphRefused:
    """403: none of the app roles that the directory asks for."""
    return GraphRefused(
        403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation."
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
