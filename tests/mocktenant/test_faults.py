"""Scripted faults and the journal of requests."""

from __future__ import annotations

import time
from typing import Any

import pytest
import requests

from mocktenant import Fault
from mocktenant.faults import FaultInvalid
from mocktenant.login.errors import CODES
from mocktenant.presets import PRESETS

from .client import EXCHANGE, GRAPH, LOGIN, Client


def test_throttling_hits_as_often_as_planned(client: Client) -> None:
    client.tenant.faults.add(
        Fault(host="graph.microsoft.com", path="/v1.0/users*", status=429, retry_after=7, count=2)
    )
    token = client.token(GRAPH)
    answers = [client.graph("/v1.0/users", token=token) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [429, 429, 200]
    assert answers[0].headers["Retry-After"] == "7"
    assert answers[0].json()["error"]["code"] == "TooManyRequests"
    assert client.graph("/v1.0/domains", token=token).status_code == 200
    assert list(client.tenant.faults) == []


def test_one_cmdlet_from_the_second_page_on(client: Client) -> None:
    client.tenant.faults.add(Fault(cmdlet="get-mailbox", after=1, status=503))
    token = client.token()
    first = client.invoke("Get-Mailbox", token=token, Prefer="odata.maxpagesize=10").json()
    assert client.invoke("Get-TransportRule", token=token).status_code == 200
    assert client.invoke("Get-Mailbox", token=token, url=first["@odata.nextLink"]).status_code == 503
    assert client.invoke("Get-Mailbox", token=token, url=first["@odata.nextLink"]).status_code == 200


def test_exchange_throttles_in_plain_text(client: Client) -> None:
    client.tenant.faults.add(Fault(host="outlook.office365.com", status=429))
    assert "maximum number of concurrent requests" in client.invoke("Get-Mailbox").text


def test_sign_in_can_fail_too(client: Client) -> None:
    client.tenant.faults.add(
        Fault(method="post", host="login.microsoftonline.com", status=500, body={"error": "down"})
    )
    answer = client.token_answer()
    assert (answer.status_code, answer.json()) == (500, {"error": "down"})


def test_own_body_and_headers_win(client: Client) -> None:
    headers = {"Content-Type": "text/html", "Location": "https://example.com/"}
    client.tenant.faults.add(Fault(path="/v1.0/users", status=302, headers=headers, body="<p>moved</p>"))
    answer = client.session.get(
        f"{GRAPH}/v1.0/users",
        headers={"Authorization": f"Bearer {client.token(GRAPH)}"},
        allow_redirects=False,
    )
    assert (answer.status_code, answer.text, answer.headers["Content-Type"]) == (
        302,
        "<p>moved</p>",
        "text/html",
    )
    assert answer.headers["Location"] == "https://example.com/"


@pytest.mark.parametrize("status", [500, 599])
def test_graph_failures_have_its_envelope(client: Client, status: int) -> None:
    client.tenant.faults.add(Fault(host="graph.microsoft.com", status=status))
    answer = client.graph("/v1.0/users")
    error = answer.json()["error"]
    assert error["code"] == "UnknownError"
    ids = {
        answer.headers["request-id"],
        answer.headers["client-request-id"],
        error["innerError"]["request-id"],
    }
    assert len(ids) == 1


def test_true_answers_late_or_cut_off(client: Client) -> None:
    token = client.token(GRAPH)
    client.tenant.faults.add(Fault(path="/v1.0/users", delay=0.2))
    client.tenant.faults.add(Fault(path="/v1.0/users", cut=100))
    client.tenant.faults.add(Fault(path="/v1.0/users", cut=10_000_000))
    began = time.perf_counter()
    assert client.graph("/v1.0/users", token=token).status_code == 200
    assert time.perf_counter() - began >= 0.2
    with pytest.raises((requests.exceptions.ChunkedEncodingError, requests.exceptions.ConnectionError)):
        client.graph("/v1.0/users", token=token)
    assert client.graph("/v1.0/users", token=token).status_code == 200


@pytest.mark.parametrize(
    ("data", "word"),
    [
        ({"colour": "red"}, "colour"),
        ({"status": 99}, "status"),
        ({"status": "500"}, "status"),
        ({"count": 0}, "count"),
        ({"count": 10**9}, "count"),
        ({"delay": True}, "delay"),
        ({"host": 5}, "host"),
        ({"headers": []}, "headers"),
        ({"aadsts": 1}, "aadsts"),
        ({"reset": "never"}, "reset"),
        ({"batched": "yes"}, "batched"),
        ({"early_retry": "warn", "retry_after": 1}, "early_retry"),
        ({"early_retry": "fail"}, "early_retry"),
        ({"preset": "nonsense"}, "preset"),
        ({"preset": ["x"]}, "preset"),
        ([], "JSON object"),
    ],
)
def test_faults_that_cannot_be_meant(data: object, word: str) -> None:
    with pytest.raises(FaultInvalid, match=word):
        Fault.from_json(data)


def test_journal_tells_who_asked_what_with_which_permission(client: Client) -> None:
    client.invoke("Get-TransportRule")
    client.graph("/v1.0/users?$top=1")
    client.tenant.app_roles = set()
    client.graph("/v1.0/users")
    client.session.get(f"{LOGIN}/contoso.com/.well-known/openid-configuration")
    client.session.post(f"{EXCHANGE}/adminapi/beta/x/InvokeCommand", data="no json")
    client.session.post(f"{EXCHANGE}/adminapi/beta/x/InvokeCommand", json={"CmdletInput": {"CmdletName": 3}})
    seen = [(e.host.partition(".")[0], e.cmdlet, e.status, e.permission) for e in client.tenant.journal]
    assert seen == [
        ("login", None, 200, None),
        ("outlook", "Get-TransportRule", 200, "Exchange.ManageAsApp + Global Reader"),
        ("login", None, 200, None),
        ("graph", None, 200, "User.Read.All"),
        ("login", None, 200, None),
        ("graph", None, 403, None),
        ("login", None, 200, None),
        ("outlook", None, 401, None),
        ("outlook", None, 401, None),
    ]
    assert client.tenant.journal[1].client_id == client.tenant.client_id
    assert client.tenant.journal[3].query == "$top=1"
    assert len(client.tenant.journal) == 9


def test_a_connection_that_breaks_before_anything_is_done(fresh: Client) -> None:
    token = fresh.token(GRAPH)
    fresh.tenant.faults.add(Fault(path="/v1.0/domains", reset="before"))
    with pytest.raises(requests.exceptions.ConnectionError):
        fresh.graph("/v1.0/domains", token=token)
    assert fresh.tenant.journal[-1].status == 0
    assert fresh.graph("/v1.0/domains", token=token).status_code == 200


def test_a_connection_that_breaks_when_all_is_done(fresh: Client) -> None:
    token = fresh.token(GRAPH)
    fresh.tenant.faults.add(Fault(path="/v1.0/domains", reset="after"))
    with pytest.raises(requests.exceptions.ConnectionError):
        fresh.graph("/v1.0/domains", token=token)
    last = fresh.tenant.journal[-1]
    assert (last.status, last.permission) == (200, "Domain.Read.All")


def batch(client: Client, *urls: str) -> dict[str, Any]:
    requests_ = [{"id": url, "method": "GET", "url": url} for url in urls]
    bearer = {"Authorization": f"Bearer {client.tenant.forge()}"}
    answer = client.session.post(f"{GRAPH}/v1.0/$batch", json={"requests": requests_}, headers=bearer)
    return {one["id"]: one for one in answer.json()["responses"]}


def test_items_of_a_batch_can_be_meant_alone(fresh: Client) -> None:
    fresh.tenant.faults.add(Fault.preset("batch-item-throttled", path="/v1.0/domains"))
    assert fresh.graph("/v1.0/domains").status_code == 200
    found = batch(fresh, "/domains", "/organization")
    assert (found["/domains"]["status"], found["/organization"]["status"]) == (429, 200)
    assert found["/domains"]["headers"]["Retry-After"] == "5"


def test_items_have_no_connection_of_their_own(fresh: Client) -> None:
    fresh.tenant.faults.add(Fault(path="/v1.0/domains", reset="before"))
    fresh.tenant.faults.add(Fault(path="/v1.0/domains", cut=1))
    assert batch(fresh, "/domains")["/domains"]["status"] == 200
    assert len(list(fresh.tenant.faults)) == 2


@pytest.mark.parametrize("number", CODES)
def test_sign_in_answers_any_number_with_its_error(fresh: Client, number: int) -> None:
    fresh.tenant.faults.add(Fault(host="login.microsoftonline.com", path="*/token", aadsts=number))
    answer = fresh.token_answer()
    body = answer.json()
    code = CODES[number]
    assert (answer.status_code, body["error"], body["error_codes"]) == (code.status, code.error, [number])
    assert body["error_description"].startswith(f"AADSTS{number}: ")
    assert "{" not in body["error_description"]
    assert answer.headers.get("Retry-After") == (code.retry_after and str(code.retry_after))
    assert body.keys() >= {"timestamp", "trace_id", "correlation_id"}
    assert fresh.token_answer().status_code == 200


def test_each_service_has_its_own_words(fresh: Client) -> None:
    def refused(**fields: Any) -> requests.Response:
        fresh.tenant.faults.clear()
        fresh.tenant.faults.add(Fault(**fields))
        if fields["host"] == "login.microsoftonline.com":
            return fresh.token_answer()
        if fields["host"] == "outlook.office365.com":
            return fresh.invoke("Get-Mailbox", token="x")
        return fresh.graph(fields["path"], token="x")

    graph = {"host": "graph.microsoft.com", "status": 429}
    assert refused(**graph, path="/v1.0/users").json()["error"]["code"] == "TooManyRequests"
    rules = refused(**graph, path="/v1.0/users/x/mailFolders/inbox/messageRules")
    assert rules.json()["error"]["code"] == "ApplicationThrottled"
    exchange = {"host": "outlook.office365.com", "status": 429}
    assert refused(**exchange).text.startswith("You have reached the maximum number of concurrent")
    assert refused(**exchange, retry_after=7).json()["error"]["message"].endswith(" 7 seconds.")
    login = {"host": "login.microsoftonline.com", "path": "*/token"}
    numbers = [refused(**login, status=status).json()["error_codes"] for status in (429, 503, 400, 599)]
    assert numbers == [[50196], [90033], [90013], [90033]]


def test_coming_back_too_early_is_told_and_noted(fresh: Client) -> None:
    tenant = fresh.tenant
    tenant.timer.stop()
    tenant.faults.add(Fault.preset("graph-throttled", path="/v1.0/domains", early_retry="fail"))
    token = tenant.forge()
    first = fresh.graph("/v1.0/domains", token=token)
    assert (first.status_code, first.headers["Retry-After"]) == (429, "10")
    tenant.timer.advance(4)
    early = fresh.graph("/v1.0/domains", token=token)
    assert (early.status_code, early.headers["Retry-After"]) == (429, "6")
    assert "6 s before" in early.headers["x-mocktenant"]
    assert fresh.graph("/v1.0/organization", token=token).status_code == 200
    tenant.timer.advance(6)
    assert fresh.graph("/v1.0/domains", token=token).status_code == 200
    assert [entry.early for entry in tenant.journal] == [False, True, False, False]


@pytest.mark.parametrize("name", PRESETS)
def test_presets_are_known_by_name_over_json_too(name: str) -> None:
    fault = Fault.from_json({"preset": name, "count": 3})
    assert fault == Fault.preset(name, count=3)
    assert Fault.from_json(fault.as_json()) == fault


def test_a_preset_that_is_not_there() -> None:
    with pytest.raises(FaultInvalid, match="exchange-moved"):
        Fault.preset("nonsense")


def test_exchange_sends_some_elsewhere(fresh: Client) -> None:
    fresh.tenant.faults.add(Fault.preset("exchange-moved"))
    path = f"/adminapi/beta/{fresh.tenant.tenant_id}/InvokeCommand"
    answer = fresh.session.post(f"{EXCHANGE}{path}", json={}, allow_redirects=False)
    assert answer.status_code == 302
    there = answer.headers["Location"].removesuffix("/adminapi/")
    assert there != EXCHANGE
    assert fresh.invoke("Get-TransportRule", url=f"{there}{path}").status_code == 200


def test_pages_instead_of_json(fresh: Client) -> None:
    fresh.tenant.faults.add(Fault.preset("graph-gateway-page"))
    answer = fresh.graph("/v1.0/domains")
    assert (answer.status_code, answer.headers["Content-Type"]) == (502, "text/html; charset=utf-8")


def test_reset_drops_the_faults(fresh: Client) -> None:
    fresh.tenant.faults.add(Fault(status=500, count=9))
    fresh.tenant.reset()
    assert list(fresh.tenant.faults) == []
