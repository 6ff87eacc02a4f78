"""Client assertions: an app signs in with a certificate's key, and every claim and the signature are looked at.

RS256 with x5t and PS256 with x5t#S256, as MSAL sends them. The order in which Microsoft looks at the faults
of an assertion that has several is unconfirmed; so are five minutes for clocks that differ.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa

from mocktenant import hosts
from mocktenant.apps import App
from mocktenant.login.errors import SignInRefused
from mocktenant.tenant import Tenant

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

_SKEW = 300
_FARTHEST = 1e11
_PEM = b"-----BEGIN"
INVALID = "Client assertion contains an invalid signature."
_NOT_REGISTERED = (
    "The certificate with identifier used to sign the client assertion is not registered on application."
)
_ENDPOINTS = ("/oauth2/v2.0/token", "/oauth2/token", "/v2.0", "")
"""What an audience may end in after the tenant: the token endpoints and the issuer."""


def said(token: str) -> dict[str, Any]:
    """What an assertion says, before anything of it is proven. Raises SignInRefused."""
    try:
        claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    except jwt.InvalidTokenError:
        raise SignInRefused(50027, "Its claims can't be read.") from None
    return claims


def header_of(token: str) -> dict[str, Any]:
    """The header of an assertion whose signature can be looked at. Raises SignInRefused."""
    try:
        header: dict[str, Any] = jwt.get_unverified_header(token)
    except jwt.InvalidTokenError:
        raise SignInRefused(50027, "It is not well formed.") from None
    if header.get("alg") not in ("RS256", "PS256"):
        raise SignInRefused(50027, f"Its algorithm is {header.get('alg')}.")
    return header


def verify(tenant: Tenant, app: App, token: str, header: Mapping[str, Any], authority: str) -> None:
    """Lets in an app whose assertion holds; `authority` is the Host that was asked. Raises SignInRefused."""
    now = tenant.timer.now()
    certificate = _certificate(app, header, now)
    claims = _claims(token, header, certificate, app)
    demand_times(claims, now)
    _demand_names(app, claims)
    if not _is_here(tenant, str(claims.get("aud", "")), authority):
        raise SignInRefused(700023)


def _certificate(app: App, header: Mapping[str, Any], now: float) -> x509.Certificate:
    """The registered certificate that the header names by its SHA-1 or SHA-256."""
    if "x5t" not in header and "x5t#S256" not in header:
        raise SignInRefused(50027, "Its header names no key.")
    name, algorithm = ("x5t#S256", hashes.SHA256()) if "x5t#S256" in header else ("x5t", hashes.SHA1())  # noqa: S303
    thumbprint = _decoded(str(header[name]))
    for one in map(_loaded, app.certificates):
        if one.fingerprint(algorithm) == thumbprint:
            return _valid(one, app, now)
    raise _not_accepted(app, "The key was not found.", thumbprint.hex().upper(), _NOT_REGISTERED)


def _valid(certificate: x509.Certificate, app: App, now: float) -> x509.Certificate:
    start, end = certificate.not_valid_before_utc.timestamp(), certificate.not_valid_after_utc.timestamp()
    if not start <= now <= end:
        raise _not_accepted(app, "The key used is expired.", _thumbprint(certificate))
    return certificate


def _not_accepted(app: App, reason: str, thumbprint: str, sentence: str | None = None) -> SignInRefused:
    return SignInRefused(700027, reason, thumbprint, app.client_id, sentence or INVALID)


def _thumbprint(certificate: x509.Certificate) -> str:
    return certificate.fingerprint(hashes.SHA1()).hex().upper()  # noqa: S303 - a name


def _claims(token: str, header: Mapping[str, Any], certificate: x509.Certificate, app: App) -> dict[str, Any]:
    key = certificate.public_key()
    unmatched = _not_accepted(
        app,
        "The provided signature value did not match the expected signature value.",
        _thumbprint(certificate),
    )
    if not isinstance(key, rsa.RSAPublicKey):
        raise unmatched
    return claims_of(token, header, key, unmatched)


def claims_of(
    token: str, header: Mapping[str, Any], key: rsa.RSAPublicKey, unmatched: SignInRefused
) -> dict[str, Any]:
    """What an assertion says, once its signature holds. Raises SignInRefused (`unmatched` for the signature)."""
    # Times and names are looked at afterwards, since each has a number of its own.
    unlooked = {f"verify_{name}": False for name in ("exp", "nbf", "iat", "aud", "iss", "sub", "jti")}
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[header["alg"]],
            options=unlooked,  # type: ignore[arg-type]
        )
    except jwt.InvalidTokenError:
        raise unmatched from None
    return claims


def demand_times(claims: Mapping[str, Any], now: float) -> None:
    """Demands that an assertion's time has come and is not over. Raises SignInRefused."""
    start, end = _time(claims.get("nbf", now)), _time(claims.get("exp"))
    if not start - _SKEW <= now <= end + _SKEW:
        raise SignInRefused(700024, _written(now), _written(start), _written(end))


def _demand_names(app: App, claims: Mapping[str, Any]) -> None:
    issuer, subject = str(claims.get("iss", "")), str(claims.get("sub", ""))
    if issuer.lower() != subject.lower():
        raise SignInRefused(50048)
    if issuer.lower() != app.client_id:
        raise SignInRefused(700021)


def _is_here(tenant: Tenant, audience: str, authority: str) -> bool:
    """Whether an audience is an endpoint of this tenant, under any of Microsoft's hosts or the one asked."""
    parts = urlsplit(audience)
    known = [name for name, service in hosts.SERVICES.items() if service == "login"]
    if parts.scheme != "https" or parts.netloc.lower() not in (*known, authority.lower()):
        return False
    segment, slash, rest = parts.path.lstrip("/").partition("/")
    return tenant.is_me(segment) and f"{slash}{rest}".rstrip("/") in _ENDPOINTS


def _loaded(certificate: bytes) -> x509.Certificate:
    if certificate.lstrip().startswith(_PEM):
        return x509.load_pem_x509_certificate(certificate)
    return x509.load_der_x509_certificate(certificate)


def _decoded(text: str) -> bytes:
    """base64url with its padding or without."""
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        raise SignInRefused(50027, "Its thumbprint can't be read.") from None


def _time(value: object) -> float:
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = float(value)  # ROADtools sends its times as text, and Microsoft takes them
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < _FARTHEST:
        raise SignInRefused(50027, "exp must be there, and exp and nbf must be times.")
    return value


def _written(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S.0000000Z")
