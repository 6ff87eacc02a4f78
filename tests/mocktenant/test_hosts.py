"""The hosts beside sign-in, Graph and Exchange: what is there, and Microsoft's errors for the rest."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from mocktenant import Server, Tenant, serve

from .client import GRAPH, MANAGEMENT, Client

AZURE = "https://management.azure.com"


def asked(client: Client, url: str, resource: str | None) -> requests.Response:
    headers = {} if resource is None else {"Authorization": f"Bearer {client.token(resource)}"}
    return client.session.get(url, headers=headers)


def feed(
    client: Client, path: str, resource: str | None = MANAGEMENT, tenant: str | None = None
) -> requests.Response:
    return asked(
        client, f"{MANAGEMENT}/api/v1.0/{tenant or client.tenant.tenant_id}/activity/feed{path}", resource
    )


@pytest.fixture
def reader(client: Client) -> Client:
    """One whose app may read the activity feed."""
    client.tenant.app_roles.add("ActivityFeed.Read")
    return client


@pytest.mark.parametrize("resource", [AZURE, "https://management.core.windows.net/"])
def test_azure_has_no_subscription(client: Client, resource: str) -> None:
    answer = asked(client, f"{AZURE}/subscriptions?api-version=2022-12-01", resource)
    assert answer.status_code == 200
    assert answer.json() == {"value": [], "count": {"type": "Total", "value": 0}}
    assert client.tenant.journal[-1].client_id == client.tenant.client_id


@pytest.mark.parametrize(
    ("path", "resource", "status", "code"),
    [
        ("/subscriptions?api-version=1", None, 401, "AuthenticationFailed"),
        ("/subscriptions?api-version=1", GRAPH, 401, "InvalidAuthenticationToken"),
        ("/subscriptions", AZURE, 400, "MissingApiVersionParameter"),
        ("/subscriptions/x/resourceGroups?api-version=1", AZURE, 404, "SubscriptionNotFound"),
        ("/providers/Microsoft.X?api-version=1", AZURE, 404, "NotFound"),
    ],
)
def test_azure_refuses(client: Client, path: str, resource: str | None, status: int, code: str) -> None:
    answer = asked(client, f"{AZURE}{path}", resource)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert ("WWW-Authenticate" in answer.headers) == (status == 401)


def test_activity_feed_without_subscriptions(reader: Client) -> None:
    answer = feed(reader, "/subscriptions/list")
    assert (answer.status_code, answer.json()) == (200, [])
    assert reader.tenant.journal[-1].permission == "ActivityFeed.Read"


@pytest.mark.parametrize(
    ("path", "tenant", "status", "code"),
    [
        ("/subscriptions/content?contentType=Audit.Exchange", None, 400, "AF20022"),
        ("/subscriptions/content", None, 400, "AF20001"),
        ("/subscriptions/content?contentType=Audit.Nothing", None, 400, "AF20020"),
        ("/audit/20260901$audit_exchange$x", None, 404, "AF20050"),
        ("/subscriptions/list", "contoso.com", 400, "AF20013"),
        ("/subscriptions/list", "00000000-0000-4000-8000-000000000001", 400, "AF20010"),
    ],
)
def test_activity_feed_refuses(reader: Client, path: str, tenant: str | None, status: int, code: str) -> None:
    answer = feed(reader, path, tenant=tenant)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


def test_activity_feed_needs_its_permission(reader: Client) -> None:
    reader.tenant.app_roles.discard("ActivityFeed.Read")
    answer = feed(reader, "/subscriptions/list")
    assert answer.status_code == 401
    assert answer.json()["error"] == {
        "code": "AF10001",
        "message": "The permission set () sent in the request does not include the expected permission.",
    }


@pytest.mark.parametrize("resource", [None, GRAPH])
def test_activity_feed_needs_its_token(reader: Client, resource: str | None) -> None:
    answer = feed(reader, "/subscriptions/list", resource)
    assert (answer.status_code, list(answer.json())) == (401, ["Message"])


def test_activity_feed_has_nothing_else(reader: Client) -> None:
    answer = feed(reader, "/nothing")
    assert (answer.status_code, list(answer.json())) == (404, ["Message"])
    assert answer.json()["Message"].endswith(
        f"'{MANAGEMENT}/api/v1.0/{reader.tenant.tenant_id}/activity/feed/nothing'."
    )


def test_both_are_found_by_path_at_the_port_itself(reader: Client) -> None:
    port, session = reader.server.port, reader.session
    for url, body in (
        (f"https://127.0.0.1:{port}/subscriptions?api-version=1", "AuthenticationFailed"),
        (
            f"https://127.0.0.1:{port}/api/v1.0/x/activity/feed/subscriptions/list",
            "Authorization has been denied",
        ),
    ):
        assert body in session.get(url).text


@pytest.fixture
def listening() -> Any:
    from mocktenant import Address

    with serve(Tenant(size=5), listen=[Address.parse("127.0.0.2:0"), Address.parse("[::1]:0")]) as running:
        yield running


def test_further_addresses_answer_by_host_name(listening: Server) -> None:
    """As a client sees it whose machine maps Microsoft's names: no proxy, TLS to the name, its own port."""
    import http.client
    import socket
    import ssl

    trusting = ssl.create_default_context(cafile=str(listening.ca_file))
    assert [str(each).rpartition(":")[0] for each in listening.listening] == ["127.0.0.2", "[::1]"]
    for address in listening.listening:
        for name, status in (
            ("graph.microsoft.com", 401),
            ("login.microsoftonline.com", 200),
            ("management.azure.com", 401),
        ):
            plain = socket.create_connection((address.host, address.port), timeout=5)
            connection = http.client.HTTPConnection(name)
            connection.sock = trusting.wrap_socket(plain, server_hostname=name)
            path = "/v1.0/users" if status == 401 else "/contoso.com/v2.0/.well-known/openid-configuration"
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
            assert answer.status == status, name
            connection.close()


def test_further_addresses_close_with_the_server() -> None:
    import socket

    from mocktenant import Address

    server = serve(Tenant(size=1), listen=[Address.parse("127.0.0.2:0")])
    (address,) = server.listening
    server.stop()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((address.host, address.port), timeout=1)


def test_a_taken_address_is_named_and_frees_the_port(listening: Server) -> None:
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    taken = listening.listening[0]
    with pytest.raises(OSError, match="in use") as caught:
        serve(Tenant(size=1), port=port, listen=[taken])
    assert caught.value.filename == str(taken)
    serve(Tenant(size=1), port=port).stop()


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("0.0.0.0:443", "reached from outside"),
        ("[::]:443", "reached from outside"),
        ("192.0.2.1:443", "reached from outside"),
        ("localhost:443", "no IP address"),
        ("127.0.0.1", "not ADDRESS:PORT"),
        ("127.0.0.1:x", "not ADDRESS:PORT"),
        ("127.0.0.1:65536", "not ADDRESS:PORT"),
        ("::1:443", "in brackets"),
        ("[127.0.0.1]:443", "in brackets"),
    ],
)
def test_addresses_that_are_not_this_machines_alone_are_refused(text: str, hint: str) -> None:
    from mocktenant.listen import Address, AddressInvalid

    with pytest.raises(AddressInvalid, match=hint):
        Address.parse(text)


def test_hosts_lines_name_every_host_once_an_address() -> None:
    from mocktenant.hosts import SERVICES
    from mocktenant.listen import Address, hosts_lines

    lines = hosts_lines(map(Address.parse, ("127.0.0.1:443", "127.0.0.1:8443", "[::1]:443")))
    assert [line.split() for line in lines] == [["127.0.0.1", *SERVICES], ["::1", *SERVICES]]
