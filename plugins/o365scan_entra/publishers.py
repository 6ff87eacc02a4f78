"""Who an app belongs to: by the tenant that owns it, which nobody can choose; never by its name, which anyone can."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from enum import StrEnum
from functools import cache

from o365scan.api import Record

from .known_apps import microsoft_names

MICROSOFT_SERVICES = "f8cdef31-a31e-4b4a-93e4-5f571e91255a"
_MICROSOFT_OTHERS = frozenset(
    {
        "72f988bf-86f1-41af-91ab-2d7cd011db47",  # the company's own tenant: anything an employee registers
        "cdc5aeea-15c5-4db6-b079-fcadd2505dc2",  # owns the Microsoft Graph command-line tools
    }
)


class Owner(StrEnum):
    """Whose app a service principal stands for."""

    MICROSOFT = "Microsoft's own"
    MICROSOFT_EMPLOYEE = "registered in a tenant of Microsoft's"
    MANAGED_IDENTITY = "a managed identity"
    HERE = "registered in this tenant"
    ELSEWHERE = "registered in another tenant"


def owner(principal: Record, registered_here: bool) -> Owner:
    """Whose app it is. Raises MissingField where the principal doesn't say."""
    tenant = (principal.text("appOwnerOrganizationId", nullable=True) or "").lower()
    if tenant == MICROSOFT_SERVICES:
        return Owner.MICROSOFT
    if tenant in _MICROSOFT_OTHERS:
        return Owner.MICROSOFT_EMPLOYEE
    if principal.text("servicePrincipalType", nullable=True) == "ManagedIdentity":
        return Owner.MANAGED_IDENTITY
    return Owner.HERE if registered_here else Owner.ELSEWHERE


def is_verified(principal: Record) -> bool:
    """Has Microsoft verified who publishes the app? No clearance: verified publishers have been abused."""
    if principal["verifiedPublisher"] is None:
        return False
    return bool(principal.text("verifiedPublisher/verifiedPublisherId", nullable=True))


_BRANDS = (
    "microsoft", "office 365", "office365", "onedrive", "sharepoint", "outlook", "exchange online", "azure",
)  # fmt: skip

# Letters of other scripts, and digits, that read as Latin letters.
_LOOKALIKES = str.maketrans(
    {
        "а": "a", "с": "c", "ԁ": "d", "е": "e", "һ": "h", "і": "i", "ј": "j", "ӏ": "l", "м": "m", "о": "o",  # noqa: RUF001
        "р": "p", "ѕ": "s", "т": "t", "у": "y", "х": "x", "ѵ": "v", "ԝ": "w", "к": "k", "п": "n", "в": "b",  # noqa: RUF001
        "μ": "m",
        "α": "a", "ο": "o", "ε": "e", "ι": "i", "κ": "k", "ρ": "p", "ν": "v", "τ": "t", "υ": "u", "χ": "x",  # noqa: RUF001
        "ı": "i", "ɡ": "g", "ʟ": "l", "ꞌ": "'", "ø": "o", "ł": "l", "ß": "ss", "đ": "d",  # noqa: RUF001
        "0": "o",   "$": "s", "@": "a", "|": "l",
    }
)  # fmt: skip


def hides_a_brand(name: str) -> bool:
    """Does the name read as one of Microsoft's products only through letters that look like others?"""
    plain = _plain(name)
    return any(
        brand in read and brand not in plain for read in _readings(plain) for brand in _BRANDS
    ) or _hides_in_invisible(name)


def is_microsoft_name(name: str) -> bool:
    """Is it exactly the name of one of Microsoft's own apps?"""
    return _plain(name) in _microsoft_names()


@cache
def _microsoft_names() -> frozenset[str]:
    return frozenset(_plain(name) for name in microsoft_names())


def _hides_in_invisible(name: str) -> bool:
    """Does an invisible character break up a brand, so that a search for it fails?"""
    folded = name.casefold()
    return _visible(folded) != folded and any(
        brand in _visible(folded) and brand not in folded for brand in _BRANDS
    )


def _readings(plain: str) -> Iterator[str]:
    decomposed = unicodedata.normalize("NFKD", plain)
    latin = "".join(each for each in decomposed if not unicodedata.combining(each)).translate(_LOOKALIKES)
    paired = latin.replace("rn", "m").replace("vv", "w")
    for text in (latin, paired):
        yield text.replace("1", "i")
        yield text.replace("1", "l")
        yield text.replace("l", "i")  # Latin l for i, as a capital I looks


def _plain(name: str) -> str:
    return " ".join(_visible(unicodedata.normalize("NFC", name)).casefold().split())


def _visible(text: str) -> str:
    return "".join(each for each in text if unicodedata.category(each) != "Cf")
