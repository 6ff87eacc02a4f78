"""Tokens of an app by MSAL, kept in memory only."""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from o365scan.auth.errors import HINTS, SignInFailed
from o365scan.auth.wire import AADSTS, FIRST_WAIT, Wire
from o365scan.network import Network

if TYPE_CHECKING:
    import msal


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
        first_wait: float = FIRST_WAIT,
    ) -> None:
        self.tenant = tenant
        self.client_id = client_id
        self._login = login
        self._credential = credential
        self._wire = Wire(login, network, first_wait)
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
        return SignInFailed(said, code=code, hint=HINTS["90002"])


def _refusal(answer: Mapping[str, Any]) -> SignInFailed:
    said = str(answer.get("error_description") or answer.get("error") or "no reason given")
    found = AADSTS.search(said)
    # The description's first sentence; trace ids and timestamps follow it.
    sentence = re.split(r"\s*(?:Trace ID|\r?\n)", said, maxsplit=1)[0].strip()
    return SignInFailed(f"sign-in refused: {sentence}", code=found[1] if found else None)
