"""The tenant's people: names from Faker, everything else from the seed.

A person is drawn from pools of words by a generator of its own, so the same seed and size give the same
bytes in every process, and the 17th is the same in a tenant of any size.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from mocktenant import seeds
from mocktenant.population_words import Country, pools
from mocktenant_fixtures import baseline_objects

if TYPE_CHECKING:
    from mocktenant.base import Base

DEPARTMENTS = ("Engineering", "Finance", "Legal", "Marketing", "Operations", "People", "Sales", "Support")
_GUEST_DOMAINS = ("fabrikam.com", "example.com", "example.org")
_DOMAIN = "contoso.com"
_ONE_GUEST_IN = 25
_ONE_SHARED_IN = 40
_THINGS = {"room": (60, 50, "Room"), "equipment": (120, 70, "Projector")}
"""Kind -> one in how many, at which place, and what its name begins with."""
_ONE_DISABLED_IN = 33
_TEAM = 8
"""So many people have one manager."""


@dataclass(slots=True)
class Person:
    """What both the directory and Exchange know of one account; to be read only, for tenants share it.

    `kind` is member, guest, shared, room or equipment; `index` is the account's place, the same in every size.
    `phone` is empty where there is none. `manager` is the id of another person who came before, or None.
    """

    index: int
    kind: str
    id: str
    mailbox_guid: str
    given: str
    family: str
    name: str
    job: str
    department: str
    country: Country
    city: str
    office: str
    phone: str
    alias: str
    mail: str
    enabled: bool
    created: datetime
    manager: str | None

    def upn(self, domain: str) -> str:
        """The user principal name in a tenant of that initial domain."""
        return f"{self.mail.replace('@', '_')}#EXT#@{domain}" if self.kind == "guest" else self.mail


@lru_cache(maxsize=4)
def fixed_accounts() -> int:
    """How many accounts every tenant has besides its people: administrators and emergency access."""
    return len(baseline_objects("users"))


def people_of(tenant: Base) -> tuple[Person, ...]:
    """A tenant's people. Its size counts all accounts, and the fixed ones are never left out."""
    return people(tenant.seed, max(0, tenant.size - fixed_accounts()))


@lru_cache(maxsize=4)
def people(seed: int, size: int) -> tuple[Person, ...]:
    """All accounts; the first of a larger tenant are those of a smaller one."""
    crowd = _Crowd(seed)
    return tuple(crowd.person(index) for index in range(size))


class _Crowd:
    """Makes one person after another; nobody depends on who comes later."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.clock = seeds.clock(seed)
        self.taken: set[str] = set()
        self.leaders: dict[str, list[str]] = {name: [] for name in DEPARTMENTS}
        self.first: str | None = None

    def person(self, index: int) -> Person:
        source, kind = seeds.Source(self.seed, "user", index), _kind(index)
        pool = source.choice(pools())
        country, own = pool.country, source.choice
        (given, plain_given), (family, plain_family) = own(pool.given), own(pool.family)
        unique, box, department = seeds.guid(source), seeds.guid(source), own(DEPARTMENTS)
        city, office = own(pool.cities), f"{source.randint(1, 9)}/{source.randint(100, 499)}"
        number, age, guest_domain = (
            source.below(country.phones),
            source.below(860 * 86_400),
            own(_GUEST_DOMAINS),
        )
        if kind in _THINGS:
            name, alias = f"{_THINGS[kind][2]} {office} {city}", f"{kind}{index}"
        else:
            name = f"{family} {given}" if country.family_first else f"{given} {family}"
            alias = self._alias(f"{plain_given}.{plain_family}", index)
        enabled = index % _ONE_DISABLED_IN != _ONE_DISABLED_IN - 1
        return Person(
            index=index,
            kind=kind,
            id=unique,
            mailbox_guid=box,
            given=given,
            family=family,
            name=name,
            job=own(pool.jobs),
            department=department,
            country=country,
            city=city,
            office=office,
            phone=country.phone.format(number),
            alias=alias,
            mail=f"{alias}@{guest_domain if kind == 'guest' else _DOMAIN}",
            enabled=enabled,
            created=self.clock - timedelta(days=40, seconds=age),
            manager=self._manager(unique, department, leads=enabled) if kind == "member" else None,
        )

    def _alias(self, plain: str, index: int) -> str:
        """given.family; a namesake's number depends on those before alone, so that growth changes nobody."""
        alias = f"{plain}{index}" if plain in self.taken else plain
        self.taken.add(plain)
        return alias

    def _manager(self, unique: str, department: str, *, leads: bool) -> str | None:
        """Who leads: those who came first lead teams of their department, and its first reports to the very first."""
        leaders = self.leaders[department]
        place = len(leaders)
        manager = leaders[(place - 1) // _TEAM] if leaders else self.first
        if leads:
            leaders.append(unique)
            self.first = self.first or unique
        return manager


def _kind(index: int) -> str:
    if index % _ONE_GUEST_IN == _ONE_GUEST_IN - 1:
        return "guest"
    if index % _ONE_SHARED_IN == _ONE_SHARED_IN - 1:
        return "shared"
    for kind, (one_in, place, _) in _THINGS.items():
        if index % one_in == place:
            return kind
    return "member"


def stamp(moment: datetime) -> str:
    """A moment in UTC as Graph writes it."""
    return f"{moment.isoformat()[:19]}Z"
