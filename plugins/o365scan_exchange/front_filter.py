"""A filter in front of Exchange Online: the signs of one, in connectors and MX records, and the connector that locks
mail to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from o365scan.api import Data, Evidence, Record, Undecidable

from .addresses import is_within, normal_domain
from .connectors import identity, sender_domain
from .datasets import accepted_domains, inbound_connectors
from .mx import delivery
from .networks import is_wide

_PARTNER, _ON_PREMISES = "Partner", "OnPremises"


@dataclass(frozen=True)
class Behind:
    """The domains whose mail arrives at other hosts than Exchange Online's, as MX records say."""

    domains: Mapping[str, tuple[Evidence, ...]] = field(default_factory=dict)
    """By name, with the evidence."""
    mostly: bool = False
    """Is the default domain one of them, or does no domain's mail arrive at Exchange Online?

    Otherwise they may be domains that another service has, with nothing in front of the organisation's mail.
    """


@dataclass(frozen=True)
class InFront:
    """Whether mail reaches Exchange Online through a filter; None: what connectors and MX records say."""

    filtered: bool | None = None

    def is_in_front(self, data: Data) -> bool:
        """Is there a filter in front, as the option says, or a connector shows?"""
        return any(map(_is_sign, data[inbound_connectors])) if self.filtered is None else self.filtered

    def seen_in_dns(self, data: Data) -> Behind:
        """What MX records show; nothing where the option has the say.

        Raises Undecidable if DNS did not say it of every domain, and what it said does not suffice: so ask only where
        nothing else decides.
        """
        return data.once(_behind) if self.filtered is None else Behind()


def _behind(data: Data) -> Behind:
    found: dict[str, tuple[Evidence, ...]] = {}
    direct = main = False
    unknown: Undecidable | None = None
    for domain in data[accepted_domains]:
        name = normal_domain(domain.text("DomainName"))
        if is_within(name, "onmicrosoft.com"):
            continue
        try:
            arrives, evidence = delivery(data, domain)
        except Undecidable as cause:
            unknown = cause
            continue
        direct = direct or arrives is True
        if arrives is False:
            found[name] = evidence
            # Where it is not told which domain is the default one, each may be.
            main = main or domain.get("Default") is not False
    mostly = bool(found) and (main or not direct)
    if unknown is not None and not mostly:
        raise unknown
    return Behind(found, mostly)


def is_for_everybody(connector: Record) -> bool:
    """Is it a Partner connector for mail of every sender domain? Raises Undecidable for a type that is not known."""
    kind = connector.text("ConnectorType")
    if kind not in (_PARTNER, _ON_PREMISES):
        raise Undecidable(f"the connector {connector.title} is of an unknown type, {kind!r}")
    return kind == _PARTNER and "*" in map(sender_domain, connector.texts("SenderDomains"))


def _is_sign(connector: Record) -> bool:
    """Is it a connector that nobody makes without a filter in front, even if it is disabled now?

    Either it is for mail of everybody and recognises one sender, or the service looks past who delivers.
    """
    if connector.flag("EFSkipLastIP") or connector.texts("EFSkipIPs", nullable=True):
        return True
    sender = identity(connector)
    return is_for_everybody(connector) and (sender.certificate is not None or bool(sender.ranges))


def is_lock(connector: Record) -> bool:
    """Does it refuse mail from anybody but one sender?"""
    if not (connector.flag("Enabled") and is_for_everybody(connector)):
        return False
    sender = identity(connector)
    if connector.flag("RestrictDomainsToIPAddresses") and sender.ranges and not is_wide(sender.ranges):
        return True
    named = sender.certificate
    return connector.flag("RestrictDomainsToCertificate") and named is not None and not named.is_anyones


def locks(data: Data) -> Iterator[Record]:
    """The connectors that lock mail to the filter."""
    return (connector for connector in data[inbound_connectors] if is_lock(connector))


def covers(lock: Record, domain: str) -> bool:
    """Does the lock hold for mail to that accepted domain? Without a list of domains it holds for all."""
    named = lock.texts("AssociatedAcceptedDomains", nullable=True)
    return not named or normal_domain(domain) in map(normal_domain, named)
