"""The clock that tokens, limits and delays go by: the machine's, unless a test stops it or moves it on.

The tenant's data has a clock of its own (`Tenant.clock`), which this one leaves alone.
"""

from __future__ import annotations

import threading
import time


class Timer:
    """Wall time and monotonic time, moved together. Stopped, it moves only as told, and nobody waits."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """Back to the machine's time."""
        with self._lock:
            self._ahead = 0.0
            self._stopped: tuple[float, float] | None = None

    def now(self) -> float:
        """Seconds since 1970, as tokens are dated."""
        with self._lock:
            return (time.time() if self._stopped is None else self._stopped[0]) + self._ahead

    def monotonic(self) -> float:
        """Seconds from an arbitrary start, as limits are measured."""
        with self._lock:
            return (time.monotonic() if self._stopped is None else self._stopped[1]) + self._ahead

    @property
    def stopped(self) -> bool:
        """Whether it moves only as told."""
        return self._stopped is not None

    def stop(self) -> None:
        """Time stands still from here on."""
        with self._lock:
            if self._stopped is None:
                self._stopped = time.time(), time.monotonic()

    def advance(self, seconds: float) -> None:
        """Moves time on, at once. Raises ValueError for a negative number: nothing here expects to go back."""
        if not seconds >= 0:
            raise ValueError(f"time can't be moved by {seconds} seconds")
        with self._lock:
            self._ahead += seconds

    def sleep(self, seconds: float) -> None:
        """Waits; a stopped clock moves on instead."""
        if self.stopped:
            self.advance(seconds)
        elif seconds > 0:
            time.sleep(seconds)
