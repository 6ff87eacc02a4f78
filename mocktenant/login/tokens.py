"""Access tokens: real RS256 JWTs with the claims of Microsoft's app-only v1 tokens."""

from __future__ import annotations

import base64
import hashlib
import time
from typing import Any

import jwt

from mocktenant.apps import App
from mocktenant.login.keys import signing_key
from mocktenant.login.resources import service_of
from mocktenant.tenant import Tenant

LIFETIME = 3599
"""Seconds, as `expires_in` says; by the wall clock, since clients measure it by theirs."""

_EARLY = 300
"""Microsoft dates `iat` and `nbf` five minutes back against clock skew, and `exp` a full hour on."""

NO_DIRECTORY_ROLE = "0997a1d0-0d1d-4acb-b408-d5ca73121e90"
"""In `wids`, marks an app that holds no directory role."""

Claims = dict[str, Any]


class TokenRefused(Exception):
    """The bearer token does not open this service; `reason` is in Graph's words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def issue(tenant: Tenant, app: App, resource: str, service: str, *, certified: bool = False) -> str:
    """A signed token for a resource as the caller spelt it; `certified` if a certificate opened the door.

    Raises UnknownDirectoryRole.
    """
    key = signing_key()
    return jwt.encode(
        _claims(tenant, app, resource, service) | {"appidacr": "2" if certified else "1"},
        key.private,
        algorithm="RS256",
        headers={"x5t": key.kid, "kid": key.kid},
    )


def verify(tenant: Tenant, authorization: str | None, service: str) -> Claims:
    """The claims of a bearer header that opens a service of this tenant. Raises TokenRefused."""
    kind, _, token = (authorization or "").partition(" ")
    if kind.lower() != "bearer" or not token:
        raise TokenRefused("Access token is empty.")
    if token.count(".") < 2:
        raise TokenRefused("IDX14100: JWT is not well formed, there are no dots (.).")
    claims = _verified(token)
    if service_of(str(claims["aud"])) != service:
        raise TokenRefused("Access token validation failure. Invalid audience.")
    if claims["tid"] != tenant.tenant_id:
        raise TokenRefused("Access token validation failure. Invalid tenant.")  # wording unconfirmed
    return claims


def _verified(token: str) -> Claims:
    required = {"require": ["exp", "aud", "tid", "appid"], "verify_aud": False}
    try:
        claims: Claims = jwt.decode(
            token,
            signing_key().private.public_key(),
            algorithms=["RS256"],
            options=required,  # type: ignore[arg-type]
        )
    except jwt.ExpiredSignatureError:
        raise TokenRefused("Lifetime validation failed, the token is expired.") from None
    except jwt.InvalidTokenError:
        # One text for every tampering; Microsoft's differ and are unconfirmed.
        raise TokenRefused("Access token validation failure. Invalid signature.") from None
    return claims


def _claims(tenant: Tenant, app: App, resource: str, service: str) -> Claims:
    now = int(time.time())
    issuer = f"https://sts.windows.net/{tenant.tenant_id}/"
    marks = tenant.next_guid("token")
    claims: Claims = {
        "aud": resource,
        "iss": issuer,
        "iat": now - _EARLY,
        "nbf": now - _EARLY,
        "exp": now + LIFETIME + 1,
        "aio": _opaque(marks, "aio", 24),
        "app_displayname": app.display_name,
        "appid": app.client_id,
        "idp": issuer,
        "idtyp": "app",
        "oid": app.object_id,
        "rh": f"1.{_opaque(marks, 'rh', 30)}.",
        "sub": app.object_id,
        "tenant_region_scope": "EU",
        "tid": tenant.tenant_id,
        "uti": _opaque(marks, "uti", 16),
        "ver": "1.0",
        "wids": app.template_ids() or [NO_DIRECTORY_ROLE],
        "xms_tcdt": int(tenant.clock.timestamp()),
    }
    roles = app.roles_for(service)
    if roles:  # Microsoft leaves the claim out rather than sending an empty list
        claims["roles"] = roles
    return claims


def _opaque(marks: str, kind: str, size: int) -> str:
    digest = hashlib.blake2b(f"{marks}/{kind}".encode(), digest_size=size).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
