"""Words of several countries to make people of.

Faker only fills pools: it is slow, and its words change between its releases.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

_PROVIDERS = ["faker.providers.person", "faker.providers.address", "faker.providers.job"]
_LETTERS = str.maketrans({"ß": "ss", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "æ": "ae", "œ": "oe", "đ": "d"})
"""Letters that are no Latin letter with a sign on it, as address books write them."""

Name = tuple[str, str]
"""A name as it is written, and in the letters of an address."""


@dataclass(frozen=True)
class Country:
    """Where people live and what they speak.

    `phone` has room for a number below `phones`; these the country keeps for films and books. Where it keeps
    none it is empty. `share` is how many of a hundred people live there.
    """

    language: str
    code: str
    name: str
    share: int
    phone: str = ""
    phones: int = 1
    family_first: bool = False


COUNTRIES = (
    Country("en-US", "US", "United States", 40, "+1 425 555 01{:02d}", 100),
    Country("en-GB", "GB", "United Kingdom", 15, "+44 20 7946 0{:03d}", 1000),
    Country("de-DE", "DE", "Germany", 15, "+49 30 23125 {:03d}", 1000),
    Country("fr-FR", "FR", "France", 10, "+33 1 99 00 00 {:02d}", 100),
    Country("sv-SE", "SE", "Sweden", 8, "+46 8 465 004 {:02d}", 100),
    Country("pl-PL", "PL", "Poland", 7),
    Country("ja-JP", "JP", "Japan", 5, family_first=True),
)


@dataclass(frozen=True)
class Pool:
    """One country's words."""

    country: Country
    given: tuple[Name, ...]
    family: tuple[Name, ...]
    jobs: tuple[str, ...]
    cities: tuple[str, ...]


@cache
def pools() -> tuple[Pool, ...]:
    """The countries' words by the hundredth of the people: drawn once a process and always the same."""
    return tuple(pool for country in COUNTRIES for pool in [_pool(country)] * country.share)


def _pool(country: Country) -> Pool:
    from faker import Faker

    fake: Any = Faker(country.language.replace("-", "_"), providers=_PROVIDERS, use_weighting=False)
    fake.seed_instance(0)
    romanized = hasattr(fake, "first_name_pair")

    def names(plain: Callable[[], str], pair: str) -> Callable[[], Name]:
        if not romanized:
            return lambda: _name(plain())
        return lambda: _paired(getattr(fake, pair)())

    size = country.share
    return Pool(
        country,
        given=_drawn(names(fake.first_name, "first_name_pair"), 60 + 9 * size),
        family=_drawn(names(fake.last_name, "last_name_pair"), 60 + 14 * size),
        jobs=_drawn(fake.job, 20 + 3 * size),
        cities=_drawn(fake.city, 6 + size),
    )


def _name(written: str) -> Name:
    return written, plain(written)


def _paired(names: tuple[str, str, str]) -> Name:
    return names[0], plain(names[2])


def plain(text: str) -> str:
    """Text in the letters of an address."""
    bare = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    return re.sub("[^a-z]", "", bare.lower())


def _drawn(word: Callable[[], Any], count: int) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(word() for _ in range(count)))
