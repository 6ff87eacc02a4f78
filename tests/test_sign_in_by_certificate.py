"""A scan signed in by certificate: real MSAL assertions, verified for real by the mock tenant."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mocktenant import Server, Tenant
from tests.conftest import Run


@pytest.fixture
def tenant() -> Tenant:
    return Tenant("baseline", size=20)


@pytest.fixture
def environment(tenant: Tenant, serving: Callable[[Tenant], Server]) -> dict[str, str]:
    variables = serving(tenant).environment()
    del variables["AZURE_CLIENT_SECRET"]
    return variables


def test_pem(o365scan: Run, tenant: Tenant, environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "app.pem").write_bytes(tenant.certificate.pem)
    assert o365scan("doctor", env=environment | {"AZURE_CLIENT_CERTIFICATE_PATH": "app.pem"}).returncode == 0
    assert o365scan("doctor", "--client-certificate", "app.pem", env=environment).returncode == 0
    scanned = o365scan("scan", "--client-certificate", "app.pem", "--check", "*transport*", env=environment)
    assert scanned.returncode == 0, scanned.stdout + scanned.stderr


def test_pem_by_thumbprint(
    o365scan: Run, tenant: Tenant, environment: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "app.pem").write_bytes(tenant.certificate.pem)
    variables = {"AZURE_CLIENT_CERTIFICATE_THUMBPRINT": tenant.certificate.thumbprint}
    result = o365scan("doctor", "--client-certificate", "app.pem", env=environment | variables)
    assert result.returncode == 0, result.stdout + result.stderr


def test_pfx(o365scan: Run, tenant: Tenant, environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "app.pfx").write_bytes(tenant.certificate.pfx)
    variables = {"AZURE_CLIENT_CERTIFICATE_PASSWORD": tenant.certificate.password}
    result = o365scan("doctor", "--client-certificate", "app.pfx", env=environment | variables)
    assert result.returncode == 0, result.stdout + result.stderr
    refused = o365scan("doctor", "--client-certificate", "app.pfx", env=environment)
    assert refused.returncode == 2
    assert "no private key that can be opened" in refused.stderr


def test_a_certificate_that_is_not_registered(
    o365scan: Run, tenant: Tenant, environment: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "app.pem").write_bytes(tenant.certificate.pem)
    tenant.app.certificates.clear()
    result = o365scan("doctor", "--client-certificate", "app.pem", env=environment)
    assert result.returncode == 4
    assert "AADSTS700027" in result.stderr
    assert "PRIVATE KEY" not in result.stdout + result.stderr
