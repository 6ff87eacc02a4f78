"""Scripted faults and the journal of requests."""

from __future__ import annotations

import time

import pytest
import requests

from mocktenant import Fault
from mocktenant.faults import FaultInvalid

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
    assert client.graph("/v1.0/users").json()["error"]["code"] == "UnknownError"


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
