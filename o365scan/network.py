"""How this process reaches the network: proxy, certificate authorities, resolver, time-outs, the service's clock."""

from __future__ import annotations

import ipaddress
import os
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

from o365scan.api import GapReason, O365ScanError, ServiceError

if TYPE_CHECKING:
    import requests

#: Seconds to connect, and to wait for the next byte.
TIMEOUT = (10.0, 60.0)

#: The variable that names the resolver: ADDRESS[:PORT], or NO_DNS.
RESOLVER = "O365SCAN_RESOLVER"
#: Its value where DNS is not to be asked.
NO_DNS = "off"
_DNS_PORT = 53

_ENVIRONMENT = threading.Lock()
CA_VARIABLES = ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "CURL_CA_BUNDLE")


class Unreachable(ServiceError):
    """A host could not be reached, or the connection to it broke."""

    reason = GapReason.UNREACHABLE


@dataclass(frozen=True)
class ResolverAddress:
    """Where a resolver listens, on UDP and TCP alike."""

    host: str
    port: int = _DNS_PORT

    @classmethod
    def parse(cls, text: str) -> Self:
        """`192.0.2.53`, `192.0.2.53:5353`, `2001:db8::53` or `[2001:db8::53]:5353`. Raises O365ScanError."""
        host, port = text.strip(), str(_DNS_PORT)
        if host.startswith("["):
            host, bracket, rest = host[1:].partition("]")
            if not bracket or rest[:1] not in ("", ":"):
                raise _no_resolver(text)
            port = rest[1:] if rest else port
        elif host.count(":") == 1:
            host, _, port = host.partition(":")
        try:
            address = str(ipaddress.ip_address(host))
        except ValueError:
            raise _no_resolver(text) from None
        if not (port.isascii() and port.isdecimal() and 0 < int(port) < 65_536):
            raise _no_resolver(text)
        return cls(address, int(port))

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def _no_resolver(text: str) -> O365ScanError:
    return O365ScanError(
        f"{text!r} is no address of a resolver",
        hint="Write an IP address, with a port if it is not 53: 192.0.2.53, 192.0.2.53:5353, [2001:db8::53]:5353.",
    )


class ServerClock:
    """The time by somebody else's clock: the `Date` header of the first answer that was heard."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._first: datetime | None = None
        self._ahead: float | None = None

    def heard(self, date: str | None) -> None:
        """Note a Date header (RFC 9110); one that is no date is ignored."""
        try:
            heard = parsedate_to_datetime(date) if date else None
        except ValueError:
            return
        with self._lock:
            if heard is not None and self._first is None:
                self._first = heard.astimezone(UTC)
                self._ahead = time.time() - self._first.timestamp()

    @property
    def first(self) -> datetime | None:
        """The first time heard, None before any answer."""
        return self._first

    @property
    def ahead(self) -> float | None:
        """Seconds by which the clock of this machine was ahead of it, negative if behind; None before any answer.

        To a second, and as much more as the answer took: that is all that the header tells.
        """
        return self._ahead


class Traffic:
    """What goes over the wire, for whoever shows it: requests sent, and waits that a service asked for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests = 0
        self._waits: dict[str, tuple[float, bool]] = {}

    @property
    def requests(self) -> int:
        """Requests sent so far, those that were tried again counted again."""
        return self._requests

    def sent(self) -> None:
        """Note a request."""
        with self._lock:
            self._requests += 1

    def waits(self, origin: str, seconds: float, *, asked: bool) -> None:
        """Note that a request to `origin` is held back: as the service `asked`, or since it was in trouble."""
        with self._lock:
            self._waits[origin] = (time.monotonic() + seconds, asked)

    def waiting(self) -> dict[str, tuple[float, bool]]:
        """The seconds that are left of the latest wait for each origin, and whether it was asked for."""
        now = time.monotonic()
        with self._lock:
            return {
                origin: (until - now, asked) for origin, (until, asked) in self._waits.items() if until > now
            }


@dataclass(frozen=True)
class Network:
    """Proxy, CA bundle and resolver, read from the environment once and explicitly.

    requests would let `REQUESTS_CA_BUNDLE` override a session's `verify`, and `~/.netrc` replace a bearer
    token, so its sessions here trust no environment.
    """

    environment: Mapping[str, str] = field(
        default_factory=lambda: dict(os.environ), repr=False
    )  # holds secrets
    clock: ServerClock = field(default_factory=ServerClock)
    """The time of the data: of a service that is read, sign-in not included."""
    sign_in_clock: ServerClock = field(default_factory=ServerClock)
    """The time by which sign-in judges what an app proves itself with."""
    traffic: Traffic = field(default_factory=Traffic)

    @property
    def ca_file(self) -> str | None:
        """The CA bundle that the environment names, None for the shipped one.

        Raises O365ScanError if the file named is not there.
        """
        for name in CA_VARIABLES:
            if path := self.environment.get(name):
                if not Path(path).is_file():
                    raise O365ScanError(
                        f"{name} names {path}, which is no file", hint=f"Correct or unset {name}."
                    )
                return path
        return None

    @property
    def asks_dns(self) -> bool:
        """Whether DNS may be asked at all."""
        return self.environment.get(RESOLVER, "").strip().lower() != NO_DNS

    @property
    def resolver(self) -> ResolverAddress | None:
        """The resolver that the environment names, None for the system's. Raises O365ScanError if it is no address."""
        named = self.environment.get(RESOLVER, "").strip()
        return ResolverAddress.parse(named) if named and self.asks_dns else None

    def session(self, url: str) -> requests.Session:
        """A session for one thread and the host of `url`."""
        import requests

        session = requests.Session()
        session.trust_env = False
        session.verify = self.ca_file or True
        session.proxies.update(self._proxies(url))
        return session

    def _proxies(self, url: str) -> dict[str, str]:
        from requests.utils import should_bypass_proxies

        lower = {name.lower(): value for name, value in self.environment.items() if value}
        proxy = lower.get("https_proxy") or lower.get("all_proxy")
        with _ENVIRONMENT:  # requests sets and unsets a variable of the process meanwhile
            bypassed = should_bypass_proxies(url, no_proxy=lower.get("no_proxy", ""))
        return {"https": proxy} if proxy and not bypassed else {}
