"""Connectors: how they tell one sender, or one receiving host, from another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from o365scan.api import Record

from .addresses import is_within, normal_domain
from .networks import Network, networks

# A certificate issued by name for the wizard may be written whole: "<I>CN=issuer, ...<S>CN=mail.contoso.com, ...".
_SUBJECT = re.compile(r"<S>.*?\bCN=([^,<]+)", re.IGNORECASE)
_DOMAIN_SPACE = re.compile(r"(?:smtp:)?(.*?)(?:;\d+)?", re.IGNORECASE)

_SHOWN = 4

_SHARED = (
    "amazonses.com",
    "gmail.com",
    "google.com",
    "mailgun.org",
    "office365.com",
    "outlook.com",
    "sendgrid.net",
)
"""Mail services whose one certificate stands for every customer of theirs."""


@dataclass(frozen=True)
class Certificate:
    """The name that a sender's TLS certificate must carry: `host`, or any host below it if `wildcard`."""

    host: str
    wildcard: bool

    @property
    def is_anyones(self) -> bool:
        """Can anyone at all get such a certificate, or send through a server that presents it?"""
        too_broad = self.wildcard and "." not in self.host
        return too_broad or any(is_within(self.host, service) for service in _SHARED)

    def belongs_to(self, domains: Iterable[str]) -> bool:
        """Is it for a host in one of the (normalised) domains?"""
        return any(is_within(self.host, domain) for domain in domains)

    def __str__(self) -> str:
        return ("*." if self.wildcard else "") + self.host if self.host else "*"


def certificate(text: str | None) -> Certificate | None:
    """The certificate name of a connector, None where none is set."""
    if text is None or not text.strip():
        return None
    subject = _SUBJECT.search(text)
    name = (subject.group(1) if subject else text).strip()
    if name.startswith("*"):
        return Certificate(normal_domain(name.lstrip("*.")), wildcard=True)
    return Certificate(normal_domain(name), wildcard=False)


@dataclass(frozen=True)
class Identity:
    """By what an inbound connector recognises the sender."""

    certificate: Certificate | None
    ranges: tuple[Network, ...]

    def __str__(self) -> str:
        ways = [f"presents a certificate for {self.certificate}"] if self.certificate else []
        ways += [f"connects from {listed(self.ranges)}"] if self.ranges else []
        return "whoever " + (" or ".join(ways) or "connects, with no certificate and from any address")


def identity(connector: Record) -> Identity:
    """By what the connector recognises the sender. Raises Undecidable where that can't be read."""
    return Identity(
        certificate(connector.text("TlsSenderCertificateName", nullable=True)),
        networks(connector.texts("SenderIPAddresses", nullable=True)),
    )


def takes_any_sender(connector: Record) -> bool:
    """May the connector take mail of every sender domain? So is a list read that is empty or absent."""
    spaces = sender_domains(connector)
    return not spaces or "*" in spaces


def sender_domains(connector: Record) -> tuple[str, ...]:
    """The sender domains of a connector, so far as they can be read: they only ever lower a severity."""
    spaces = connector.get("SenderDomains")
    listed_spaces = (spaces,) if isinstance(spaces, str) else spaces
    if not isinstance(listed_spaces, tuple) or not all(isinstance(each, str) for each in listed_spaces):
        return ()
    return tuple(sender_domain(space) for space in listed_spaces)


def sender_domain(space: str) -> str:
    """The domain of an address space, which Exchange writes "smtp:*.fabrikam.com;1"."""
    found = _DOMAIN_SPACE.fullmatch(space.strip())
    return normal_domain(found.group(1)) if found else space


def validated_host(connector: Record) -> str | None:
    """The host that must prove itself by its certificate before an outbound connector hands mail to it.

    Only `DomainValidation` has the service compare the certificate with `TlsDomain`. A wildcard's domain stands for it.
    """
    if connector.text("TlsSettings", nullable=True) != "DomainValidation":
        return None
    name = connector.text("TlsDomain", nullable=True)
    return normal_domain(name.removeprefix("*.")) if name else None


def listed(ranges: Sequence[Network]) -> str:
    """Ranges for people: a single host without its prefix, and no more than a few of them."""
    shown = [str(one.network_address) if one.num_addresses == 1 else str(one) for one in ranges[:_SHOWN]]
    more = len(ranges) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")
