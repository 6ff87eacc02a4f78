"""Addresses to listen on beside the one port, for clients that ignore proxies.

Such a client must be led here by its machine's hosts file, and finds Microsoft's port 443 only where that is
what the tenant listens on.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass

from mocktenant import hosts


class AddressInvalid(ValueError):
    """Not ADDRESS:PORT, or not an address of this machine alone."""


@dataclass(frozen=True)
class Address:
    """A loopback address and a port; 0 takes a free one."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Address:
        """`127.0.0.1:443` or `[::1]:443`. Raises AddressInvalid."""
        host, colon, port = text.rpartition(":")
        if not colon or not port.isascii() or not port.isdigit() or int(port) > 65_535:
            raise AddressInvalid(f"{text!r} is not ADDRESS:PORT, such as 127.0.0.1:443 or [::1]:443")
        bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
        try:
            ip = ipaddress.ip_address(bare)
        except ValueError:
            raise AddressInvalid(f"{host!r} is no IP address; 127.0.0.1 is this machine's own") from None
        if (ip.version == 6) != (bare != host):
            raise AddressInvalid(f"{text!r}: an IPv6 address, and no other, is written in brackets")
        if not ip.is_loopback:
            raise AddressInvalid(f"{ip} can be reached from outside; listen on 127.0.0.0/8 or [::1] only")
        return cls(str(ip), int(port))

    @property
    def is_ipv6(self) -> bool:
        """Whether the address is of IP version 6."""
        return ":" in self.host

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if self.is_ipv6 else f"{self.host}:{self.port}"


def hosts_lines(addresses: Iterable[Address]) -> list[str]:
    """What the hosts file must say, so that Microsoft's names lead to the addresses."""
    names = " ".join(hosts.SERVICES)
    return [f"{host} {names}" for host in dict.fromkeys(address.host for address in addresses)]
