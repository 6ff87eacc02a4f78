"""What a token says of its bearer. Read for display and addressing; whoever the token is for verifies it."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import Any

from o365scan.auth.errors import SignInFailed


@dataclass(frozen=True)
class Claims:
    """The claims of an access token.

    `roles` are app roles, `directory_roles` the template ids (claim `wids`). A token that a person's sign-in gave has
    `scopes` and no app roles: it opens what a scope names *and* the person's own roles allow; `user` is who that is.
    `principal_id` is the object id of whoever signed in: of an app its service principal's.
    """

    tenant_id: str
    app_id: str
    app_name: str | None
    roles: tuple[str, ...]
    directory_roles: tuple[str, ...]
    scopes: tuple[str, ...] = ()
    user: str | None = None
    principal_id: str | None = None

    @property
    def is_delegated(self) -> bool:
        """Whether a person signed in, and not an app as itself."""
        return bool(self.scopes)

    @classmethod
    def of(cls, token: str) -> Claims:
        """Decode a v1 or v2 access token. Raises SignInFailed if it is none."""
        claims = payload(token)
        try:
            return cls(
                tenant_id=claims["tid"].lower(),
                app_id=claims.get("appid") or claims["azp"],
                app_name=claims.get("app_displayname"),
                roles=tuple(claims.get("roles", ())),
                directory_roles=tuple(claims.get("wids", ())),
                scopes=tuple(claims.get("scp", "").split()),
                user=claims.get("upn") or claims.get("unique_name") or claims.get("preferred_username"),
                principal_id=claims.get("oid"),
            )
        except (KeyError, AttributeError, TypeError) as cause:
            raise _unreadable() from cause


def payload(token: str) -> dict[str, Any]:
    """The claims of a JSON web token, unverified. Raises SignInFailed if it is none."""
    try:
        middle = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
    except (IndexError, ValueError, AttributeError, RecursionError):
        raise _unreadable() from None  # the cause would hold the token
    if not isinstance(claims, dict):
        raise _unreadable()
    return claims


def _unreadable() -> SignInFailed:
    return SignInFailed("the access token can't be read", code=None)
