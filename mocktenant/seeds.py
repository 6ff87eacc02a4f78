"""Values that look random and never are: all come from a seed, a kind and an index."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Protocol, TypeVar

_CLOCK_START = datetime(2026, 9, 1, 6, 0, tzinfo=UTC)
_DIGEST_BITS = 512
_SPARE_BITS = 20
"""What a draw leaves over, so that no value comes up noticeably more often than another."""

T = TypeVar("T")


class Bits(Protocol):
    """Where bits come from."""

    def getrandbits(self, k: int, /) -> int:
        """A whole number of so many bits."""
        ...


class Source:
    """A generator that costs a tenth of `Random` to begin: for what exists once for every person.

    Its numbers are those of one digest after another, cut up by division.
    """

    __slots__ = ("_bits", "_left", "_name")
    _bits: int
    _left: int
    _name: bytes

    def __init__(self, seed: int, kind: str, index: int) -> None:
        self._name = f"{seed}/{kind}/{index}".encode()
        self._left = 0

    def below(self, count: int) -> int:
        """A number from 0 up to, and without, `count`."""
        size = count.bit_length()
        if self._left < size + _SPARE_BITS:
            self._fill()
        self._left -= size
        self._bits, found = divmod(self._bits, count)
        return found

    def getrandbits(self, k: int, /) -> int:
        """As Random's, of up to 256 bits."""
        if self._left < k + _SPARE_BITS:
            self._fill()
        self._left -= k
        found = self._bits & ((1 << k) - 1)
        self._bits >>= k
        return found

    def random(self) -> float:
        """As Random's, in coarser steps."""
        return self.getrandbits(32) / (1 << 32)

    def _fill(self) -> None:
        self._name = digest = hashlib.blake2b(self._name).digest()
        self._bits, self._left = int.from_bytes(digest, "big"), _DIGEST_BITS

    def choice(self, items: Sequence[T]) -> T:
        """As Random's."""
        return items[self.below(len(items))]

    def randint(self, lowest: int, highest: int) -> int:
        """As Random's: both ends may come up."""
        return lowest + self.below(highest - lowest + 1)


def rng(seed: int, kind: str, index: int = 0) -> Random:
    """One generator for each object, so that the 17th user stays the same whatever the count."""
    return Random(f"{seed}/{kind}/{index}")  # noqa: S311 - test data must repeat, secrets are not made here


def guid(source: Bits) -> str:
    """A version 4 GUID from a generator, lower case."""
    text = f"{source.getrandbits(128):032x}"
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-{'89ab'[int(text[16], 16) & 3]}{text[17:20]}-{text[20:]}"


def clock(seed: int) -> datetime:
    """The moment at which a tenant's data was "now". Wall clocks are for TLS and tokens only."""
    return _CLOCK_START + timedelta(days=seed % 28)
