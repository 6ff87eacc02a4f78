"""Each kind of credential scans the mock tenant: real MSAL or a real `az`, real tokens, a real request with each."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from mocktenant import Server, Tenant
from o365scan.auth.discovery import tokens_of
from o365scan.cloud import GLOBAL
from o365scan.network import Network
from o365scan.sign_in import SignIn
from o365scan.transport.service import Service
from tests.auth.conftest import AUDIENCE, CHECK
from tests.conftest import Run


def scanned(run: Run, kind: str, where: str, *options: str, env: Mapping[str, str], stdin: str = "") -> None:
    """A scan that decides everything, and says by what it signed in."""
    result = run("scan", "--check", CHECK, "--verbose", *options, env=env, stdin=stdin)
    assert result.returncode == 0, result.stdout + result.stderr
    assert f"Signing in by {kind} ({where})" in result.stderr


def test_client_secret(o365scan: Run, tenant: Tenant, bare: dict[str, str], tmp_path: Path) -> None:
    secret = tenant.client_secret
    scanned(o365scan, "client-secret", "AZURE_CLIENT_SECRET", env=bare | {"AZURE_CLIENT_SECRET": secret})
    for text in (f"{secret}\n", f"\ufeff{secret}\r\n"):  # the second as PowerShell writes it
        (tmp_path / "secret").write_bytes(text.encode())
        scanned(o365scan, "client-secret", "secret", "--client-secret-file", "secret", env=bare)
    scanned(o365scan, "client-secret", "standard input", "--client-secret-file", "-", env=bare, stdin=secret)


def test_certificate_as_pem(o365scan: Run, tenant: Tenant, bare: dict[str, str], tmp_path: Path) -> None:
    pem = tenant.certificate.pem.decode()
    (tmp_path / "app.pem").write_text(pem)
    path, content = "AZURE_CLIENT_CERTIFICATE_PATH", "AZURE_CLIENT_CERTIFICATE"
    scanned(o365scan, "certificate", "app.pem", env=bare | {path: "app.pem"})
    scanned(o365scan, "certificate", "app.pem", "--client-certificate", "app.pem", env=bare)
    scanned(o365scan, "certificate", content, env=bare | {content: pem})
    scanned(o365scan, "certificate", "standard input", "--client-certificate", "-", env=bare, stdin=pem)


def test_key_alone_with_a_thumbprint(
    o365scan: Run, tenant: Tenant, bare: dict[str, str], tmp_path: Path
) -> None:
    thumbprint = ":".join(tenant.certificate.thumbprint[at : at + 2] for at in range(0, 40, 2))
    (tmp_path / "app.key").write_bytes(tenant.certificate.key_pem)
    env = bare | {"AZURE_CLIENT_CERTIFICATE_THUMBPRINT": thumbprint}
    scanned(o365scan, "certificate", "app.key", "--client-certificate", "app.key", env=env)


def test_certificate_as_pfx(o365scan: Run, tenant: Tenant, bare: dict[str, str], tmp_path: Path) -> None:
    pfx, password = tenant.certificate.pfx, tenant.certificate.password
    (tmp_path / "app.pfx").write_bytes(pfx)
    (tmp_path / "password").write_text(f"{password}\n")
    by_file = ("--client-certificate", "app.pfx", "--certificate-password-file", "password")
    scanned(o365scan, "certificate", "app.pfx", *by_file, env=bare)
    by_stdin = ("--client-certificate", "app.pfx", "--certificate-password-file", "-")
    scanned(o365scan, "certificate", "app.pfx", *by_stdin, env=bare, stdin=password)
    content = {
        "AZURE_CLIENT_CERTIFICATE": base64.encodebytes(pfx).decode(),
        "AZURE_CLIENT_CERTIFICATE_PASSWORD": password,
    }
    scanned(o365scan, "certificate", "AZURE_CLIENT_CERTIFICATE", env=bare | content)


def test_federated_token_of_a_file_is_read_for_every_request(
    o365scan: Run, tenant: Tenant, bare: dict[str, str], tmp_path: Path, trusting: Callable[..., None]
) -> None:
    trusting()
    file = tmp_path / "token"
    file.write_text(tenant.github.token(AUDIENCE, tenant.timer.now(), "1") + "\n")
    scanned(o365scan, "federated-token", "token", env=bare | {"AZURE_FEDERATED_TOKEN_FILE": "token"})
    scanned(o365scan, "federated-token", "token", "--federated-token-file", "token", env=bare)
    tokens = tokens_of(SignIn(federated_token_file=str(file)), Network(bare))
    tokens.token(GLOBAL.graph)
    file.write_text("stale")
    tokens.token(GLOBAL.graph)  # MSAL still holds Graph's
    with pytest.raises(Exception, match=r"AADSTS50027|refused"):
        tokens.token(GLOBAL.exchange)


def test_federated_token_of_a_variable(
    tenant: Tenant, bare: dict[str, str], trusting: Callable[..., None]
) -> None:
    trusting()
    env = bare | {"CI_ID_TOKEN": tenant.github.token(AUDIENCE, tenant.timer.now(), "1")}
    tokens = tokens_of(SignIn(federated_token_env="CI_ID_TOKEN"), Network(env))
    assert str(tokens.how) == "federated-token (CI_ID_TOKEN)"
    assert Service(tokens, GLOBAL, Network(env)).claims().app_id == tenant.client_id


def test_assertion_of_the_callers_own_is_asked_for_every_request(
    tenant: Tenant, bare: dict[str, str], trusting: Callable[..., None]
) -> None:
    trusting()
    made = []

    def vouched() -> str:
        made.append(tenant.github.token(AUDIENCE, tenant.timer.now(), str(len(made))))
        return made[-1]

    tokens = tokens_of(SignIn(), Network(bare), assertion=vouched)
    assert made == []
    for resource in (GLOBAL.graph, GLOBAL.graph, GLOBAL.exchange):
        tokens.token(resource)
    assert len(made) == 2


def test_github_job(
    o365scan: Run, tenant: Tenant, bare: dict[str, str], trusting: Callable[..., None]
) -> None:
    tenant.github.job = replace(tenant.github.job, environment="m365-readonly")
    trusting()
    env = bare | tenant.github.environment()
    scanned(o365scan, "github-oidc", "ACTIONS_ID_TOKEN_REQUEST_URL", env=env)
    asked = [entry for entry in tenant.journal if entry.host == "pipelines.actions.githubusercontent.com"]
    assert len(asked) == 2  # once for Graph's token, once for Exchange's
    assert all(entry.query.endswith("&audience=api%3A%2F%2FAzureADTokenExchange") for entry in asked)


@pytest.mark.parametrize(
    ("immutable", "said"),
    [
        (False, "repo:contoso/tenant-scan:ref:refs/heads/main (by name"),
        (True, "repo:contoso@9000001/tenant-scan@700000001:ref:refs/heads/main (immutable)"),
    ],
)
def test_doctor_shows_githubs_subject(
    o365scan: Run,
    tenant: Tenant,
    bare: dict[str, str],
    trusting: Callable[..., None],
    immutable: bool,
    said: str,
) -> None:
    tenant.github.job = replace(tenant.github.job, immutable=immutable)
    trusting()
    result = o365scan("doctor", "--check", CHECK, env=bare | tenant.github.environment())
    assert result.returncode == 0, result.stdout + result.stderr
    plain = " ".join(result.stdout.split())
    assert f"Subject {said}" in plain
    assert f"of https://token.actions.githubusercontent.com for {AUDIENCE}" in plain


def test_managed_identity_of_a_virtual_machine(
    o365scan: Run, tenant: Tenant, server: Server, nobody: dict[str, str]
) -> None:
    tenant.machine.identity = tenant.app
    env = nobody | tenant.machine.as_virtual_machine(server.proxy_url)
    env |= {"HTTP_PROXY": "http://127.0.0.1:9", "ALL_PROXY": "http://127.0.0.1:9"}  # none that leads there
    scanned(o365scan, "managed-identity", "AZURE_POD_IDENTITY_AUTHORITY_HOST", env=env)
    (asked, *_) = [entry for entry in tenant.journal if entry.path.startswith("/metadata")]
    assert (asked.status, asked.client_id) == (200, tenant.client_id)


def test_managed_identity_that_a_client_id_names(
    o365scan: Run, tenant: Tenant, server: Server, nobody: dict[str, str]
) -> None:
    other = tenant.register_app("other")
    tenant.machine.assigned = {app.client_id: app for app in (tenant.app, other)}
    env = nobody | tenant.machine.as_virtual_machine(server.proxy_url)
    scanned(
        o365scan,
        "managed-identity",
        "AZURE_POD_IDENTITY_AUTHORITY_HOST",
        "--client-id",
        tenant.client_id,
        env=env,
    )
    result = o365scan("scan", "--check", CHECK, env=env)
    assert result.returncode == 4
    assert "Multiple user assigned identities exist" in result.stderr


def test_managed_identity_of_app_service(
    o365scan: Run, tenant: Tenant, server: Server, nobody: dict[str, str]
) -> None:
    tenant.machine.identity = tenant.app
    env = nobody | tenant.machine.as_app_service(server.proxy_url)
    scanned(o365scan, "managed-identity", "IDENTITY_ENDPOINT", env=env)


def test_azure_cli_signed_in_as_an_app(
    o365scan: Run, tenant: Tenant, nobody: dict[str, str], az: Path
) -> None:
    env = nobody | {"AZ_ACCOUNT": "app", "AZ_APP": tenant.client_id, "AZ_SECRET": tenant.client_secret}
    scanned(o365scan, "azure-cli", str(az.parent / "bin" / "az"), env=env)
    calls = [json.loads(line) for line in az.read_text().splitlines()]
    common = ["--output", "json", "--tenant", tenant.tenant_id]
    assert calls == [
        ["account", "get-access-token", "--resource", resource, *common]
        for resource in (GLOBAL.graph, GLOBAL.exchange)
    ]


def test_azure_cli_of_a_person_is_no_app(o365scan: Run, nobody: dict[str, str], az: Path) -> None:
    env = nobody | {"AZ_ACCOUNT": "adele@contoso.example"}
    result = o365scan("doctor", "--check", CHECK, env=env)
    plain = " ".join(result.stdout.split())
    assert result.returncode == 3, result.stderr
    assert "Person adele@contoso.example: a scope opens only what the person's own roles allow too" in plain
    assert "Microsoft Graph: scopes of a person's sign-in: Directory.AccessAsUser.All, User.Read" in plain
    assert "what a person may read is told by no token" in plain
    assert "All that" not in plain
    scan = o365scan("scan", "--check", CHECK, "--auth", "azure-cli", env=env)
    assert scan.returncode == 3  # the mock lets only apps read, and a refusal is no pass
