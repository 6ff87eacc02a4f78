"""Tokens of an app by MSAL, kept in memory only."""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from o365scan.api import ServiceError
from o365scan.network import TIMEOUT, Network, Unreachable

if TYPE_CHECKING:
    import msal
    import requests

_AADSTS = re.compile(r"AADSTS(\d+)")

#: What to do about Microsoft's sign-in errors.
#: https://learn.microsoft.com/entra/identity-platform/reference-error-codes
_HINTS = {
    "7000215": "Use the secret's value, not its id, and check that it belongs to this app.",
    "7000222": "Make a new client secret for the app registration, and use that one.",
    "700016": "Check the client id, and that the app is registered (or consented to) in this tenant.",
    "7000112": "The app is disabled: enable it under Enterprise applications in the Entra admin center.",
    "90002": "Check the tenant id: the tenant's GUID, or one of its verified domains.",
    "900023": "Check the tenant id: the tenant's GUID, or one of its verified domains.",
    "500011": "The tenant has no service principal for this API: is the service part of its subscription?",
    "53003": "A Conditional Access policy for workload identities blocks this sign-in.",
}


class SignInFailed(ServiceError):
    """Microsoft refused the sign-in. `code` is the AADSTS number, where it named one."""

    def __init__(self, message: str, *, code: str | None, hint: str | None = None) -> None:
        super().__init__(message, hint=hint or _HINTS.get(code or ""))
        self.code = code


@dataclass(frozen=True)
class Claims:
    """What an access token says of its bearer. Read for display and addressing; the service verifies it.

    `roles` are app roles, `directory_roles` the template ids (claim `wids`).
    """

    tenant_id: str
    app_id: str
    app_name: str | None
    roles: tuple[str, ...]
    directory_roles: tuple[str, ...]

    @classmethod
    def of(cls, token: str) -> Claims:
        """Decode a v1 or v2 access token. Raises SignInFailed if it is none."""
        try:
            payload = token.split(".")[1]
            claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
            return cls(
                tenant_id=claims["tid"].lower(),
                app_id=claims.get("appid") or claims["azp"],
                app_name=claims.get("app_displayname"),
                roles=tuple(claims.get("roles", ())),
                directory_roles=tuple(claims.get("wids", ())),
            )
        except (IndexError, KeyError, ValueError, AttributeError, TypeError, RecursionError) as cause:
            raise SignInFailed("the access token can't be read", code=None) from cause


class AppTokens:
    """Access tokens of one app registration in one tenant, by API.

    `credential` is what msal.ConfidentialClientApplication takes as `client_credential`.
    """

    def __init__(
        self,
        *,
        login: str,
        tenant: str,
        client_id: str,
        credential: str | Mapping[str, Any],
        network: Network,
    ) -> None:
        self.tenant = tenant
        self.client_id = client_id
        self._login = login
        self._credential = credential
        self._wire = _Wire(login, network)
        self._lock = threading.Lock()
        self._application: msal.ConfidentialClientApplication | None = None

    def __repr__(self) -> str:
        return f"<AppTokens of {self.client_id} in {self.tenant}>"

    def token(self, resource: str) -> str:
        """A valid token for the API at `resource` ("https://graph.microsoft.com").

        Raises SignInFailed or Unreachable.
        """
        with self._lock:
            return self._acquire(resource, None)

    def renewed(self, resource: str, refused: str, claims: str | None) -> str:
        """Another token after the service refused one, with the claims it asked for.

        MSAL can't force a refresh for client credentials, so the cache is emptied; the lock and the
        comparison see to it that many refused requests cause one refresh.
        """
        with self._lock:
            held = self._acquire(resource, None)
            if held != refused:
                return held
            self._confidential_client().remove_tokens_for_client()
            return self._acquire(resource, claims)

    def _acquire(self, resource: str, claims: str | None) -> str:
        answer = self._confidential_client().acquire_token_for_client(
            [f"{resource}/.default"], claims_challenge=claims
        )
        if "access_token" not in answer:
            raise _refusal(answer)
        token: str = answer["access_token"]
        return token

    def _confidential_client(self) -> msal.ConfidentialClientApplication:
        if self._application is None:
            import msal

            try:
                self._application = msal.ConfidentialClientApplication(
                    self.client_id,
                    authority=f"{self._login}/{self.tenant}",
                    client_credential=self._credential,
                    http_client=self._wire,
                )
            except (ValueError, KeyError, RuntimeError) as cause:  # MSAL's words for what discovery answers
                raise self._not_discovered() from cause
        return self._application

    def _not_discovered(self) -> SignInFailed:
        code = self._wire.last_code
        if code is None:
            return SignInFailed(f"{self._login} does not say how to sign in to {self.tenant!r}", code=None)
        said = f"Microsoft knows no tenant {self.tenant!r} (AADSTS{code})"
        return SignInFailed(said, code=code, hint=_HINTS["90002"])


def _refusal(answer: Mapping[str, Any]) -> SignInFailed:
    said = str(answer.get("error_description") or answer.get("error") or "no reason given")
    found = _AADSTS.search(said)
    # The description's first sentence; trace ids and timestamps follow it.
    sentence = re.split(r"\s*(?:Trace ID|\r?\n)", said, maxsplit=1)[0].strip()
    return SignInFailed(f"sign-in refused: {sentence}", code=found[1] if found else None)


class _Wire:
    """The HTTP client that MSAL is given: our session, no redirects, typed errors."""

    def __init__(self, origin: str, network: Network) -> None:
        self._origin = origin
        self._network = network
        self._session: requests.Session | None = None
        self.last_code: str | None = None

    def get(self, url: str, **kwargs: Any) -> requests.Response:
        return self._send("GET", url, **kwargs)

    def post(self, url: str, **kwargs: Any) -> requests.Response:
        return self._send("POST", url, **kwargs)

    def close(self) -> None:
        if self._session is not None:
            self._session.close()

    def _send(self, method: str, url: str, **kwargs: Any) -> requests.Response:
        import requests

        if not url.startswith(self._origin + "/"):
            raise SignInFailed(f"the sign-in service pointed to another host: {url}", code=None)
        if self._session is None:
            self._session = self._network.session(url)
        try:
            answer = self._session.request(method, url, timeout=TIMEOUT, allow_redirects=False, **kwargs)
        except requests.RequestException as cause:
            raise unreachable(self._origin, cause) from cause
        found = _AADSTS.search(answer.text) if answer.status_code >= 400 else None
        self.last_code = found[1] if found else None
        if answer.status_code == 429 or answer.status_code >= 500 or 300 <= answer.status_code < 400:
            raise Unreachable(f"{self._origin} answered {answer.status_code}", hint="Try again later.")
        if not _is_object(answer):
            hint = "Is there a proxy or captive portal in between?"
            raise Unreachable(f"{self._origin} gave an answer that is not Microsoft's", hint=hint)
        return answer


def _is_object(answer: requests.Response) -> bool:
    try:
        return isinstance(json.loads(answer.content), dict)
    except (ValueError, RecursionError):
        return False


def unreachable(origin: str, cause: Exception) -> Unreachable:
    """The typed error for a request that got no answer; `cause` is the requests exception."""
    import requests

    if isinstance(cause, requests.exceptions.SSLError):
        hint = "Its certificate is not trusted: name the right CA bundle in REQUESTS_CA_BUNDLE."
        return Unreachable(f"no trusted TLS connection to {origin}", hint=hint)
    if isinstance(cause, requests.exceptions.ProxyError):
        return Unreachable(f"the proxy does not lead to {origin}", hint="Check HTTPS_PROXY and NO_PROXY.")
    if isinstance(cause, requests.exceptions.Timeout):
        return Unreachable(f"{origin} did not answer in time", hint="Try again later.")
    return Unreachable(f"{origin} could not be reached", hint="Check the network, DNS and HTTPS_PROXY.")
