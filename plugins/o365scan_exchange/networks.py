"""IP addresses and ranges as Exchange Online writes them: one address, CIDR, or first-last."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network, summarize_address_range

from o365scan.api import OptionsError, Undecidable

Network = IPv4Network | IPv6Network

# Not ipaddress's is_private, which counts the ranges for documentation as private too.
_PRIVATE = tuple(ip_network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"))

_WIDEST = {4: 24, 6: 48}
"""The shortest prefix that one organisation's mail servers plausibly need."""

_NEIGHBOURHOOD = {4: 16, 6: 32}
"""Ranges that share this prefix are taken to belong together."""


def networks(values: Iterable[str]) -> tuple[Network, ...]:
    """The ranges that `values` name. Raises Undecidable for a text that is none."""
    return tuple(network for value in values for network in _read(value))


#: Prefixes shorter than any organisation's own: accepting them would accept everyone.
_LARGEST_ACCEPTED = {4: 8, 6: 16}


def accepted(values: Sequence[str], option: str) -> tuple[Network, ...]:
    """The ranges of an option. Raises OptionsError that names the value."""
    try:
        ranges = networks(values)
    except Undecidable as error:
        raise OptionsError(
            f"{option}: {error}", hint="Write 203.0.113.7, 203.0.113.0/28 or 2001:db8::/48."
        ) from None
    for network in ranges:
        if network.prefixlen < _LARGEST_ACCEPTED[network.version]:
            raise OptionsError(f"{option}: {network} is a large part of the internet")
    return ranges


def written(ranges: Iterable[Network]) -> tuple[str, ...]:
    """The ranges as they are written in options: a single address without a prefix."""
    return tuple(str(each.network_address) if each.num_addresses == 1 else str(each) for each in ranges)


def all_within(inner: Iterable[Network], outer: Sequence[Network]) -> bool:
    """Does every range lie within one of `outer`?"""
    return all(any(_is_within(network, other) for other in outer) for network in inner)


def outside(inner: Iterable[Network], outer: Sequence[Network]) -> tuple[Network, ...]:
    """The ranges that don't lie within one of `outer`."""
    return tuple(network for network in inner if not all_within((network,), outer))


def is_private(network: Network) -> bool:
    """Can no one reach the service from there, since it isn't routed on the internet?"""
    return all_within((network,), _PRIVATE)


def is_wide(ranges: Sequence[Network]) -> bool:
    """Does one of the ranges hold more hosts than a sender of mail plausibly has?"""
    return any(network.prefixlen < _WIDEST[network.version] for network in ranges)


def neighbourhoods(ranges: Iterable[Network]) -> int:
    """How many unrelated parts of the internet the ranges come from."""
    return len(
        {
            network.supernet(new_prefix=min(network.prefixlen, _NEIGHBOURHOOD[network.version]))
            for network in ranges
        }
    )


def _read(value: str) -> Iterable[Network]:
    first, dash, last = value.partition("-")
    try:
        if not dash:
            return (ip_network(value.strip(), strict=False),)
        return tuple(summarize_address_range(ip_address(first.strip()), ip_address(last.strip())))
    except (ValueError, TypeError):
        raise Undecidable(f"{value!r} is no IP address or range of them") from None


def _is_within(inner: Network, outer: Network) -> bool:
    if isinstance(inner, IPv4Network) and isinstance(outer, IPv4Network):
        return inner.subnet_of(outer)
    if isinstance(inner, IPv6Network) and isinstance(outer, IPv6Network):
        return inner.subnet_of(outer)
    return False
