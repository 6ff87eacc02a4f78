"""Graph's refusals."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

    from mocktenant.login.tokens import TokenRefused


class GraphRefused(Exception):
    """A status, a code and a message; headers that go with them."""

    def __init__(self, status: int, code: str, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers or {}
        self.unknown: str | None = None

    def not_known(self, what: str, hint: str) -> GraphRefused:
        """Marks what Graph may have and the tenant has not: the journal notes it, a header helps on."""
        self.unknown = what
        self.headers["x-mocktenant-hint"] = hint
        return self

    def body(self, now: datetime, request_id: str, client_request_id: str) -> dict[str, Any]:
        """The error envelope; its date has no zone letter."""
        return {
            "error": {
                "code": self.code,
                "message": self.message,
                "innerError": {
                    "date": now.strftime("%Y-%m-%dT%H:%M:%S"),
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


def no_licence() -> GraphRefused:
    """403 of whoever would write a Conditional Access policy without Entra ID P1."""
    text = "Your tenant is not licensed for this feature. Please upgrade your subscription to access it."
    return GraphRefused(403, "AccessDenied", text)


def no_licence_for_risk() -> GraphRefused:
    """403 of Identity Protection without Entra ID P2."""
    return GraphRefused(403, "Forbidden", "Your tenant is not licensed for this feature.")


def forbidden_scopes(_roles: tuple[str, ...]) -> GraphRefused:
    """403 of Identity Protection."""
    text = "You cannot perform the requested operation, required scopes are missing in the token."
    return GraphRefused(403, "Forbidden", text)


def roles_missing(roles: tuple[str, ...]) -> GraphRefused:
    """403 of /security."""
    text = f"Missing application roles. API required roles: {','.join(roles)}, application roles: ."
    return GraphRefused(403, "Forbidden", text)


def mail_denied(_roles: tuple[str, ...]) -> GraphRefused:
    """403 of mailboxes."""
    return GraphRefused(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.")


def sharepoint_denied(_roles: tuple[str, ...]) -> GraphRefused:
    """403 of SharePoint's settings; the words are unconfirmed."""
    return GraphRefused(403, "accessDenied", "Access denied")


def no_mailbox() -> GraphRefused:
    """404: a user without a mailbox."""
    text = "The mailbox is either inactive, soft-deleted, or is hosted on-premise."
    return GraphRefused(404, "MailboxNotEnabledForRESTAPI", text)


def no_item(_key: str) -> GraphRefused:
    """404 inside a mailbox."""
    return GraphRefused(404, "ErrorItemNotFound", "The specified object was not found in the store.")


def auditing_disabled() -> GraphRefused:
    """A query of an audit log that takes nothing in; its status of 400 is unconfirmed."""
    said = json.dumps({"Status": "AuditingDisabledTenant"})
    return GraphRefused(400, "UnknownError", said)


def not_allowed() -> GraphRefused:
    """405: a method that the path does not take."""
    text = "Specified HTTP method is not allowed for the request target."
    return GraphRefused(405, "Request_BadRequest", text)


def no_segment(segment: str) -> GraphRefused:
    """400: a path that Graph, or this tenant, does not know."""
    return GraphRefused(400, "BadRequest", f"Resource not found for the segment '{segment}'.")


def no_object(key: str) -> GraphRefused:
    """404: no object of that id."""
    text = (
        f"Resource '{key}' does not exist or one of its queried reference-property objects are not present."
    )
    return GraphRefused(404, "Request_ResourceNotFound", text)


def no_manager(_key: str) -> GraphRefused:
    """404: a user without a manager."""
    text = (
        "Resource 'manager' does not exist or one of its queried reference-property objects are not present."
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


def top_exceeded(given: str, largest: int) -> GraphRefused:
    """400: $top out of range, in the words of the incidents."""
    text = (
        f"The limit of '{largest}' for Top query has been exceeded. "
        f"The value from the incoming request is '{given}'."
    )
    return bad_request(text)


def plain_page_size(given: str, largest: int) -> GraphRefused:
    """400: $top out of range, where it is no matter of the directory."""
    text = f"Invalid page size specified: '{given}'. Must be between 1 and {largest} inclusive."
    return bad_request(text)


def bad_value(message: str) -> GraphRefused:
    """400 of the directory: a body that it understands and does not take."""
    return GraphRefused(400, "Request_BadRequest", message)


def unsupported(message: str) -> GraphRefused:
    """400: a query that the directory does not take."""
    return GraphRefused(400, "Request_UnsupportedQuery", message)


def not_emulated(what: str) -> GraphRefused:
    """400 of our own: Graph takes this, the mock tenant does not act on it and says so."""
    refusal = GraphRefused(400, "Request_UnsupportedQuery", f"{what} is not emulated by the mock tenant.")
    return refusal.not_known(what, "Graph may take this; the mock tenant does not")
