"""Where mail of a domain is delivered: at Exchange Online, or at something in front of it."""

from __future__ import annotations

from o365scan.api import Data, Evidence, Record

from .addresses import is_within, normal_domain
from .names import mx_records, own_row

MICROSOFTS = (
    "mail.protection.outlook.com",
    "mx.microsoft",
    "mail.protection.office365.us",
    "mail.protection.partner.outlook.cn",
    "mail.eo.outlook.com",
    "mail.messaging.microsoft.com",
)
"""Exchange Online's hosts: the usual ones, those with DNSSEC, GCC High and DoD, 21Vianet, and older names."""


def hosts(row: Record) -> tuple[str, ...]:
    """The hosts that take mail of the name; none where it has no MX record, or a null one."""
    named = (normal_domain(each.text("Exchange")) for each in row.objects("Records"))
    return tuple(name for name in named if name)


def is_microsofts(host: str) -> bool:
    """Is it a host of Exchange Online?"""
    return any(is_within(host, own) for own in MICROSOFTS)


def delivery(data: Data, domain: Record) -> tuple[bool | None, tuple[Evidence, ...]]:
    """Does mail of the domain arrive at Exchange Online (True), at other hosts (False), or nowhere; with the evidence.

    It arrives at other hosts if none of its MX records names one of Exchange Online's. Raises Undecidable where DNS did
    not say.
    """
    row = own_row(data, mx_records, domain)
    named = hosts(row)
    if not named:
        return None, ()
    return any(map(is_microsofts, named)), tuple(each.at("Exchange") for each in row.objects("Records"))
