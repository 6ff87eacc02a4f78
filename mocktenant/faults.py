"""Scripted faults: what goes wrong is written down beforehand, never drawn by lot."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Self

from mocktenant.login.errors import CODES
from mocktenant.matching import Asked, FaultInvalid, Which, demand_within
from mocktenant.presets import PRESETS

__all__ = ["Fault", "FaultInvalid", "Faults", "Hit"]

MOST = 10_000
"""Upper bound of `count`: some clients repeat a 429 for ever, so no fault may last for ever."""

LONGEST_DELAY = 120.0
DNS = ("REFUSED", "SERVFAIL", "silent", "truncated")
_LARGEST = 2**31


@dataclass(frozen=True)
class Fault(Which):
    """What to match (see `Which`), and what to do with the requests that match.

    The first `after` matching requests pass unharmed, the next `count` are hit.

    With `status` the answer is replaced: by `body` (text, HTML if it begins so, or an object sent as JSON),
    else by what the service says for that status. `aadsts` is a number that the token endpoint answers with
    the error it belongs to. `reset` breaks the connection: "before" anything is done, or "after", when it
    is done and the answer is lost. Otherwise the true answer is given, late (`delay` seconds) or cut off
    after `cut` bytes while Content-Length promised the whole. Items of a batch have no connection of their
    own: `reset` and `cut` pass them by.

    With `dns` it is meant for questions to DNS, and for these alone: `host` is the name asked for, `path` a pattern
    of it, `method` the type. The answer is REFUSED or SERVFAIL, there is none ("silent"), or the datagram says that
    it was cut off and TCP has the whole ("truncated").

    With `early_retry` "fail", a request that comes again before its Retry-After is over is throttled again,
    told so by the header `x-mocktenant`, and marked in the journal; it does not use up `count`.
    """

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | dict[str, Any] | list[Any] | None = None
    retry_after: int | None = None
    aadsts: int | None = None
    reset: Literal["before", "after"] | None = None
    early_retry: Literal["fail"] | None = None
    dns: Literal["REFUSED", "SERVFAIL", "silent", "truncated"] | None = None
    delay: float = 0.0
    cut: int | None = None
    after: int = 0
    count: int = 1

    def __post_init__(self) -> None:
        demand_within(
            {
                "status": (self.status, 200, 599),
                "retry_after": (self.retry_after, 0, 86_400),
                "delay": (self.delay, 0, LONGEST_DELAY),
                "cut": (self.cut, 0, _LARGEST),
                "after": (self.after, 0, _LARGEST),
                "count": (self.count, 1, MOST),
            }
        )
        if self.aadsts is not None and self.aadsts not in CODES:
            raise FaultInvalid(f"aadsts: {self.aadsts} is not known; known are {sorted(CODES)}")
        if self.reset not in (None, "before", "after"):
            raise FaultInvalid("reset: must be before or after")
        if self.early_retry not in (None, "fail"):
            raise FaultInvalid("early_retry: must be fail")
        if self.dns not in (None, *DNS):
            raise FaultInvalid(f"dns: must be one of {', '.join(DNS)}")
        if self.dns and (self.status or self.aadsts or self.delay or self.breaks):
            raise FaultInvalid("dns: stands alone, since DNS knows nothing of HTTP")
        if self.early_retry and not self.waits:
            raise FaultInvalid("early_retry: nothing tells the client how long to wait")

    @classmethod
    def preset(cls, name: str, **fields: Any) -> Self:
        """A fault that is known by name, after `presets.PRESETS`; fields override its own. Raises FaultInvalid."""
        if name not in PRESETS:
            raise FaultInvalid(f"preset: no {name!r}; there are {', '.join(PRESETS)}")
        return cls(**(PRESETS[name] | fields))

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """A fault from a JSON object, which may name a `preset`. Raises FaultInvalid."""
        if isinstance(data, dict) and "preset" in data:
            named = data["preset"]
            if not isinstance(named, str) or named not in PRESETS:
                raise FaultInvalid(f"preset: no {named!r}; there are {', '.join(PRESETS)}")
            data = PRESETS[named] | {name: value for name, value in data.items() if name != "preset"}
        if isinstance(data, dict) and not isinstance(data.get("headers", {}), dict):
            raise FaultInvalid("headers: must be an object")
        return super().from_json(data)

    @property
    def waits(self) -> int | None:
        """The seconds of its Retry-After, if it has one."""
        if self.retry_after is None and self.aadsts is not None:
            return CODES[self.aadsts].retry_after
        return self.retry_after

    @property
    def breaks(self) -> bool:
        """Whether it does something to the connection, which items of a batch do not have."""
        return self.reset is not None or self.cut is not None


@dataclass(frozen=True)
class Hit:
    """A fault that hits a request; `early` are the seconds by which the request came too early, 0 if not."""

    fault: Fault
    early: int = 0


@dataclass
class _Planned:
    fault: Fault
    passed: int = 0
    hit: int = 0
    waiting: dict[str, float] = field(default_factory=dict)

    def spent(self) -> bool:
        return self.hit >= self.fault.count

    def early(self, asked: Asked, now: float) -> int:
        """By how many seconds a request comes before its Retry-After is over."""
        until = self.waiting.pop(asked.identity, now)
        if until <= now:
            return 0
        self.waiting[asked.identity] = until
        return math.ceil(until - now)


class Faults:
    """The faults planned, first come first served."""

    def __init__(self) -> None:
        self._planned: list[_Planned] = []
        self._lock = threading.Lock()

    def add(self, fault: Fault) -> None:
        """Plans one fault after those already planned."""
        with self._lock:
            self._planned.append(_Planned(fault))

    def clear(self) -> None:
        """Drops all faults."""
        with self._lock:
            self._planned.clear()

    def take(self, asked: Asked, now: float) -> Hit | None:
        """The fault that hits a request, used up by one; None if it passes. `now` is the timer's monotonic time."""
        with self._lock:
            for planned in self._planned:
                fault = planned.fault
                if (fault.dns is not None) != asked.dns or not fault.matches(asked):
                    continue
                if asked.batched and fault.breaks:
                    continue
                if early := planned.early(asked, now):
                    return Hit(fault, early)
                if planned.spent():
                    continue
                if planned.passed < fault.after:
                    planned.passed += 1
                    continue
                planned.hit += 1
                if fault.early_retry and fault.waits:
                    planned.waiting[asked.identity] = now + fault.waits
                return Hit(fault)
        return None

    def about_mailboxes(self) -> bool:
        """Whether any fault yet to come looks at the mailbox."""
        return any(fault.mailbox is not None for fault in self)

    def __iter__(self) -> Iterator[Fault]:
        with self._lock:
            return iter([planned.fault for planned in self._planned if not planned.spent()])
