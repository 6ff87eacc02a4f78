"""What was asked, what it takes, and what a client holds beside."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from mocktenant.exchange.cmdlets import CMDLETS
from mocktenant.exchange.invoke import needs
from mocktenant.least import least
from mocktenant.permissions import DIRECTORY_ROLES, LEAST_FIRST

from .client import EXCHANGE as EXCHANGE_URL
from .client import GRAPH, Client

EVERYBODY = "Directory.Read.All"


def told(client: Client, client_id: str | None = None) -> dict[str, Any]:
    (row,) = client.control("GET", "/permissions").json()["value"]
    assert row["client_id"] == (client_id or client.tenant.client_id)
    return dict(row)


def test_the_least_privileged_that_meets_most_is_taken() -> None:
    users, groups = ("User.Read.All", EVERYBODY), ("GroupMember.Read.All", EVERYBODY)
    either = ("User.Read.All", "GroupMember.Read.All", EVERYBODY)
    assert least([users, groups]) == ["GroupMember.Read.All", "User.Read.All"]
    assert least([either, groups]) == ["GroupMember.Read.All"]
    assert least([("a + b", "c"), ("a",)]) == ["a", "b"]
    assert least([]) == []


def test_a_role_that_proves_needless_goes_again() -> None:
    assert least([("a", "b"), ("a", "c"), ("b",), ("c",)]) == ["b", "c"]


def test_directory_roles_have_an_order() -> None:
    assert set(LEAST_FIRST) == set(DIRECTORY_ROLES)
    assert needs("get-inboundconnector")[1][0] == "Global Reader"
    assert all(needs(cmdlet)[0] == ("Exchange.ManageAsApp",) for cmdlet in (*CMDLETS, "Get-Unicorn"))


def test_least_permissions_of_a_client(client: Client) -> None:
    assert client.control("GET", "/permissions").json()["value"] == []
    client.tenant.app_roles = {"User.Read.All", EVERYBODY, "Domain.Read.All", "Exchange.ManageAsApp"}
    client.tenant.directory_roles = {"Global Reader", "Security Reader", "Exchange Administrator"}
    token = client.token(GRAPH)
    users = client.graph("/v1.0/users?$top=2", token=token).json()["value"]
    for user in users:
        client.graph(f"/v1.0/users/{user['id']}?$select=id", token=token)
    client.graph("/v1.0/applications", token=token)
    assert client.graph("/v1.0/identity/conditionalAccess/policies", token=token).status_code == 403
    client.invoke("Get-InboxRule", {"Mailbox": client.tenant.objects("mailboxes")[0]["Guid"]})
    client.invoke("Get-TransportRule")
    row = told(client)
    assert row["least"] == {
        "app_roles": ["Application.Read.All", "Exchange.ManageAsApp", "Policy.Read.All", "User.Read.All"],
        "directory_roles": ["Global Reader", "Security Reader"],
    }
    assert row["missing"] == {"app_roles": ["Application.Read.All", "Policy.Read.All"], "directory_roles": []}
    assert row["unused"] == {"app_roles": ["Domain.Read.All"], "directory_roles": []}
    assert row["excess"] == {"app_roles": [EVERYBODY], "directory_roles": ["Exchange Administrator"]}
    kinds = {each["request"]: each for each in row["requests"]}
    assert (kinds["GET /v1.0/users/{id}"]["count"], kinds["GET /v1.0/users/{id}"]["used"]) == (
        2,
        ["User.Read.All"],
    )
    policies = kinds["GET /v1.0/identity/conditionalAccess/policies"]
    assert (policies["refused"], policies["used"], policies["needs"]) == (1, [], [["Policy.Read.All"]])
    assert kinds["Get-InboxRule"]["needs"][0] == ["Exchange.ManageAsApp"]


def test_whose_names_are_read_counts_too(client: Client) -> None:
    group = next(
        row["id"] for row in client.tenant.objects("groups") if row["displayName"] == "Security operations"
    )
    client.graph(f"/v1.0/groups/{group}/members?$select=id")
    assert told(client)["least"]["app_roles"] == ["GroupMember.Read.All"]
    client.graph(f"/v1.0/groups/{group}/members?$select=id,displayName")
    assert told(client)["least"]["app_roles"] == ["GroupMember.Read.All", "User.Read.All"]


def test_a_token_without_the_exchange_role_shows_what_it_lacks(client: Client) -> None:
    client.tenant.app_roles = {"full_access_as_app"}
    token = client.token(EXCHANGE_URL)
    assert client.invoke("Get-TransportRule", token=token).status_code != 200
    assert told(client)["missing"]["app_roles"] == ["Exchange.ManageAsApp"]
    client.tenant.apps.clear()
    row = told(client)
    assert (row["display_name"], row["granted"]) == (None, {"app_roles": [], "directory_roles": []})


def test_what_the_directory_gives_counts_as_held(client: Client) -> None:
    tenant = client.tenant
    app = tenant.adopt_app("Northwind Expenses")
    form = {"client_id": app.client_id, "client_secret": app.client_secret, "scope": f"{GRAPH}/.default"}
    token = client.token_answer(**form).json()["access_token"]
    assert client.graph("/v1.0/users?$top=1", token=token).status_code == 403
    row = told(client, app.client_id)
    assert row["granted"]["app_roles"] == ["User.ReadBasic.All"]
    assert (row["missing"]["app_roles"], row["unused"]["app_roles"]) == (
        ["User.Read.All"],
        ["User.ReadBasic.All"],
    )


def test_what_is_not_emulated_is_listed(client: Client) -> None:
    client.graph("/v1.0/users?$top=1")
    client.session.get(f"{client.server.graph_url}/contoso.com/oauth2/unicorn", proxies={"https": ""})
    client.session.get(f"{client.server.proxy_url}/x", headers={"Host": "telemetry.example.com"})
    with pytest.raises(requests.exceptions.ProxyError):
        client.session.get("https://updates.example.com/")
    shown = client.control("GET", "/unknown").json()["value"]
    assert [(row["method"], row["host"], row["path"], row["unknown"]) for row in shown] == [
        ("GET", "127.0.0.1", "/contoso.com/oauth2/unicorn", "GET /contoso.com/oauth2/unicorn"),
        ("GET", "telemetry.example.com", "/x", "host telemetry.example.com"),
        ("CONNECT", "updates.example.com", "", "host updates.example.com"),
    ]
    assert client.control("DELETE", "/requests").status_code == 204
    assert client.control("GET", "/requests").json()["value"] == []
