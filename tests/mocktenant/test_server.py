"""The one port: TLS, plain HTTP, CONNECT, and clients that misbehave."""

from __future__ import annotations

import http.client
import socket
import ssl
import stat
from contextlib import suppress
from pathlib import Path

import pytest
import requests
from cryptography import x509

from mocktenant import Fault, Server, Tenant, create_app, serve
from mocktenant.certificates import Authority
from mocktenant.hosts import DNS_NAMES

from .client import EXCHANGE, GRAPH, LOGIN, Client


def talk(port: int, text: bytes) -> bytes:
    """Sends bytes and reads until the server hangs up."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as plain:
        plain.sendall(text)
        answer = b""
        while part := plain.recv(65_536):
            answer += part
        return answer


def test_nobody_answers_once_it_stopped() -> None:
    server = serve(Tenant())
    server.stop()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.port), timeout=1)
    server.stop()


def test_ca_file_is_private_and_gone_after_stop(tmp_path: Path) -> None:
    copy = tmp_path / "ca.pem"
    with serve(Tenant(size=1), ca_file=copy) as server:
        folder = server.ca_file.parent
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert sorted(path.name for path in folder.iterdir()) == ["azure", "ca.pem"]
        assert b"PRIVATE" not in server.ca_file.read_bytes()
        assert copy.read_bytes() == server.ca_file.read_bytes()
    assert not folder.exists()


def test_a_taken_port_is_an_os_error(client: Client) -> None:
    with pytest.raises(OSError, match="in use"):
        serve(Tenant(size=1), port=client.server.port)


def test_environment_is_all_that_an_unmodified_client_needs(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_PROXY", "no_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    for name, value in client.server.environment().items():
        monkeypatch.setenv(name, value)
    assert (
        requests.get(f"{LOGIN}/contoso.com/v2.0/.well-known/openid-configuration", timeout=5).status_code
        == 200
    )
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "")
    monkeypatch.delenv("CURL_CA_BUNDLE")
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(f"{LOGIN}/contoso.com/v2.0/.well-known/openid-configuration", timeout=5)


@pytest.mark.parametrize(
    "target", ["example.com:443", "graph.microsoft.com:80", "localhost:1", "graph.microsoft.com"]
)
def test_connect_elsewhere_is_refused_in_plain_words(client: Client, target: str) -> None:
    answer = talk(client.server.port, f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 403 ")
    assert f"{target} is not emulated".encode() in answer


def test_proxied_request_to_a_host_that_is_not_emulated(client: Client) -> None:
    with pytest.raises(requests.exceptions.ProxyError, match="403"):
        client.session.get("https://example.com/")


def test_connect_to_itself(client: Client) -> None:
    url = f"https://localhost:{client.server.port}/_mock/health"
    assert client.session.get(url).json()["status"] == "ok"


def test_a_host_serves_its_own_service_only(client: Client) -> None:
    token = client.token(GRAPH)
    bearer = {"Authorization": f"Bearer {token}"}
    assert client.session.get(f"{LOGIN}/v1.0/users", headers=bearer).status_code == 404
    assert client.session.get(f"{GRAPH}/contoso.com/v2.0/.well-known/openid-configuration").status_code == 401
    assert client.session.get(f"{EXCHANGE}/v1.0/users", headers=bearer).status_code == 400
    for host in (LOGIN, GRAPH, EXCHANGE):
        assert client.session.get(f"{host}/_mock/health").status_code != 200


def test_direct_clients_reach_every_service(client: Client) -> None:
    token = client.token()
    client.session.proxies = {}
    url = f"{client.server.exchange_url}/adminapi/beta/{client.tenant.tenant_id}/InvokeCommand"
    body = client.invoke("Get-Mailbox", url=url, token=token, Prefer="odata.maxpagesize=5").json()
    assert body["@odata.nextLink"].startswith(url)


def test_microsoft_endpoints_need_tls(client: Client) -> None:
    plain = client.session.get(f"http://127.0.0.1:{client.server.port}/v1.0/users")
    assert (plain.status_code, "TLS only" in plain.text) == (403, True)
    absolute = talk(
        client.server.port,
        b"GET http://graph.microsoft.com/v1.0/users HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    )
    assert b"graph.microsoft.com/v1.0/users is served over TLS only" in absolute


def test_foreign_names_reach_nothing(client: Client) -> None:
    answer = client.control("GET", "/health", headers={"Host": "attacker.example.com"})
    assert (answer.status_code, "not emulated" in answer.text) == (404, True)


def test_connections_are_kept(client: Client) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", client.server.port)
    for _ in range(3):
        connection.request("GET", "/_mock/health")
        first = connection.sock
        connection.getresponse().read()
        assert connection.sock is first
    connection.close()


def test_silent_clients_block_nobody(client: Client) -> None:
    silent = [socket.create_connection(("127.0.0.1", client.server.port)) for _ in range(40)]
    silent[0].sendall(b"\x16")  # half a handshake
    assert client.graph("/v1.0/users").status_code == 200
    for quiet in silent:
        quiet.setblocking(False)
        with pytest.raises(BlockingIOError):  # still waited for: the answer did not need them to go
            quiet.recv(1)
        quiet.close()


def test_departures_are_quiet(client: Client, capfd: pytest.CaptureFixture[str]) -> None:
    port = client.server.port
    for text in (
        b"",
        b"GET /_mo",
        b"\x16\x03",
        b"POST /_mock/faults HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{",
    ):
        with socket.create_connection(("127.0.0.1", port)) as plain:
            plain.sendall(text)
    with suppress(ConnectionResetError):
        talk(port, b"\x16 this is no handshake at all, whatever its first byte")
    assert client.control("GET", "/health").status_code == 200
    assert capfd.readouterr().err == ""


def test_stop_hangs_up_on_open_connections() -> None:
    server = serve(Tenant(size=1))
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as plain:
        plain.sendall(b"GET /_mock/health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert plain.recv(65_536)
        server.stop()
        assert plain.recv(1) == b""


def post(client: Client, *headers: str, body: bytes = b"") -> bytes:
    lines = [
        "POST /_mock/faults HTTP/1.1",
        "Host: localhost",
        "Content-Type: application/json",
        "Connection: close",
    ]
    return talk(client.server.port, "\r\n".join([*lines, *headers, "", ""]).encode() + body)


def test_chunked_bodies(client: Client) -> None:
    chunks = b'8;note=x\r\n{"status\r\n7\r\n": 503}\r\n0\r\nTrailer: x\r\n\r\n'
    assert post(client, "Transfer-Encoding: chunked", body=chunks).startswith(b"HTTP/1.1 201 ")
    assert [fault.status for fault in client.tenant.faults] == [503]


def test_expect_continue(client: Client) -> None:
    body = b'{"status": 503}'
    answer = post(client, "Expect: 100-continue", f"Content-Length: {len(body)}", body=body)
    assert answer.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 ")


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        (["Content-Length: 99999999"], b"", 413),
        (["Content-Length: -1"], b"", 400),
        (["Content-Length: 5", "Transfer-Encoding: chunked"], b"", 400),
        (["Transfer-Encoding: gzip"], b"", 400),
        (["Transfer-Encoding: chunked"], b"zz\r\n", 400),
        (["Transfer-Encoding: chunked"], b"fffffff\r\n", 413),
        (["X-Long: " + "x" * 70_000], b"", 431),
    ],
)
def test_bounds(client: Client, headers: list[str], body: bytes, status: int) -> None:
    assert post(client, *headers, body=body).startswith(f"HTTP/1.1 {status} ".encode())


def test_repeated_headers_are_joined_and_head_has_no_body(client: Client) -> None:
    answer = talk(
        client.server.port,
        b"HEAD /_mock/health HTTP/1.1\r\nHost: localhost\r\nX-A: 1\r\nX-A: 2\r\nConnection: close\r\n\r\n",
    )
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 ")
    assert body == b""


def test_any_wsgi_server_can_run_it() -> None:
    app = create_app(Tenant(size=1))
    seen: list[str] = []
    environ = {
        "PATH_INFO": "/_mock/health",
        "REQUEST_METHOD": "GET",
        "HTTP_HOST": "localhost:1",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "1",
        "wsgi.url_scheme": "http",
    }
    body = b"".join(app(environ, lambda status, _headers, _exc_info=None: seen.append(status)))  # type: ignore[arg-type]
    assert seen == ["200 OK"]
    assert b'"status":"ok"' in body.replace(b" ", b"")


# The authority


def handshake(certificate: bytes, key: bytes, ca: bytes, name: str, folder: Path) -> None:
    """A TLS handshake in memory, the client trusting `ca` only."""
    (folder / "leaf.pem").write_bytes(key + certificate)
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(folder / "leaf.pem")
    asking = ssl.create_default_context(cadata=ca.decode())
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = asking.wrap_bio(down, up, server_hostname=name)
    server = serving.wrap_bio(up, down, server_side=True)
    for _ in range(4):
        for side in (client, server):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    client.do_handshake()


def test_authority_vouches_for_emulated_hosts_only(tmp_path: Path) -> None:
    authority = Authority(DNS_NAMES)
    for name in ("graph.microsoft.com", "127.0.0.1"):
        handshake(*authority.issue(["graph.microsoft.com"]), authority.pem, name, tmp_path)
    for names, addresses, asked in (
        (["evil.example"], [], "evil.example"),
        (["microsoft.com"], [], "microsoft.com"),
        ([], ["192.0.2.1"], "192.0.2.1"),
    ):
        with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree violation"):
            handshake(*authority.issue(names, addresses), authority.pem, asked, tmp_path)


def test_certificates_live_for_days_and_differ_by_server() -> None:
    first, second = Authority(DNS_NAMES), Authority(DNS_NAMES)
    assert first.pem != second.pem
    for pem in (first.pem, first.issue(DNS_NAMES)[0]):
        certificate = x509.load_pem_x509_certificate(pem)
        assert (certificate.not_valid_after_utc - certificate.not_valid_before_utc).days <= 397
    constraints = x509.load_pem_x509_certificate(first.pem).extensions.get_extension_for_class(
        x509.NameConstraints
    )
    assert constraints.critical


def test_a_reset_is_one_on_the_wire(server: Server) -> None:
    server.tenant.faults.add(Fault(path="/v1.0/domains", reset="before"))
    context = ssl.create_default_context(cafile=str(server.ca_file))
    arriving, leaving = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context.wrap_bio(arriving, leaving, server_hostname="localhost")
    # Without ssl's own socket, which shows a reset as an end.
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as plain:
        while True:
            try:
                tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                plain.sendall(leaving.read())
                arriving.write(plain.recv(65_536))
        tls.write(b"GET /v1.0/domains HTTP/1.1\r\nHost: localhost\r\n\r\n")
        plain.sendall(leaving.read())
        with pytest.raises(ConnectionResetError):
            list(iter(lambda: plain.recv(65_536), b""))
