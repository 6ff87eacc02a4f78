"""The command line, as people and other programs start it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner

from mocktenant.cli import main
from mocktenant_fixtures import scenario_names

from .client import Client


def started(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", "from mocktenant.cli import main; main()", "serve", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_serves_until_signalled_and_leaves_nothing(number: signal.Signals) -> None:
    with started("--json", "--size", "5", "--scenario", "oauth-spam-campaign") as process:
        assert process.stdout is not None
        facts = json.loads(process.stdout.readline())
        health = requests.get(f"{facts['control_url']}/health", timeout=5).json()
        assert health == {"status": "ok", "tenant_id": facts["tenant_id"], "scenario": "oauth-spam-campaign"}
        folder = Path(facts["ca_file"]).parent
        assert folder.exists()
        process.send_signal(number)
        out, err = process.communicate(timeout=10)
    assert (process.returncode, out, err) == (0, "", "")
    assert not folder.exists()
    assert facts["environment"]["HTTPS_PROXY"] == facts["proxy_url"]
    assert facts["environment"]["AZURE_CLIENT_SECRET"] == facts["client_secret"]
    assert facts["users"] == 15  # the fixed accounts, and the administrator of the story
    assert sorted(facts) == sorted(
        ["tenant_id", "tenant_domain", "client_id", "client_secret", "ca_file", "proxy_url", "login_url", "graph_url",
         "exchange_url", "control_url", "dns", "listening", "scenario", "users", "environment"]
    )  # fmt: skip


def test_welcome_tells_how_to_scan() -> None:
    with started("--size", "5") as process:
        assert process.stdout is not None
        text = ""
        while "Ctrl-C" not in text:
            text += process.stdout.readline()
        process.terminate()
        process.communicate(timeout=10)
    assert "export HTTPS_PROXY='http://127.0.0.1:" in text
    assert "export AZURE_CLIENT_SECRET='" in text
    assert "o365scan scan" in text


def test_scenarios_in_a_line_each() -> None:
    lines = CliRunner().invoke(main, ["scenarios"]).output.splitlines()
    assert [line.split()[0] for line in lines] == scenario_names()


def test_help_has_examples_and_version_answers() -> None:
    assert "mocktenant serve --scenario" in CliRunner().invoke(main, ["serve", "--help"]).output
    assert CliRunner().invoke(main, ["--version"]).output.startswith("mocktenant, version ")


def test_wrong_scenario_is_a_usage_error_with_a_hint() -> None:
    with started("--scenario", "hostil") as process:
        _, err = process.communicate(timeout=10)
    assert process.returncode == 2
    assert "did you mean hostile?" in err


def test_taken_port_is_told_in_a_line(client: Client) -> None:
    with started("--port", str(client.server.port)) as process:
        _, err = process.communicate(timeout=10)
    assert process.returncode == 1
    assert err.startswith(f"Error: can't listen on 127.0.0.1:{client.server.port}: ")


def test_signals_mean_afterwards_what_they_meant(tmp_path: Path) -> None:
    before = [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)]
    refused = CliRunner().invoke(main, ["serve", "--snapshot", str(tmp_path / "none")])
    assert refused.exit_code == 2
    assert [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)] == before
