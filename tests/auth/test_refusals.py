"""What each kind says when it fails: what happened, to what, and what to do, with the exit code for it."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

import pytest

from mocktenant import Fault, Server, Tenant
from o365scan.auth.discovery import tokens_of
from o365scan.auth.errors import CredentialUnusable, SignInFailed
from o365scan.auth.github_oidc import Subject
from o365scan.cloud import GLOBAL
from o365scan.network import Network, Unreachable
from o365scan.sign_in import Kind, SignIn
from tests.auth.conftest import CHECK
from tests.conftest import Completed, Run

GITHUB_HOST = "pipelines.actions.githubusercontent.com"
OTHER_TENANT = "11111111-2222-4333-8444-555555555555"


def refused(result: Completed, code: int, *said: str) -> None:
    assert result.returncode == code, result.stdout + result.stderr
    assert "Traceback" not in result.stderr
    for text in said:
        assert text in result.stderr


def test_files_that_can_not_be_read(o365scan: Run, bare: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "blank").write_text(" \n")
    refused(
        o365scan("doctor", "--client-secret-file", "none", env=bare),
        2,
        "can't read the client secret in none",
    )
    refused(
        o365scan("doctor", "--client-secret-file", "binary", env=bare),
        2,
        "the client secret in binary is no text",
    )
    refused(
        o365scan("doctor", "--client-secret-file", "blank", env=bare), 2, "there is no client secret in blank"
    )
    refused(
        o365scan("doctor", "--client-secret-file", "-", env=bare),
        2,
        "there is no client secret on standard input",
    )
    refused(
        o365scan("doctor", "--client-certificate", "none", env=bare), 2, "can't read the certificate in none"
    )
    refused(o365scan("doctor", "--federated-token-file", "none", env=bare), 2, "there is no file none")
    both = ("--client-certificate", "-", "--certificate-password-file", "-")
    refused(o365scan("doctor", *both, env=bare), 2, "standard input can't be both")


def test_a_certificate_variable_that_is_none(o365scan: Run, bare: dict[str, str]) -> None:
    result = o365scan("doctor", env=bare | {"AZURE_CLIENT_CERTIFICATE": "p@ss-not-a-certificate"})
    refused(result, 2, "AZURE_CLIENT_CERTIFICATE holds neither PEM nor base64", "base64 -w0 app.pfx")
    garbage = base64.b64encode(b"garbage").decode()
    result = o365scan("doctor", env=bare | {"AZURE_CLIENT_CERTIFICATE": garbage})
    refused(result, 2, "AZURE_CLIENT_CERTIFICATE holds no private key that can be opened")


def test_a_federated_token_that_goes_away(bare: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(" ")
    tokens = tokens_of(SignIn(federated_token_file=str(file)), Network(bare))
    with pytest.raises(SignInFailed, match="there is no federated token in"):
        tokens.token(GLOBAL.graph)
    file.unlink()
    with pytest.raises(SignInFailed, match="can't read the federated token in"):
        tokens.token(GLOBAL.graph)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"subject": "repo:contoso/other:ref:refs/heads/main"}, "AADSTS700213"),
        ({"audiences": ["api://AzureADTokenExchangeUSGov"]}, "AADSTS700212"),
        ({"issuer": "https://issuer.example.com"}, "AADSTS700211"),
        (None, "AADSTS70025"),
    ],
)
def test_the_app_trusts_another_job(
    o365scan: Run,
    tenant: Tenant,
    bare: dict[str, str],
    trusting: Callable[..., None],
    changes: dict[str, object] | None,
    code: str,
) -> None:
    if changes is not None:
        trusting(**changes)
    result = o365scan("doctor", env=bare | tenant.github.environment())
    refused(result, 4, code, "federated credential")
    shown = " ".join(result.stdout.split())
    assert f"Subject {tenant.github.job.subject}" in shown  # what it must say


def test_github_refuses(o365scan: Run, tenant: Tenant, bare: dict[str, str]) -> None:
    env = bare | tenant.github.environment() | {"ACTIONS_ID_TOKEN_REQUEST_TOKEN": "of-another-job"}
    said = f"GitHub gave the job no token (401 from {GITHUB_HOST})"
    refused(o365scan("doctor", env=env), 4, said, "`permissions: id-token: write`")


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"status": 200, "body": {"count": 0}}, "GitHub's answer holds no token"),
        ({"status": 200, "body": "<html>"}, "GitHub's answer holds no token"),
        ({"status": 302, "headers": {"Location": "https://x.example/"}}, "answered 302"),
        ({"status": 404, "body": ""}, "no token (404"),
    ],
)
def test_github_answers_oddly(
    o365scan: Run, tenant: Tenant, bare: dict[str, str], fault: dict[str, object], said: str
) -> None:
    tenant.faults.add(Fault(host=GITHUB_HOST, **fault))  # type: ignore[arg-type]
    refused(o365scan("doctor", env=bare | tenant.github.environment()), 4, said)


def test_github_in_passing_trouble(
    tenant: Tenant, bare: dict[str, str], trusting: Callable[..., None]
) -> None:
    trusting()
    network = Network(bare | tenant.github.environment())
    tenant.faults.add(Fault(host=GITHUB_HOST, status=503, count=2))
    tokens_of(SignIn(), network, first_wait=0.01).token(GLOBAL.graph)
    tenant.faults.add(Fault(host=GITHUB_HOST, status=503, count=9))
    with pytest.raises(Unreachable, match="answered 503"):
        tokens_of(SignIn(), network, first_wait=0.01).token(GLOBAL.graph)


def test_githubs_address_must_be_https(o365scan: Run, tenant: Tenant, bare: dict[str, str]) -> None:
    env = bare | tenant.github.environment() | {"ACTIONS_ID_TOKEN_REQUEST_URL": "http://x.example/?a=1"}
    refused(o365scan("doctor", env=env), 2, "ACTIONS_ID_TOKEN_REQUEST_URL is no https address")


@pytest.mark.parametrize(
    ("subject", "immutable"),
    [
        ("repo:contoso@1/scan@2:environment:m365", True),
        ("repo:contoso@1/scan@2:ref:refs/heads/a@b", True),
        ("repo:contoso/scan:environment:m365", False),
        ("repo:contoso@1/scan:environment:m@2", False),
        ("repo:contoso/scan@2:ref:refs/heads/main", False),
    ],
)
def test_immutable_subjects(subject: str, immutable: bool) -> None:
    assert Subject("https://x.example", subject, "a").is_immutable is immutable


def test_a_machine_without_identity(
    o365scan: Run, tenant: Tenant, server: Server, nobody: dict[str, str]
) -> None:
    as_vm, as_app = (
        nobody | variables
        for variables in (
            tenant.machine.as_virtual_machine(server.proxy_url),
            tenant.machine.as_app_service(server.proxy_url),
        )
    )
    refused(o365scan("doctor", env=as_vm), 4, "Identity not found")
    refused(o365scan("doctor", env=as_app), 4, "400, Identity not found")
    tenant.machine.identity = tenant.app
    refused(
        o365scan("doctor", env=as_app | {"IDENTITY_HEADER": "forged"}),
        4,
        "X-IDENTITY-HEADER is missing or wrong",
    )


def test_an_identity_of_another_tenant(
    o365scan: Run, tenant: Tenant, server: Server, nobody: dict[str, str]
) -> None:
    tenant.machine.identity = tenant.app
    env = nobody | tenant.machine.as_virtual_machine(server.proxy_url) | {"AZURE_TENANT_ID": OTHER_TENANT}
    refused(o365scan("doctor", env=env), 4, f"tenant {tenant.tenant_id}, and {OTHER_TENANT} was asked for")


def test_no_machine_of_azure(nobody: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody listens there; the time-out of two seconds for the real address is not waited for."""
    monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", "http://127.0.0.1:9")
    network = Network(nobody | {"AZURE_POD_IDENTITY_AUTHORITY_HOST": "http://127.0.0.1:9"})
    with pytest.raises(Unreachable, match="there is no managed identity here") as caught:
        tokens_of(SignIn(), network).token(GLOBAL.graph)
    assert "--auth" in str(caught.value.hint)


def test_a_virtual_machines_identity_is_found_if_it_is_named_only(nobody: dict[str, str]) -> None:
    tokens = tokens_of(SignIn(auth=Kind.MANAGED_IDENTITY), Network(nobody))
    assert str(tokens.how) == "managed-identity (169.254.169.254)"


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"status": 302, "headers": {"Location": "https://x.example/"}}, "answered with a redirect"),
        (
            {"status": 200, "body": "<html>", "headers": {"Content-Type": "text/html"}},
            "an answer that is not Azure's",
        ),
        ({"status": 200, "body": {}}, "no reason given"),
        ({"status": 503, "count": 9}, "answered 503"),
    ],
)
def test_the_machines_service_answers_oddly(
    tenant: Tenant,
    server: Server,
    nobody: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    fault: dict[str, object],
    said: str,
) -> None:
    variables = tenant.machine.as_virtual_machine(server.proxy_url)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    tenant.faults.add(Fault(path="/metadata/*", **fault))  # type: ignore[arg-type]
    with pytest.raises((SignInFailed, Unreachable), match=said):
        tokens_of(SignIn(), Network(nobody | variables), first_wait=0.01).token(GLOBAL.graph)


def test_passing_trouble_of_the_machines_service(
    tenant: Tenant, server: Server, nobody: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    tenant.machine.identity = tenant.app
    variables = tenant.machine.as_virtual_machine(server.proxy_url)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    tenant.faults.add(Fault(path="/metadata/*", status=410, count=2))
    tokens = tokens_of(SignIn(), Network(nobody | variables), first_wait=0.01)
    first = tokens.token(GLOBAL.graph)
    assert tokens.token(GLOBAL.graph) == first
    assert tokens.renewed(GLOBAL.graph, "another", None) == first
    assert tokens.renewed(GLOBAL.graph, first, None) != first


def test_variables_that_msal_would_not_see(nobody: dict[str, str]) -> None:
    network = Network(nobody | {"AZURE_POD_IDENTITY_AUTHORITY_HOST": "http://127.0.0.1:9"})
    with pytest.raises(CredentialUnusable, match="variables of this process alone"):
        tokens_of(SignIn(), network).token(GLOBAL.graph)


PERSON = {"AZ_ACCOUNT": "adele@contoso.example"}


@pytest.mark.parametrize(
    ("said", "code", "shown", "hint"),
    [
        (
            "ERROR: Please run 'az login' to setup account.",
            None,
            "the Azure CLI is not signed in",
            "Run: az login",
        ),
        (
            "ERROR: AADSTS700082: The refresh token has expired due to inactivity. Trace ID: x",
            "700082",
            "sign-in refused: AADSTS700082: The refresh token has expired due to inactivity.",
            "Run: az login",
        ),
        (
            "ERROR: AADSTS65002: Consent between first party application and resource must be configured.\nTo re-",
            "65002",
            "sign-in refused: AADSTS65002",
            "sign in as an app instead",
        ),
        (
            "ERROR: something else: eyJ0eXAiOiJKV1Qi.x.y",
            None,
            "the Azure CLI gave no token",
            "See what it says",
        ),
    ],
)
def test_az_refuses(
    nobody: dict[str, str], az: Path, said: str, code: str | None, shown: str, hint: str
) -> None:
    env = nobody | PERSON | {"PATH": str(az.parent / "bin"), "AZ_SAYS": said}
    with pytest.raises(SignInFailed) as caught:
        tokens_of(SignIn(), Network(env)).token(GLOBAL.graph)
    assert caught.value.code == code
    assert shown in str(caught.value)
    assert hint in str(caught.value.hint)
    assert "eyJ" not in str(caught.value) + str(caught.value.hint)


@pytest.mark.parametrize("answer", ["", "[]", "{}", '{"accessToken": ""}', '{"accessToken": 1}'])
def test_az_answers_without_a_token(nobody: dict[str, str], az: Path, answer: str) -> None:
    env = nobody | PERSON | {"PATH": str(az.parent / "bin"), "AZ_ANSWERS": answer}
    with pytest.raises(SignInFailed, match="answered without a token"):
        tokens_of(SignIn(), Network(env)).token(GLOBAL.graph)


def test_az_goes_away(nobody: dict[str, str], az: Path) -> None:
    tokens = tokens_of(SignIn(), Network(nobody | {"PATH": str(az.parent / "bin")}))
    program = az.parent / "bin" / "az"
    program.write_text("#!/nowhere\n")
    with pytest.raises(SignInFailed, match="can't be run"):
        tokens.token(GLOBAL.graph)
    program.unlink()
    with pytest.raises(SignInFailed, match="not installed"):
        tokens.token(GLOBAL.graph)


def test_az_of_the_current_folder_is_never_run(
    nobody: dict[str, str], az: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(az.parent / "bin")
    tokens = tokens_of(SignIn(auth=Kind.MANAGED_IDENTITY), Network(nobody | {"PATH": "."}))
    assert tokens.how.kind is Kind.MANAGED_IDENTITY
    with pytest.raises(Exception, match="az on the PATH"):
        tokens_of(SignIn(auth=Kind.AZURE_CLI), Network(nobody | {"PATH": "."}))


def test_az_keeps_a_token_and_can_not_meet_a_condition(nobody: dict[str, str], az: Path) -> None:
    env = nobody | PERSON | {"PATH": str(az.parent / "bin")}
    tokens = tokens_of(SignIn(), Network(env))
    first = tokens.token(GLOBAL.graph)
    assert tokens.token(GLOBAL.graph) == first == tokens.renewed(GLOBAL.graph, "another", None)
    assert len(az.read_text().splitlines()) == 1
    assert tokens.renewed(GLOBAL.graph, first, None) != first  # this stand-in makes a new one
    claims = '{"access_token":{"nbf":{"essential":true}}}'
    with pytest.raises(SignInFailed) as caught:
        tokens.renewed(GLOBAL.graph, tokens.token(GLOBAL.graph), claims)
    encoded = base64.b64encode(claims.encode()).decode()
    tenant = nobody["AZURE_TENANT_ID"]
    assert caught.value.hint == (
        f"Run: az login --allow-no-subscriptions --tenant {tenant} --scope {GLOBAL.graph}/.default"
        f" --claims-challenge {encoded}"
    )


def test_az_of_another_tenant(o365scan: Run, nobody: dict[str, str], az: Path) -> None:
    env = nobody | PERSON | {"AZURE_TENANT_ID": OTHER_TENANT}
    refused(o365scan("scan", "--check", CHECK, env=env), 4, f"and {OTHER_TENANT} was asked for")


def test_what_is_no_tenant_is_no_word_for_az(o365scan: Run, nobody: dict[str, str], az: Path) -> None:
    env = nobody | PERSON | {"AZURE_TENANT_ID": "--debug"}
    refused(o365scan("scan", "--check", CHECK, env=env), 2, "'--debug' is no tenant")
    assert az.read_text() == ""
