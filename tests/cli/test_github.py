"""o365scan github: what a job may do in its repository, and what it tells."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mocktenant import Fault, Server
from tests.conftest import Completed, Run


def job(server: Server, **changes: Any) -> dict[str, str]:
    """The environment of a job as the workflow's step has it."""
    github = server.tenant.github
    github.job = replace(github.job, **changes)
    return server.environment() | github.environment() | {"GITHUB_TOKEN": github.job_token}


def told(done: Completed) -> dict[str, str]:
    assert done.returncode == 0, done.stderr
    return dict(line.split("=", 1) for line in done.stdout.splitlines())


@pytest.mark.parametrize("upload", ["auto", "always"])
def test_a_private_repository_with_code_scanning(o365scan: Run, baseline: Server, upload: str) -> None:
    done = o365scan("github", "check", "--upload", upload, env=job(baseline))
    assert told(done) == {"visibility": "private", "upload": "true"}


def test_without_code_scanning_nothing_is_uploaded_unless_it_must_be(o365scan: Run, baseline: Server) -> None:
    environment = job(baseline, code_security=False)
    done = o365scan("github", "check", env=environment)
    assert told(done)["upload"] == "false"
    assert "Code Security must be enabled" in done.stderr
    assert told(o365scan("github", "check", "--upload", "always", env=environment))["upload"] == "true"


def test_never_asks_for_no_alerts(o365scan: Run, baseline: Server) -> None:
    environment = job(baseline, permissions="contents: write")
    assert told(o365scan("github", "check", "--upload", "never", env=environment))["upload"] == "false"
    assert [entry.path for entry in baseline.tenant.journal] == ["/repos/contoso/tenant-scan"]


@pytest.mark.parametrize("visibility", ["internal", "public"])
def test_the_evidence_is_not_for_everybody(o365scan: Run, baseline: Server, visibility: str) -> None:
    environment = job(baseline, visibility=visibility, code_security=False)
    refused = o365scan("github", "check", env=environment)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert f"is {visibility}" in refused.stderr
    assert f"--widest {visibility}" in refused.stderr
    done = told(o365scan("github", "check", "--widest", visibility, env=environment))
    assert done == {"visibility": visibility, "upload": "true" if visibility == "public" else "false"}


def test_a_job_that_may_not_upload(o365scan: Run, baseline: Server) -> None:
    done = o365scan("github", "check", env=job(baseline, permissions="contents: write"))
    assert (done.returncode, "security-events: write" in done.stderr) == (2, True)


def test_a_pull_request_is_nobodys_word(o365scan: Run, baseline: Server) -> None:
    done = o365scan("github", "check", env=job(baseline, event="pull_request_target"))
    assert (done.returncode, "pull_request_target" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"GITHUB_TOKEN": ""}, "GITHUB_TOKEN is not set"),
        ({"GITHUB_REPOSITORY": "contoso/.."}, "names no repository"),
        ({"GITHUB_TOKEN": "other"}, "Bad credentials"),
        ({"GITHUB_REPOSITORY": "contoso/other"}, "Not Found"),
        ({"GITHUB_API_URL": "http://api.github.com"}, "over TLS only"),
        ({"HTTPS_PROXY": "http://127.0.0.1:9"}, "GitHub did not answer"),
    ],
)
def test_what_can_not_be_told_is_not_private(
    o365scan: Run, baseline: Server, changes: dict[str, str], said: str
) -> None:
    done = o365scan("github", "check", env=job(baseline) | changes)
    assert (done.returncode, done.stdout) == (4, "")
    assert said in done.stderr


@pytest.mark.parametrize(
    ("path", "fault", "said"),
    [
        ("*/tenant-scan", {"status": 200, "body": {"visibility": "secret"}}, "does not say who can read"),
        ("*/tenant-scan", {"status": 301, "headers": {"Location": "https://evil.example"}}, "answered 301"),
        ("*/tenant-scan", {"status": 502, "body": "<html>"}, "answered 502"),
        ("*/alerts", {"status": 500}, "answered 500 when asked for code scanning"),
    ],
)  # fmt: skip
def test_github_in_trouble(
    o365scan: Run, baseline: Server, path: str, fault: dict[str, Any], said: str
) -> None:
    environment = job(baseline)
    baseline.tenant.faults.add(Fault(host="api.github.com", path=path, count=9, **fault))
    done = o365scan("github", "check", env=environment)
    assert (done.returncode, done.stdout) == (4, "")
    assert said in done.stderr


def test_a_gateway_that_stumbles_costs_nothing(o365scan: Run, baseline: Server) -> None:
    environment = job(baseline)
    baseline.tenant.faults.add(Fault(host="api.github.com", status=503))
    assert told(o365scan("github", "check", env=environment))["upload"] == "true"


def test_the_token_shows_nowhere(o365scan: Run, baseline: Server) -> None:
    environment = job(baseline)
    for path in ("*", "*/alerts"):
        baseline.tenant.faults.add(Fault(host="api.github.com", path=path, status=500, count=4))
        done = o365scan("github", "check", env=environment)
        assert baseline.tenant.github.job_token not in done.stdout + done.stderr


def test_counts_and_summary_of_what_a_scan_wrote(o365scan: Run, tmp_path: Path) -> None:
    asked = ("scan", "--mock", "baseline", "--mock-size", "3", "-q", "--check", "entra.admin-has-mfa")
    assert o365scan(*asked, "--json", "out/a.json", "--markdown", "out/a.md").returncode == 0
    assert told(o365scan("github", "counts", "out")) == {"failed": "0", "open": "0", "held": "0"}
    assert o365scan("github", "summary", "out").stdout.startswith("## Contoso\n")
    (tmp_path / "out" / "a.json").unlink()
    nothing = o365scan("github", "counts", "out")
    assert (nothing.returncode, nothing.stdout) == (0, "")  # nobody looked: that is not nought
    assert "no JSON report in out" in nothing.stderr
