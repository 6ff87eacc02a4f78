"""Bad input: one clear line that says what and what to do, no traceback, no partial file."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from mocktenant import Fault, Server, Tenant
from tests.conftest import Completed, Run

Serving = Callable[[Tenant], Server]


def refused(result: Completed, code: int, *said: str) -> None:
    assert result.returncode == code, result.stderr
    assert "Traceback" not in result.stderr
    for text in said:
        assert text in result.stderr
    assert len(result.stderr.splitlines()) <= 4


def leftovers(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"AZURE_CLIENT_SECRET": "wrong"}, "AADSTS7000215"),
        ({"AZURE_CLIENT_ID": "11111111-2222-4333-8444-555555555555"}, "AADSTS700016"),
        ({"AZURE_TENANT_ID": "11111111-2222-4333-8444-555555555555"}, "AADSTS90002"),
        ({"AZURE_TENANT_ID": "nobody.example"}, "knows no tenant"),
        ({"HTTPS_PROXY": "http://127.0.0.1:9"}, "Check HTTPS_PROXY"),
    ],
)
def test_sign_in_failed(
    o365scan: Run, baseline: Server, tmp_path: Path, change: dict[str, str], said: str
) -> None:
    result = o365scan(
        "scan", "--save-snapshot", "s", "--sarif", "out/s.sarif", env=baseline.environment() | change
    )
    refused(result, 4, said)
    assert change.get("AZURE_CLIENT_SECRET", "secret-not-given") not in result.stderr.replace("wrong ", "")
    assert leftovers(tmp_path) == []


def test_an_expired_secret(o365scan: Run, serving: Serving) -> None:
    tenant = Tenant("baseline", size=20)
    tenant.secret_expired = True
    refused(
        o365scan("scan", env=serving(tenant).environment()), 4, "AADSTS7000222", "Make a new client secret"
    )


def test_no_credentials(o365scan: Run) -> None:
    refused(
        o365scan("scan", env={"PATH": ""}), 2, "no credentials were found", "AZURE_CLIENT_SECRET", "--mock"
    )


def test_a_secret_from_a_file_or_standard_input(o365scan: Run, baseline: Server, tmp_path: Path) -> None:
    environment = baseline.environment()
    secret = environment.pop("AZURE_CLIENT_SECRET")
    (tmp_path / "secret").write_text(secret + "\n")
    assert o365scan("doctor", "--client-secret-file", "secret", env=environment).returncode == 0
    assert o365scan("doctor", "--client-secret-file", "-", env=environment, stdin=secret).returncode == 0
    refused(
        o365scan("doctor", "--client-secret-file", "none", env=environment), 2, "can't read the client secret"
    )


def test_no_consent(o365scan: Run, serving: Serving) -> None:
    tenant = Tenant("baseline", size=20)
    tenant.app_roles.clear()
    result = o365scan("scan", env=serving(tenant).environment())
    assert result.returncode == 3
    assert "Exchange.ManageAsApp" in result.stdout
    assert "Nothing failed, 0 passed, " in result.stdout


@pytest.mark.parametrize(
    "command", [("scan", "--mock", "baseline", "--mock-size", "20", "--check"), ("explain",)]
)
def test_an_unknown_check(o365scan: Run, command: tuple[str, ...]) -> None:
    refused(
        o365scan(*command, "exchange.inbound-connectors"),
        2,
        "no check",
        "exchange.inbound-connector-is-expected",
    )


def test_an_unknown_scenario(o365scan: Run) -> None:
    refused(o365scan("scan", "--mock", "oauth-spam", "--mock-size", "20"), 2, "oauth-spam-campaign")


@pytest.mark.parametrize(
    "arguments",
    [
        ("scan", "--mock", "baseline", "--mock-size", "20", "--sarif", "file/out.sarif"),
        ("scan", "--mock", "baseline", "--mock-size", "20", "--json", "file/x/out.json"),
        ("scan", "--mock", "baseline", "--mock-size", "20", "--save-snapshot", "file/s"),
        ("scan", "--mock", "baseline", "--mock-size", "20", "--evidence", "file/evidence"),
        ("collect", "file/s", "--mock", "baseline", "--mock-size", "20"),
    ],
)
def test_an_unwritable_output_is_refused(o365scan: Run, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    (tmp_path / "file").write_text("in the way")
    refused(o365scan(*arguments), 2, "can't", "file")
    assert leftovers(tmp_path) == ["file"]


def test_a_snapshot_cut_in_half(o365scan: Run, tmp_path: Path) -> None:
    assert o365scan("collect", "s", "--mock", "baseline", "--mock-size", "20").returncode == 0
    os.truncate(tmp_path / "s", (tmp_path / "s").stat().st_size // 2)
    refused(o365scan("scan", "--snapshot", "s"), 2, "s", "Collect the tenant again")
    refused(o365scan("scan", "--snapshot", "nothing"), 2, "there is no snapshot")


@pytest.mark.parametrize("command", ["scan", "collect"])
def test_ctrl_c_leaves_nothing(serving: Serving, tmp_path: Path, command: str) -> None:
    tenant = Tenant("baseline", size=20)
    tenant.faults.add(Fault(cmdlet="Get-TransportRule", delay=60, count=1))
    executable = Path(sys.executable).with_name("o365scan")
    arguments = ["--save-snapshot", "s", "--sarif", "s.sarif"] if command == "scan" else ["s"]
    process = subprocess.Popen(
        [executable, command, *arguments],
        cwd=tmp_path, env={**os.environ, **serving(tenant).environment()}, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    deadline = time.monotonic() + 30
    while not any(entry.cmdlet == "Get-AcceptedDomain" for entry in tenant.journal):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=10)
    assert process.returncode == 130
    assert stderr.strip() == "Interrupted: no output is left half-written."
    assert leftovers(tmp_path) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("scan", "--fail-on", "terrible"),
        ("scan", "--mock", "baseline", "--mock-size", "20", "--tenant-id", "x"),
        ("scan", "--mock", "baseline", "--mock-size", "20", "--sarif", "-"),
        ("scan", "--sarif-profile", "mine"),
        ("nonsense",),
    ],
)
def test_wrong_usage(o365scan: Run, arguments: tuple[str, ...]) -> None:
    result = o365scan(*arguments)
    assert result.returncode == 2
    assert "Error" in result.stderr
    assert "Traceback" not in result.stderr


def test_configuration_that_can_not_be_used(o365scan: Run, tmp_path: Path) -> None:
    (tmp_path / "o365scan.toml").write_text(
        '[checks."exchange.inbound-connector-is-expected"]\ncertificate = []\n'
    )
    refused(
        o365scan("scan", "--mock", "baseline", "--mock-size", "20"),
        2,
        'o365scan.toml:2: checks."exchange.inbound-connector-is-expected".certificate: not known. '
        "Did you mean certificates?",
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ("scan", "--snapshot", "s", "--mock", "baseline", "--mock-size", "20"),
        ("scan", "--snapshot", "s", "--save-snapshot", "t"),
        ("scan", "--snapshot", "s", "--tenant-id", "x"),
        ("scan", "--mock", "baseline", "--mock-size", "20", "--json", "f", "--sarif", "f"),
        ("collect", "s", "--mock", "baseline", "--mock-size", "20", "--all", "--check", "*"),
    ],
)
def test_options_that_contradict_each_other(
    o365scan: Run, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    result = o365scan(*arguments)
    assert result.returncode == 2
    assert "Error" in result.stderr
    assert leftovers(tmp_path) == []


@pytest.mark.parametrize("folder", ["docs", "tests", "a/vendor"])
def test_an_evidence_place_that_github_hides_is_refused_before_the_scan(o365scan: Run, folder: str) -> None:
    refused(o365scan("scan", "--evidence", folder), 2, "GitHub takes files below")


def shell(tmp_path: Path, line: str, **env: str) -> Completed:
    executable = Path(sys.executable).with_name("o365scan")
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", line.replace("o365scan", str(executable), 1)],
        cwd=tmp_path, env={**os.environ, **env}, capture_output=True, text=True, timeout=120,
    )  # fmt: skip


@pytest.mark.parametrize(
    "command",
    ["scan --mock hostile --check *transport*", "explain exchange.inbound-connector-is-expected", "checks"],
)
def test_a_reader_that_goes_away(tmp_path: Path, command: str) -> None:
    result = shell(tmp_path, f"o365scan {command} | head -n 1")
    assert result.returncode in (0, 3)
    assert result.stderr == ""


@pytest.mark.parametrize(
    "command",
    [
        "scan --mock baseline --check *transport*",
        "scan --mock baseline --check *transport* -q --json -",
        "checks --json",
    ],
)
def test_a_full_disk(tmp_path: Path, command: str) -> None:
    result = shell(tmp_path, f"o365scan {command} > /dev/full")
    assert result.returncode == 2
    assert "No space left" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_terminal_of_another_encoding(tmp_path: Path) -> None:
    result = shell(
        tmp_path, "o365scan scan --mock hostile --check *transport*", PYTHONIOENCODING="ascii", PYTHONUTF8="0"
    )
    assert "Traceback" not in result.stderr
    assert "failed" in result.stdout


def test_a_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    result = shell(
        tmp_path, "o365scan scan --mock baseline --check *transport* -q --json >(cat > copy) ; sleep 1"
    )
    assert result.returncode == 0
    assert (tmp_path / "copy").read_text().startswith("{")


def test_sigterm_leaves_nothing(serving: Serving, tmp_path: Path) -> None:
    tenant = Tenant("baseline", size=20)
    tenant.faults.add(Fault(cmdlet="Get-TransportRule", delay=60, count=1))
    process = subprocess.Popen(
        [Path(sys.executable).with_name("o365scan"), "collect", "s"],
        cwd=tmp_path, env={**os.environ, **serving(tenant).environment()}, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    deadline = time.monotonic() + 30
    while not any(entry.cmdlet == "Get-AcceptedDomain" for entry in tenant.journal):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.terminate()
    process.communicate(timeout=10)
    assert process.returncode == 130
    assert leftovers(tmp_path) == []
