"""`mocktenant exec` and `mocktenant env`, as people and scripts start them."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from mocktenant.cli import main
from mocktenant.commands.inherited import inside, misleading

from .client import Client

MOCKTENANT = (sys.executable, "-c", "from mocktenant.cli import main; main()")

LOOKS_AROUND = """
import json, os, sys
import requests
where = os.environ["MOCKTENANT_CONTROL_URL"]
form = {"grant_type": "client_credentials", "client_id": os.environ["AZURE_CLIENT_ID"],
        "client_secret": os.environ["AZURE_CLIENT_SECRET"], "scope": "https://graph.microsoft.com/.default"}
url = f"https://login.microsoftonline.com/{os.environ['AZURE_TENANT_ID']}/oauth2/v2.0/token"
token = requests.post(url, data=form).json()["access_token"]
users = requests.get("https://graph.microsoft.com/v1.0/users?$top=999", headers={"Authorization": f"Bearer {token}"})
print(json.dumps({"users": len(users.json()["value"]), "health": requests.get(f"{where}/health").json(),
                  "folders": [os.environ["SSL_CERT_FILE"], os.environ["AZURE_CONFIG_DIR"]], "arguments": sys.argv[1:],
                  "foreign": [os.environ.get(name) for name in ("https_proxy", "AZURE_USERNAME")]}))
sys.exit(7)
"""


def executed(*arguments: str, **own: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*MOCKTENANT, "exec", "--size", "15", *arguments],
        env=os.environ | own,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_exec_runs_a_program_inside_and_ends_with_it() -> None:
    done = executed(
        "--scenario", "oauth-spam-campaign", "--", sys.executable, "-c", LOOKS_AROUND, "--size", "--help",
        https_proxy="http://192.0.2.1:1", AZURE_USERNAME="adele@example.com",
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (7, "")
    seen = json.loads(done.stdout)
    assert seen["users"] == 16
    assert seen["health"]["scenario"] == "oauth-spam-campaign"
    assert seen["arguments"] == ["--size", "--help"]
    assert seen["foreign"] == [None, None]
    assert not any(Path(folder).exists() for folder in seen["folders"])


@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        (["no-such-program-anywhere"], 127, "command not found"),
        (["/"], 126, "Permission denied"),
        (["sh", "-c", "kill -KILL $$"], 137, ""),
    ],
)
def test_exec_ends_as_a_shell_would(command: list[str], code: int, said: str) -> None:
    done = executed("--", *command)
    assert done.returncode == code
    assert said in done.stderr


def test_exec_without_a_program_is_a_usage_error() -> None:
    assert executed("--").returncode == 2


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_exec_passes_signals_on(number: signal.Signals) -> None:
    waits = (
        "import signal, sys, time\n"
        f"signal.signal({int(number)}, lambda *_: sys.exit(40 + {int(number)}))\n"
        "print('ready', flush=True)\n"
        "time.sleep(30)"
    )
    with subprocess.Popen(
        [*MOCKTENANT, "exec", "--size", "5", "--", sys.executable, "-c", waits],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(number)
        assert process.wait(timeout=10) == 40 + number


def test_a_signal_while_starting_reaches_the_program() -> None:
    with subprocess.Popen([*MOCKTENANT, "exec", "--size", "20000", "--", "sleep", "30"]) as process:
        time.sleep(0.6)  # imports done or not: it must end soon, either way
        process.terminate()
        assert process.wait(timeout=20) in (-signal.SIGTERM, 128 + signal.SIGTERM)


def printed(*arguments: str, **own: str) -> str:
    result = CliRunner().invoke(main, ["env", *arguments], env=own)
    assert result.exit_code == 0, result.output
    return result.output


def test_env_of_a_running_tenant(client: Client) -> None:
    wanted = client.server.environment()
    assert json.loads(printed("--port", str(client.server.port), "--json")) == wanted
    assert json.loads(printed("--control", client.server.control_url, "--json")) == wanted
    assert json.loads(printed("--json", MOCKTENANT_CONTROL_URL=client.server.control_url)) == wanted
    assert wanted["NODE_USE_ENV_PROXY"] == "1"
    assert list(Path(wanted["AZURE_CONFIG_DIR"]).iterdir()) == []


def test_env_for_a_shell(client: Client) -> None:
    lines = printed(
        "--port", str(client.server.port), no_proxy="*", AZURE_CLIENT_CERTIFICATE_PATH="/x"
    ).splitlines()
    unset = [line for line in lines if line.startswith("unset")]
    assert {"unset AZURE_CLIENT_CERTIFICATE_PATH", "unset no_proxy"} <= set(unset)
    exported = [shlex.split(line) for line in lines[len(unset) :]]
    assert exported == [["export", f"{name}={value}"] for name, value in client.server.environment().items()]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ([], 2, "Which tenant?"),
        (["--control", "https://127.0.0.1:1/_mock"], 2, "is not http://127.0.0.1"),
        (["--control", "http://example.com/_mock"], 2, "is not http://127.0.0.1"),
        (["--port", "1"], 1, "no tenant answers"),
    ],
)
def test_env_of_no_tenant(arguments: list[str], code: int, said: str) -> None:
    result = CliRunner().invoke(main, ["env", *arguments], env={"MOCKTENANT_CONTROL_URL": ""})
    assert result.exit_code == code
    assert said in result.output


def test_env_of_something_else(client: Client) -> None:
    result = CliRunner().invoke(
        main, ["env", "--control", f"http://127.0.0.1:{client.server.port}/elsewhere"]
    )
    assert (result.exit_code, "no tenant's control plane" in result.output) == (1, True)


def test_listen_option_is_loopback_only_and_tells_the_hosts_lines() -> None:
    refused = CliRunner().invoke(main, ["serve", "--listen", "0.0.0.0:443"])
    assert (refused.exit_code, "reached from outside" in refused.output) == (2, True)
    with subprocess.Popen(
        [*MOCKTENANT, "serve", "--size", "5", "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        text = ""
        while "Ctrl-C" not in text:
            text += process.stdout.readline()
        process.terminate()
    assert "  127.0.0.1 login.microsoftonline.com login.windows.net graph.microsoft.com " in text


def test_own_variables_that_mislead() -> None:
    own = {
        "PATH": "/bin",
        "No_Proxy": "*",
        "ALL_PROXY": "x",
        "AZURE_AUTHORITY_HOST": "x",
        "SSL_CERT_DIR": "x",
    }
    assert misleading(own) == ["ALL_PROXY", "AZURE_AUTHORITY_HOST", "No_Proxy", "SSL_CERT_DIR"]
    assert inside(own, {"AZURE_TENANT_ID": "t"}) == {"PATH": "/bin", "AZURE_TENANT_ID": "t"}
