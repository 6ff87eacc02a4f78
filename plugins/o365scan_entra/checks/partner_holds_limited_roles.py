"""Partners administer with limited roles.

## What it looks at

The relationships of granular delegated administration (GDAP) that are in force, in which this tenant is the customer:
whether their roles include one from which the whole tenant is one step away. High for Global Administrator and
the roles that lead to it at once (Privileged Role Administrator, Privileged Authentication Administrator), medium for
others such as User Administrator, Application Administrator or Helpdesk Administrator. Roles that administer one
service, or only read, pass.

A service provider in the cross-tenant access policy (`isServiceProvider`), while no relationship is listed, is open:
what they may do can't be seen. Whether a partner's people are asked for a second factor is in
`entra.admin-has-mfa`.

## Why it matters

People of a partner have no account here: they don't appear among the users, and whoever takes over the partner has all
of its customers. Nobelium did that from 2020 on, with Global Administrator in thousands of tenants. A relationship
with the roles that the contract takes ends there.

## Remediation

1. Microsoft 365 admin centre, Settings, *Partner relationships*: ask the partner for a new relationship with the roles
   that the work takes (Service Support Administrator, Exchange Administrator, Global Reader, License Administrator),
   and approve it.
2. Then end the broad one there (*Remove roles* or *End relationship*). A partner who wants to can do it too:
   `New-MgTenantRelationshipDelegatedAdminRelationshipRequest -DelegatedAdminRelationshipId <id> -Action terminate`.

## Options

```toml
[checks."entra.partner-holds-limited-roles"]
partners = ["00000000-0000-0000-0000-000000000000"]
roles = ["Helpdesk Administrator"]
```

`partners` are ids of relationships, or of tenants, whose roles are wanted as they are. `roles` are names or template
ids of roles that any partner may have.

## Sources

- <https://learn.microsoft.com/partner-center/customers/gdap-introduction>
- <https://learn.microsoft.com/graph/api/resources/delegatedadminrelationship>
- <https://www.microsoft.com/security/blog/2021/10/25/nobelium-targeting-delegated-administrative-privileges-to-facilitate-broader-attacks/>
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from o365scan.api import Acceptance, Data, Judgement, Severity, Undecided, check, problem, undecided
from o365scan_entra.datasets import cross_tenant_partners, delegated_admins, organization
from o365scan_entra.partners import Partner, listed_partners
from o365scan_entra.roles import ANY_ROLE, BUILT_IN, NAMES, Level


@dataclass(frozen=True)
class AcceptedPartners:
    """Partners, and roles of any partner, that are wanted."""

    partners: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()


@check(
    "entra.partner-holds-limited-roles",
    severity=Severity.HIGH,
    reads=[delegated_admins],
    optional=[organization, cross_tenant_partners],
    options=AcceptedPartners,
    attack=["T1199", "T1078.004"],
)
def partner_holds_limited_roles(data: Data, options: AcceptedPartners) -> Iterator[Judgement]:
    accepted = {each.lower() for each in options.partners}
    roles = {each.lower() for each in options.roles}
    for partner in listed_partners(data[delegated_admins], data):
        if isinstance(partner, Undecided):
            yield partner
        elif not accepted.intersection(partner.ids):
            yield from _judge(partner, roles)


def _judge(partner: Partner, accepted: set[str]) -> Iterator[Judgement]:
    if partner.roles is None:
        said = "A service provider administers this tenant, and no relationship is listed: its roles can't be seen."
        yield undecided(said, *partner.evidence, at=partner.record)
        return
    broad = {each for each in partner.roles if _is_broad(each) and not _is_named(each, accepted)}
    if broad:
        names = ", ".join(sorted(NAMES.get(each, each) for each in broad))
        yield problem(
            f"A partner may take over the whole tenant, with {names}.",
            *partner.evidence,
            severity=Severity.HIGH if broad & ANY_ROLE else Severity.MEDIUM,
            at=partner.record,
            accept=Acceptance({"partners": (partner.record.key,)}),
            signs=(),
        )


def _is_broad(role: str) -> bool:
    """A role that is newer than this is taken for one."""
    return BUILT_IN.get(role, Level.TENANT) is Level.TENANT


def _is_named(role: str, accepted: set[str]) -> bool:
    return role in accepted or NAMES.get(role, role).lower() in accepted
