"""Tokens that no sign-in would give: for the refusals that a client must live with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import jwt

from mocktenant.apps import App
from mocktenant.login.keys import signing_key
from mocktenant.login.resources import AUDIENCES, audiences
from mocktenant.login.tokens import Claims, claims_of, signed
from mocktenant.tenant import Tenant

_HOUR = 3_600
_OTHER = str(UUID(int=1, version=4))


class UnknownForgery(ValueError):
    """No token of this kind, or for this service; the message names those there are."""


def forge(
    tenant: Tenant, kind: str = "valid", *, service: str = "graph", app: App | None = None, **claims: Any
) -> str:
    """A token for graph, exchange or management with one thing wrong.

    `kind` is one of KINDS; `claims` replace or add claims, and None takes one away. It is the scanner's
    token unless another app is named. Raises UnknownForgery.
    """
    if kind not in KINDS:
        raise UnknownForgery(f"no token of kind {kind!r}; there are {', '.join(KINDS)}")
    if service not in AUDIENCES:
        raise UnknownForgery(f"no service {service!r}; there are {', '.join(AUDIENCES)}")
    good = claims_of(tenant, app or tenant.app, audiences(tenant.cloud, service)[0], service)
    wanted = _changed(KINDS[kind](good, service) | claims)
    return _SIGNED.get(kind, signed)(wanted)


def _changed(claims: Claims) -> Claims:
    return {name: value for name, value in claims.items() if value is not None}


def _moved(claims: Claims, seconds: int) -> Claims:
    return claims | {name: claims[name] + seconds for name in ("iat", "nbf", "exp")}


def _misdirected(claims: Claims, service: str) -> Claims:
    other = "exchange" if service == "graph" else "graph"
    return claims | {"aud": AUDIENCES[other][0]}


def _elsewhere(claims: Claims, _service: str) -> Claims:
    issuer = f"https://sts.windows.net/{_OTHER}/"
    return claims | {"tid": _OTHER, "iss": issuer, "idp": issuer}


KINDS: dict[str, Callable[[Claims, str], Claims]] = {
    "valid": lambda claims, _: claims,
    "expired": lambda claims, _: _moved(claims, -2 * _HOUR),
    "not-yet-valid": lambda claims, _: _moved(claims, _HOUR),
    "wrong-audience": _misdirected,
    "other-tenant": _elsewhere,
    "no-roles": lambda claims, _: claims | {"roles": None},
    "no-directory-roles": lambda claims, _: claims | {"wids": ["0997a1d0-0d1d-4acb-b408-d5ca73121e90"]},
    "no-oid": lambda claims, _: claims | {"oid": None, "sub": claims["appid"]},
    "bad-signature": lambda claims, _: claims,
    "unsigned": lambda claims, _: claims,
    "malformed": lambda claims, _: claims,
}
"""What is wrong with a token -> its claims, from the good ones and the service."""


def _tampered(claims: Claims) -> str:
    """Claims that were changed after signing."""
    head, _, signature = signed(claims | {"uti": "tampered"}).split(".")
    return f"{head}.{signed(claims).split('.')[1]}.{signature}"


def _unsigned(claims: Claims) -> str:
    return jwt.encode(claims, "", algorithm="none", headers={"kid": signing_key().kid})


_SIGNED: dict[str, Callable[[Claims], str]] = {
    "bad-signature": _tampered,
    "malformed": lambda claims: signed(claims).replace(".", ""),
    "unsigned": _unsigned,
}
"""How a token is put together where the tenant's key does not sign it."""
