"""Scripted faults: what goes wrong is written down beforehand, never drawn by lot."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Mapping
from dataclasses import MISSING, asdict, dataclass, field, fields
from fnmatch import fnmatchcase
from typing import Any

MOST = 10_000
"""Upper bound of `count`: some clients repeat a 429 for ever, so no fault may last for ever."""

LONGEST_DELAY = 120.0


class FaultInvalid(ValueError):
    """A fault that can't be meant; the message names the field."""


@dataclass(frozen=True)
class Fault:
    """What to match, and what to do with the requests that match.

    `host` and `method` match without regard to case, `path` is a shell pattern (`/v1.0/users*`),
    `cmdlet` the name of an Exchange cmdlet, `mailbox` any identity of the mailbox that the command is about;
    a field left None matches everything. Items of a batch are requests of their own. The first `after`
    matching requests pass unharmed, the next `count` are hit.

    With `status` the answer is replaced: by `body` (text, or an object sent as JSON), else by what the
    service says for that status. Without it the true answer is given, late (`delay` seconds) or cut
    off after `cut` bytes while Content-Length promised the whole.
    """

    host: str | None = None
    method: str | None = None
    path: str | None = None
    cmdlet: str | None = None
    mailbox: str | None = None
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | dict[str, Any] | list[Any] | None = None
    retry_after: int | None = None
    delay: float = 0.0
    cut: int | None = None
    after: int = 0
    count: int = 1

    def __post_init__(self) -> None:
        for name, value, lowest, highest in (
            ("status", self.status, 200, 599),
            ("retry_after", self.retry_after, 0, 86_400),
            ("delay", self.delay, 0, LONGEST_DELAY),
            ("cut", self.cut, 0, None),
            ("after", self.after, 0, None),
            ("count", self.count, 1, MOST),
        ):
            _in_range(name, value, lowest, highest)

    @classmethod
    def from_json(cls, data: Any) -> Fault:
        """A fault from a JSON object. Raises FaultInvalid for an unknown field or an impossible value."""
        if not isinstance(data, dict):
            raise FaultInvalid("a fault is a JSON object")
        known = {f.name: f for f in fields(cls)}
        for name in data:
            if name not in known:
                raise FaultInvalid(f"{name}: no such field; known are {', '.join(known)}")
        for name in ("host", "method", "path", "cmdlet", "mailbox"):
            if not isinstance(data.get(name), str | None):
                raise FaultInvalid(f"{name}: must be text")
        if not isinstance(data.get("headers", {}), dict):
            raise FaultInvalid("headers: must be an object")
        return cls(**data)

    def as_json(self) -> dict[str, Any]:
        """The fault without the fields that say nothing."""
        return {f.name: v for f in fields(self) if (v := asdict(self)[f.name]) != _default(f)}

    def matches(
        self, host: str, method: str, path: str, cmdlet: str | None, mailbox: Collection[str] = ()
    ) -> bool:
        """Whether a request is one of those meant; `mailbox` are all identities of its mailbox, lower case."""
        return (
            _same(self.host, host)
            and _same(self.method, method)
            and (self.path is None or fnmatchcase(path.lower(), self.path.lower()))
            and (self.cmdlet is None or _same(self.cmdlet, cmdlet or ""))
            and (self.mailbox is None or self.mailbox.lower() in mailbox)
        )


@dataclass
class _Planned:
    fault: Fault
    passed: int = 0
    hit: int = 0

    def spent(self) -> bool:
        return self.hit >= self.fault.count


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

    def take(
        self, host: str, method: str, path: str, cmdlet: str | None, mailbox: Collection[str] = ()
    ) -> Fault | None:
        """The fault that hits this request, used up by one; None if it passes."""
        with self._lock:
            for planned in self._planned:
                if planned.spent() or not planned.fault.matches(host, method, path, cmdlet, mailbox):
                    continue
                if planned.passed < planned.fault.after:
                    planned.passed += 1
                    continue
                planned.hit += 1
                return planned.fault
        return None

    def about_mailboxes(self) -> bool:
        """Whether any fault yet to come looks at the mailbox."""
        return any(fault.mailbox is not None for fault in self)

    def __iter__(self) -> Iterator[Fault]:
        with self._lock:
            return iter([planned.fault for planned in self._planned if not planned.spent()])


def _same(wanted: str | None, got: str) -> bool:
    return wanted is None or wanted.lower() == got.lower()


def _in_range(name: str, value: object, lowest: float, highest: float | None) -> None:
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise FaultInvalid(f"{name}: must be a number")
    if value < lowest or (highest is not None and value > highest):
        raise FaultInvalid(f"{name}: {value} is out of range ({lowest} to {highest or 'any'})")


def _default(a_field: Any) -> object:
    return a_field.default if a_field.default is not MISSING else a_field.default_factory()
