"""SMTP addresses and mail domains: whose they are."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from o365scan.api import Data

from .datasets import accepted_domains

_BRACKETED = re.compile(r"[\[<]\s*([^\[\]<>]*?)\s*[\]>]\s*$")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9]*):")
_LOCAL = re.compile(r'[^@\s,;:<>\[\]"()]+|"(?:[^"\\]|\\.)*"')
_DOMAIN = re.compile(r"[\w-]+(?:\.[\w-]+)+")

ANYBODYS = frozenset(
    {
        "aol.com",
        "gmail.com",
        "gmx.de",
        "gmx.net",
        "googlemail.com",
        "hotmail.com",
        "icloud.com",
        "live.com",
        "mail.ru",
        "msn.com",
        "onmicrosoft.com",
        "outlook.com",
        "proton.me",
        "protonmail.com",
        "web.de",
        "yahoo.com",
        "yandex.ru",
    }
)
"""Mail services that anybody may join; onmicrosoft.com stands for every Microsoft 365 tenant."""


@dataclass(frozen=True)
class Address:
    """An SMTP address; the domain is normalised, the local part as written."""

    local: str
    domain: str

    def __str__(self) -> str:
        return f"{self.local}@{self.domain}"


@dataclass(frozen=True)
class OwnDomains:
    """The organisation's mail domains, as Exchange Online decides what is inside."""

    names: frozenset[str]
    with_subdomains: frozenset[str]
    """Those whose subdomains are inside as well."""

    def hold(self, address: Address) -> bool:
        """Is it an address of the organisation?"""
        if address.domain in self.names:
            return True
        return any(is_within(address.domain, parent) for parent in self.with_subdomains)


def normal_domain(name: str) -> str:
    """A domain as it is compared: lower case, in its ASCII form, without a final dot.

    Letters are not folded onto others: "ß" stays apart from "ss", which anyone may register.
    """
    name = unicodedata.normalize("NFKC", name).lower().strip().rstrip(".")
    return ".".join(label if label.isascii() else "xn--" + _punycode(label) for label in name.split("."))


def is_within(domain: str, parent: str) -> bool:
    """Is `domain` the domain `parent` or a subdomain of it? Both normalised."""
    return domain == parent or domain.endswith("." + parent)


def address_in(text: str) -> Address | None:
    """The one address in what Exchange shows of a recipient, None if there is none, or no single one.

    Knows `a@b`, `smtp:a@b`, `Name <a@b>` and `"Name" [SMTP:a@b]`. What stands in brackets wins: a display name
    may look like an address of the organisation.
    """
    text = text.strip()
    bracketed = _BRACKETED.search(text)
    found = bracketed.group(1) if bracketed else text
    if scheme := _SCHEME.match(found):
        if scheme.group(1).lower() != "smtp":
            return None
        found = found[scheme.end() :]
    local, _, domain = found.strip().rpartition("@")
    if not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(domain.rstrip(".")):
        return None
    return Address(local, normal_domain(domain))


def own_names(data: Data) -> frozenset[str]:
    """The names of the accepted domains; for `data.once`."""
    return frozenset(normal_domain(domain.text("DomainName")) for domain in data[accepted_domains])


def own_domains(data: Data) -> OwnDomains:
    """The accepted domains; for `data.once`."""
    wide = {
        normal_domain(domain.text("DomainName"))
        for domain in data[accepted_domains]
        if domain.flag("MatchSubDomains")
    }
    return OwnDomains(own_names(data), frozenset(wide))


def _punycode(label: str) -> str:
    return label.encode("punycode").decode("ascii")
