"""Client assertions: an app signs in with a certificate's key, and every claim and the signature are looked at.

RS256 with x5t and PS256 with x5t#S256, as MSAL sends them. The order in which Microsoft looks at the faults
of an assertion that has several is unconfirmed; so are five minutes for clocks that differ.
"""

from __future__ import annotations

import base64
import binascii
import time
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
_ENDPOINTS = ("/oauth2/v2.0/token", "/oauth2/token", "/v2.0", "")
"""What an audience may end in after the tenant: the token endpoints and the issuer."""


def verify(tenant: Tenant, app: App, form: Mapping[str, str], authority: str) -> None:
    """Lets in an app whose assertion holds; `authority` is the Host that was asked. Raises SignInRefused."""
    if form.get("client_assertion_type") != TYPE:
        raise SignInRefused(900144, "client_assertion_type")  # for a wrong type unconfirmed
    token = form["client_assertion"]
    header = _header(token)
    certificate = _certificate(app, header)
    claims = _claims(token, header, certificate)
    _demand_times(claims)
    _demand_names(app, claims)
    if not _is_here(tenant, str(claims.get("aud", "")), authority):
        raise SignInRefused(700023)


def _header(token: str) -> dict[str, Any]:
    try:
        header: dict[str, Any] = jwt.get_unverified_header(token)
    except jwt.InvalidTokenError:
        raise SignInRefused(50027, "it is not well formed") from None
    if header.get("alg") not in ("RS256", "PS256"):
        raise SignInRefused(50027, f"its algorithm is {header.get('alg')}")
    return header


def _certificate(app: App, header: Mapping[str, Any]) -> x509.Certificate:
    """The registered certificate that the header names by its SHA-1 or SHA-256."""
    for name, algorithm in (("x5t#S256", hashes.SHA256()), ("x5t", hashes.SHA1())):  # noqa: S303 - a name
        if name in header:
            thumbprint = _decoded(str(header[name]))
            for one in map(_loaded, app.certificates):
                if one.fingerprint(algorithm) == thumbprint:
                    return _valid(one, thumbprint)
            raise SignInRefused(700027, "The key was not found.", thumbprint.hex().upper())
    raise SignInRefused(50027, "its header names no key")


def _valid(certificate: x509.Certificate, thumbprint: bytes) -> x509.Certificate:
    now = datetime.now(UTC)
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        raise SignInRefused(700027, "The key used is expired.", thumbprint.hex().upper())
    return certificate


def _claims(token: str, header: Mapping[str, Any], certificate: x509.Certificate) -> dict[str, Any]:
    key = certificate.public_key()
    thumbprint = certificate.fingerprint(hashes.SHA1()).hex().upper()  # noqa: S303 - a name
    unmatched = SignInRefused(
        700027, "The provided signature value did not match the expected signature value.", thumbprint
    )
    if not isinstance(key, rsa.RSAPublicKey):
        raise unmatched
    # Times and names are looked at afterwards, since each has a number of its own.
    unlooked = {f"verify_{name}": False for name in ("exp", "nbf", "iat", "aud", "iss", "sub", "jti")}
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[header["alg"]],
            options=unlooked,  # type: ignore[arg-type]
        )
    except jwt.InvalidSignatureError:
        raise unmatched from None
    except jwt.InvalidTokenError:
        raise SignInRefused(50027, "its claims can't be read") from None
    return claims


def _demand_times(claims: Mapping[str, Any]) -> None:
    now = time.time()
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
        raise SignInRefused(50027, "its thumbprint can't be read") from None


def _time(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < _FARTHEST:
        raise SignInRefused(50027, "exp must be there, and exp and nbf must be times")
    return value


def _written(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S.0000000Z")
