"""What DNS holds of a name, out of the collection `dnsRecords`.

One zone for the whole world: what is not in it does not exist (NXDOMAIN). CNAMEs are followed, as a resolver does.
Wildcards are not known. Of a recorded tenant only what the scan asked for can be told; all else is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mocktenant.tenant import Tenant

_LONGEST_CHAIN = 8

Value = str | list[str]
"""A record as zone files write it ("10 mx.example.net"), of TXT its text, or the strings that it is cut into."""


@dataclass(frozen=True)
class RecordSet:
    """All records of one name and type."""

    name: str
    type: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Found:
    """NOERROR, NXDOMAIN or REFUSED, the CNAMEs that were followed, and the records at their end, if there are any."""

    status: str
    sets: tuple[RecordSet, ...] = ()


def find(tenant: Tenant, name: str, type: str) -> Found:
    """What is known of a name, without its final dot."""
    if tenant.base.names is not None:
        return tenant.base.names.find(name.lower(), type)
    held = {_key(each): each for each in tenant.objects("dnsRecords")}
    return _found(held, name.lower(), type)


def _found(held: Mapping[tuple[str, str], Mapping[str, Any]], name: str, type: str) -> Found:
    chain: list[RecordSet] = []
    while (name, type) not in held and (name, "CNAME") in held and len(chain) < _LONGEST_CHAIN:
        alias = _set(held[name, "CNAME"])
        chain.append(alias)
        name = str(alias.values[0]).lower().rstrip(".")
    if (name, type) in held:
        return Found("NOERROR", (*chain, _set(held[name, type])))
    exists = any(other == name or other.endswith(f".{name}") for other, _ in held)
    return Found("NOERROR" if exists else "NXDOMAIN", tuple(chain))


def _key(item: Mapping[str, Any]) -> tuple[str, str]:
    return str(item["Name"]).lower().rstrip("."), str(item["Type"]).upper()


def _set(item: Mapping[str, Any]) -> RecordSet:
    name, type = _key(item)
    return RecordSet(name, type, tuple(item["Values"]))
