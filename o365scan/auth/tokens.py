"""Tokens of an app registration by MSAL, whatever the app proves itself with."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from o365scan.auth.errors import HINTS, SignInFailed
from o365scan.auth.refusals import refusal
from o365scan.auth.source import How, Wanted
from o365scan.auth.wire import Wire

if TYPE_CHECKING:
    import msal


class AppTokens:
    """Access tokens of one app registration in one tenant, by API.

    `credential` is what msal.ConfidentialClientApplication takes as `client_credential`. `wanted` names tenant and
    client id.
    """

    def __init__(self, wanted: Wanted, credential: str | Mapping[str, Any], how: How) -> None:
        self.how = how
        self.tenant = str(wanted.tenant)
        self.client_id = str(wanted.client_id)
        self._login = wanted.cloud.login
        self._credential = credential
        self._wire = Wire(self._login, wanted.network, wanted.first_wait, aliases=wanted.cloud.login_aliases)
        self._lock = threading.Lock()
        self._application: msal.ConfidentialClientApplication | None = None

    def __repr__(self) -> str:
        return f"<AppTokens of {self.client_id} in {self.tenant} by {self.how.kind}>"

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
            raise refusal(answer)
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
                    # Our own table says which hosts are Microsoft's, and older versions of MSAL would ask the
                    # worldwide cloud about a national one.
                    instance_discovery=False,
                )
            except (ValueError, KeyError, RuntimeError) as cause:  # MSAL's words for what discovery answers
                raise self._not_discovered() from cause
        return self._application

    def _not_discovered(self) -> SignInFailed:
        code = self._wire.last_code
        if code is None:
            return SignInFailed(f"{self._login} does not say how to sign in to {self.tenant!r}", code=None)
        said = f"Microsoft knows no tenant {self.tenant!r} at {self._login} (AADSTS{code})"
        return SignInFailed(said, code=code, hint=HINTS["90002"])
