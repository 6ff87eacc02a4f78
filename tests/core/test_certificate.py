"""Client certificates: what is refused before anybody is asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as generate_elliptic
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import NameOID

from o365scan.auth import certificate
from o365scan.auth.errors import CredentialUnusable

KEY: RSAPrivateKey = generate_private_key(65537, 2048)


def made_for(key: RSAPrivateKey, days: int = 30) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "o365scan")])
    end = datetime.now(UTC) + timedelta(days=days)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    return builder.not_valid_before(end - timedelta(days=90)).not_valid_after(end).sign(key, SHA256())


def made(days: int = 30) -> x509.Certificate:
    return made_for(KEY, days)


def pem(password: bytes | None = None) -> bytes:
    encryption = BestAvailableEncryption(password) if password else NoEncryption()
    return KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)


def opened(content: bytes, password: str | None = None, thumbprint: str | None = None) -> dict[str, str]:
    return certificate.opened(content, "app.pem", password=password, thumbprint=thumbprint)


def test_pem_with_its_certificate() -> None:
    public = made().public_bytes(Encoding.PEM)
    assert opened(pem() + public) == {"private_key": pem().decode(), "public_certificate": public.decode()}


def test_pem_with_a_password_and_a_thumbprint() -> None:
    credential = opened(pem(b"secret"), "secret", "ab:cd")
    assert credential == {"private_key": pem().decode(), "thumbprint": "ABCD"}


@pytest.mark.parametrize("thumbprint", [None, "ab"])
def test_pfx(thumbprint: str | None) -> None:
    bundle = pkcs12.serialize_key_and_certificates(
        b"x", KEY, made(), None, BestAvailableEncryption(b"secret")
    )
    credential = opened(bundle, "secret", thumbprint)
    assert credential["private_key"] == pem().decode()
    assert credential.get("thumbprint") == (thumbprint and "AB")
    assert ("public_certificate" in credential) is (thumbprint is None)
    with pytest.raises(CredentialUnusable, match="no private key that can be opened"):
        opened(bundle, "wrong")


def test_the_keys_own_certificate_of_a_chain() -> None:
    issuer = made_for(generate_private_key(65537, 2048)).public_bytes(Encoding.PEM)
    own = made().public_bytes(Encoding.PEM)
    assert opened(issuer + pem() + own)["public_certificate"] == own.decode()
    with pytest.raises(CredentialUnusable, match="is not that of the key"):
        opened(issuer + pem())


def test_only_rsa_keys() -> None:
    key = generate_elliptic(SECP256R1())
    content = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with pytest.raises(CredentialUnusable, match="no RSA key"):
        opened(content)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no private key"),
        (b"nonsense", "no private key"),
        (b"-----BEGIN NONSENSE-----", "no private key"),
        (pem(b"secret"), "no private key"),
        (pem(), "a key and no certificate"),
        (
            pem() + b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            "a key and no certificate",
        ),
        (pem() + made(days=-1).public_bytes(Encoding.PEM), "expired on"),
        (pkcs12.serialize_key_and_certificates(b"x", KEY, made(-1), None, NoEncryption()), "expired on"),
        (pkcs12.serialize_key_and_certificates(b"x", None, made(), None, NoEncryption()), "no private key"),
    ],
)
def test_what_can_not_be_used_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(CredentialUnusable, match=said) as caught:
        opened(content)
    assert "PRIVATE KEY" not in str(caught.value) + str(caught.value.hint)
