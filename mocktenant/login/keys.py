"""The keys that sign access tokens, and the tokens of other issuers.

One each for the process: making an RSA key costs up to 0.1 s, which no start and no test should pay twice.
A token still opens only its own tenant, whose id it carries.
"""

from __future__ import annotations

import base64
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

_LIFETIME = timedelta(days=365)
_lock = threading.Lock()
_made: dict[str, SigningKey] = {}

ENTRA = "accounts.accesscontrol.windows.net"
"""The name in the certificate of the key that signs access tokens."""


@dataclass(frozen=True)
class SigningKey:
    """An RSA key, its certificate in DER, and the key id that Microsoft derives from it."""

    private: rsa.RSAPrivateKey
    certificate: bytes
    kid: str

    def as_jwk(self, issuer: str | None) -> dict[str, object]:
        """The public half as discovery/keys lists it; only the v2 list names an issuer."""
        numbers = self.private.public_key().public_numbers()
        jwk: dict[str, object] = {
            "kty": "RSA",
            "use": "sig",
            "kid": self.kid,
            "x5t": self.kid,
            "n": _b64url(numbers.n.to_bytes((numbers.n.bit_length() + 7) // 8, "big")),
            "e": _b64url(numbers.e.to_bytes(3, "big")),
            "x5c": [base64.b64encode(self.certificate).decode()],
        }
        if issuer is not None:
            jwk["issuer"] = issuer
        return jwk


def signing_key(name: str = ENTRA) -> SigningKey:
    """The process's key of a name, made when first wanted."""
    with _lock:
        if name not in _made:
            _made[name] = _make(name)
        return _made[name]


def _make(common_name: str) -> SigningKey:
    private = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + _LIFETIME)
        .sign(private, hashes.SHA256())
    )
    # SHA-1 names the key here, as x5t always has; it protects nothing.
    return SigningKey(
        private,
        certificate.public_bytes(serialization.Encoding.DER),
        _b64url(certificate.fingerprint(hashes.SHA1())),  # noqa: S303
    )


def _b64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
