"""Hosts that mail is handed to, by name or address, and what an option accepts of them."""

from __future__ import annotations

from collections.abc import Iterable

from o365scan.api import OptionsError, Undecidable

from .addresses import is_within, normal_domain
from .networks import Network, accepted, all_within, networks


def bare(host: str) -> str:
    """A smart host without the brackets that stand around an address."""
    return normal_domain(host.strip().removeprefix("[").removesuffix("]"))


def as_ranges(text: str) -> tuple[Network, ...] | None:
    """The addresses that a text names, None if it names a host."""
    try:
        return networks((text,))
    except Undecidable:
        return None


def refuse_anyone(values: Iterable[str], option: str) -> None:
    """Raises OptionsError for a value that names no host, or far too many."""
    for text in values:
        if as_ranges(text) is not None:
            accepted((text,), option)
        elif "." not in text.removeprefix("*."):
            raise OptionsError(
                f"{option}: {text!r} is neither a host, nor *. and a domain, nor addresses",
                hint='Write "mx.fabrikam.com", "*.fabrikam.com" or "203.0.113.0/28".',
            )


def is_nameable(hosts: Iterable[str]) -> bool:
    """Can an option name all of these hosts?"""
    try:
        refuse_anyone(hosts, "hosts")
    except OptionsError:
        return False
    return True


def covers(text: str, host: str) -> bool:
    """Does one value of an option cover that (bare) host, or address?"""
    ranges, address = as_ranges(text), as_ranges(host)
    if ranges is not None or address is not None:
        return ranges is not None and address is not None and all_within(address, ranges)
    if text.startswith("*."):
        return is_within(host, normal_domain(text[2:]))
    return host == normal_domain(text)
