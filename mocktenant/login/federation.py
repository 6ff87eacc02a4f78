"""Federated sign-in: an app shows another issuer's token, and its application says which tokens to trust.

Issuer, subject and audience are compared exactly, in their case, as Entra does. The order of the
comparisons is unconfirmed, and so is what a wrong signature is called. Tokens of Entra itself as
assertions, and credentials with an expression instead of a subject, are not emulated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from mocktenant.apps import App
from mocktenant.collection import Object
from mocktenant.login import assertions, standing
from mocktenant.login.errors import SignInRefused
from mocktenant.tenant import Tenant


def is_foreign(token: str) -> bool:
    """Whether an assertion says that another issuer made it, not the app itself. Raises SignInRefused."""
    return str(assertions.said(token).get("iss", "")).lower().startswith("https://")


def verify(tenant: Tenant, app: App, token: str, header: Mapping[str, Any]) -> None:
    """Lets in an app whose application trusts the assertion, if it holds. Raises SignInRefused."""
    claims = assertions.said(token)
    issuer, subject, audiences = str(claims["iss"]), str(claims.get("sub", "")), _audiences(claims)
    _demand_trusted(standing.federated_credentials(tenant, app), app, issuer, subject, audiences)
    key = _key(tenant, app, issuer, str(header.get("kid", "")))
    reason = "The provided signature value did not match the expected signature value."
    assertions.claims_of(token, header, key, _not_accepted(app, reason, header))
    assertions.demand_times(claims, tenant.timer.now())


def _demand_trusted(
    credentials: Sequence[Object], app: App, issuer: str, subject: str, audiences: Sequence[str]
) -> None:
    if not credentials:
        raise SignInRefused(70025, app.client_id, app.display_name)
    by_issuer = [each for each in credentials if each.get("issuer") == issuer]
    if not by_issuer:
        raise SignInRefused(700211, issuer)
    by_subject = [each for each in by_issuer if each.get("subject") == subject]
    by_audience = [each for each in by_issuer if set(audiences) & set(each.get("audiences", []))]
    said = ", ".join(audiences)
    if not by_subject:
        raise SignInRefused(700213, subject)
    if not by_audience:
        raise SignInRefused(700212, said)
    if not any(each in by_audience for each in by_subject):
        raise SignInRefused(70021, issuer, subject, said)


def _key(tenant: Tenant, app: App, issuer: str, kid: str) -> rsa.RSAPublicKey:
    known = tenant.issuers.get(issuer)
    if known is None:
        raise SignInRefused(501661)
    for key in known.jwks():
        if key["kid"] == kid:
            numbers = RSAAlgorithm.from_jwk(key)
            if isinstance(numbers, rsa.RSAPublicKey):
                return numbers
    raise _not_accepted(app, "The key was not found.", {"kid": kid})


def _not_accepted(app: App, reason: str, header: Mapping[str, Any]) -> SignInRefused:
    named = str(header.get("kid", ""))
    return SignInRefused(700027, reason, named, app.client_id, assertions.INVALID)


def _audiences(claims: Mapping[str, Any]) -> list[str]:
    said = claims.get("aud", [])
    return [str(each) for each in said] if isinstance(said, list) else [str(said)]
