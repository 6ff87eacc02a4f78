"""$batch: many requests in one, each with an answer of its own."""

from __future__ import annotations

import base64
from typing import Any

import pytest
import requests

from mocktenant import Fault

from .client import EXCHANGE, GRAPH, Client


def send(client: Client, payload: Any, version: str = "v1.0", **headers: str) -> requests.Response:
    return client.session.post(
        f"{GRAPH}/{version}/$batch",
        json=payload,
        headers={"Authorization": f"Bearer {client.token(GRAPH)}"} | headers,
    )


def get(id: str, url: str, **more: Any) -> dict[str, Any]:
    return {"id": id, "method": "GET", "url": url} | more


def answers(client: Client, *requests: dict[str, Any], version: str = "v1.0") -> dict[str, Any]:
    answer = send(client, {"requests": list(requests)}, version)
    assert answer.status_code == 200, answer.text
    return {one["id"]: one for one in answer.json()["responses"]}


def test_each_request_has_its_own_answer(client: Client) -> None:
    user = client.tenant.objects("users")[0]
    found = answers(
        client,
        get("1", f"/users/{user['id']}?$select=id,mail"),
        get("2", "users/nobody"),
        get("three", "/domains"),
    )
    assert {id: one["status"] for id, one in found.items()} == {"1": 200, "2": 404, "three": 200}
    assert found["1"]["body"]["id"] == user["id"]
    assert found["1"]["headers"]["Content-Type"].startswith("application/json")
    assert "Strict-Transport-Security" not in found["1"]["headers"]
    assert found["2"]["body"]["error"]["code"] == "Request_ResourceNotFound"
    assert found["three"]["body"]["@odata.context"] == f"{GRAPH}/v1.0/$metadata#domains"


def test_twenty_fit_and_come_in_another_order_always_the_same(client: Client) -> None:
    many = [get(str(number), "/domains") for number in range(20)]
    first = [one["id"] for one in send(client, {"requests": many}).json()["responses"]]
    assert sorted(first, key=int) == [str(number) for number in range(20)]
    assert first != sorted(first, key=int)
    client.tenant.reset()
    assert [one["id"] for one in send(client, {"requests": many}).json()["responses"]] == first


def test_beta_is_beta_inside(client: Client) -> None:
    user = client.tenant.objects("users")[0]["id"]
    url = f"/users/{user}/authentication/requirements"
    assert answers(client, get("1", url), version="beta")["1"]["status"] == 200
    assert answers(client, get("1", url))["1"]["status"] == 400


def test_headers_of_an_item_count_and_others_do_not(client: Client) -> None:
    counted = get("1", "/users?$count=true&$top=1", headers={"ConsistencyLevel": "eventual"})
    found = answers(client, counted, get("2", "/users?$count=true"))
    assert found["1"]["body"]["@odata.count"] == len(client.tenant.objects("users"))
    assert found["2"]["status"] == 400
    forged = get("1", "/domains", headers={"Authorization": "Bearer x.y.z"})
    assert answers(client, forged)["1"]["status"] == 200


def test_next_links_lead_out_of_the_batch(client: Client) -> None:
    link = answers(client, get("1", "/users?$top=7&$select=id"))["1"]["body"]["@odata.nextLink"]
    assert link.startswith(f"{GRAPH}/v1.0/users?")
    assert len(client.graph(link).json()["value"]) == 7


def test_a_count_comes_as_base64(client: Client) -> None:
    item = get("1", "/users/$count", headers={"ConsistencyLevel": "eventual"})
    body = answers(client, item)["1"]["body"]
    assert base64.b64decode(body).decode() == str(len(client.tenant.objects("users")))


def test_one_throttled_among_others(client: Client) -> None:
    client.tenant.faults.add(Fault(path="/v1.0/organization", status=429, retry_after=7))
    found = answers(client, get("1", "/domains"), get("2", "/organization"))
    assert (found["1"]["status"], found["2"]["status"]) == (200, 429)
    assert found["2"]["headers"]["Retry-After"] == "7"
    assert found["2"]["body"]["error"]["code"] == "TooManyRequests"
    assert answers(client, get("2", "/organization"))["2"]["status"] == 200


def test_the_journal_has_the_batch_and_its_items(client: Client) -> None:
    answers(client, get("1", "/domains"), get("2", "/users?$top=1"))
    entries = [entry for entry in client.tenant.journal if entry.host == "graph.microsoft.com"]
    assert [(entry.path, entry.batched, entry.permission) for entry in entries] == [
        ("/v1.0/domains", True, "Domain.Read.All"),
        ("/v1.0/users", True, "User.Read.All"),
        ("/v1.0/$batch", False, None),
    ]
    assert entries[1].query == "$top=1"
    assert entries[0].client_id == client.tenant.client_id


def test_an_item_may_wait_for_others(client: Client) -> None:
    found = answers(
        client,
        get("last", "/domains", dependsOn=["first", "SECOND"]),
        get("second", "/domains", dependsOn=["first"]),
        get("first", "/domains"),
    )
    assert {one["status"] for one in found.values()} == {200}
    paths = [entry.path for entry in client.tenant.journal if entry.batched]
    assert len(paths) == 3


def test_what_waits_for_a_failure_fails(client: Client) -> None:
    found = answers(
        client,
        get("1", "/unicorns"),
        get("2", "/domains", dependsOn=["1"]),
        get("3", "/domains", dependsOn=["2"]),
    )
    assert [found[id]["status"] for id in "123"] == [400, 424, 424]
    assert found["2"]["body"]["error"]["code"] == "FailedDependency"


def test_writes_and_batches_inside_are_refused_one_by_one(client: Client) -> None:
    body = {"displayName": "x"}
    patch = {"id": "1", "method": "patch", "url": "/users/x", "body": body}
    found = answers(
        client,
        patch,
        patch | {"id": "2", "headers": {"content-type": "application/json"}},
        {"id": "3", "method": "POST", "url": "/$batch", "body": {}, "headers": {"Content-Type": "x"}},
    )
    assert [found[id]["status"] for id in "123"] == [400, 403, 400]


@pytest.mark.parametrize(
    ("payload", "text"),
    [
        ([], "Invalid batch payload"),
        ({}, "Invalid batch payload"),
        ({"requests": "x"}, "Invalid batch payload"),
        ({"requests": []}, "from 1 to 20"),
        ({"requests": [get(str(n), "/domains") for n in range(21)]}, "from 1 to 20"),
        ({"requests": ["x"]}, "Invalid batch payload"),
        ({"requests": [get("A", "/domains"), get("a", "/domains")]}, "unique"),
        ({"requests": [{"method": "GET", "url": "/domains"}]}, "Id is required"),
        ({"requests": [get("1", "/domains") | {"id": 1}]}, "Id is required"),
        ({"requests": [get("1", "/domains") | {"method": "BREW"}]}, "method"),
        ({"requests": [get("1", "/domains") | {"method": None}]}, "method"),
        ({"requests": [get("1", f"{GRAPH}/v1.0/domains")]}, "relative"),
        ({"requests": [get("1", "//evil.example.com/x")]}, "relative"),
        ({"requests": [get("1", "/domains", headers=["x"])]}, "headers"),
        ({"requests": [get("1", "/domains", headers={"x": 1})]}, "headers"),
        ({"requests": [get("1", "/domains", dependsOn="2")]}, "dependsOn"),
        ({"requests": [get("1", "/domains", dependsOn=["2"])]}, "not in the batch"),
        ({"requests": [get("1", "/domains", dependsOn=["1"])]}, "circle"),
    ],
)
def test_malformed_batches(client: Client, payload: Any, text: str) -> None:
    answer = send(client, payload)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "BadRequest")
    assert text in answer.json()["error"]["message"]


def test_other_ways_to_ask(client: Client) -> None:
    assert client.graph("/v1.0/$batch").status_code == 405
    bearer = {"Authorization": f"Bearer {client.token(GRAPH)}"}
    plain = client.session.post(f"{GRAPH}/v1.0/$batch", data="{", headers=bearer)
    assert plain.status_code == 400
    foreign = {"Authorization": f"Bearer {client.token(EXCHANGE)}"}
    body = {"requests": [get("1", "/domains")]}
    assert client.session.post(f"{GRAPH}/v1.0/$batch", json=body, headers=foreign).status_code == 401


def test_batches_work_without_the_proxy(client: Client) -> None:
    client.session.proxies = {}
    token = client.session.post(
        f"{client.server.login_url}/{client.tenant.tenant_id}/oauth2/v2.0/token",
        data={
            "grant_type": "client_credentials",
            "client_id": client.tenant.client_id,
            "client_secret": client.tenant.client_secret,
            "scope": f"{GRAPH}/.default",
        },
    ).json()["access_token"]
    answer = client.session.post(
        f"{client.server.graph_url}/v1.0/$batch",
        json={"requests": [get("1", "/users?$top=1")]},
        headers={"Authorization": f"Bearer {token}"},
    )
    (one,) = answer.json()["responses"]
    assert one["body"]["@odata.nextLink"].startswith(f"{client.server.graph_url}/v1.0/users?")
