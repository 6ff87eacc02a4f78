"""Values that look random and never are: all come from a seed, a kind and an index."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from random import Random

_CLOCK_START = datetime(2026, 9, 1, 6, 0, tzinfo=UTC)


def rng(seed: int, kind: str, index: int = 0) -> Random:
    """One generator for each object, so that the 17th user stays the same whatever the count."""
    return Random(f"{seed}/{kind}/{index}")  # noqa: S311 - test data must repeat, secrets are not made here


def guid(source: Random) -> str:
    """A version 4 GUID from a generator, lower case."""
    return str(uuid.UUID(int=source.getrandbits(128), version=4))


def clock(seed: int) -> datetime:
    """The moment at which a tenant's data was "now". Wall clocks are for TLS and tokens only."""
    return _CLOCK_START + timedelta(days=seed % 28)
