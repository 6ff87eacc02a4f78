"""A resolver on 127.0.0.1, UDP and TCP at one port, that knows the tenant's names and no others.

dnspython is loaded by the first question: most tests ask none.
"""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from socketserver import BaseRequestHandler, ThreadingTCPServer, ThreadingUDPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mocktenant.tenant import Tenant

_HOST = "127.0.0.1"
_POLL_SECONDS = 0.01
_IDLE_SECONDS = 10.0
_TRIES = 20


class Resolver:
    """A running resolver; `tenant` gives the one that is served now."""

    def __init__(self, tenant: Callable[[], Tenant]) -> None:
        self._servers = _opened(tenant)
        self.port: int = self._servers[0].port
        self._threads = [
            threading.Thread(
                target=each.serve_forever, args=(_POLL_SECONDS,), name="mocktenant dns", daemon=True
            )
            for each in self._servers
        ]
        for thread in self._threads:
            thread.start()

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"{_HOST}:{self.port}"

    def stop(self) -> None:
        """Stops listening. Twice is fine."""
        for server, thread in zip(self._servers, self._threads, strict=True):
            if thread.is_alive():
                server.shutdown()
                thread.join()
            server.server_close()


def _opened(tenant: Callable[[], Tenant]) -> tuple[_Udp, _Tcp]:
    """Both protocols at one port: a port that is free for the one may be taken for the other."""
    for last in (False,) * (_TRIES - 1) + (True,):
        udp = _Udp(tenant)
        try:
            return udp, _Tcp(tenant, udp.port)
        except OSError:
            udp.server_close()
            if last:
                raise
    raise AssertionError("the last try returns or raises")


class _Udp(ThreadingUDPServer):
    daemon_threads = True
    block_on_close = False
    max_packet_size = 65_535

    def __init__(self, tenant: Callable[[], Tenant]) -> None:
        self.tenant = tenant
        super().__init__((_HOST, 0), _Datagram)
        self.port = int(self.server_address[1])


class _Tcp(ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True

    def __init__(self, tenant: Callable[[], Tenant], port: int) -> None:
        self.tenant = tenant
        super().__init__((_HOST, port), _Stream)


class _Datagram(BaseRequestHandler):
    server: _Udp

    def handle(self) -> None:
        wire, sender = self.request
        if (answer := _answered(self.server.tenant(), wire, "udp")) is not None:
            with suppress(OSError):  # the client, or the server, has left meanwhile
                sender.sendto(answer, self.client_address)


class _Stream(BaseRequestHandler):
    """Messages one after the other, each behind its length (RFC 7766)."""

    server: _Tcp
    request: socket.socket

    def handle(self) -> None:
        self.request.settimeout(_IDLE_SECONDS)
        with suppress(OSError):
            while (wire := self._message()) is not None:
                answer = _answered(self.server.tenant(), wire, "tcp")
                if answer is None:
                    return
                self.request.sendall(struct.pack("!H", len(answer)) + answer)

    def _message(self) -> bytes | None:
        head = self._exactly(2)
        return None if head is None else self._exactly(*struct.unpack("!H", head))

    def _exactly(self, size: int) -> bytes | None:
        data = b""
        while len(data) < size:
            piece = self.request.recv(size - len(data))
            if not piece:
                return None
            data += piece
        return data


def _answered(tenant: Tenant, wire: Any, protocol: str) -> bytes | None:
    from mocktenant.dns.messages import answered

    return answered(tenant, wire, protocol)
