"""One collection, read by many while others change it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from mocktenant.collection import Collection, Object

ROUNDS = 400


@pytest.fixture(autouse=True)
def _impatient() -> Iterator[None]:
    """Threads take turns after every few instructions, so that what can meet does."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


def _names(item: Object) -> set[str]:
    return {str(item["name"])}


def _write(held: Collection, writer: int) -> int:
    for number in range(ROUNDS):
        key = f"{writer}/{number}"
        held.put(key, {"name": key, "owner": "all"})
        if key not in {item["name"] for item in held.where("owner", "all")}:
            return 0
        if number % 3 == 0:
            held.remove(key)
    return ROUNDS


def _read(held: Collection, reader: int) -> int:
    found = 0
    for number in range(ROUNDS):
        found += held.named("name", "base", _names) is not None
        found += any(item["name"] == "base" for item in held.objects())
        found += "base" in list(held)
        assert len(held) >= 1, (reader, number)
    return found


def test_readers_and_writers_do_not_disturb_each_other() -> None:
    held = Collection({"base": {"name": "base", "owner": "all"}})
    with ThreadPoolExecutor(4) as pool:
        written = [pool.submit(_write, held, writer) for writer in range(2)]
        read = [pool.submit(_read, held, reader) for reader in range(2)]
    assert [each.result() for each in written] == [ROUNDS, ROUNDS]  # a writer finds what it wrote, at once
    assert [each.result() for each in read] == [3 * ROUNDS, 3 * ROUNDS]
