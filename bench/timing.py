"""How long things take, said the same way everywhere."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median, quantiles


def timed(act: Callable[[], object], most: int, seconds: float = 3.0) -> list[float]:
    """Seconds that each of at most `most` calls took, as long as there is time left. Once before does not count."""
    act()
    took: list[float] = []
    end = time.perf_counter() + seconds
    while len(took) < most and time.perf_counter() < end:
        began = time.perf_counter()
        act()
        took.append(time.perf_counter() - began)
    return took


def said(name: str, took: list[float]) -> str:
    """A line: the middle, the slowest twentieth, and how often it was done."""
    slow = quantiles(took, n=20)[-1] if len(took) > 1 else took[0]
    return f"{name:<44} {median(took) * 1000:9.2f} ms   95% {slow * 1000:9.2f} ms   n={len(took)}"


def rate(name: str, took: list[float]) -> str:
    """A line: how many a second, on one connection."""
    return f"{name:<44} {len(took) / sum(took):9.0f} /s   p50 {median(took) * 1000:9.2f} ms   n={len(took)}"
