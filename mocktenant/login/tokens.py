"""Access tokens: real RS256 JWTs with the claims of Microsoft's app-only v1 tokens."""

from __future__ import annotations

import base64
import hashlib
import time
from functools import lru_cache
from typing import Any

import jwt

from mocktenant.apps import App
from mocktenant.login import standing
from mocktenant.login.keys import signing_key
from mocktenant.login.resources import service_of
from mocktenant.tenant import Tenant

LIFETIME = 3599
"""Seconds, as `expires_in` says; by the tenant's timer, since clients measure it by their own clock."""

LONG_LIFETIME = 86_399
"""The same for a client that can be told of a revocation (claim xms_cc with cp1). Graph's tokens only:
Microsoft documents continuous access evaluation of apps for no other service."""

EARLY = 300
"""Microsoft dates `iat` and `nbf` five minutes back against clock skew, and `exp` a full hour on."""

NO_DIRECTORY_ROLE = "0997a1d0-0d1d-4acb-b408-d5ca73121e90"
"""In `wids`, marks an app that holds no directory role."""

_REVOKED = (
    "Continuous access evaluation resulted in challenge with result: InteractionRequired and code: "
    "TokenIssuedBeforeRevocationTimestamp"
)
_MOMENT = 8

Claims = dict[str, Any]


class TokenRefused(Exception):
    """The bearer token does not open this service; `reason` is in Graph's words and `code` Graph's.

    `challenge` are the claims that a new token must have, for a token that was revoked.
    """

    def __init__(
        self, reason: str, *, code: str = "InvalidAuthenticationToken", challenge: str | None = None
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code
        self.challenge = challenge


def lifetime(service: str, *, evaluated: bool) -> int:
    """The `expires_in` of a token; `evaluated` if its client can be told of a revocation."""
    return LONG_LIFETIME if evaluated and service == "graph" else LIFETIME


def issue(
    tenant: Tenant, app: App, resource: str, service: str, *, certified: bool = False, evaluated: bool = False
) -> str:
    """A signed token for a resource as the caller spelt it; `certified` if an assertion opened the door.

    Raises UnknownDirectoryRole.
    """
    return signed(claims_of(tenant, app, resource, service, certified=certified, evaluated=evaluated))


def signed(claims: Claims) -> str:
    """A token of these claims by the tenant's key."""
    key = signing_key()
    return jwt.encode(claims, key.private, algorithm="RS256", headers={"x5t": key.kid, "kid": key.kid})


def claims_of(
    tenant: Tenant, app: App, resource: str, service: str, *, certified: bool = False, evaluated: bool = False
) -> Claims:
    """The claims of a token that is issued now. Raises UnknownDirectoryRole."""
    now = int(tenant.timer.now())
    issuer = f"{tenant.cloud.issuer_v1}/{tenant.tenant_id}/"
    marks = tenant.next_guid("token")
    claims: Claims = {
        "aud": resource,
        "iss": issuer,
        "iat": now - EARLY,
        "nbf": now - EARLY,
        "exp": now + lifetime(service, evaluated=evaluated) + 1,
        "aio": _stamped(marks),
        "app_displayname": app.display_name,
        "appid": app.client_id,
        "appidacr": "2" if certified else "1",
        "idp": issuer,
        "idtyp": "app",
        "oid": app.object_id,
        "rh": f"1.{_text(_digest(marks, 'rh', 30))}.",
        "sub": app.object_id,
        "tenant_region_scope": "EU",
        "tid": tenant.tenant_id,
        "uti": _text(_digest(marks, "uti", 16)),
        "ver": "1.0",
        "wids": standing.directory_roles(tenant, app) or [NO_DIRECTORY_ROLE],
        "xms_tcdt": int(tenant.clock.timestamp()),
        "xms_tdbr": "EU",
    }
    if evaluated and service == "graph":
        claims["xms_cc"] = ["CP1"]
    roles = standing.app_roles(tenant, app, service)
    if roles:  # Microsoft leaves the claim out rather than sending an empty list
        claims["roles"] = roles
    return claims


def verify(tenant: Tenant, authorization: str | None, service: str) -> Claims:
    """The claims of a bearer header that opens a service of this tenant. Raises TokenRefused."""
    kind, _, token = (authorization or "").partition(" ")
    if kind.lower() != "bearer" or not token:
        raise TokenRefused("Access token is empty.")
    if token.count(".") < 2:
        raise TokenRefused("IDX14100: JWT is not well formed, there are no dots (.).")
    claims = _verified(token)
    _demand_times(tenant, claims)
    if service_of(str(claims["aud"]), tenant.cloud) != service:
        raise TokenRefused("Access token validation failure. Invalid audience.")
    if claims["tid"] != tenant.tenant_id:
        raise TokenRefused("Access token validation failure. Invalid tenant.")  # wording unconfirmed
    if not claims.get("oid"):
        # The token of an app that has no service principal in the tenant.
        raise TokenRefused(
            "The identity of the calling application could not be established.",
            code="Authorization_IdentityNotFound",
        )
    _demand_unrevoked(tenant, claims, service)
    return claims


@lru_cache(maxsize=256)
def _verified(token: str) -> Claims:
    """What a token says that the tenant's key signed, to be read only: a client sends it with each of its requests."""
    # Times are looked at afterwards, by the tenant's timer.
    required = {"require": ["exp", "aud", "tid", "appid"]} | {
        f"verify_{name}": False for name in ("aud", "exp", "nbf", "iat", "iss", "sub", "jti")
    }
    try:
        claims: Claims = jwt.decode(
            token,
            signing_key().private.public_key(),
            algorithms=["RS256"],
            options=required,  # type: ignore[arg-type]
        )
    except jwt.InvalidTokenError:
        # One text for every tampering; Microsoft's differ and are unconfirmed.
        raise TokenRefused("Access token validation failure. Invalid signature.") from None
    return claims


def _demand_times(tenant: Tenant, claims: Claims) -> None:
    now = tenant.timer.now()
    if now >= claims["exp"]:
        raise TokenRefused("Lifetime validation failed, the token is expired.")
    if now < claims.get("nbf", now):
        # This sentence is seen for expired tokens too; which of the two when is unconfirmed.
        raise TokenRefused("Access token has expired or is not yet valid.")


def _demand_unrevoked(tenant: Tenant, claims: Claims, service: str) -> None:
    """Refuses tokens from before a revocation, and those that Graph was told of of an app that is gone.

    Documented for apps: their being disabled or deleted, at Graph, for tokens with xms_cc. Others live on
    until they expire; a secret that is taken away ends no token. A revocation by `Tenant.revoke_tokens`
    counts everywhere: that Exchange challenges an app so is unconfirmed.
    """
    app = tenant.apps.get(str(claims["appid"]).lower())
    if app is None:
        return  # a forged bearer; what it may do is in its claims
    told = service == "graph" and "xms_cc" in claims
    if _moment(claims) < app.revoked or (told and not standing.may_sign_in(tenant, app)):
        since = int(tenant.timer.now())
        raise TokenRefused(
            _REVOKED, challenge=f'{{"access_token":{{"nbf":{{"essential":true, "value":"{since}"}}}}}}'
        )


def _stamped(marks: str) -> str:
    """The claim that only Entra reads; here it keeps the exact moment, which `iat` does not."""
    return _text(time.time_ns().to_bytes(_MOMENT, "big") + _digest(marks, "aio", 24))


def _moment(claims: Claims) -> int:
    """When a token was issued, of time.time_ns; by `iat` where it was forged."""
    try:
        return int.from_bytes(base64.urlsafe_b64decode(claims["aio"][:12])[:_MOMENT], "big")
    except (KeyError, ValueError, TypeError):
        return int((claims.get("iat", 0) + EARLY) * 1_000_000_000)


def _digest(marks: str, kind: str, size: int) -> bytes:
    return hashlib.blake2b(f"{marks}/{kind}".encode(), digest_size=size).digest()


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
