"""There are at least two Global Administrators, and few.

## What it looks at

Everybody who is or may become Global Administrator of the whole tenant: active or eligible in Privileged Identity
Management, directly, as a member of a group, or eligible for membership of one. Owners of such a group can add
themselves, so they count among the too many, and not among the two that are wanted. The role is told by its template
id, whatever it is called. Accounts that are disabled now don't count. A person counts once. Apps with the role don't
count here.

The finding is on the role. More than `maximum` are high if they are twice as many, else medium; fewer than `minimum`
are medium. If some holders can't be read, too many are still proven, and too few are open.

## Why it matters

Every Global Administrator is one password, one session, one mistake away from the whole tenant. Microsoft advises fewer
than five, CISA's baseline two to eight, CIS two to four. One alone is a tenant that locks itself out when a
telephone is lost; that is why two break-glass accounts are among the number.

## Remediation

1. Entra admin centre, Roles & admins, *Global Administrator*: go through *Active* and *Eligible assignments*. Give each
   person the roles that their work takes (Exchange Administrator, User Administrator, Security Administrator, Global
   Reader), then *Remove assignment*, or
   `Remove-MgRoleManagementDirectoryRoleAssignment -UnifiedRoleAssignmentId <id>`.
2. If there is only one, add two break-glass accounts with passkeys that are kept apart.

## Options

```toml
[checks."entra.global-administrators-are-few-but-not-one"]
minimum = 2
maximum = 4
```

## Sources

- <https://learn.microsoft.com/entra/identity/role-based-access-control/best-practices>
- <https://learn.microsoft.com/entra/identity/role-based-access-control/security-emergency-access>
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from o365scan.api import Data, Evidence, Judgement, Record, Severity, check, problem, undecided
from o365scan_entra.admin_judging import unknown_roles
from o365scan_entra.administrators import READS, Administrators, administrators
from o365scan_entra.datasets import role_definitions
from o365scan_entra.holdings import Administrator, Holding
from o365scan_entra.roles import GLOBAL_ADMINISTRATOR

_SHOWN = 10


@dataclass(frozen=True)
class Bounds:
    """How many Global Administrators are wanted."""

    minimum: int = 2
    maximum: int = 8


@check(
    "entra.global-administrators-are-few-but-not-one",
    severity=Severity.MEDIUM,
    reads=[role_definitions, *(each for each in READS if each is not role_definitions)],
    options=Bounds,
    attack=["T1078.004", "T1098.003"],
    controls=["SCuBA/MS.AAD.7.1v1", "CIS-M365-7.0/1.1.3"],
)
def global_administrators_are_few_but_not_one(data: Data, options: Bounds) -> Iterator[Judgement]:
    everybody = data.once(administrators)
    yield from everybody.doubts
    yield from unknown_roles(everybody.unknown)
    role = data[role_definitions].get(GLOBAL_ADMINISTRATOR)
    if role is None:
        yield undecided(
            "Global Administrator is not among the role definitions, so its holders are not known."
        )
    else:
        yield from _judge(role, everybody, options)


def _judge(role: Record, everybody: Administrators, options: Bounds) -> Iterator[Judgement]:
    enabled = [admin for admin in everybody.people.values() if admin.user.flag("accountEnabled")]
    able = [admin for admin in enabled if any(map(_gives, admin.holdings))]
    wanted = [admin for admin in able if any(_gives(each) and not each.is_owned for each in admin.holdings)]
    if len(able) > options.maximum:
        yield problem(
            f"Global Administrators, or people who may become it: {len(able)}; wanted are at most {options.maximum}.",
            *_shown(role, able),
            severity=Severity.HIGH if len(able) > 2 * options.maximum else Severity.MEDIUM,
            at=role,
        )
    elif len(wanted) < options.minimum and not everybody.doubts and not everybody.unknown:
        yield problem(
            f"Global Administrators, or people who may become it: {len(wanted)}; wanted are at least"
            f" {options.minimum}, or the tenant is locked out when one can't sign in.",
            *_shown(role, wanted),
            severity=Severity.MEDIUM,
            at=role,
        )


def _gives(holding: Holding) -> bool:
    return holding.role.key.lower() == GLOBAL_ADMINISTRATOR and holding.is_of_tenant


def _shown(role: Record, people: list[Administrator]) -> tuple[Evidence, ...]:
    return role.at("displayName"), *(each.user.at("userPrincipalName") for each in people[:_SHOWN])
