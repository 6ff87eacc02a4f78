"""How this process reaches the network: proxy, certificate authorities, time-outs, the service's clock."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING

from o365scan.api import GapReason, O365ScanError, ServiceError

if TYPE_CHECKING:
    import requests

#: Seconds to connect, and to wait for the next byte.
TIMEOUT = (10.0, 60.0)

_ENVIRONMENT = threading.Lock()
_CA_VARIABLES = ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "CURL_CA_BUNDLE")


class Unreachable(ServiceError):
    """A host could not be reached, or the connection to it broke."""

    reason = GapReason.UNREACHABLE


class ServerClock:
    """The time of the data: the `Date` header of the first answer of a service that is read, sign-in not included."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._first: datetime | None = None

    def heard(self, date: str | None) -> None:
        """Note a Date header (RFC 9110); one that is no date is ignored."""
        try:
            heard = parsedate_to_datetime(date) if date else None
        except ValueError:
            return
        with self._lock:
            self._first = self._first or (heard and heard.astimezone(UTC))

    @property
    def first(self) -> datetime | None:
        """The first time heard, None before any answer."""
        return self._first


@dataclass(frozen=True)
class Network:
    """Proxy and CA bundle, read from the environment once and explicitly.

    requests would let `REQUESTS_CA_BUNDLE` override a session's `verify`, and `~/.netrc` replace a bearer
    token, so its sessions here trust no environment.
    """

    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    clock: ServerClock = field(default_factory=ServerClock)

    @property
    def ca_file(self) -> str | None:
        """The CA bundle that the environment names, None for the shipped one.

        Raises O365ScanError if the file named is not there.
        """
        for name in _CA_VARIABLES:
            if path := self.environment.get(name):
                if not Path(path).is_file():
                    raise O365ScanError(
                        f"{name} names {path}, which is no file", hint=f"Correct or unset {name}."
                    )
                return path
        return None

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
