"""Client certificates: PEM or PFX, with their private key.

MSAL signs the assertion: RS256 with the SHA-1 thumbprint where one is given, else PS256 with the SHA-256 one.
https://learn.microsoft.com/entra/identity-platform/certificate-credentials
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from o365scan.auth.errors import CredentialUnusable
from o365scan.auth.material import STDIN, read_bytes, read_text
from o365scan.auth.source import How, Wanted, Way
from o365scan.auth.tokens import AppTokens
from o365scan.sign_in import Kind, SignIn

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.x509 import Certificate

_PATH, _CONTENT = "AZURE_CLIENT_CERTIFICATE_PATH", "AZURE_CLIENT_CERTIFICATE"
_PASSWORD = "AZURE_CLIENT_CERTIFICATE_PASSWORD"  # noqa: S105 - a name
_THUMBPRINT = "AZURE_CLIENT_CERTIFICATE_THUMBPRINT"
_PEM, _PEM_CERTIFICATE = b"-----BEGIN ", b"-----BEGIN CERTIFICATE"


def opened(content: bytes, name: str, *, password: str | None, thumbprint: str | None) -> dict[str, str]:
    """What MSAL takes as `client_credential`, of a certificate that messages call `name`.

    PEM holds the private key and the certificate (or the key alone, with the certificate's SHA-1 `thumbprint` in
    hex), a PFX both. `password` opens either. MSAL gets the key as text, whatever form it had: of a PFX it would
    take a path only, and the key must not be written anywhere. Raises CredentialUnusable.
    """
    key, certificates = (_of_pem if _PEM in content else _of_pfx)(content, name, password)
    own = _own(key, certificates, name)
    if own is not None:
        _refuse_expired(own, name)
    if thumbprint:
        return {"private_key": _as_pem(key), "thumbprint": thumbprint.replace(":", "").upper()}
    if own is None:
        raise CredentialUnusable(
            f"{name} holds a key and no certificate",
            hint=f"Append the certificate, or give its thumbprint in {_THUMBPRINT}.",
        )
    from cryptography.hazmat.primitives.serialization import Encoding

    return {"private_key": _as_pem(key), "public_certificate": own.public_bytes(Encoding.PEM).decode("ascii")}


def _of_pem(content: bytes, name: str, password: str | None) -> tuple[RSAPrivateKey, list[Certificate]]:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_private_key
    from cryptography.x509 import load_pem_x509_certificates

    try:
        key = load_pem_private_key(content, password.encode() if password else None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as cause:
        raise _no_key(name) from cause
    try:
        certificates = load_pem_x509_certificates(content) if _PEM_CERTIFICATE in content else []
    except ValueError:
        certificates = []  # what is no certificate is none
    return _rsa(key, name), certificates


def _of_pfx(content: bytes, name: str, password: str | None) -> tuple[RSAPrivateKey, list[Certificate]]:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization.pkcs12 import load_key_and_certificates

    try:
        key, certificate, others = load_key_and_certificates(content, password.encode() if password else None)
    except (ValueError, UnsupportedAlgorithm) as cause:
        raise _no_key(name) from cause
    if key is None:
        raise _no_key(name)
    return _rsa(key, name), [*([certificate] if certificate else []), *others]


def _rsa(key: object, name: str) -> RSAPrivateKey:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    if not isinstance(key, RSAPrivateKey):
        raise CredentialUnusable(
            f"the key in {name} is no RSA key", hint="Microsoft's sign-in takes certificates with RSA keys."
        )
    return key


def _own(key: RSAPrivateKey, certificates: Iterable[Certificate], name: str) -> Certificate | None:
    """The key's own certificate of a chain; None where there is no certificate at all."""
    held = list(certificates)
    public = key.public_key()
    own = next((each for each in held if each.public_key() == public), None)
    if held and own is None:
        raise CredentialUnusable(
            f"the certificate in {name} is not that of the key beside it",
            hint="Put the key and its own certificate together.",
        )
    return own


def _as_pem(key: RSAPrivateKey) -> str:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii")


def _refuse_expired(certificate: Certificate, name: str) -> None:
    end = certificate.not_valid_after_utc
    if end < datetime.now(UTC):
        raise CredentialUnusable(
            f"the certificate {name} expired on {end:%Y-%m-%d}",
            hint="Make a new one, and upload it to the app registration.",
        )


def _no_key(name: str) -> CredentialUnusable:
    return CredentialUnusable(
        f"{name} holds no private key that can be opened", hint=f"Is it PEM or PFX, and {_PASSWORD} right?"
    )


def _named(sign_in: SignIn) -> bool:
    return bool(sign_in.certificate_file or sign_in.certificate_env)


def _where(wanted: Wanted) -> str | None:
    if file := _file(wanted):
        return "standard input" if file == STDIN else file
    name = wanted.sign_in.certificate_env or _CONTENT
    return name if wanted.variable(name) else None


def _file(wanted: Wanted) -> str | None:
    """The file, unless the options name a variable that holds the certificate itself."""
    if wanted.sign_in.certificate_file or wanted.sign_in.certificate_env:
        return wanted.sign_in.certificate_file
    return wanted.variable(_PATH)


def _needs(wanted: Wanted) -> str:
    return wanted.sign_in.certificate_env or f"{_PATH} or {_CONTENT} (or --client-certificate)"


def _tokens(wanted: Wanted, where: str) -> AppTokens:
    file, password_file = _file(wanted), wanted.sign_in.certificate_password_file
    if file == password_file == STDIN:
        raise CredentialUnusable("standard input can't be both the certificate and its password")
    content = read_bytes(file, "certificate") if file else _decoded(str(wanted.variable(where)), where)
    password = (
        read_text(password_file, "certificate's password")
        if password_file
        else wanted.variable(wanted.sign_in.certificate_password_env or _PASSWORD)
    )
    thumbprint = wanted.sign_in.certificate_thumbprint or wanted.variable(_THUMBPRINT)
    credential = opened(content, where, password=password, thumbprint=thumbprint)
    return AppTokens(wanted, credential, How(WAY.kind, where, ends=_end(credential)))


def _end(credential: Mapping[str, str]) -> datetime | None:
    """When the certificate expires, where it is there and not its thumbprint alone."""
    from cryptography.x509 import load_pem_x509_certificate

    public = credential.get("public_certificate")
    return None if public is None else load_pem_x509_certificate(public.encode()).not_valid_after_utc


def _decoded(text: str, name: str) -> bytes:
    """PEM as it is, anything else as base64, since a variable holds text only. Raises CredentialUnusable."""
    if _PEM.decode() in text:
        return text.encode()
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise CredentialUnusable(
            f"{name} holds neither PEM nor base64", hint="Write a PFX into it with: base64 -w0 app.pfx"
        ) from None  # the cause would hold the text


WAY = Way(kind=Kind.CERTIFICATE, is_app=True, named=_named, where=_where, needs=_needs, tokens=_tokens)
