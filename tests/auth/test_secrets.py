"""No secret, key, assertion or token shows up anywhere: not in what is printed, kept, written or raised."""

from __future__ import annotations

import json
import logging
import os
import re
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from mocktenant import Fault, Server, Tenant
from o365scan.api import O365ScanError
from o365scan.auth.discovery import tokens_of
from o365scan.cloud import GLOBAL
from o365scan.network import Network
from o365scan.sign_in import Kind, SignIn
from tests.auth.conftest import AUDIENCE, CHECK
from tests.conftest import Run

#: Any JSON web token; every secret of a test is looked for as it is.
_TOKEN = re.compile(rb"eyJ[A-Za-z0-9_-]{10,}")
_BAD = "p@ss-w0rd-th@t-is-wr0ng"
_FORGED = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL3guZXhhbXBsZSJ9.c2lnbmF0dXJl"


def secrets_of(tenant: Tenant) -> list[str]:
    key = tenant.certificate.key_pem.decode().splitlines()
    return [
        tenant.client_secret,
        tenant.certificate.password,
        key[1],
        key[-2],
        tenant.github.request_token,
        tenant.machine.header,
        _BAD,
        _FORGED,
    ]


def assert_clean(tenant: Tenant, *texts: str | bytes) -> None:
    for text in texts:
        data = text if isinstance(text, bytes) else text.encode()
        assert not _TOKEN.search(data), _TOKEN.search(data)
        for secret in secrets_of(tenant):
            assert secret.encode() not in data


@pytest.fixture
def variables(
    tenant: Tenant,
    server: Server,
    bare: dict[str, str],
    tmp_path: Path,
    az: Path,
    trusting: Callable[..., None],
) -> dict[Kind, dict[str, str]]:
    """Of each kind the variables that hold what is secret."""
    trusting()
    tenant.machine.identity = tenant.app
    (tmp_path / "token").write_text(tenant.github.token(AUDIENCE, tenant.timer.now(), "1"))
    (tmp_path / "app.pfx").write_bytes(tenant.certificate.pfx)
    return {
        Kind.CLIENT_SECRET: bare | {"AZURE_CLIENT_SECRET": tenant.client_secret},
        Kind.CERTIFICATE: bare
        | {
            "AZURE_CLIENT_CERTIFICATE_PATH": str(tmp_path / "app.pfx"),
            "AZURE_CLIENT_CERTIFICATE_PASSWORD": tenant.certificate.password,
        },
        Kind.FEDERATED_TOKEN: bare | {"AZURE_FEDERATED_TOKEN_FILE": str(tmp_path / "token")},
        Kind.GITHUB_OIDC: bare | tenant.github.environment(),
        Kind.MANAGED_IDENTITY: bare | tenant.machine.as_app_service(server.proxy_url),
        Kind.AZURE_CLI: bare
        | {
            "PATH": str(az.parent / "bin"),
            "AZ_ACCOUNT": "app",
            "AZ_APP": tenant.client_id,
            "AZ_SECRET": tenant.client_secret,
        },
    }


@pytest.mark.long
@pytest.mark.parametrize("kind", list(Kind))
def test_a_scan_prints_and_keeps_none(
    o365scan: Run,
    tenant: Tenant,
    variables: dict[Kind, dict[str, str]],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    kind: Kind,
) -> None:
    caplog.set_level(logging.WARNING)
    before = set(tmp_path.rglob("*"))
    result = o365scan(
        "scan", "--auth", kind.value, "--check", CHECK, "--verbose", "--save-snapshot", "kept", "--sarif", "s.sarif",
        "--json", "s.json", env=variables[kind],
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    written = [path for path in tmp_path.rglob("*") if path.is_file() and path not in before]
    assert {"kept", "s.sarif", "s.json"} <= {path.name for path in written}
    assert_clean(tenant, result.stdout, result.stderr, caplog.text, *(path.read_bytes() for path in written))
    doctor = o365scan("doctor", "--auth", kind.value, "--check", CHECK, env=variables[kind])
    assert_clean(tenant, doctor.stdout, doctor.stderr)


#: What breaks a kind: changes of its variables, and what goes wrong on the way.
_BROKEN: dict[str, tuple[Kind, Mapping[str, str], Mapping[str, object] | None]] = {
    "secret is wrong": (Kind.CLIENT_SECRET, {"AZURE_CLIENT_SECRET": _BAD}, None),
    "secret, sign-in down": (Kind.CLIENT_SECRET, {}, {"path": "*/token", "status": 503, "count": 9}),
    "secret, sign-in says it back": (
        Kind.CLIENT_SECRET,
        {},
        {
            "path": "*/token",
            "status": 400,
            "body": {"error": "x", "error_description": f"AADSTS1: {_FORGED} Trace ID"},
        },
    ),
    "secret that is no text": (Kind.CLIENT_SECRET, {"AZURE_CLIENT_SECRET": f"{_BAD}\udc80"}, None),
    "certificate, password that is no text": (
        Kind.CERTIFICATE,
        {"AZURE_CLIENT_CERTIFICATE_PASSWORD": f"{_BAD}\udc80"},
        None,
    ),
    "certificate, wrong password": (Kind.CERTIFICATE, {"AZURE_CLIENT_CERTIFICATE_PASSWORD": _BAD}, None),
    "certificate that is none": (
        Kind.CERTIFICATE,
        {"AZURE_CLIENT_CERTIFICATE_PATH": "", "AZURE_CLIENT_CERTIFICATE": _BAD},
        None,
    ),
    "certificate, not trusted": (Kind.CERTIFICATE, {}, {"path": "*/token", "aadsts": 700027}),
    "federated token of nobody": (Kind.FEDERATED_TOKEN, {"AZURE_FEDERATED_TOKEN_FILE": "forged"}, None),
    "job, wrong request token": (Kind.GITHUB_OIDC, {"ACTIONS_ID_TOKEN_REQUEST_TOKEN": _BAD}, None),
    "job, no address": (Kind.GITHUB_OIDC, {"ACTIONS_ID_TOKEN_REQUEST_URL": f"http://{_BAD}"}, None),
    "job, request token of two lines": (
        Kind.GITHUB_OIDC,
        {"ACTIONS_ID_TOKEN_REQUEST_TOKEN": f"{_BAD}\n{_BAD}"},
        None,
    ),
    "job, a password in the address": (
        Kind.GITHUB_OIDC,
        {"ACTIONS_ID_TOKEN_REQUEST_URL": f"https://job:{_BAD}@x.example/?a=1"},
        None,
    ),
    "job, answer with another name": (
        Kind.GITHUB_OIDC,
        {},
        {"host": "pipelines.actions.githubusercontent.com", "status": 200, "body": {"token": _FORGED}},
    ),
    "job, answer that breaks off": (
        Kind.GITHUB_OIDC,
        {},
        {"host": "pipelines.actions.githubusercontent.com", "status": 200, "body": f'{{"value": "{_FORGED}'},
    ),
    "job, token that is no token": (
        Kind.GITHUB_OIDC,
        {},
        {"host": "pipelines.actions.githubusercontent.com", "status": 200, "body": {"value": _BAD}},
    ),
    "identity, wrong header": (Kind.MANAGED_IDENTITY, {"IDENTITY_HEADER": _BAD}, None),
    "identity, header of two lines": (Kind.MANAGED_IDENTITY, {"IDENTITY_HEADER": f"{_BAD}\r\n{_BAD}"}, None),
    "identity, answer that breaks off": (
        Kind.MANAGED_IDENTITY,
        {},
        {"path": "/msi/*", "status": 200, "body": f'{{"access_token": "{_FORGED}'},
    ),
    "identity, answer without an end": (
        Kind.MANAGED_IDENTITY,
        {},
        {"path": "/msi/*", "status": 200, "body": {"access_token": _FORGED, "message": _FORGED}},
    ),
    "identity, token that is none": (
        Kind.MANAGED_IDENTITY,
        {},
        {"path": "/msi/*", "status": 200, "body": {"access_token": _FORGED, "expires_on": "9999999999"}},
    ),
    "az says it": (Kind.AZURE_CLI, {"AZ_SAYS": f"ERROR: {_BAD} {_FORGED}"}, None),
    "az says it in Microsoft's words": (Kind.AZURE_CLI, {"AZ_SAYS": f"ERROR: AADSTS1: {_FORGED}"}, None),
    "az answers half": (Kind.AZURE_CLI, {"AZ_ANSWERS": f'{{"accessToken": "{_FORGED}'}, None),
    "az answers with no token": (Kind.AZURE_CLI, {"AZ_ANSWERS": f'{{"accessToken": "{_BAD}"}}'}, None),
}


@pytest.mark.parametrize("name", list(_BROKEN))
def test_an_error_tells_none(
    tenant: Tenant,
    variables: dict[Kind, dict[str, str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    name: str,
) -> None:
    kind, changes, fault = _BROKEN[name]
    (tmp_path / "forged").write_text(_FORGED)
    monkeypatch.chdir(tmp_path)
    environment = variables[kind] | changes
    for variable, value in environment.items():
        monkeypatch.setenv(variable, value)
    if fault is not None:
        tenant.faults.add(Fault(**fault))  # type: ignore[arg-type]
    caplog.set_level(logging.WARNING)
    with pytest.raises(O365ScanError) as caught:
        tokens_of(SignIn(auth=kind), Network(environment), first_wait=0.001).token(GLOBAL.graph)
    told = [
        "".join(traceback.format_exception(caught.value)),
        caplog.text,
        *(f"{each!r} {each.args!r} {getattr(each, 'hint', '')}" for each in chain(caught.value)),
    ]
    assert_clean(tenant, *told)


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error and all that it was raised from or while."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


@pytest.mark.parametrize("kind", list(Kind))
def test_nothing_that_holds_them_shows_them(
    tenant: Tenant, variables: dict[Kind, dict[str, str]], monkeypatch: pytest.MonkeyPatch, kind: Kind
) -> None:
    for variable, value in variables[kind].items():
        monkeypatch.setenv(variable, value)
    network = Network(variables[kind])
    tokens = tokens_of(SignIn(auth=kind), network)
    tokens.token(GLOBAL.graph)
    assert_clean(tenant, repr(tokens), repr(tokens.how), str(tokens.how), repr(network))


_OPENED = """
import json, os, sys

opened = []

def hook(event, arguments):
    if watching and event == "open" and isinstance(arguments[1], str):
        opened.append((str(arguments[0]), arguments[1]))

from o365scan.auth.discovery import tokens_of
from o365scan.cloud import GLOBAL
from o365scan.network import Network
from o365scan.sign_in import Kind, SignIn

watching = True
sys.addaudithook(hook)
token = tokens_of(SignIn(auth=Kind.CERTIFICATE), Network(dict(os.environ))).token(GLOBAL.graph)
watching = False
assert token
print(json.dumps(opened))
"""
"""Signs in, and prints which files were opened meanwhile, and how."""


def test_a_key_is_written_nowhere(variables: dict[Kind, dict[str, str]], unmeasured: None) -> None:
    """Not even a PFX's, of which MSAL would take a path only: every file that is opened meanwhile is looked at.

    In a process of its own: an audit hook stays for good, and before Python 3.12 a thread that begins under one may
    fail to be traced (RuntimeError), so that whoever waits for it waits for ever.
    """
    environment = {**os.environ, **variables[Kind.CERTIFICATE]}
    done = subprocess.run(
        [sys.executable, "-c", _OPENED], env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    opened: list[tuple[str, str]] = json.loads(done.stdout)
    assert any(name.endswith("app.pfx") for name, _ in opened)
    assert [name for name, mode in opened if set(mode) & set("wax+") and not name.endswith(".pyc")] == []
