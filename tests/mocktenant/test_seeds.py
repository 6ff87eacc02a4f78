"""Values from a seed: the same every time, and no value more often than another."""

from __future__ import annotations

import uuid
from collections import Counter

import pytest

from mocktenant import seeds


def test_a_source_repeats_itself_and_no_other() -> None:
    def numbers(*of: object) -> list[int]:
        source = seeds.Source(*of)  # type: ignore[arg-type]
        return [source.below(1000) for _ in range(300)]

    first = numbers(42, "user", 17)
    assert first == numbers(42, "user", 17)
    for other in ((43, "user", 17), (42, "rule", 17), (42, "user", 18)):
        assert first != numbers(*other)
    assert len(set(first)) > 200


@pytest.mark.parametrize("count", [2, 7, 100])
def test_every_number_comes_up_alike(count: int) -> None:
    drawn = Counter(seeds.Source(1, "x", index).below(count) for index in range(count * 300))
    assert set(drawn) == set(range(count))
    assert max(drawn.values()) < 2 * min(drawn.values())


def test_a_source_draws_as_random_does() -> None:
    source = seeds.Source(1, "x", 0)
    assert {source.randint(3, 5) for _ in range(100)} == {3, 4, 5}
    assert {source.choice("ab") for _ in range(50)} == {"a", "b"}
    shares = [source.random() for _ in range(500)]
    assert 0 <= min(shares) < 0.05 < 0.95 < max(shares) < 1
    assert all(source.getrandbits(4) < 16 for _ in range(100))


def test_guids_are_of_version_4() -> None:
    for index in range(50):
        text = seeds.guid(seeds.Source(1, "x", index))
        assert str(uuid.UUID(text)) == text
        assert (uuid.UUID(text).version, uuid.UUID(text).variant) == (4, uuid.RFC_4122)
