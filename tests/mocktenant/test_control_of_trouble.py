"""The control plane's side of sign-in and of what goes wrong."""

from __future__ import annotations

from typing import Any

import pytest

from mocktenant.presets import PRESETS

from .client import GRAPH, Client


def test_presets_can_be_planned_by_name(fresh: Client) -> None:
    assert fresh.control("GET", "/presets").json() == PRESETS
    planned = fresh.control("POST", "/faults", json={"preset": "graph-throttled", "count": 2})
    assert planned.json() == {"host": "graph.microsoft.com", "status": 429, "retry_after": 10, "count": 2}
    assert fresh.graph("/v1.0/domains").status_code == 429


def test_errors_of_sign_in_by_number(fresh: Client) -> None:
    listed = fresh.control("GET", "/aadsts").json()
    assert (listed["7000215"]["status"], listed["7000215"]["confirmed"]) == (401, True)
    assert not listed["90033"]["confirmed"]


def test_latencies(fresh: Client) -> None:
    wanted = {"path": "/v1.0/domains", "seconds": 2, "distribution": "normal"}
    assert fresh.control("POST", "/latencies", json=wanted).json() == wanted
    assert fresh.control("GET", "/latencies").json() == {"value": [wanted]}
    assert fresh.control("DELETE", "/latencies").status_code == 204
    assert list(fresh.tenant.latencies) == []


def test_limits(fresh: Client) -> None:
    assert fresh.control("GET", "/throttle").json() == {"limits": None}
    assert fresh.control("PUT", "/throttle", json={"limits": {}}).json()["limits"]["reports"] == 5
    assert (
        fresh.control("PUT", "/throttle", json={"limits": {"directory": 1}}).json()["limits"]["directory"]
        == 1
    )
    token = fresh.tenant.forge()
    assert [fresh.graph("/v1.0/domains", token=token).status_code for _ in range(2)] == [200, 429]
    assert fresh.control("PUT", "/throttle", json={"limits": None}).json() == {"limits": None}


def test_the_timer(fresh: Client) -> None:
    began = fresh.control("PUT", "/timer", json={"stopped": True}).json()
    assert began["stopped"]
    later = fresh.control("PUT", "/timer", json={"advance": 90}).json()
    assert later["now"] - began["now"] == 90
    assert not fresh.control("PUT", "/timer", json={"stopped": False}).json()["stopped"]
    assert abs(fresh.control("GET", "/timer").json()["now"] - began["now"]) < 60


def test_apps(fresh: Client) -> None:
    made = fresh.control(
        "POST",
        "/apps",
        json={"name": "Backup", "roles": ["Domain.Read.All"], "directory_roles": ["Global Reader"]},
    )
    assert made.status_code == 201
    app = made.json()
    token = fresh.token_answer(
        scope=f"{GRAPH}/.default", client_id=app["client_id"], client_secret=app["client_secret"]
    ).json()["access_token"]
    assert fresh.graph("/v1.0/domains", token=token).status_code == 200
    adopted = fresh.control("POST", "/apps", json={"adopt": "Invoice reader"})
    assert (adopted.status_code, adopted.json()["display_name"]) == (200, "Invoice reader")
    listed = fresh.control("GET", "/apps").json()["value"]
    assert [each["display_name"] for each in listed] == ["o365scan", "Backup", "Invoice reader"]


def test_tokens(fresh: Client) -> None:
    assert "expired" in fresh.control("GET", "/tokens").json()["kinds"]
    good = fresh.control("POST", "/tokens", json={}).json()["token"]
    assert fresh.graph("/v1.0/domains", token=good).status_code == 200
    bad = fresh.control("POST", "/tokens", json={"claims": {"roles": ["User.Read.All"]}}).json()["token"]
    assert fresh.graph("/v1.0/domains", token=bad).status_code == 403
    assert fresh.control("POST", "/tokens/revoked", json={}).status_code == 204
    assert fresh.graph("/v1.0/domains", token=good).status_code == 401


def test_github(fresh: Client) -> None:
    changed = fresh.control("PUT", "/github", json={"environment": "prod", "immutable": True}).json()
    assert changed["subject"].endswith(":environment:prod")
    assert changed["environment"]["ACTIONS_ID_TOKEN_REQUEST_URL"].startswith("https://pipelines.")
    assert fresh.control("GET", "/github").json() == changed
    assert fresh.control("PUT", "/github", json={"environment": None}).json()["job"]["environment"] is None


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/latencies", {"seconds": -1}, 400),
        ("POST", "/faults", {"preset": "nonsense"}, 400),
        ("PUT", "/throttle", {"limits": {"nonsense": 1}}, 400),
        ("PUT", "/throttle", {"limits": {"reports": -1}}, 400),
        ("PUT", "/throttle", {"limits": {"directory": "many"}}, 400),
        ("PUT", "/throttle", {"limits": 5}, 400),
        ("PUT", "/throttle", [], 400),
        ("PUT", "/timer", {"advance": -1}, 400),
        ("PUT", "/timer", {"advance": True}, 400),
        ("PUT", "/timer", {"stopped": "yes"}, 400),
        ("POST", "/apps", {"name": ""}, 400),
        ("POST", "/apps", {"name": "x", "roles": "y"}, 400),
        ("POST", "/apps", {"name": "x", "directory_roles": ["King"]}, 400),
        ("POST", "/apps", {"adopt": "Nobody's"}, 404),
        ("POST", "/tokens", {"kind": "nonsense"}, 400),
        ("POST", "/tokens", {"service": "teams"}, 400),
        ("POST", "/tokens", {"claims": {"kind": "x"}}, 400),
        ("POST", "/tokens/revoked", {"client_id": "x"}, 404),
        ("PUT", "/github", {"nonsense": 1}, 400),
        ("PUT", "/github", {"ref": 5}, 400),
        ("PUT", "/github", {"environment": 5}, 400),
        ("PUT", "/github", [], 400),
    ],
)
def test_what_can_not_be_meant(fresh: Client, method: str, path: str, body: Any, status: int) -> None:
    answer = fresh.control(method, path, json=body)
    assert (answer.status_code, list(answer.json())) == (status, ["error"])
    assert fresh.control("POST", "/tokens", data="x").status_code == 400
