"""Slow answers: fixed, or drawn from the tenant's seed, and never beyond a bound."""

from __future__ import annotations

import math
import threading
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Literal

from mocktenant.matching import Asked, FaultInvalid, Which, demand_within

LONGEST = 120.0
_SLOTS = 4_096


@dataclass(frozen=True)
class Latency(Which):
    """How long the requests that match (see `Which`) take at least.

    `seconds` is all of it, or the mean of a "normal" or the median of a "lognormal" distribution; `spread`
    is the standard deviation of the one in seconds, of the other's logarithm. Nothing takes longer than
    `longest`.
    """

    seconds: float = 0.0
    distribution: Literal["fixed", "normal", "lognormal"] = "fixed"
    spread: float = 0.0
    longest: float = 10.0

    def __post_init__(self) -> None:
        demand_within(
            {
                "seconds": (self.seconds, 0, LONGEST),
                "spread": (self.spread, 0, LONGEST),
                "longest": (self.longest, 0, LONGEST),
            }
        )
        if self.distribution not in ("fixed", "normal", "lognormal"):
            raise FaultInvalid("distribution: must be fixed, normal or lognormal")

    def drawn(self, source: Random) -> float:
        """The seconds for one request."""
        taken = self.seconds
        if self.distribution == "normal":
            taken = source.gauss(self.seconds, self.spread)
        elif self.distribution == "lognormal" and self.seconds:
            # The bound in the exponent keeps the result a number.
            taken = math.exp(min(source.gauss(math.log(self.seconds), self.spread), math.log(LONGEST)))
        return min(max(taken, 0.0), self.longest)


class Latencies:
    """The latencies set, the first that matches counts.

    What is drawn depends on the seed, the request and how often it came, not on what others do meanwhile.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._set: list[Latency] = []
        self._seen: Counter[int] = Counter()
        self._lock = threading.Lock()

    def add(self, latency: Latency) -> None:
        """Sets one after those already set."""
        with self._lock:
            self._set.append(latency)

    def clear(self) -> None:
        """Drops all, and forgets what was drawn."""
        with self._lock:
            self._set.clear()
            self._seen.clear()

    def about_mailboxes(self) -> bool:
        """Whether any looks at the mailbox."""
        return any(latency.mailbox is not None for latency in self)

    def drawn(self, asked: Asked) -> float:
        """The seconds that a request takes."""
        found = next((latency for latency in self if latency.matches(asked)), None)
        if found is None:
            return 0.0
        slot = zlib.crc32(asked.identity.encode()) % _SLOTS
        with self._lock:
            self._seen[slot] += 1
            index = self._seen[slot]
        return found.drawn(Random(f"{self._seed}/{slot}/{index}"))  # noqa: S311 - nothing secret

    def __iter__(self) -> Iterator[Latency]:
        with self._lock:
            return iter(list(self._set))
