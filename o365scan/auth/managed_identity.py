"""A managed identity of Azure: the platform itself vouches for the machine, and there is nothing to store.

MSAL knows the platforms: virtual machines (IMDS), App Service, Functions, Container Apps, Automation, Machine
Learning, Service Fabric, Azure Arc. A client id names a user-assigned identity, none the machine's own.
"""

from __future__ import annotations

import json
import os
import threading
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from o365scan.auth.claims import Claims
from o365scan.auth.errors import NOT_AZURE, CredentialUnusable, SignInFailed
from o365scan.auth.refusals import plain, refusal
from o365scan.auth.source import How, Wanted, Way, demand_tenant
from o365scan.sign_in import Kind, SignIn

if TYPE_CHECKING:
    import msal

#: The sets of variables by which a platform says that it has managed identities.
_PLATFORMS = (
    ("IDENTITY_ENDPOINT", "IDENTITY_HEADER"),
    ("IDENTITY_ENDPOINT", "IMDS_ENDPOINT"),
    ("MSI_ENDPOINT", "MSI_SECRET"),
    ("AZURE_POD_IDENTITY_AUTHORITY_HOST",),
)
_READ_BY_MSAL = sorted({name for names in _PLATFORMS for name in names} | {"IDENTITY_SERVER_THUMBPRINT"})
_IMDS = "http://169.254.169.254"
#: Where Azure Arc's agent listens if no variable says so.
_ARC = "http://localhost:40342"


class ManagedIdentityTokens:
    """Access tokens of the machine's identity, by API."""

    def __init__(self, wanted: Wanted, how: How) -> None:
        self.how = how
        self._wanted = wanted
        self._lock = threading.Lock()
        self._client: msal.ManagedIdentityClient | None = None

    def __repr__(self) -> str:
        return f"<ManagedIdentityTokens of {self._wanted.client_id or 'the machine'}>"

    def token(self, resource: str) -> str:
        """A valid token for the API at `resource`. Raises SignInFailed or Unreachable."""
        with self._lock:
            return self._acquire(resource, None)

    def renewed(self, resource: str, refused: str, claims: str | None) -> str:
        """Another token, or the same: the platform keeps a token for up to a day, and may not give another before."""
        with self._lock:
            held = self._acquire(resource, None)
            if held != refused:
                return held
            self._client = None  # its memory goes with it
            return self._acquire(resource, claims)

    def _acquire(self, resource: str, claims: str | None) -> str:
        import msal

        if self._client is None:
            self._client = self._made()
        try:
            answer = self._client.acquire_token_for_client(resource=resource, claims_challenge=claims)
        except json.JSONDecodeError:
            raise _failed("an answer that is not Azure's") from None  # the cause would hold the answer
        except msal.ManagedIdentityError as cause:
            raise _failed(str(cause)) from None
        except OSError as cause:
            raise _failed(cause.strerror or type(cause).__name__) from None
        if "access_token" not in answer:
            raise refusal(answer)
        token: str = answer["access_token"]
        demand_tenant(Claims.of(token).tenant_id, self._wanted.tenant, Kind.MANAGED_IDENTITY)
        return token

    def _made(self) -> msal.ManagedIdentityClient:
        import msal

        from o365scan.auth.metadata import Session

        wanted = self._wanted
        _demand_own_environment(wanted)
        for name in _READ_BY_MSAL:
            wanted.line(name)
        identity = (
            msal.UserAssignedManagedIdentity(client_id=wanted.client_id)
            if wanted.client_id
            else msal.SystemAssignedManagedIdentity()
        )
        return msal.ManagedIdentityClient(
            identity, http_client=Session(_origins(wanted), wanted.network, wanted.first_wait)
        )


def _origins(wanted: Wanted) -> frozenset[str]:
    """Where MSAL may ask: what the platform's variables name, or Azure's one address."""
    named = [wanted.variable(name) for name in ("IDENTITY_ENDPOINT", "MSI_ENDPOINT")]
    named.append(wanted.variable("AZURE_POD_IDENTITY_AUTHORITY_HOST"))
    found = {f"{parts.scheme}://{parts.netloc}" for parts in (urlsplit(each) for each in named if each)}
    return frozenset(found or {_IMDS, _ARC})


def _demand_own_environment(wanted: Wanted) -> None:
    """MSAL reads the variables of this very process: another environment would be passed over in silence."""
    if any(wanted.network.environment.get(name) != os.environ.get(name) for name in _READ_BY_MSAL):
        raise CredentialUnusable(
            "a managed identity is found by the variables of this process alone, and others were given"
        )


def _failed(why: str) -> SignInFailed:
    return SignInFailed(f"the managed identity could not be used: {plain(why)}", code=None, hint=NOT_AZURE)


def _named(_sign_in: SignIn) -> bool:
    return False  # its client id may be an app's as well


def _where(wanted: Wanted) -> str | None:
    for names in _PLATFORMS:
        if all(wanted.variable(name) for name in names):
            return names[0]
    # A virtual machine has no variable, so its service is asked for if the kind is named only.
    return _IMDS.removeprefix("http://") if wanted.sign_in.auth is Kind.MANAGED_IDENTITY else None


def _needs(_wanted: Wanted) -> str:
    return "IDENTITY_ENDPOINT and IDENTITY_HEADER, as Azure's platforms set them"


WAY = Way(
    kind=Kind.MANAGED_IDENTITY,
    is_app=False,
    named=_named,
    where=_where,
    needs=_needs,
    tokens=lambda wanted, where: ManagedIdentityTokens(wanted, How(Kind.MANAGED_IDENTITY, where)),
)
