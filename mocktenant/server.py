"""One port that speaks HTTPS, plain HTTP and CONNECT, and starts and stops in milliseconds.

A client needs only `HTTPS_PROXY` and the authority's certificate: its requests to Microsoft's own host
names end here. One that ignores proxies is met on an address of its own (`listen`). A connection has a
thread of its own, TLS handshake included, so that a client that stays silent holds up nobody. Loopback only.
"""

from __future__ import annotations

import io
import shutil
import socket
import ssl
import struct
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable
from contextlib import ExitStack, suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingTCPServer
from types import TracebackType
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

from mocktenant import hosts
from mocktenant.application import Application
from mocktenant.certificates import Authority
from mocktenant.control.environment_routes import ENVIRONMENT
from mocktenant.dns.server import Resolver
from mocktenant.listen import Address
from mocktenant.mishaps import CUT, RESET
from mocktenant.tenant import Tenant

LARGEST_BODY = 4 * 1024 * 1024
IDLE_SECONDS = 60.0
_POLL_SECONDS = 0.01
_TLS_HANDSHAKE = 0x16
_GONE = (ConnectionError, ssl.SSLError, TimeoutError)
"""How a client's departure shows: never worth a traceback."""


class Server:
    """A running server; also a context manager that stops it. `serve` makes one."""

    def __init__(
        self,
        tenant: Tenant,
        *,
        port: int = 0,
        ca_file: Path | str | None = None,
        listen: Iterable[Address] = (),
    ) -> None:
        self.tenant = tenant
        authority = Authority(hosts.DNS_NAMES)
        app, tls = Application(tenant), authority.server_context()
        with ExitStack() as opened:
            self._listeners = [
                opened.enter_context(_Listener(app, tls, address, self.environment))
                for address in (Address("127.0.0.1", port), *listen)
            ]
            self._resolver = Resolver(lambda: self.tenant)
            opened.pop_all()
        self.port: int = self._listeners[0].address.port
        self.listening: tuple[Address, ...] = tuple(each.address for each in self._listeners[1:])
        self._folder = Path(tempfile.mkdtemp(prefix="mocktenant-"))
        self.ca_file = self._folder / "ca.pem"
        self.ca_file.write_bytes(authority.pem)
        self.azure_folder = self._folder / "azure"
        self.azure_folder.mkdir()
        if ca_file is not None:
            Path(ca_file).write_bytes(authority.pem)
        self._threads = [
            threading.Thread(
                target=each.serve_forever,
                args=(_POLL_SECONDS,),
                name=f"mocktenant {each.address}",
                daemon=True,
            )
            for each in self._listeners
        ]
        for thread in self._threads:
            thread.start()

    @property
    def proxy_url(self) -> str:
        """What `HTTPS_PROXY` is set to."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def login_url(self) -> str:
        """Stands for https://login.microsoftonline.com where a client takes base URLs."""
        return f"https://127.0.0.1:{self.port}"

    @property
    def graph_url(self) -> str:
        """Stands for https://graph.microsoft.com; the version follows it."""
        return f"https://127.0.0.1:{self.port}"

    @property
    def exchange_url(self) -> str:
        """Stands for https://outlook.office365.com; `/adminapi` follows it."""
        return f"https://127.0.0.1:{self.port}"

    @property
    def control_url(self) -> str:
        """The control plane, plain HTTP."""
        return f"http://127.0.0.1:{self.port}/_mock"

    @property
    def dns_address(self) -> str:
        """Where a resolver listens that knows the tenant's names and no others, on UDP and TCP."""
        return self._resolver.address

    def environment(self) -> dict[str, str]:
        """The variables that send unmodified clients here, and the scanner's credentials.

        `AZURE_CONFIG_DIR` keeps the Azure CLI away from its user's own sign-in; newer versions of Node heed
        the proxy where `NODE_USE_ENV_PROXY` is set.
        """
        ca_file = str(self.ca_file)
        return {
            "HTTPS_PROXY": self.proxy_url,
            "REQUESTS_CA_BUNDLE": ca_file,
            "SSL_CERT_FILE": ca_file,
            "CURL_CA_BUNDLE": ca_file,
            "NODE_EXTRA_CA_CERTS": ca_file,
            "NODE_USE_ENV_PROXY": "1",
            "AZURE_CONFIG_DIR": str(self.azure_folder),
            "AZURE_TENANT_ID": self.tenant.tenant_id,
            "AZURE_CLIENT_ID": self.tenant.client_id,
            "AZURE_CLIENT_SECRET": self.tenant.client_secret,
            "MOCKTENANT_DOMAIN": self.tenant.domain,
            "MOCKTENANT_CONTROL_URL": self.control_url,
            "MOCKTENANT_DNS": self.dns_address,
            "O365SCAN_RESOLVER": self.dns_address,
        }

    def use(self, tenant: Tenant) -> None:
        """Serves another tenant from the next request on: quicker than another server, and the same authority."""
        self.tenant = tenant
        app = Application(tenant)
        for listener in self._listeners:
            listener.app = app

    def stop(self) -> None:
        """Stops listening, hangs up on everyone and removes the temporary folder. Twice is fine."""
        self._resolver.stop()
        for listener, thread in zip(self._listeners, self._threads, strict=True):
            if thread.is_alive():
                listener.shutdown()
                thread.join()
            listener.server_close()
            listener.hang_up()
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class _Listener(ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(
        self,
        app: Application,
        tls: ssl.SSLContext,
        address: Address,
        environment: Callable[[], dict[str, str]],
    ) -> None:
        self.app = app
        self.tls = tls
        self.environment = environment
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self.address_family = socket.AF_INET6 if address.is_ipv6 else socket.AF_INET
        try:
            super().__init__((address.host, address.port), _Connection)
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(address)) from None
        self.address = Address(address.host, self.server_address[1])

    def opened(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.add(connection)

    def closed(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.discard(connection)

    def shutdown_request(self, request: Any) -> None:
        self.closed(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        with self._lock:
            left = list(self._open)
        for connection in left:
            with suppress(OSError):
                # The plain socket's: an orderly TLS goodbye would wait for the client.
                socket.socket.shutdown(connection, socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), _GONE):
            super().handle_error(request, client_address)


class _Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Listener
    timeout = IDLE_SECONDS
    disable_nagle_algorithm = True
    scheme = "http"

    def setup(self) -> None:
        # Before anything is read: a failing handshake must still be found and closed by `finish`.
        self.server.opened(self.request)
        self.request.settimeout(self.timeout)
        first = self.request.recv(1, socket.MSG_PEEK)
        if first and first[0] == _TLS_HANDSHAKE:
            self._wrap()
        super().setup()

    def finish(self) -> None:
        self.server.closed(self.request)
        with suppress(OSError, ValueError):
            super().finish()
        if self.scheme == "https":
            # socketserver closes the socket that it accepted; wrapping took that one's descriptor.
            with suppress(OSError):
                self.connection.close()

    def _wrap(self) -> None:
        """From here on the connection is TLS."""
        plain = self.request
        self.request = self.server.tls.wrap_socket(plain, server_side=True)
        self.server.closed(plain)
        self.server.opened(self.request)
        self.scheme = "https"

    def handle_one_request(self) -> None:
        """Reads and answers one request.

        urllib3 leaves Nagle's algorithm on towards a proxy and sends a POST in two parts: the second would
        wait 40 ms for a delayed acknowledgement of the first. Linux forgets the wish, hence every time.
        """
        if hasattr(socket, "TCP_QUICKACK"):
            with suppress(OSError):
                self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        super().handle_one_request()

    def do_CONNECT(self) -> None:
        if self.scheme == "https" or not hosts.is_emulated(self.path, self.server.server_address[1]):
            text = f"mocktenant: {self.path} is not emulated; only {', '.join(hosts.SERVICES)} at 443\n"
            self.close_connection = True
            self.server.app.note_stranger("CONNECT", self.path)
            self._send(403, "Forbidden", [("Content-Type", "text/plain; charset=utf-8")], text.encode())
            return
        self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        self._wrap()
        super().setup()
        self.close_connection = False

    def _serve(self) -> None:
        try:
            body = self._body()
        except _Refused as refused:
            self.close_connection = True
            self._send(refused.status.value, refused.status.phrase, [("Content-Type", "text/plain")], b"")
            return
        environ = self._environ(body)
        status, headers, chunks = self._run(environ)
        if environ.get(RESET):
            self._break()
            return
        self._answer(status, headers, b"".join(chunks), environ.get(CUT))

    # http.server finds a method's handler by these names.
    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _serve  # noqa: N815

    def _run(self, environ: dict[str, Any]) -> tuple[str, list[tuple[str, str]], Iterable[bytes]]:
        began: list[tuple[str, list[tuple[str, str]]]] = []

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            del exc_info  # nothing is sent before the whole answer is there, so it can be replaced
            began[:] = [(status, headers)]

        chunks = self.server.app(environ, start_response)
        whole = list(chunks)
        close = getattr(chunks, "close", None)
        if close is not None:
            close()
        return (*began[0], whole)

    def _break(self) -> None:
        """Ends the connection with a reset, as a machine does that fails in the middle."""
        self.close_connection = True
        with suppress(OSError):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            # Closed at once: any goodbye before it, TLS's or TCP's, would make it an orderly end.
            socket.close(self.connection.detach())

    def _answer(self, status: str, headers: list[tuple[str, str]], body: bytes, cut: int | None) -> None:
        code, _, reason = status.partition(" ")
        if cut is not None and cut < len(body):
            self.close_connection = True
        self._send(int(code), reason, headers, body, cut)

    def _send(
        self, status: int, reason: str, headers: list[tuple[str, str]], body: bytes, cut: int | None = None
    ) -> None:
        lines = [f"HTTP/1.1 {status} {reason}"]
        lines += [f"{name}: {value}" for name, value in headers if name.lower() != "content-length"]
        if status not in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED):
            lines.append(f"Content-Length: {len(body)}")
        if not any(name.lower() == "date" for name, _ in headers):
            lines.append(f"Date: {self.date_time_string()}")
        lines.append(f"Connection: {'close' if self.close_connection else 'keep-alive'}")
        head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
        self.wfile.write(head + (b"" if self.command == "HEAD" else body[:cut]))

    def _environ(self, body: bytes) -> dict[str, Any]:
        target = urlsplit(self.path)
        # A proxied plain request names its host in the request line; otherwise the header does.
        host = target.netloc or self.headers.get("Host", "")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(target.path or "/").decode("latin-1"),
            "QUERY_STRING": target.query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": str(self.server.server_address[1]),
            "SERVER_PROTOCOL": self.request_version,
            "REMOTE_ADDR": self.client_address[0],
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": self.scheme,
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            ENVIRONMENT: self.server.environment,
        }
        for name, value in self.headers.items():
            key = "HTTP_" + name.upper().replace("-", "_")
            if key not in ("HTTP_CONTENT_TYPE", "HTTP_CONTENT_LENGTH", "HTTP_TRANSFER_ENCODING"):
                environ[key] = f"{environ[key]},{value}" if key in environ else value
        environ["HTTP_HOST"] = host
        return environ

    def _body(self) -> bytes:
        coding = self.headers.get("Transfer-Encoding", "").lower()
        length = self.headers.get("Content-Length")
        if coding:
            # Both at once is how requests are smuggled past a proxy.
            if coding != "chunked" or length is not None:
                raise _Refused(HTTPStatus.BAD_REQUEST)
            return self._chunks()
        if length is None:
            return b""
        if not length.isascii() or not length.isdigit():
            raise _Refused(HTTPStatus.BAD_REQUEST)
        if int(length) > LARGEST_BODY:
            raise _Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        return self._exactly(int(length))

    def _chunks(self) -> bytes:
        body = bytearray()
        while size := self._chunk_size():
            if len(body) + size > LARGEST_BODY:
                raise _Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            body += self._exactly(size)
            self.rfile.readline(3)
        while self.rfile.readline(65_537).strip():
            pass  # trailers say nothing to us
        return bytes(body)

    def _chunk_size(self) -> int:
        line = self.rfile.readline(1_025).partition(b";")[0].strip()
        try:
            return int(line, 16)
        except ValueError:
            raise _Refused(HTTPStatus.BAD_REQUEST) from None

    def _exactly(self, size: int) -> bytes:
        data = self.rfile.read(size)
        if len(data) < size:
            raise ConnectionResetError("the client left in the middle of a body")
        return data

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing: the journal is the log."""


class _Refused(Exception):
    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status
