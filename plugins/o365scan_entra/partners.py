"""Partners who administer the tenant from their own: they have no user here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from o365scan.api import (
    Acceptance,
    Data,
    Evidence,
    IncompleteDataset,
    Judgement,
    Record,
    Severity,
    Undecidable,
    Undecided,
    problem,
    undecided,
)

from .answers import Answer, State
from .directory import delegated_admins, organization
from .policies import cross_tenant_partners
from .requirement import SignInRules, required_of_partners
from .roles import BUILT_IN, NAMES, Level

#: A relationship gives its roles until it has ended. One of a status that is newer than this is taken to give them.
_NOT_IN_FORCE = frozenset({"created", "approvalPending", "approved", "activating", "expired", "terminated"})


@dataclass(frozen=True)
class Partner:
    """A relationship, or the entry of a partner of whom no relationship is listed."""

    record: Record
    what: str
    ids: frozenset[str]
    evidence: tuple[Evidence, ...]
    roles: frozenset[str] | None = None
    """The administrative roles that the relationship gives, by template id; None where they can't be seen."""


def partners(rules: SignInRules, data: Data, known: Collection[str]) -> Iterator[Judgement]:
    """Each partner who is not `known`, by the id of a relationship or of a tenant."""
    accepted, asked = {each.lower() for each in known}, required_of_partners(rules)
    for partner in listed_partners(data.get(delegated_admins) or (), data):
        if isinstance(partner, Undecided):
            yield partner
        elif not accepted.intersection(partner.ids):
            yield _judged(partner, asked)
    # None listed is no relationship only where the list could be read.
    try:
        data[delegated_admins]
    except IncompleteDataset as cause:
        yield undecided(f"Which partners administer this tenant from their own could not be read: {cause}")


def listed_partners(relationships: Iterable[Record], data: Data) -> Iterator[Partner | Undecided]:
    """Relationships that give administrative roles; where none is listed, the service providers' own entries.

    A relationship that can't be read hides none of the others.
    """
    related = list(_related(relationships, data))
    yield from related or _service_providers(data)


def _judged(partner: Partner, asked: Answer) -> Judgement:
    said = {
        State.YES: "they are asked for multifactor authentication at every sign-in",
        State.OPEN: f"whether they are asked for multifactor authentication is open, as {asked.said}",
        State.NO: f"nothing here asks them for multifactor authentication: {asked.said}",
    }[asked.state]
    return problem(
        f"People of a partner administer this tenant, and have no account in it ({partner.what}); {said}.",
        *partner.evidence,
        *(asked.evidence if asked.state is not State.YES else ()),
        severity=Severity.INFO if asked.state is State.YES else Severity.MEDIUM,
        at=partner.record,
        accept=Acceptance({"partners": (partner.record.key,)}),
    )


def _related(relationships: Iterable[Record], data: Data) -> Iterator[Partner | Undecided]:
    own = _own_tenant(data)
    for each in relationships:
        customer = each.get("customer/tenantId")
        # A partner's tenant lists the relationships in which others are its customers.
        if own is not None and customer is not None and customer != own:
            continue
        try:
            roles = _roles_in_force(each)
        except Undecidable as cause:
            yield undecided(f"What a partner may do here can't be told: {cause}", at=each)
            continue
        if roles:
            yield Partner(
                each,
                ", ".join(sorted(NAMES.get(role, role) for role in roles)),
                frozenset({each.key.lower()}),
                (each.at("status"), each.at("accessDetails/unifiedRoles")),
                roles,
            )


def _roles_in_force(relationship: Record) -> frozenset[str]:
    """The administrative roles that a relationship gives now."""
    if relationship.text("status") in _NOT_IN_FORCE:
        return frozenset()
    roles = relationship.objects("accessDetails/unifiedRoles")
    given = (each.text("roleDefinitionId").lower() for each in roles)
    return frozenset(role for role in given if BUILT_IN.get(role) is not Level.NONE)


def _service_providers(data: Data) -> Iterator[Partner]:
    for each in data.get(cross_tenant_partners) or ():
        if each.get("isServiceProvider"):
            yield Partner(
                each, "a service provider", frozenset({each.key.lower()}), (each.at("isServiceProvider"),)
            )


def _own_tenant(data: Data) -> str | None:
    record = next(iter(data.get(organization) or ()), None)
    return record.key if record is not None else None
