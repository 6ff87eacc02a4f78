"""Client certificates: what is refused before anybody is asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
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


def made(days: int = 30) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "o365scan")])
    end = datetime.now(UTC) + timedelta(days=days)
    builder = x509.CertificateBuilder(name, name, KEY.public_key(), x509.random_serial_number())
    return builder.not_valid_before(end - timedelta(days=90)).not_valid_after(end).sign(KEY, SHA256())


def pem(password: bytes | None = None) -> bytes:
    encryption = BestAvailableEncryption(password) if password else NoEncryption()
    return KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "credential"


def test_pem_with_its_certificate(path: Path) -> None:
    path.write_bytes(pem() + made().public_bytes(Encoding.PEM))
    credential = certificate.read(path)
    assert set(credential) == {"private_key", "public_certificate"}


def test_pem_with_a_password_and_a_thumbprint(path: Path) -> None:
    path.write_bytes(pem(b"secret"))
    credential = certificate.read(path, password="secret", thumbprint="ab:cd")
    assert (credential["thumbprint"], credential["passphrase"]) == ("ABCD", "secret")


@pytest.mark.parametrize("thumbprint", [None, "ab"])
def test_pfx(path: Path, thumbprint: str | None) -> None:
    bundle = pkcs12.serialize_key_and_certificates(
        b"x", KEY, made(), None, BestAvailableEncryption(b"secret")
    )
    path.write_bytes(bundle)
    credential = certificate.read(path, password="secret", thumbprint=thumbprint)
    assert credential["private_key_pfx_path"] == str(path)
    assert credential.get("thumbprint") == (thumbprint and "AB")
    with pytest.raises(CredentialUnusable, match="no private key that can be opened"):
        certificate.read(path, password="wrong")


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
def test_what_can_not_be_used_is_refused(path: Path, content: bytes, said: str) -> None:
    path.write_bytes(content)
    with pytest.raises(CredentialUnusable, match=said) as caught:
        certificate.read(path)
    assert "PRIVATE KEY" not in str(caught.value) + str(caught.value.hint)


def test_a_file_that_is_not_there(path: Path) -> None:
    with pytest.raises(CredentialUnusable, match="can't read the certificate"):
        certificate.read(path)
