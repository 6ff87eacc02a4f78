"""DMARC records (RFC 9989): what they say, and which of them counts for a domain.

Where no record stands at a domain itself, that of its organisational domain counts, which the DNS tree walk of
RFC 9989 finds: a record at the domain or above it, up to the top-level domain. Receivers of the older standard
(RFC 7489) take the organisational domain from the list of public suffixes instead, and look nowhere between.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

PREFIX = "_dmarc."

# The name of the tag in any case, its value exactly so (RFC 9989, 4.8).
_VERSION = re.compile(r"[vV][ \t]*=[ \t]*DMARC1[ \t]*(?:;|$)")
_SHORTCUT = 8
"""From a name of so many labels the walk goes on with the last seven."""


class Handling(IntEnum):
    """What receivers are asked to do with mail that fails, weakest first."""

    NONE = 0
    QUARANTINE = 1
    REJECT = 2

    def __str__(self) -> str:
        return self.name.lower()


_HANDLINGS = {str(each): each for each in Handling}


@dataclass(frozen=True)
class Policy:
    """A DMARC record of `domain`.

    `sp` and `np` are None where the tag is absent. `fault` says why receivers take the record for p=none, if they do.
    """

    domain: str
    p: Handling
    sp: Handling | None
    np: Handling | None
    psd: str
    test: bool
    pct: int
    rua: bool
    fault: str | None

    @property
    def of_subdomains(self) -> Handling:
        """For subdomains that exist and have no record of their own."""
        return self.p if self.sp is None else self.sp


def is_dmarc(text: str) -> bool:
    """Is the TXT record one of DMARC? Anything else at that name is ignored."""
    return bool(_VERSION.match(text))


def looks_like_dmarc(text: str) -> bool:
    """Was the TXT record meant to be one of DMARC?"""
    return "dmarc" in text.lower() and not is_dmarc(text)


def parse(domain: str, text: str) -> Policy:
    """Reads a DMARC record. Names of tags and values count in any case; unknown tags are ignored."""
    tags, twice = _tags(text)
    fault = f"{twice}= stands in it twice" if twice else _fault(tags)
    broken = fault is not None
    return Policy(
        domain=domain,
        p=Handling.NONE if broken else _HANDLINGS[tags["p"]],
        sp=None if broken else _HANDLINGS.get(tags.get("sp", "")),
        np=None if broken else _HANDLINGS.get(tags.get("np", "")),
        psd=tags.get("psd", "u"),
        test=tags.get("t") == "y",
        pct=_percentage(tags.get("pct", "")),
        rua=":" in tags.get("rua", ""),
        fault=fault,
    )


def _tags(text: str) -> tuple[dict[str, str], str | None]:
    """The tags by name, and one that stands there twice, which leaves it to the receiver what it means."""
    tags: dict[str, str] = {}
    twice = None
    for part in text.split(";"):
        name, equals, value = part.partition("=")
        name, value = name.strip().lower(), value.strip()
        if not equals:
            continue  # a syntax error behind the version is discarded
        if name in tags and tags[name] != value.lower():
            twice = name
        tags.setdefault(name, value.lower())
    return tags, twice


def _fault(tags: Mapping[str, str]) -> str | None:
    if "p" not in tags:
        return "it has no p="
    for name in ("p", "sp", "np"):
        if name in tags and tags[name] not in _HANDLINGS:
            return f"{name}={tags[name]} is no policy"
    return None


def _percentage(text: str) -> int:
    """Of older receivers: 100 unless it says a number that can be meant."""
    return int(text) if text.isascii() and text.isdecimal() and int(text) <= 100 else 100


def only(domain: str, texts: Iterable[str]) -> Policy | None:
    """The one record of a domain; None where there is none or where there are several, which all are discarded."""
    found = [text for text in texts if is_dmarc(text)]
    return parse(domain, found[0]) if len(found) == 1 else None


def above(row: Mapping[str, Any]) -> Iterator[str]:
    """The name at which the tree walk goes on (RFC 9989, 4.10): one label less, until a record says where it ends."""
    domain = str(row["Name"]).removeprefix(PREFIX)
    policy = only(domain, (each["Text"] for each in row["Records"]))
    labels = domain.split(".")
    if len(labels) == 1 or (policy is not None and policy.psd in ("y", "n")):
        return
    rest = labels[1:] if len(labels) < _SHORTCUT else labels[1 - _SHORTCUT :]
    yield PREFIX + ".".join(rest)


def organisational(start: str, found: Iterable[Policy]) -> str:
    """The organisational domain of `start`, by the records of the walk, nearest first (RFC 9989, 4.10.2)."""
    policies = tuple(found)
    for policy in policies:
        if policy.psd == "n":
            return policy.domain
        if policy.psd == "y" and policy.domain != start:
            below = start.removesuffix(f".{policy.domain}").rpartition(".")[2]
            return f"{below}.{policy.domain}"
    return policies[-1].domain if policies else start


def inherited(start: str, found: Iterable[Policy]) -> Policy | None:
    """The record that counts for a domain without one: the organisational domain's, else the public suffix's."""
    policies = tuple(found)
    wanted = organisational(start, policies)
    for policy in policies:
        if policy.domain == wanted:
            return policy
    return next((policy for policy in policies if policy.psd == "y"), None)
