"""What sign-in refuses, by AADSTS number.

The table holds what an app without a user can meet. Some numbers follow from the state (a wrong secret, a
disabled app); the others (a policy, an outage) come about through a planned fault only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True)
class Code:
    """One refusal: OAuth's word, HTTP's status, Microsoft's sentence with gaps, and where to read more.

    `retry_after` are the seconds of that header. `confirmed` is False where no recorded answer or document
    was found for the sentence or the status.
    """

    error: str
    status: int
    text: str
    has_uri: bool = True
    retry_after: int | None = None
    confirmed: bool = True

    @property
    def gaps(self) -> int:
        """How many values the sentence takes."""
        return sum(f"{{{index}}}" in self.text for index in range(6))


_ELSEWHERE = (
    " This can happen if the application has not been installed by the administrator of the tenant or "
    "consented to by any user in the tenant. You {0} have sent your authentication request to the wrong tenant."
)
_FEDERATION = "https://learn.microsoft.com/entra/workload-id/workload-identity-federation"
_CASE = (
    " Please note that the matching is done using a case-sensitive comparison. Check your federated identity "
    f"credential Subject, Audience and Issuer against the presented assertion. {_FEDERATION}"
)
_CREDENTIALS = (
    "https://docs.microsoft.com/azure/active-directory/develop/active-directory-certificate-credentials ."
)
_KEYS = (
    "[Reason - {0}, Thumbprint of key used by client: '{1}', Please visit the Azure Portal, Graph Explorer or "
    "directly use MS Graph to see configured keys for app Id '{2}'.]"
)

CODES: dict[int, Code] = {
    50027: Code("invalid_client", 401, "JWT token is invalid or malformed. {0}", confirmed=False),
    50034: Code("invalid_grant", 400, "The user account {0} does not exist in the {1} directory."),
    50048: Code(
        "invalid_client", 401, "Subject mismatches Issuer claim in the client assertion.", confirmed=False
    ),
    50049: Code("invalid_instance", 400, "Unknown or invalid instance."),
    50059: Code(
        "invalid_request",
        400,
        "No tenant-identifying information found in either the request or implied by any provided "
        "credentials.",
    ),
    50105: Code(
        "invalid_grant",
        400,
        "Your administrator has configured the application {0} to block users unless they are specifically "
        "granted access to the application.",
        confirmed=False,
    ),
    50126: Code("invalid_grant", 400, "Error validating credentials due to invalid username or password."),
    50196: Code(
        "invalid_grant",
        429,
        "The server terminated an operation because it encountered a loop while processing a request.",
        retry_after=60,
        confirmed=False,  # the sentence is documented for users; apps are told 429 and 60 seconds
    ),
    53003: Code(
        "invalid_grant",
        400,
        "Access has been blocked by Conditional Access policies. The access policy does not allow token "
        "issuance.",
    ),
    65001: Code(
        "invalid_grant",
        400,
        "The user or administrator has not consented to use the application with ID '{0}' named '{1}'. Send "
        "an interactive authorization request for this user and resource.",
    ),
    70003: Code(
        "unsupported_grant_type", 400, "The app requested an unsupported grant type '{0}'.", has_uri=False
    ),
    70011: Code(
        "invalid_scope",
        400,
        "The provided request must include a 'scope' input parameter. The provided value for the input "
        "parameter 'scope' is not valid. The scope {0} is not valid.",
    ),
    70021: Code(
        "invalid_client",
        401,
        "No matching federated identity record found for presented assertion. Assertion Issuer: '{0}'. "
        f"Assertion Subject: '{{1}}'. Assertion Audience: '{{2}}'. {_FEDERATION}",
    ),
    70025: Code(
        "invalid_client", 401, "The client '{0}'({1}) has no configured federated identity credentials."
    ),
    90002: Code(
        "invalid_request",
        400,
        "Tenant '{0}' not found. Check to make sure you have the correct tenant ID and are signing into the "
        "correct cloud. Check with your subscription administrator, this may happen if there are no active "
        "subscriptions for the tenant.",
    ),
    90013: Code("invalid_request", 400, "Invalid input received from the user.", confirmed=False),
    90033: Code(
        "temporarily_unavailable", 503, "A transient error has occurred. Please try again.", confirmed=False
    ),
    90055: Code("temporarily_unavailable", 429, "There are too many incoming requests.", confirmed=False),
    90100: Code("invalid_request", 400, "{0} parameter is empty or not valid.", confirmed=False),
    500011: Code(
        "invalid_resource",
        400,
        "The resource principal named {0} was not found in the tenant named {1}."
        + _ELSEWHERE.format("might"),
    ),
    501661: Code("invalid_client", 401, "Request to External OIDC endpoint failed.", confirmed=False),
    700011: Code(
        "unauthorized_client",
        400,
        "Application with identifier {0} was not found in the directory {1}.",
        confirmed=False,
    ),
    700016: Code(
        "unauthorized_client",
        400,
        "Application with identifier '{0}' was not found in the directory '{1}'." + _ELSEWHERE.format("may"),
    ),
    700021: Code(
        "invalid_client",
        401,
        "Client assertion application identifier doesn't match 'client_id' parameter.",
        confirmed=False,
    ),
    700022: Code(
        "invalid_scope",
        400,
        "The provided value for the input parameter scope is not valid because it contains more than one "
        "resource.",
        confirmed=False,
    ),
    700023: Code(
        "invalid_client",
        401,
        f"Client assertion audience claim does not match Realm issuer. Review the documentation at {_CREDENTIALS}",
    ),
    700024: Code(
        "invalid_client",
        401,
        "Client assertion is not within its valid time range. Current time: {0}, assertion valid from {1}, "
        f"expiry time of assertion {{2}}. Review the documentation at {_CREDENTIALS}",
    ),
    700025: Code(
        "invalid_client",
        401,
        "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.",
    ),
    700027: Code("invalid_client", 401, f"{{3}} {_KEYS}"),
    700030: Code(
        "invalid_client",
        401,
        "Invalid certificate - subject name in certificate is not authorized. "
        "SubjectNames/SubjectAlternativeNames (up to 10) in token certificate are: {0}.",
    ),
    700038: Code("unauthorized_client", 400, "{0} is not a valid application identifier."),
    700211: Code(
        "invalid_client",
        401,
        "No matching federated identity record found for presented assertion issuer '{0}'." + _CASE,
    ),
    700212: Code(
        "invalid_client",
        401,
        "No matching federated identity record found for presented assertion audience '{0}'." + _CASE,
    ),
    700213: Code(
        "invalid_client",
        401,
        "No matching federated identity record found for presented assertion subject '{0}'." + _CASE,
    ),
    700229: Code(
        "invalid_client",
        401,
        "Only app-only tokens can be used as Federated Identity Credentials for Microsoft Entra issuer.",
    ),
    900023: Code(
        "invalid_request",
        400,
        "Specified tenant identifier '{0}' is neither a valid DNS name, nor a valid external domain.",
    ),
    900144: Code("invalid_request", 400, "The request body must contain the following parameter: '{0}'."),
    900561: Code(
        "invalid_request",
        400,
        "The endpoint only accepts POST requests. Received a {0} request.",
        confirmed=False,
    ),
    901002: Code("invalid_request", 400, "The 'resource' request parameter is not supported."),
    1002012: Code(
        "invalid_scope",
        400,
        "The provided value for scope {0} is not valid. Client credential flows must have a scope value with "
        "/.default suffixed to the resource identifier (application ID URI).",
    ),
    7000112: Code("unauthorized_client", 400, "Application '{0}'({1}) is disabled."),
    7000215: Code(
        "invalid_client",
        401,
        "Invalid client secret provided. Ensure the secret being sent in the request is the client secret "
        "value, not the client secret ID, for a secret added to app '{0}'.",
    ),
    7000218: Code(
        "invalid_client",
        401,
        "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    ),
    7000222: Code(
        "invalid_client",
        401,
        "The provided client secret keys for app '{0}' are expired. Visit the Azure portal to create new keys "
        "for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added "
        "security: https://aka.ms/certCreds.",
    ),
    9001023: Code(
        "invalid_request",
        400,
        "The grant type is not supported over the /common or /consumers endpoints. Please use the "
        "/organizations or tenant-specific endpoint.",
    ),
    9002313: Code("invalid_grant", 400, "Invalid request. Request is malformed or invalid."),
}
"""Number -> answer. The sentences are those on the wire, since people search for them."""


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


def staged(code: int, client_id: str) -> SignInRefused:
    """A refusal that nothing in the request caused: every gap of its text holds the client id."""
    return SignInRefused(code, *[client_id] * CODES[code].gaps)
