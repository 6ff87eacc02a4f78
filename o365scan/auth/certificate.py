"""Client certificates: PEM or PFX, with their private key.

MSAL signs the assertion: RS256 with the SHA-1 thumbprint where one is given, else PS256 with the SHA-256 one.
https://learn.microsoft.com/entra/identity-platform/certificate-credentials
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from o365scan.auth.errors import CredentialUnusable

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

_PASSWORD = "AZURE_CLIENT_CERTIFICATE_PASSWORD"  # noqa: S105 - a name
_PEM = b"-----BEGIN "


def read(path: Path, *, password: str | None = None, thumbprint: str | None = None) -> dict[str, Any]:
    """What MSAL takes as `client_credential`.

    A PEM file holds the private key and the certificate (or the key alone, with the certificate's SHA-1
    `thumbprint` in hex), a PFX file both. `password` opens either. Raises CredentialUnusable.
    """
    try:
        content = path.read_bytes()
    except OSError as cause:
        raise CredentialUnusable(f"can't read the certificate {path}: {cause.strerror}") from cause
    opened = _of_pem if _PEM in content else _of_pfx
    return opened(path, content, password, thumbprint)


def _of_pem(path: Path, content: bytes, password: str | None, thumbprint: str | None) -> dict[str, Any]:
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        load_pem_private_key(content, password.encode() if password else None)
    except (ValueError, TypeError) as cause:
        raise _no_key(path) from cause
    credential: dict[str, Any] = {"private_key": content.decode("ascii", "replace")}
    if password:
        credential["passphrase"] = password
    if thumbprint:
        return {**credential, "thumbprint": thumbprint.replace(":", "").upper()}
    return {**credential, "public_certificate": _public(path, content)}


def _public(path: Path, content: bytes) -> str:
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.x509 import load_pem_x509_certificate

    try:
        certificate = load_pem_x509_certificate(content[content.index(b"-----BEGIN CERTIFICATE") :])
    except ValueError as cause:
        raise CredentialUnusable(
            f"{path} holds a key and no certificate",
            hint="Append the certificate, or give its thumbprint in AZURE_CLIENT_CERTIFICATE_THUMBPRINT.",
        ) from cause
    _refuse_expired(path, certificate)
    return certificate.public_bytes(Encoding.PEM).decode("ascii")


def _of_pfx(path: Path, content: bytes, password: str | None, thumbprint: str | None) -> dict[str, Any]:
    from cryptography.hazmat.primitives.serialization.pkcs12 import load_key_and_certificates

    try:
        key, certificate, _ = load_key_and_certificates(content, password.encode() if password else None)
    except ValueError as cause:
        raise _no_key(path) from cause
    if key is None or certificate is None:
        raise _no_key(path)
    _refuse_expired(path, certificate)
    credential = {"private_key_pfx_path": str(path), "passphrase": password}
    return {**credential, "thumbprint": thumbprint.replace(":", "").upper()} if thumbprint else credential


def _refuse_expired(path: Path, certificate: Certificate) -> None:
    end = certificate.not_valid_after_utc
    if end < datetime.now(UTC):
        raise CredentialUnusable(
            f"the certificate {path} expired on {end:%Y-%m-%d}",
            hint="Make a new one, and upload it to the app registration.",
        )


def _no_key(path: Path) -> CredentialUnusable:
    return CredentialUnusable(
        f"{path} holds no private key that can be opened", hint=f"Is it PEM or PFX, and {_PASSWORD} right?"
    )
