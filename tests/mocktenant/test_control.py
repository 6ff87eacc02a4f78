"""The control plane: changes stick until they are reset."""

from __future__ import annotations

import pytest
import requests

from mocktenant import Tenant, serve
from mocktenant_fixtures import scenario

from .client import Client


def names(client: Client) -> list[str]:
    return [row["Name"] for row in client.invoke("Get-InboundConnector").json()["value"]]


def test_health_and_scenario(client: Client) -> None:
    assert client.control("GET", "/health").json() == {
        "status": "ok",
        "tenant_id": client.tenant.tenant_id,
        "scenario": "baseline",
    }
    with serve(Tenant("oauth-spam-campaign", size=1)) as server:
        told = Client(server).control("GET", "/scenario").json()
    assert told["name"] == "oauth-spam-campaign"
    assert len(told["expected"]) == len(scenario("oauth-spam-campaign").expected)


def test_changes_stick_and_reset_takes_them_back(client: Client) -> None:
    before = names(client)
    relay = {"Name": "relay/one two", "ConnectorType": "OnPremises", "SenderIPAddresses": ["203.0.113.7"]}
    made = client.control("PUT", "/state/inboundConnectors", json=relay).json()
    assert names(client) == [*before, "relay/one two"]
    client.control("PATCH", f"/state/inboundConnectors/{made['Guid']}", json={"Enabled": False})
    found = client.control("GET", "/state/inboundConnectors/relay%2Fone two").json()
    assert found == relay | {"Guid": made["Guid"], "Enabled": False}
    assert client.control("DELETE", f"/state/inboundConnectors/{before[0]}").status_code == 204
    assert names(client) == [*before[1:], "relay/one two"]
    client.tenant.directory_roles = set()
    assert client.control("POST", "/reset").json() == {"status": "reset"}
    assert names(client) == before


def test_put_by_key_replaces(client: Client) -> None:
    guid = next(iter(client.tenant.collection("inboundConnectors")))
    path = f"/state/inboundConnectors/{guid}"
    assert client.control("PUT", path, json={"Name": "new"}).json() == {"Guid": guid, "Name": "new"}
    assert client.control("PUT", path, json={"Name": "new", "Guid": "other"}).status_code == 400
    fresh = client.control("PUT", "/state/inboundConnectors/my-key", json={"Name": "fresh"}).json()
    assert fresh["Guid"] == "my-key"


def test_state_lists(client: Client) -> None:
    collections = client.control("GET", "/state").json()
    assert collections["users"] == {"key": "id", "count": 30}
    assert len(client.control("GET", "/state/users").json()["value"]) == 30
    upn = client.tenant.objects("users")[0]["userPrincipalName"]
    client.control("PATCH", f"/state/users/{upn}", json={"department": "Moved"})
    assert client.graph(f"/v1.0/users/{upn}?$select=department").json()["department"] == "Moved"


def test_requests_are_shown_and_its_own_are_not(client: Client) -> None:
    client.invoke("Get-RemoteDomain")
    shown = client.control("GET", "/requests").json()["value"]
    assert [entry["cmdlet"] for entry in shown] == [None, "Get-RemoteDomain"]


def test_faults(client: Client) -> None:
    planned = client.control("POST", "/faults", json={"cmdlet": "Get-Mailbox", "status": 503, "count": 3})
    assert (planned.status_code, planned.json()) == (
        201,
        {"cmdlet": "Get-Mailbox", "status": 503, "count": 3},
    )
    assert client.invoke("Get-Mailbox").status_code == 503
    assert client.control("GET", "/faults").json()["value"] == [planned.json()]
    assert client.control("DELETE", "/faults").status_code == 204
    assert client.invoke("Get-Mailbox").status_code == 200
    assert client.control("POST", "/faults", json={"colour": "red"}).status_code == 400


@pytest.mark.parametrize(
    ("method", "path", "keywords", "status"),
    [
        ("POST", "/reset", {"headers": {"Origin": "https://example.com"}}, 403),
        ("GET", "/state/unicorns", {}, 404),
        ("GET", "/state/users/nobody", {}, 404),
        ("DELETE", "/state/users/nobody", {}, 404),
        ("PATCH", "/state/unicorns/x", {"json": {}}, 404),
        ("PUT", "/state/unicorns", {"json": {}}, 404),
        ("GET", "/unicorns", {}, 404),
        ("PUT", "/state/users", {"json": []}, 400),
        ("PATCH", "/state/users/x", {"json": {"id": "y"}}, 400),
        ("POST", "/faults", {"data": "{}"}, 400),
        ("POST", "/faults", {"data": "{", "headers": {"Content-Type": "application/json"}}, 400),
    ],
)
def test_mistakes_are_told(
    client: Client, method: str, path: str, keywords: dict[str, object], status: int
) -> None:
    answer: requests.Response = client.control(method, path, **keywords)
    assert answer.status_code == status
    assert answer.json()["error"]
