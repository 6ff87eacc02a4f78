"""Limits as Microsoft documents them: off unless a test asks for them (`Tenant.throttle = "realistic"`).

Each limit is a bucket that empties evenly; how the services measure their windows is unconfirmed, and so
are the number of commands that Exchange runs at a time for a tenant (that there is a number is told by its
refusal) and the seconds that Outlook asks a client to wait. Time is the tenant's timer.
"""

from __future__ import annotations

import math
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from mocktenant.graph import costs
from mocktenant.matching import Asked

if TYPE_CHECKING:
    from mocktenant.tenant import Tenant

_SMALL, _LARGE = 50, 500
_HAIR = 1e-6
_KEPT, _LONGEST = 10_000, 600
"""Buckets beyond that many are looked through for those that the longest window has emptied."""

_NEAR = 0.8
"""From this share of a limit on, the answer says how near it is."""


@dataclass(frozen=True)
class Verdict:
    """Whether a request is let in: `limit` names what it went over, "" if nothing.

    `wait` is the Retry-After of the refusal, None where the service sends none; `headers` go with the
    answer either way.
    """

    limit: str = ""
    wait: int | None = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Limits:
    """How much is let through; lower numbers make a tenant that is easily tired.

    `directory` is resource units in 10 s, None for what a tenant of its size has; `writes` in 150 s,
    `reports` requests in 10 s, `sign_in_activity` in 60 s and `security` in 60 s, each of an app;
    `protection` (with Conditional Access) in 1 s of the tenant. Of a mailbox, an app asks Outlook for `outlook`
    things in 10 minutes and `outlook_at_once`; Exchange runs `exchange_at_once` commands of the tenant.
    """

    directory: int | None = None
    writes: int = 3_000
    reports: int = 5
    sign_in_activity: int = 10
    security: int = 150
    protection: int = 1
    outlook: int = 10_000
    outlook_at_once: int = 4
    exchange_at_once: int = 10


@dataclass
class _Bucket:
    used: float = 0.0
    at: float = 0.0

    def wait(self, units: int, size: int, seconds: float, now: float) -> float:
        """The seconds until so much more fits; takes it if it fits now. An empty bucket takes anything."""
        self.used = max(0.0, self.used - (now - self.at) * size / seconds)
        self.at = now
        if self.used and self.used + units > size + _HAIR:
            return (self.used + units - size) * seconds / size
        self.used += units
        return 0.0


@dataclass(frozen=True)
class _Rule:
    """One limit that a request counts against; `silent` ones send no Retry-After."""

    name: str
    key: str
    units: int
    size: int
    seconds: float
    silent: bool = False


class Throttle:
    """Limits, and how far they are used up."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._buckets: dict[str, _Bucket] = {}
        self._running: Counter[str] = Counter()
        self._lock = threading.Lock()

    @contextmanager
    def admitted(self, tenant: Tenant, service: str, asked: Asked, client_id: str) -> Iterator[Verdict]:
        """Counts a request of an app while it runs."""
        if asked.path.lower().endswith("/$batch"):
            yield Verdict()  # its items are counted, it is not
            return
        place, most = self._place(service, asked, client_id)
        with self._lock:
            verdict = self._verdict(tenant, service, asked, client_id)
            if not verdict.limit and place and self._running[place] >= most:
                verdict = Verdict(f"{service} at once", 1 if service == "graph" else None)
            counted = bool(place) and not verdict.limit
            self._running[place] += counted
        try:
            yield verdict
        finally:
            with self._lock:
                self._running[place] -= counted
                self._running += Counter()  # forgets those at nought

    def _place(self, service: str, asked: Asked, client_id: str) -> tuple[str, int]:
        """What is limited to some requests at a time, and to how many; "" for what is not."""
        if service == "exchange":
            return "exchange", self.limits.exchange_at_once
        if service == "graph" and costs.area(asked.path) == "outlook":
            return f"{client_id}/{_mailbox(asked)}", self.limits.outlook_at_once
        return "", 0

    def _verdict(self, tenant: Tenant, service: str, asked: Asked, client_id: str) -> Verdict:
        if service != "graph":
            return Verdict()
        now = tenant.timer.monotonic()
        if len(self._buckets) > _KEPT:  # mailboxes by the thousand, most of them long quiet
            self._buckets = {key: one for key, one in self._buckets.items() if now - one.at < _LONGEST}
        headers: dict[str, str] = {}
        for rule in self._rules(tenant, asked, client_id):
            bucket = self._buckets.setdefault(f"{rule.name}/{rule.key}", _Bucket(at=now))
            wait = bucket.wait(rule.units, rule.size, rule.seconds, now)
            if wait:
                told = _told(rule, client_id, tenant.tenant_id)
                return Verdict(rule.name, None if rule.silent else max(1, math.ceil(wait)), told)
            if rule.name == "directory" and bucket.used / rule.size > _NEAR:
                headers["x-ms-throttle-limit-percentage"] = f"{bucket.used / rule.size:.2f}"
        return Verdict(headers=headers)

    def _rules(self, tenant: Tenant, asked: Asked, client_id: str) -> Iterator[_Rule]:
        limits, query = self.limits, dict(parse_qsl(asked.query))
        area = costs.area(asked.path)
        if area == "directory":
            if asked.method != "GET":
                yield _Rule("writes", client_id, 1, limits.writes, 150)
            if "signinactivity" in query.get("$select", "").lower():
                yield _Rule("signInActivity", client_id, 1, limits.sign_in_activity, 60)
            size = limits.directory or _units(len(tenant.collection("users")))
            yield _Rule("directory", client_id, costs.cost(asked.path, query), size, 10)
        else:
            yield _BY_AREA[area](limits, asked, client_id)


_BY_AREA: dict[str, Callable[[Limits, Asked, str], _Rule]] = {
    "outlook": lambda limits, asked, client_id: _Rule(
        "outlook", f"{client_id}/{_mailbox(asked)}", 1, limits.outlook, 600
    ),
    "protection": lambda limits, _asked, _client: _Rule(
        "protection", "", 1, limits.protection, 1, silent=True
    ),
    "reports": lambda limits, _asked, client_id: _Rule("reports", client_id, 1, limits.reports, 10),
    "security": lambda limits, _asked, client_id: _Rule("security", client_id, 1, limits.security, 60),
}


def _units(users: int) -> int:
    """Resource units in 10 s of a small, middling or large tenant."""
    if users < _SMALL:
        return 3_500
    return 5_000 if users <= _LARGE else 8_000


def _told(rule: _Rule, client_id: str, tenant_id: str) -> dict[str, str]:
    """The headers of a refusal: the directory's only."""
    if rule.name not in ("directory", "writes"):
        return {}
    kind, why = (
        ("Write", "WriteLimitExceeded")
        if rule.name == "writes"
        else ("ReadWrite", "ResourceUnitLimitExceeded")
    )
    return {
        "x-ms-throttle-scope": f"Tenant_Application/{kind}/{client_id}/{tenant_id}",
        "x-ms-throttle-information": why,
    }


def _mailbox(asked: Asked) -> str:
    """The user of a path /v1.0/users/{id}/..., as the path names it."""
    parts = asked.path.lower().strip("/").split("/")
    return parts[2] if len(parts) > 2 else ""
