"""A certificate authority that can vouch for the emulated hosts and for nothing else.

Its key could otherwise be used to listen in on its owner's real Microsoft sign-ins, so: critical name
constraints, keys that are never kept on disk, and a life of days.
"""

from __future__ import annotations

import ipaddress
import os
import ssl
import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LIFETIME = timedelta(days=30)
_SKEW = timedelta(hours=1)
"""Clients whose clock is a little late must not see a certificate from the future."""

_LOOPBACK = "127.0.0.1"


class Authority:
    """A fresh authority: its keys are the one thing here that no seed may decide."""

    def __init__(self, dns_names: Iterable[str]) -> None:
        self.dns_names = tuple(dns_names)
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._certificate = self._self_signed()

    @property
    def pem(self) -> bytes:
        """The authority's own certificate, for clients to trust."""
        return self._certificate.public_bytes(serialization.Encoding.PEM)

    def issue(self, dns_names: Iterable[str], addresses: Iterable[str] = (_LOOPBACK,)) -> tuple[bytes, bytes]:
        """A server certificate and its key, both PEM. It does not look at the constraints: clients do."""
        key = ec.generate_private_key(ec.SECP256R1())
        alternatives: list[x509.GeneralName] = [x509.DNSName(name) for name in dns_names]
        alternatives += [x509.IPAddress(ipaddress.ip_address(address)) for address in addresses]
        certificate = (
            _builder("mocktenant server", self._certificate.subject, key.public_key())
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(_key_usage(signs_certificates=False), critical=True)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False
            )
            .sign(self._key, hashes.SHA256())
        )
        return certificate.public_bytes(serialization.Encoding.PEM), _pem(key)

    def server_context(self) -> ssl.SSLContext:
        """A server's TLS settings with a certificate for every emulated host and 127.0.0.1."""
        certificate, key = self.issue(self.dns_names)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_alpn_protocols(["http/1.1"])
        # ssl reads a key from a file only; the folder is private and gone at once.
        with tempfile.TemporaryDirectory(prefix="mocktenant-") as folder:
            path = Path(folder) / "server.pem"
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(key + certificate)
            context.load_cert_chain(path)
        return context

    def _self_signed(self) -> x509.Certificate:
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mocktenant authority")])
        permitted: list[x509.GeneralName] = [x509.DNSName(dns) for dns in self.dns_names]
        # Constraining names only would leave every IP address permitted.
        permitted.append(x509.IPAddress(ipaddress.ip_network(f"{_LOOPBACK}/32")))
        public = self._key.public_key()
        return (
            _builder("mocktenant authority", name, public)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(x509.NameConstraints(permitted, None), critical=True)
            .add_extension(_key_usage(signs_certificates=True), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .sign(self._key, hashes.SHA256())
        )


def _builder(
    common_name: str, issuer: x509.Name, public: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)]))
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _SKEW)
        .not_valid_after(now + LIFETIME)
    )


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
