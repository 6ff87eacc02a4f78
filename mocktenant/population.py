"""The tenant's people: names from Faker, everything else from the seed.

Faker only fills pools (it is slow, and its words change between releases); a person is drawn from them
by a generator of their own, so the same seed and size give the same bytes in every process.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, lru_cache
from random import Random
from typing import TYPE_CHECKING

from mocktenant import seeds
from mocktenant.folder_names import ENGLISH, LANGUAGES
from mocktenant_fixtures import baseline_objects

if TYPE_CHECKING:
    from mocktenant.base import Base
    from mocktenant.collection import Object

LICENCE = "05e9a617-0261-4cee-bb44-138d3ef5d965"
"""Microsoft 365 E3, the licence of everyone here who has one."""

DEPARTMENTS = ("Engineering", "Finance", "Legal", "Marketing", "Operations", "People", "Sales", "Support")
_GUEST_DOMAINS = ("fabrikam.com", "example.com", "example.org")
_DOMAIN = "contoso.com"
_THINGS = ("room", "equipment")
_ONE_GUEST_IN = 25
_ONE_SHARED_IN = 40
_ROOMS = (60, 50)
_EQUIPMENT = (120, 70)
_ONE_DISABLED_IN = 33
_SPEAK_ENGLISH = 0.8


@dataclass(frozen=True)
class Pools:
    """Words to draw from."""

    given: tuple[str, ...]
    family: tuple[str, ...]
    jobs: tuple[str, ...]
    cities: tuple[str, ...]


@dataclass(frozen=True)
class Person:
    """What both the directory and Exchange know of one account.

    `kind` is member, guest, shared, room or equipment; `index` is the account's place, the same in every size.
    """

    index: int

    kind: str
    id: str
    mailbox_guid: str
    given: str
    family: str
    job: str
    department: str
    city: str
    office: str
    phone: str
    alias: str
    enabled: bool
    created: datetime
    guest_domain: str
    language: str

    @property
    def name(self) -> str:
        """The display name."""
        things = {
            "room": f"Room {self.office} {self.city}",
            "equipment": f"Projector {self.office} {self.city}",
        }
        return things.get(self.kind, f"{self.given} {self.family}")

    def upn(self, domain: str) -> str:
        """The user principal name in a tenant of that initial domain."""
        return f"{self.mail.replace('@', '_')}#EXT#@{domain}" if self.kind == "guest" else self.mail

    @property
    def mail(self) -> str:
        """The primary address."""
        return f"{self.alias}@{self.guest_domain if self.kind == 'guest' else _DOMAIN}"


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
    taken: set[str] = set()
    return tuple(_person(seed, index, taken) for index in range(size))


@cache
def pools() -> Pools:
    """Faker's words, drawn once a process and always the same."""
    from faker import Faker

    fake = Faker("en_US", use_weighting=False)
    fake.seed_instance(0)

    def drawn(word: Callable[[], str], count: int) -> tuple[str, ...]:
        return tuple(dict.fromkeys(word() for _ in range(count)))

    return Pools(
        given=drawn(fake.first_name, 400),
        family=drawn(fake.last_name, 600),
        jobs=drawn(fake.job, 150),
        cities=drawn(fake.city, 40),
    )


def _person(seed: int, index: int, taken: set[str]) -> Person:
    source, words, kind = seeds.rng(seed, "user", index), pools(), _kind(index)
    given, family = source.choice(words.given), source.choice(words.family)
    return Person(
        kind=kind,
        index=index,
        id=seeds.guid(source),
        mailbox_guid=seeds.guid(source),
        given=given,
        family=family,
        job=source.choice(words.jobs),
        department=source.choice(DEPARTMENTS),
        city=source.choice(words.cities),
        office=f"{source.randint(1, 9)}/{source.randint(100, 499)}",
        phone=f"+1 425 555 01{source.randint(0, 99):02d}",
        alias=_alias(given, family, index, taken) if kind not in _THINGS else f"{kind}{index}",
        enabled=index % _ONE_DISABLED_IN != _ONE_DISABLED_IN - 1,
        created=_created(seed, source),
        guest_domain=source.choice(_GUEST_DOMAINS),
        language=_language(seed, index),
    )


def _kind(index: int) -> str:
    if index % _ONE_GUEST_IN == _ONE_GUEST_IN - 1:
        return "guest"
    if index % _ONE_SHARED_IN == _ONE_SHARED_IN - 1:
        return "shared"
    for kind, (one_in, place) in {"room": _ROOMS, "equipment": _EQUIPMENT}.items():
        if index % one_in == place:
            return kind
    return "member"


def _language(seed: int, index: int) -> str:
    """English for most, drawn apart from all else."""
    source = seeds.rng(seed, "language", index)
    return ENGLISH if source.random() < _SPEAK_ENGLISH else source.choice(LANGUAGES)


def _created(seed: int, source: Random) -> datetime:
    return seeds.clock(seed) - timedelta(seconds=source.randint(40 * 86_400, 900 * 86_400))


def _alias(given: str, family: str, index: int, taken: set[str]) -> str:
    """given.family; a namesake's number depends on those before alone, so that growth changes nobody."""
    plain = re.sub("[^a-z.]", "", f"{given}.{family}".lower())
    alias = f"{plain}{index}" if plain in taken else plain
    taken.add(plain)
    return alias


def users(tenant: Base) -> list[Object]:
    return [_user(tenant, person) for person in people_of(tenant)]


def _user(tenant: Base, person: Person) -> Object:
    guest, member = person.kind == "guest", person.kind == "member"
    upn = person.upn(tenant.domain)
    created = stamp(person.created)
    addresses = [f"SMTP:{person.mail}"]
    if not guest:
        addresses.append(f"smtp:{person.alias}@{tenant.domain}")
    return {
        "id": person.id,
        "accountEnabled": person.enabled and (member or guest),
        "assignedLicenses": [{"disabledPlans": [], "skuId": LICENCE}] if member else [],
        "businessPhones": [person.phone] if member else [],
        "city": person.city,
        "companyName": "Contoso" if not guest else person.guest_domain.partition(".")[0].title(),
        "country": "United States",
        "createdDateTime": created,
        "creationType": "Invitation" if guest else None,
        "department": person.department,
        "displayName": person.name,
        "externalUserState": "Accepted" if guest else None,
        "externalUserStateChangeDateTime": created if guest else None,
        "givenName": person.given,
        "jobTitle": person.job if member or guest else None,
        "lastPasswordChangeDateTime": created,
        "mail": person.mail,
        "mailNickname": upn.partition("@")[0],
        "officeLocation": person.office,
        "preferredLanguage": person.language if member else None,
        "proxyAddresses": addresses,
        "signInSessionsValidFromDateTime": created,
        "surname": person.family,
        "usageLocation": "US" if member else None,
        "userPrincipalName": upn,
        "userType": "Guest" if guest else "Member",
    }


def organization(tenant: Base) -> list[Object]:
    created = stamp(datetime(2024, 2, 12, 9, 20, 31, tzinfo=tenant.clock.tzinfo))
    return [
        {
            "id": tenant.tenant_id,
            "assignedPlans": [],
            "businessPhones": ["+1 425 555 0100"],
            "city": "Redmond",
            "countryLetterCode": "US",
            "createdDateTime": created,
            "defaultUsageLocation": "US",
            "displayName": "Contoso",
            "marketingNotificationEmails": [],
            "onPremisesSyncEnabled": None,
            "partnerTenantType": None,
            "postalCode": "98052",
            "preferredLanguage": "en",
            "privacyProfile": None,
            "provisionedPlans": [],
            "securityComplianceNotificationMails": [],
            "securityComplianceNotificationPhones": [],
            "state": "WA",
            "street": "1 Contoso Way",
            "technicalNotificationMails": ["it@contoso.com"],
            "tenantType": "AAD",
            "verifiedDomains": [_verified(domain) for domain in tenant.objects("domains")],
        }
    ]


def _verified(domain: Object) -> Object:
    return {
        "capabilities": ", ".join(domain.get("supportedServices", [])),
        "isDefault": domain.get("isDefault", False),
        "isInitial": domain.get("isInitial", False),
        "name": domain["id"],
        "type": domain.get("authenticationType", "Managed"),
    }


def stamp(moment: datetime) -> str:
    """A moment as Graph writes it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
