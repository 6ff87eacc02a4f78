"""Partners who administer the tenant from their own: they have no user here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from o365scan.api import Data, Evidence, Record

from .directory import delegated_admins, organization
from .policies import cross_tenant_partners
from .roles import BUILT_IN, NAMES, Level

#: A relationship gives its roles until it has ended.
_IN_FORCE = frozenset({"active", "expiring", "terminationRequested", "terminating"})


@dataclass(frozen=True)
class Partner:
    """A relationship, or the entry of a partner of whom no relationship is listed."""

    record: Record
    what: str
    ids: frozenset[str]
    evidence: tuple[Evidence, ...]


def partners(data: Data) -> Iterator[Partner]:
    """Relationships that give administrative roles; where none is listed, the service providers' own entries."""
    related = list(_related(data))
    yield from related or _service_providers(data)


def _related(data: Data) -> Iterator[Partner]:
    own = _own_tenant(data)
    for each in data.get(delegated_admins) or ():
        customer = each.get("customer/tenantId")
        # A partner's tenant lists the relationships in which others are its customers.
        if own is not None and customer is not None and customer != own:
            continue
        given = {role["roleDefinitionId"].lower() for role in each["accessDetails/unifiedRoles"]}
        roles = {role for role in given if BUILT_IN.get(role) is not Level.NONE}
        if each.text("status") in _IN_FORCE and roles:
            yield Partner(
                each,
                ", ".join(sorted(NAMES.get(role, role) for role in roles)),
                frozenset({each.key.lower()}),
                (each.at("status"), each.at("accessDetails/unifiedRoles")),
            )


def _service_providers(data: Data) -> Iterator[Partner]:
    for each in data.get(cross_tenant_partners) or ():
        if each.get("isServiceProvider"):
            yield Partner(
                each, "a service provider", frozenset({each.key.lower()}), (each.at("isServiceProvider"),)
            )


def _own_tenant(data: Data) -> str | None:
    record = next(iter(data.get(organization) or ()), None)
    return record.key if record is not None else None
