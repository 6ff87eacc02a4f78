"""GitHub's REST API for a job: its repository, and alerts that open and close by what is uploaded."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from subprocess import run
from typing import Any

import pytest
import requests

from .client import Client

API = "https://api.github.com"
REPOSITORY = f"{API}/repos/contoso/tenant-scan"
SHA = "0123456789abcdef0123456789abcdef01234567"
Json = dict[str, Any]


def asked(client: Client, path: str = "", *, token: str | None = None) -> requests.Response:
    bearer = client.tenant.github.job_token if token is None else token
    headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
    return client.session.get(REPOSITORY + path, headers=headers)


def uploaded(client: Client, log: Any, **changes: Any) -> requests.Response:
    packed = base64.b64encode(gzip.compress(json.dumps(log).encode())).decode()
    body = {"commit_sha": SHA, "ref": "refs/heads/main", "sarif": packed} | changes
    return client.session.post(
        f"{REPOSITORY}/code-scanning/sarifs",
        json=body,
        headers={"Authorization": f"token {client.tenant.github.job_token}"},
    )


def log_of(*results: Json, category: str = "o365scan/t/entra/") -> Json:
    rule = {
        "id": "r",
        "shortDescription": {"text": "r."},
        "fullDescription": {"text": "r."},
        "help": {"text": "r"},
        "properties": {"security-severity": "8.0"},
    }
    tool = {"driver": {"name": "o365scan", "rules": [rule]}}
    return {
        "version": "2.1.0",
        "runs": [{"tool": tool, "automationDetails": {"id": category}, "results": list(results)}],
    }


def result(line_hash: str, path: str = "evidence/a.json", rule: str = "r") -> Json:
    where = {"physicalLocation": {"artifactLocation": {"uri": path}, "region": {"startLine": 3}}}
    prints = {"primaryLocationLineHash": line_hash}
    return {"ruleId": rule, "message": {"text": "m"}, "locations": [where], "partialFingerprints": prints}


def alerts(client: Client, state: str) -> list[int]:
    found = asked(client, f"/code-scanning/alerts?state={state}").json()
    return [each["number"] for each in found]


def test_who_can_read_the_repository(fresh: Client) -> None:
    found = asked(fresh).json()
    assert (found["full_name"], found["private"], found["visibility"]) == (
        "contoso/tenant-scan",
        True,
        "private",
    )
    fresh.tenant.github.job = replace(fresh.tenant.github.job, visibility="public")
    assert asked(fresh).json()["private"] is False


@pytest.mark.parametrize(("token", "status", "said"), [("", 404, "Not Found"), ("x", 401, "Bad credentials")])
def test_only_the_job_is_told(fresh: Client, token: str, status: int, said: str) -> None:
    answer = asked(fresh, token=token)
    assert (answer.status_code, answer.json()["message"]) == (status, said)


def test_other_repositories_and_paths_are_not_there(fresh: Client) -> None:
    assert asked(fresh, "-2").status_code == 404
    assert asked(fresh, "/issues").status_code == 404
    assert fresh.tenant.journal.unknown()


def test_alerts_open_and_close_by_category(fresh: Client) -> None:
    assert asked(fresh, "/code-scanning/alerts").json()["message"] == "no analysis found"
    answer = uploaded(fresh, log_of(result("1"), result("2")))
    assert answer.status_code == 202
    done = fresh.session.get(
        answer.json()["url"], headers={"Authorization": f"Bearer {fresh.tenant.github.job_token}"}
    )
    assert done.json() == {"processing_status": "complete"}
    assert alerts(fresh, "open") == [1, 2]
    uploaded(fresh, log_of(category="o365scan/t/exchange/"))  # another category closes nothing of this
    assert alerts(fresh, "open") == [1, 2]
    uploaded(fresh, log_of(result("2"), result("3")))
    assert (alerts(fresh, "open"), alerts(fresh, "fixed")) == ([2, 3], [1])
    uploaded(fresh, log_of(result("1")))  # the same alert, back again
    assert (alerts(fresh, "open"), alerts(fresh, "fixed")) == ([1], [2, 3])
    (shown,) = asked(fresh, "/code-scanning/alerts?state=open").json()
    assert shown["rule"] == {"id": "r", "security_severity_level": "high"}
    assert shown["most_recent_instance"]["location"] == {"path": "evidence/a.json", "start_line": 3}


def rule(log: Json) -> Any:
    return log["runs"][0]["tool"]["driver"]["rules"][0]


def broken(change: Callable[[Json], object]) -> Json:
    log = log_of(result("1"))
    change(log)
    return log


@pytest.mark.parametrize(
    ("log", "said"),
    [
        (broken(lambda log: log.update(version="2.0.0")), "version must be 2.1.0"),
        (broken(lambda log: log.update(runs=[])), "only 0 were supplied"),
        (broken(lambda log: log.update(runs=log["runs"] * 2)), "multiple runs with the same category"),
        (broken(lambda log: log.update(runs=log["runs"] * 21)), "more runs than allowed"),
        (broken(lambda log: log["runs"][0].update(results=[result("1")] * 25_001)), "more results per run"),
        (broken(lambda log: log["runs"][0]["results"][0].pop("locations")), "at least one location"),
        (broken(lambda log: log["runs"][0]["results"][0].update(locations=[{}])), "a physical location"),
        (broken(lambda log: log["runs"][0]["results"][0].update(message={})), "no message.text"),
        (log_of(result("1", path="https://a.example/b")), 'URI scheme "https"'),
        (log_of(result("1", path="")), "expected artifact location"),
        (broken(lambda log: log["runs"][0]["results"][0].update(locations=[{}] * 1_001)), "more locations"),
        (broken(lambda log: rule(log)["properties"].update({"security-severity": "9,5"})), "invalid security sev"),
        (broken(lambda log: rule(log).pop("help")), "no help.text"),
        (broken(lambda log: rule(log)["properties"].update(tags=["t"] * 21)), "more tags"),
        (broken(lambda log: log["runs"][0].pop("tool")), "schema's shape"),
        ([], "not an object"),
    ],
)  # fmt: skip
def test_a_log_is_refused_as_a_whole(fresh: Client, log: Any, said: str) -> None:
    uploaded(fresh, log_of(result("9")))
    answer = uploaded(fresh, log)
    assert answer.status_code == 202
    status = asked(fresh, f"/code-scanning/sarifs/{answer.json()['id']}").json()
    assert status["processing_status"] == "failed"
    assert any(said in each for each in status["errors"])
    assert alerts(fresh, "open") == [1]


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"commit_sha": "main"}, 422),
        ({"ref": "main"}, 422),
        ({"sarif": None}, 422),
        ({"sarif": "***"}, 400),
        ({"sarif": base64.b64encode(b"{}").decode()}, 400),
        ({"sarif": base64.b64encode(gzip.compress(b"{")).decode()}, 400),
    ],
)
def test_an_upload_that_is_none(fresh: Client, changes: Json, status: int) -> None:
    assert uploaded(fresh, log_of(), **changes).status_code == status
    assert not fresh.tenant.github.code_scanning.uploads


def test_a_body_that_is_no_json(fresh: Client) -> None:
    headers = {"Authorization": f"token {fresh.tenant.github.job_token}"}
    assert (
        fresh.session.post(f"{REPOSITORY}/code-scanning/sarifs", data=b"{", headers=headers).status_code
        == 400
    )


def test_a_commit_that_was_not_pushed(fresh: Client, tmp_path: Path) -> None:
    run(["git", "init", "--quiet", "--bare", tmp_path], check=True)
    fresh.tenant.github.code_scanning.git_folder = tmp_path
    assert uploaded(fresh, log_of()).json()["message"] == "commit not found"


def test_what_a_job_was_not_granted(fresh: Client) -> None:
    github = fresh.tenant.github
    github.job = replace(github.job, permissions="contents: write, security-events: read")
    assert asked(fresh, "/code-scanning/alerts").status_code == 404
    assert uploaded(fresh, log_of()).json()["message"] == "Resource not accessible by integration"
    assert "ACTIONS_ID_TOKEN_REQUEST_URL" not in github.environment()


def test_a_private_repository_needs_a_licence_and_a_public_one_none(fresh: Client) -> None:
    github = fresh.tenant.github
    github.job = replace(github.job, code_security=False)
    refused = asked(fresh, "/code-scanning/alerts")
    assert (refused.status_code, uploaded(fresh, log_of()).status_code) == (403, 403)
    assert "must be enabled" in refused.json()["message"]
    github.job = replace(github.job, visibility="public")
    assert uploaded(fresh, log_of()).status_code == 202


def test_the_control_plane_sets_the_repository_and_lists_the_alerts(fresh: Client) -> None:
    fresh.control("PUT", "/github", json={"visibility": "internal", "permissions": "security-events: write"})
    assert asked(fresh).json()["visibility"] == "internal"
    uploaded(fresh, log_of(result("1")))
    told = fresh.control("GET", "/github").json()
    assert told["token"] == fresh.tenant.github.job_token
    assert [(each["rule"], each["state"]) for each in told["alerts"]] == [("r", "open")]
    assert fresh.tenant.github.code_scanning.states("open") == {("r", "evidence/a.json")}


def test_by_a_loopback_address(fresh: Client) -> None:
    url = f"{fresh.server.graph_url}/repos/contoso/tenant-scan"
    headers = {"Authorization": f"Bearer {fresh.tenant.github.job_token}"}
    assert fresh.session.get(url, headers=headers).json()["visibility"] == "private"
