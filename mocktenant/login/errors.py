"""What the token endpoint refuses, by AADSTS number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True)
class _Code:
    error: str
    status: int
    text: str
    has_uri: bool = True


CODES: dict[int, _Code] = {
    50027: _Code("invalid_client", 401, "The client assertion is invalid or malformed: {0}."),
    50048: _Code("invalid_client", 401, "Subject and issuer of the client assertion must be the same."),
    50049: _Code("invalid_instance", 400, "Unknown or invalid instance."),
    70003: _Code("unsupported_grant_type", 400, "Grant type '{0}' is not supported.", has_uri=False),
    70011: _Code("invalid_scope", 400, "The value of input parameter 'scope' is not valid: {0}."),
    90002: _Code("invalid_request", 400, "Tenant '{0}' not found. Check the tenant ID and the cloud."),
    500011: _Code(
        "invalid_resource", 400, "The resource principal named {0} was not found in the tenant named {1}."
    ),
    700016: _Code("unauthorized_client", 400, "No application with identifier '{0}' in the directory '{1}'."),
    700021: _Code("invalid_client", 401, "The client assertion's issuer is not the 'client_id' parameter."),
    700023: _Code("invalid_client", 401, "The client assertion's audience is not this endpoint."),
    700024: _Code(
        "invalid_client",
        401,
        "Client assertion is not within its valid time range. Current time: {0}, assertion valid from {1}, "
        "expiry time of assertion {2}.",
    ),
    700027: _Code(
        "invalid_client",
        401,
        "Client assertion not accepted. [Reason - {0}, Thumbprint of key used by client: '{1}']",
    ),
    900144: _Code("invalid_request", 400, "The request body must contain the following parameter: '{0}'."),
    1002012: _Code(
        "invalid_scope", 400, "Scope {0} is not valid: client credentials need '<resource>/.default'."
    ),
    7000112: _Code("unauthorized_client", 400, "Application '{0}'({1}) is disabled."),
    7000215: _Code(
        "invalid_client", 401, "Invalid client secret provided for app '{0}'; send its value, not its ID."
    ),
    7000218: _Code(
        "invalid_client", 401, "The request body must contain 'client_assertion' or 'client_secret'."
    ),
    7000222: _Code("invalid_client", 401, "The provided client secret keys for app '{0}' are expired."),
    9001023: _Code(
        "invalid_request", 400, "The grant type is not supported on this endpoint; name a tenant."
    ),
}
"""Number -> answer. The texts are ours and mean what Microsoft's do; clients go by number and error word."""


class SignInRefused(Exception):
    """A refusal by number; `values` fill the gaps of its text. `error` overrides the OAuth error word."""

    def __init__(self, code: int, *values: str, error: str | None = None) -> None:
        self.code = code
        self.values = values
        self.error = error or CODES[code].error
        super().__init__(f"AADSTS{code}")

    @property
    def status(self) -> int:
        """The HTTP status that goes with the number."""
        return CODES[self.code].status

    def body(self, trace_id: str, correlation_id: str) -> dict[str, Any]:
        """The JSON that Microsoft sends: everything twice, in prose and in fields."""
        code = CODES[self.code]
        stamp = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%SZ")
        text = code.text.format(*self.values)
        body = {
            "error": self.error,
            "error_description": f"AADSTS{self.code}: {text} Trace ID: {trace_id} "
            f"Correlation ID: {correlation_id} Timestamp: {stamp}",
            "error_codes": [self.code],
            "timestamp": stamp,
            "trace_id": trace_id,
            "correlation_id": correlation_id,
        }
        if code.has_uri:
            body["error_uri"] = f"https://login.microsoftonline.com/error?code={self.code}"
        return body
