"""A certificate for the scanner's app, ready to sign in with.

One for the process, made when first wanted: it costs up to 0.1 s.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

PASSWORD = "mocktenant"  # noqa: S105 - it opens only what this process made
LIFETIME = timedelta(days=30)

_lock = threading.Lock()
_made: list[ClientCertificate] = []


@dataclass(frozen=True)
class ClientCertificate:
    """A self-signed certificate with its RSA key."""

    certificate: x509.Certificate
    private: rsa.RSAPrivateKey

    password = PASSWORD
    """Opens `pfx`."""

    @property
    def der(self) -> bytes:
        """The certificate alone, as an app registers it."""
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def certificate_pem(self) -> bytes:
        """The certificate alone."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        """The key alone, unencrypted."""
        return self.private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    @property
    def pem(self) -> bytes:
        """Key and certificate in one file, as azure-identity and the Azure CLI read it."""
        return self.key_pem + self.certificate_pem

    @property
    def pfx(self) -> bytes:
        """Key and certificate as PKCS #12 under `password`."""
        return pkcs12.serialize_key_and_certificates(
            b"mocktenant",
            self.private,
            self.certificate,
            None,
            serialization.BestAvailableEncryption(PASSWORD.encode()),
        )

    @property
    def thumbprint(self) -> str:
        """SHA-1 of the certificate in hexadecimal, as the portal shows it."""
        return self.certificate.fingerprint(hashes.SHA1()).hex().upper()  # noqa: S303 - a name, no protection


def client_certificate() -> ClientCertificate:
    """The process's certificate."""
    with _lock:
        if not _made:
            _made.append(made())
        return _made[0]


def made(*, starts: datetime | None = None, lifetime: timedelta = LIFETIME) -> ClientCertificate:
    """A new certificate, valid from now unless told otherwise."""
    private = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "o365scan")])
    start = starts or datetime.now(UTC) - timedelta(hours=1)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + lifetime)
        .sign(private, hashes.SHA256())
    )
    return ClientCertificate(certificate, private)
