"""What was looked up: tests read here what a client asked DNS for."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass

KEPT = 20_000
"""Older ones make room."""


@dataclass(frozen=True)
class Lookup:
    """One question and its answer: `protocol` is udp or tcp, `status` an RCODE, truncated, or silent."""

    name: str
    type: str
    protocol: str
    status: str

    def as_json(self) -> dict[str, str]:
        """As the control plane shows it."""
        return asdict(self)


class Lookups:
    """The latest lookups, oldest first. Reads as a sequence."""

    def __init__(self) -> None:
        self._held: deque[Lookup] = deque(maxlen=KEPT)

    def add(self, lookup: Lookup) -> None:
        """Appends one."""
        self._held.append(lookup)

    def clear(self) -> None:
        """Forgets everything."""
        self._held.clear()

    def __iter__(self) -> Iterator[Lookup]:
        return iter(tuple(self._held))

    def __len__(self) -> int:
        return len(self._held)

    def __getitem__(self, index: int) -> Lookup:
        return self._held[index]
