"""SPF records (RFC 7208): what they say, what they lead to, and what makes receivers ignore them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

from .addresses import is_within, normal_domain

MOST_LOOKUPS = 10
"""A record whose evaluation takes more lookups is an error to receivers (RFC 7208, 4.6.4)."""

_WIDE = {4: 8, 6: 16}
"""A range with a shorter prefix is a large part of the internet."""

_TERM = re.compile(r"([+?~-]?)([a-z0-9_.-]+)(?:([:=/])(.*))?", re.IGNORECASE | re.DOTALL)
_MODIFIER_NAME = re.compile(r"[a-z][a-z0-9_.-]*", re.IGNORECASE)
_DUAL_CIDR = re.compile(r"(.*?)(?:/(\d{1,2}))?(?://(\d{1,3}))?", re.DOTALL)
# Visible ASCII but "%", or a macro: RFC 7208, 7.1.
_DOMAIN_SPEC = re.compile(
    r"(?:[\x21-\x24\x26-\x7e]|%\{[slodiphcrtv]\d*r?[.\-+,/_=]*\}|%%|%_|%-)+", re.IGNORECASE
)
_WITH_LOOKUP = frozenset({"a", "exists", "include", "mx", "ptr"})
_WITHOUT_DOMAIN = frozenset({"a", "mx", "ptr"})
_WITH_DOMAIN = frozenset({"exists", "include"})

_MICROSOFTS = (
    "spf.protection.outlook.com",
    "spf.protection.office365.us",
    "spf.protection.partner.outlook.cn",
)
"""Worldwide and GCC, GCC High and DoD, and China's cloud of 21Vianet."""

_MICROSOFTS_RANGES = tuple(
    map(IPv4Network, ("40.92.0.0/15", "40.107.0.0/16", "52.100.0.0/14", "104.47.0.0/17"))
)
"""Exchange Online Protection's (https://learn.microsoft.com/microsoft-365/enterprise/urls-and-ip-address-ranges):
some products write addresses instead of names."""


class SpfError(Exception):
    """Receivers treat the record as an error (permerror), that is as if there were none; the message says why."""


class NotFollowed(Exception):
    """What the record leads to was not asked for."""


@dataclass(frozen=True)
class Mechanism:
    """A term that matches senders: `argument` is what follows the colon, "" without one."""

    qualifier: str
    name: str
    argument: str

    def __str__(self) -> str:
        sign = "" if self.qualifier == "+" else self.qualifier
        colon = ":" if self.argument and not self.argument.startswith("/") else ""
        return f"{sign}{self.name}{colon}{self.argument}"


@dataclass(frozen=True)
class Policy:
    """An SPF record: the mechanisms before `all`, the qualifier of `all` (None without one), and the redirect.

    What stands behind `all`, and a redirect beside it, is ignored by receivers.
    """

    mechanisms: tuple[Mechanism, ...]
    all: str | None
    redirect: str | None


def is_spf(text: str) -> bool:
    """Is the TXT record one of SPF?"""
    return text.lower() == "v=spf1" or text.lower().startswith("v=spf1 ")


def parse(text: str) -> Policy:
    """Reads an SPF record. Raises SpfError."""
    mechanisms: list[Mechanism] = []
    modifiers: dict[str, str] = {}
    for term in filter(None, text[len("v=spf1") :].split(" ")):
        found = _TERM.fullmatch(term)
        if not found:
            raise SpfError(f"{term!r} is no term of SPF")
        sign, name, separator, rest = found.groups()
        if separator == "=" and not sign and _MODIFIER_NAME.fullmatch(name):
            _add_modifier(modifiers, name.lower(), rest)
        else:
            mechanisms.append(_mechanism(sign or "+", name.lower(), separator, rest or "", term))
    place = next((place for place, each in enumerate(mechanisms) if each.name == "all"), None)
    if place is None:
        return Policy(tuple(mechanisms), None, modifiers.get("redirect"))
    return Policy(tuple(mechanisms[:place]), mechanisms[place].qualifier, None)


def _add_modifier(modifiers: dict[str, str], name: str, value: str) -> None:
    """Keeps a modifier; unknown ones are ignored (RFC 7208, 6)."""
    if name not in ("exp", "redirect"):
        return
    if name in modifiers:
        raise SpfError(f"{name}= stands in it twice")
    if not _DOMAIN_SPEC.fullmatch(value):
        raise SpfError(f"{name}= names no domain")
    modifiers[name] = value


def _mechanism(sign: str, name: str, separator: str | None, rest: str, term: str) -> Mechanism:
    argument = f"/{rest}" if separator == "/" else rest
    well = separator != "=" and (separator != ":" or bool(rest)) and _is_well_formed(name, argument)
    if not well:
        raise SpfError(f"{term!r} is no term of SPF")
    return Mechanism(sign, name, argument)


def _is_well_formed(name: str, argument: str) -> bool:
    if name == "all":
        return not argument
    if name in ("ip4", "ip6"):
        return _network(name, argument) is not None
    if name in _WITH_DOMAIN:
        return bool(_DOMAIN_SPEC.fullmatch(argument))
    return name in _WITHOUT_DOMAIN and _is_host(name, argument)


def _is_host(name: str, argument: str) -> bool:
    """Is it nothing, a domain, and of `a` and `mx` a prefix length for each version of IP?"""
    found = _DUAL_CIDR.fullmatch(argument)
    domain, four, six = found.groups() if found and name != "ptr" else (argument, None, None)
    lengths = int(four or 32) <= 32 and int(six or 128) <= 128
    return lengths and (not domain or bool(_DOMAIN_SPEC.fullmatch(domain)))


def _network(name: str, argument: str) -> IPv4Network | IPv6Network | None:
    try:
        found = ip_network(argument, strict=False)
    except ValueError:
        return None
    return found if found.version == int(name[2:]) and not re.search(r"/.*\.", argument) else None


def leads_to(row: Mapping[str, Any]) -> Iterator[str]:
    """The names that must be looked up to know what a name's SPF record says; those with macros can't be."""
    for each in row["Records"]:
        if is_spf(each["Text"]):
            try:
                policy = parse(each["Text"])
            except SpfError:
                return
            yield from followed(policy)


def followed(policy: Policy) -> Iterator[str]:
    """The names that a record includes or redirects to, without those that hold macros."""
    named = [each.argument for each in policy.mechanisms if each.name == "include"]
    if policy.redirect is not None:
        named.append(policy.redirect)
    return (name for name in named if "%" not in name)


class Published:
    """SPF records by the (normalised) name that has them; `texts` gives a name's TXT records, None if not asked."""

    def __init__(self, texts: Callable[[str], tuple[str, ...] | None]) -> None:
        self._texts = texts

    def policy(self, name: str) -> Policy:
        """The record of a name that another one leads to. Raises SpfError, NotFollowed."""
        found = self._texts(normal_domain(name))
        if found is None:
            raise NotFollowed(f"{name} was not looked up")
        records = [text for text in found if is_spf(text)]
        if len(records) != 1:
            raise SpfError(
                f"it leads to {name}, which has {'several records' if records else 'no SPF record'}"
            )
        try:
            return parse(records[0])
        except SpfError as cause:
            raise SpfError(f"it leads to {name}: {cause}") from cause


def demand_sound(name: str, policy: Policy, published: Published) -> None:
    """Follows all that a record leads to. Raises SpfError, NotFollowed.

    Counted is what a receiver looks up if nothing matches before the end. What a macro stands for depends on the
    message: it counts as one lookup.
    """
    _count(policy, published, (normal_domain(name),), 0)


def _count(policy: Policy, published: Published, path: tuple[str, ...], count: int) -> int:
    count += sum(each.name in _WITH_LOOKUP for each in policy.mechanisms) + (policy.redirect is not None)
    if count > MOST_LOOKUPS:
        raise SpfError(f"it takes more than {MOST_LOOKUPS} lookups")
    for name in followed(policy):
        target = normal_domain(name)
        if target in path:
            raise SpfError(f"it leads in a circle, by {name}")
        count = _count(published.policy(name), published, (*path, target), count)
    return count


def default(policy: Policy, published: Published) -> str:
    """The qualifier of what no term names: of `all`, here or where the record redirects to; "?" without one.

    Raises SpfError, NotFollowed.
    """
    for _ in range(MOST_LOOKUPS):
        if policy.all is not None or policy.redirect is None:
            return policy.all or "?"
        if "%" in policy.redirect:
            raise NotFollowed(f"redirect={policy.redirect} depends on the message")
        policy = published.policy(policy.redirect)
    raise SpfError("it redirects in a circle")


def passes_everybody(policy: Policy, published: Published, depth: int = 0) -> str | None:
    """The term that lets everybody, or a large part of the internet, send; None if none does.

    An include of a record that ends with +all does. Records that can't be followed are left out. For records that
    are sound: others may lead on without end.
    """
    for each in policy.mechanisms:
        if each.qualifier == "+" and _is_wide(each):
            return str(each)
        if each.qualifier == "+" and each.name == "include" and "%" not in each.argument:
            inner = _known(each.argument, published)
            if depth < MOST_LOOKUPS and inner and passes_everybody(inner, published, depth + 1):
                return str(each)
    if policy.all == "+":
        return "+all"
    if policy.redirect and (inner := _known(policy.redirect, published)) and depth < MOST_LOOKUPS:
        return passes_everybody(inner, published, depth + 1) and f"redirect={policy.redirect}"
    return None


def _known(name: str, published: Published) -> Policy | None:
    try:
        return published.policy(name)
    except (SpfError, NotFollowed):
        return None


def _is_wide(mechanism: Mechanism) -> bool:
    if mechanism.name in ("ip4", "ip6"):
        network = _network(mechanism.name, mechanism.argument)
        return network is not None and network.prefixlen < _WIDE[network.version]
    found = _DUAL_CIDR.fullmatch(mechanism.argument) if mechanism.name in ("a", "mx") else None
    return found is not None and (int(found[2] or 32) < _WIDE[4] or int(found[3] or 128) < _WIDE[6])


def names_microsoft(policy: Policy, published: Published, depth: int = 0) -> bool:
    """May Exchange Online send, as far as can be told? With a macro in a record nobody knows but its author.

    For records that are sound.
    """
    for each in policy.mechanisms:
        if "%" in each.argument or (each.name == "ip4" and _is_microsofts(each)):
            return True
    for name in followed(policy):
        if any(is_within(normal_domain(name), own) for own in _MICROSOFTS):
            return True
        inner = _known(name, published)
        if depth < MOST_LOOKUPS and inner and names_microsoft(inner, published, depth + 1):
            return True
    return bool(policy.redirect and "%" in policy.redirect)


def _is_microsofts(mechanism: Mechanism) -> bool:
    network = _network(mechanism.name, mechanism.argument)
    return isinstance(network, IPv4Network) and any(network.overlaps(own) for own in _MICROSOFTS_RANGES)
