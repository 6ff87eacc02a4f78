"""Questions and answers of DNS on the wire."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rdtypes.ANY.TXT
import dns.rrset

from mocktenant.dns.journal import Lookup
from mocktenant.dns.zone import Found, RecordSet, Value, find
from mocktenant.matching import Asked

if TYPE_CHECKING:
    from mocktenant.faults import Fault
    from mocktenant.tenant import Tenant

_TTL = 300
_PLAIN_UDP, _LARGEST_UDP, _LARGEST = 512, 1232, 65_535
_LONGEST_STRING = 255


def answered(tenant: Tenant, wire: bytes, protocol: str) -> bytes | None:
    """The answer to one message, None for what is no question or is to stay without an answer."""
    try:
        query = dns.message.from_wire(wire)
    except dns.exception.DNSException:
        return None
    if query.flags & dns.flags.QR or len(query.question) != 1:
        return None
    asked = query.question[0]
    name, type = asked.name.to_text(omit_final_dot=True), dns.rdatatype.to_text(asked.rdtype)
    hit = tenant.faults.take(Asked(host=name, method=type, path=name, dns=True), time.monotonic())
    answer, status = _answer(tenant, query, name, type, hit.fault if hit else None, protocol)
    tenant.lookups.add(Lookup(name.lower(), type, protocol, status))
    return answer


def _answer(
    tenant: Tenant, query: dns.message.Message, name: str, type: str, fault: Fault | None, protocol: str
) -> tuple[bytes | None, str]:
    mishap = fault.dns if fault else None
    if mishap == "silent":
        return None, mishap
    if mishap in ("SERVFAIL", "REFUSED"):
        return _sent(query, Found(mishap), _LARGEST)
    room = _LARGEST if protocol == "tcp" else _room(query)
    if mishap == "truncated" and protocol == "udp":
        room = 0
    return _sent(query, find(tenant, name, type), room)


def _room(query: dns.message.Message) -> int:
    """How large a datagram the client takes."""
    return max(_PLAIN_UDP, min(query.payload, _LARGEST_UDP)) if query.edns >= 0 else _PLAIN_UDP


def _sent(query: dns.message.Message, found: Found, room: int) -> tuple[bytes, str]:
    """The answer on the wire, and what became of it."""
    answer, status = dns.message.make_response(query, recursion_available=True), found.status
    try:
        answer.answer = [_rrset(each) for each in found.sets]
    except (dns.exception.DNSException, ValueError):  # the state says something that is no record
        status = "SERVFAIL"
    answer.set_rcode(dns.rcode.from_text(status))
    # In the order of the state: a mock tenant draws nothing by lot.
    wire = answer.to_wire(max_size=_LARGEST, want_shuffle=False)
    if len(wire) <= room:
        return wire, status
    answer.answer = []
    answer.flags |= dns.flags.TC
    return answer.to_wire(max_size=_LARGEST, want_shuffle=False), "truncated"


def _rrset(held: RecordSet) -> dns.rrset.RRset:
    found = dns.rrset.RRset(
        dns.name.from_text(held.name), dns.rdataclass.IN, dns.rdatatype.from_text(held.type)
    )
    for value in held.values:
        found.add(_rdata(held.type, value), _TTL)
    return found


def _rdata(type: str, value: Value) -> dns.rdata.Rdata:
    if type != "TXT":
        return dns.rdata.from_text("IN", type, str(value), origin=dns.name.root, relativize=False)
    strings = [value] if isinstance(value, str) else value
    cut = [piece for each in strings for piece in _cut(each.encode())]
    return dns.rdtypes.ANY.TXT.TXT(dns.rdataclass.IN, dns.rdatatype.TXT, cut)


def _cut(text: bytes) -> list[bytes]:
    """A text in pieces that fit into a string of DNS."""
    return [text[at : at + _LONGEST_STRING] for at in range(0, len(text), _LONGEST_STRING)] or [b""]
