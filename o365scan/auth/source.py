"""What every kind of credential becomes: a source of tokens, and how one of a kind is looked for."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from o365scan.auth.errors import CredentialUnusable, SignInFailed
from o365scan.cloud import Cloud
from o365scan.network import Network
from o365scan.sign_in import Kind, SignIn

#: Seconds: the first step of the back-off from a sign-in service in trouble that does not say how long to wait.
FIRST_WAIT = 0.5

#: Gives another issuer's token for the app. It is asked for every token request, since such tokens live minutes.
Assertion = Callable[[], str]

_TENANT = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class How:
    """Which credential was taken: its kind, and where it was found ("AZURE_CLIENT_SECRET"), never what it is.

    `assertion` is there for kinds that show another issuer's token; asking it makes one. `ends` is when the credential
    stops to work, where it says so itself, as certificates do.
    """

    kind: Kind
    where: str
    assertion: Assertion | None = None
    ends: datetime | None = None

    def __str__(self) -> str:
        return f"{self.kind} ({self.where})"


class TokenSource(Protocol):
    """Access tokens of one identity in one tenant, by API. Kept in memory only, shared by all threads."""

    @property
    def how(self) -> How:
        """Which credential they rest on."""

    def token(self, resource: str) -> str:
        """A valid token for the API at `resource` ("https://graph.microsoft.com").

        Raises SignInFailed or Unreachable.
        """

    def renewed(self, resource: str, refused: str, claims: str | None) -> str:
        """Another token after the service refused one, with the claims it asked for, or the same one where the kind
        can't have another. Raises SignInFailed or Unreachable.
        """


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a credential is looked for with."""

    sign_in: SignIn
    cloud: Cloud
    network: Network
    first_wait: float = FIRST_WAIT
    assertion: Assertion | None = None

    def variable(self, name: str) -> str | None:
        """What the environment holds by a name; a variable that is blank holds nothing.

        Raises CredentialUnusable for what is no text.
        """
        value = self.network.environment.get(name, "")
        if not _is_text(value):
            raise CredentialUnusable(f"{name} holds what is no text")
        return value if value.strip() else None

    def line(self, name: str) -> str | None:
        """The same for what is sent in a header, and must be one line. Raises CredentialUnusable."""
        value = self.variable(name)
        if value is not None and not (value.isascii() and value.isprintable()):
            raise CredentialUnusable(f"{name} holds more than one line, or what is no token")
        return value

    @property
    def tenant(self) -> str | None:
        """The tenant that is named. Raises CredentialUnusable for what can be no tenant's name."""
        named = self.sign_in.tenant_id or self.variable("AZURE_TENANT_ID")
        if named is not None and not _TENANT.fullmatch(named):
            raise CredentialUnusable(
                f"{named!r} is no tenant", hint="Give the tenant's GUID, or one of its verified domains."
            )
        return named

    @property
    def client_id(self) -> str | None:
        """The app, or the user-assigned identity, that is named."""
        return self.sign_in.client_id or self.variable("AZURE_CLIENT_ID")


def _is_text(value: str) -> bool:
    """Bytes that are no UTF-8 stand in the environment as halves of characters."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False  # whatever is raised here would hold the value
    return True


@dataclass(frozen=True, kw_only=True)
class Way:
    """One kind of credential: how it is recognised and what it becomes.

    `named` tells whether the options name it, `where` where it was found, None if it is not there; `needs` is what to
    set, in words. An app needs a tenant and a client id besides.
    """

    kind: Kind
    is_app: bool
    named: Callable[[SignIn], bool]
    where: Callable[[Wanted], str | None]
    needs: Callable[[Wanted], str]
    tokens: Callable[[Wanted, str], TokenSource]


def demand_tenant(found: str, wanted: str | None, kind: Kind) -> None:
    """Refuses a token of another tenant than the one that was named by its GUID. Raises SignInFailed."""
    if wanted is not None and _GUID.fullmatch(wanted.lower()) and found != wanted.lower():
        raise SignInFailed(
            f"{kind} signs in to tenant {found}, and {wanted} was asked for",
            code=None,
            hint="Correct AZURE_TENANT_ID or --tenant-id, or choose another credential with --auth.",
        )
