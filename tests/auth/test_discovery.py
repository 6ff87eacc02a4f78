"""Which credential it is: the order, what the options force, and what is said to be missing."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from o365scan.auth.discovery import WAYS, tokens_of
from o365scan.auth.errors import CredentialsMissing, CredentialUnusable
from o365scan.network import Network
from o365scan.sign_in import CloudName, Kind, SignIn
from tests.conftest import Run
from tests.core.test_certificate import made, pem

APP = {"AZURE_TENANT_ID": "contoso.example", "AZURE_CLIENT_ID": "11111111-2222-4333-8444-555555555555"}
CERTIFICATE = (pem() + made().public_bytes(Encoding.PEM)).decode()
JOB = {"ACTIONS_ID_TOKEN_REQUEST_URL": "https://x.example/t?a=1", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "t"}
MACHINE = {"IDENTITY_ENDPOINT": "http://127.0.0.1:9/msi/token", "IDENTITY_HEADER": "h"}


@pytest.fixture
def everything(tmp_path: Path, az: Path) -> list[tuple[Kind, dict[str, str]]]:
    """Each kind with the variables by which it is found, in the order of discovery."""
    (tmp_path / "token").write_text("x.y.z")
    return [
        (Kind.CLIENT_SECRET, {"AZURE_CLIENT_SECRET": "s"}),
        (Kind.CERTIFICATE, {"AZURE_CLIENT_CERTIFICATE": CERTIFICATE}),
        (Kind.FEDERATED_TOKEN, {"AZURE_FEDERATED_TOKEN_FILE": str(tmp_path / "token")}),
        (Kind.GITHUB_OIDC, JOB),
        (Kind.MANAGED_IDENTITY, MACHINE),
        (Kind.AZURE_CLI, {"PATH": str(tmp_path / "bin")}),
    ]


def kind_of(environment: dict[str, str], sign_in: SignIn | None = None) -> Kind:
    return tokens_of(sign_in or SignIn(), Network(environment)).how.kind


def test_the_order(everything: list[tuple[Kind, dict[str, str]]]) -> None:
    assert [kind for kind, _ in everything] == list(Kind) == list(WAYS)
    left = list(everything)
    while left:
        environment = dict(APP) if left[0][0] is not Kind.AZURE_CLI else {}
        for _, variables in left:
            environment |= variables
        assert kind_of(environment) is left[0][0]
        left = left[1:]


def test_each_can_be_forced(everything: list[tuple[Kind, dict[str, str]]]) -> None:
    environment = dict(APP)
    for _, variables in everything:
        environment |= variables
    for kind in Kind:
        assert kind_of(environment, SignIn(auth=kind)) is kind


def test_what_an_option_names_goes_before_the_environment(tmp_path: Path) -> None:
    (tmp_path / "app.pem").write_text(CERTIFICATE)
    environment = APP | {"AZURE_CLIENT_SECRET": "s", "CONTOSO_CERTIFICATE": CERTIFICATE, "CONTOSO": "s"}
    assert kind_of(environment, SignIn(certificate_file=str(tmp_path / "app.pem"))) is Kind.CERTIFICATE
    by_name = tokens_of(SignIn(certificate_env="CONTOSO_CERTIFICATE"), Network(environment))
    assert str(by_name.how) == "certificate (CONTOSO_CERTIFICATE)"
    by_name = tokens_of(SignIn(client_secret_env="CONTOSO"), Network(environment))
    assert str(by_name.how) == "client-secret (CONTOSO)"


def test_an_option_that_names_what_is_not_there_is_no_reason_to_take_another() -> None:
    with pytest.raises(CredentialsMissing, match=r"client-secret: CONTOSO .*is not there"):
        kind_of(APP | {"AZURE_CLIENT_SECRET": "s"}, SignIn(client_secret_env="CONTOSO"))
    with pytest.raises(CredentialsMissing, match="certificate: CONTOSO is not there"):
        kind_of(APP | {"AZURE_CLIENT_CERTIFICATE": CERTIFICATE}, SignIn(certificate_env="CONTOSO"))


def test_two_credentials_that_are_named(o365scan: Run) -> None:
    result = o365scan("doctor", "--client-secret-file", "a", "--client-certificate", "b", env=APP)
    assert result.returncode == 2
    assert "two credentials are named: client-secret and certificate" in result.stderr
    assert "--auth" in result.stderr


@pytest.mark.parametrize(
    ("kind", "missing"),
    [
        (Kind.CLIENT_SECRET, "AZURE_CLIENT_SECRET (or --client-secret-file)"),
        (
            Kind.CERTIFICATE,
            "AZURE_CLIENT_CERTIFICATE_PATH or AZURE_CLIENT_CERTIFICATE (or --client-certificate)",
        ),
        (Kind.FEDERATED_TOKEN, "AZURE_FEDERATED_TOKEN_FILE (or --federated-token-file)"),
        (Kind.GITHUB_OIDC, "ACTIONS_ID_TOKEN_REQUEST_URL and ACTIONS_ID_TOKEN_REQUEST_TOKEN"),
        (Kind.AZURE_CLI, "the Azure CLI (az on the PATH)"),
    ],
)
def test_a_forced_kind_says_what_is_missing(o365scan: Run, kind: Kind, missing: str) -> None:
    result = o365scan("doctor", "--auth", kind.value, env=APP)
    assert result.returncode == 2
    assert f"{kind}: {missing}" in result.stderr
    assert "is not there" in result.stderr
    assert "AZURE_TENANT_ID" not in result.stderr


def test_tenant_and_app_may_be_what_is_missing(o365scan: Run) -> None:
    result = o365scan("doctor", env={"AZURE_CLIENT_SECRET": "s"})
    assert result.returncode == 2
    assert "AZURE_TENANT_ID (or --tenant-id), AZURE_CLIENT_ID (or --client-id) are not there" in result.stderr


def test_nothing_fits(o365scan: Run, az: Path) -> None:
    """Who names an app means it: whoever is signed in to `az` is somebody else."""
    result = o365scan("doctor", env=APP)
    assert result.returncode == 2
    for kind in Kind:
        assert f"{kind}: " in result.stderr
    assert "not looked for, since a client id is named" in result.stderr
    assert az.read_text() == ""


def test_a_blank_variable_is_none() -> None:
    with pytest.raises(CredentialsMissing, match="no credentials were found"):
        kind_of(APP | {"AZURE_CLIENT_SECRET": " "})


@pytest.mark.parametrize("option", ["--tenant-id", "--client-id"])
def test_a_blank_option_does_not_mean_the_environment(o365scan: Run, option: str) -> None:
    result = o365scan("scan", option, " ", env=APP | {"AZURE_CLIENT_SECRET": "s"})
    assert result.returncode == 2
    assert f"{option} says nothing" in result.stderr


def test_half_of_githubs_variables_is_none() -> None:
    half = {"ACTIONS_ID_TOKEN_REQUEST_URL": JOB["ACTIONS_ID_TOKEN_REQUEST_URL"]}
    with pytest.raises(CredentialsMissing, match="no credentials were found"):
        kind_of(APP | half)


def test_the_authority_host_of_another_cloud(o365scan: Run) -> None:
    environment = APP | {
        "AZURE_CLIENT_SECRET": "s",
        "AZURE_AUTHORITY_HOST": "https://login.microsoftonline.us/",
    }
    result = o365scan("doctor", env=environment)
    assert result.returncode == 2
    assert "AZURE_AUTHORITY_HOST is https://login.microsoftonline.us" in result.stderr
    assert "Choose --cloud gcch or dod, or correct or unset AZURE_AUTHORITY_HOST." in result.stderr
    for cloud in (CloudName.GCCH, CloudName.DOD):
        assert kind_of(environment, SignIn(cloud=cloud)) is Kind.CLIENT_SECRET
    assert kind_of(environment | {"AZURE_AUTHORITY_HOST": "login.microsoftonline.com"}) is Kind.CLIENT_SECRET
    with pytest.raises(CredentialUnusable) as caught:
        kind_of(environment | {"AZURE_AUTHORITY_HOST": "login.example.com"})
    assert caught.value.hint == "Correct or unset AZURE_AUTHORITY_HOST."


def test_the_mock_brings_its_own(o365scan: Run) -> None:
    for options in (["--auth", "azure-cli"], ["--cloud", "gcch"], ["--federated-token-file", "x"]):
        result = o365scan("scan", "--mock", "baseline", *options)
        assert result.returncode == 2
        assert "--mock brings its own tenant" in result.stderr


def test_a_sign_in_is_made_of_a_flat_table() -> None:
    msgspec = pytest.importorskip("msgspec")
    table = {"tenant_id": "contoso.example", "auth": "github-oidc", "cloud": "gcch", "client_secret_env": "X"}
    found = msgspec.convert(table, SignIn)
    assert (found.auth, found.cloud, found.client_secret_env) == (Kind.GITHUB_OIDC, CloudName.GCCH, "X")
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(table | {"auth": "password"}, SignIn)


def test_the_help_tells_the_order(o365scan: Run) -> None:
    text = o365scan("scan", "--help").stdout
    places = [
        text.index(f"      {kind} ") if f"      {kind} " in text else text.index(f"  {kind}  ")
        for kind in Kind
    ]
    assert places == sorted(places)
