"""Powerful roles are activated when they are needed, and not held for good.

## What it looks at

Where the tenant has Privileged Identity Management (Microsoft Entra ID P2 or ID Governance), every assignment of a
role that was not activated and has no end, in the whole tenant: of the roles from which the tenant is one step away,
and of Exchange and SharePoint Administrator. A group's assignment counts if somebody is its member for good; who is
eligible for its membership is taken to have activated it. Apps can't activate anything and are left out, and so are
assignments in an administrative unit.

Somebody has to get in when nothing else works: up to two lasting Global Administrators are taken for break-glass
accounts, unless `break_glass` names them. If there are more, all count.

The finding is on the role. High for Global Administrator and the roles that lead to it at once, medium for others one
step from the tenant, low for Exchange and SharePoint Administrator, and where the only holders are disabled now.
Without the licence every assignment is for good: by the same rules that is info, as it can't be mended before the
licence is bought.

## Why it matters

A role that is held for good is there when the session is stolen: at night, on holiday, months after the work was done.
Activated for two hours, with a reason, a second factor and perhaps an approval, it mostly is not, and each use
leaves a trace.

## Remediation

1. Entra admin centre, Identity Governance, Privileged Identity Management, Microsoft Entra roles, Assignments, *Active
   assignments*: *Update* each to *Eligible*, or give it an end; by command
   `New-MgRoleManagementDirectoryRoleEligibilityScheduleRequest` (action `adminAssign`), then
   `Remove-MgRoleManagementDirectoryRoleAssignment -UnifiedRoleAssignmentId <id>`.
2. Members of a group: make their membership eligible (Groups, in Privileged Identity Management).
3. Under Settings of the role, disallow permanent active assignment and ask for a second factor to activate.
4. Name your break-glass accounts below.

## Without the licence

Without Microsoft Entra ID P2 or ID Governance no role can be activated. Keep those who hold one few, in accounts of
their own without mail (`entra.admin-is-separate-from-everyday-account`), and with a passkey.

## Options

```toml
[checks."entra.admin-role-is-activated-when-needed"]
break_glass = ["emergency@contoso.com"]
roles = ["Directory Writers"]
```

`break_glass` are user principal names or object ids of who may be Global Administrator for good. `roles` are names or
template ids of roles that may be held for good.

## Sources

- <https://learn.microsoft.com/entra/id-governance/privileged-identity-management/pim-configure>
- <https://learn.microsoft.com/graph/api/resources/unifiedroleassignmentscheduleinstance>
- <https://learn.microsoft.com/entra/identity/role-based-access-control/security-emergency-access>
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from o365scan.api import Data, Judgement, Record, Severity, check, independently, problem, undecided
from o365scan_entra.admin_judging import is_named, unknown_roles
from o365scan_entra.administrators import READS, administrators
from o365scan_entra.datasets import role_assignment_schedules, role_assignments, subscribed_skus
from o365scan_entra.lasting import Lasting, lasting_roles
from o365scan_entra.licences import PIM, lacks, out_of_reach
from o365scan_entra.roles import ANY_ROLE, GLOBAL_ADMINISTRATOR, Level, level

_MOST_BREAK_GLASS = 2
_NAMED, _SHOWN = 5, 10
#: They reach all mail and files, though not the tenant.
_SERVICES = frozenset({"29232cdf-9323-42fd-ade2-1d097af3e4de", "f28a1f50-f6e7-4571-818b-6a12f2af6b6c"})


@dataclass(frozen=True)
class LastingRoles:
    """What may be held for good."""

    break_glass: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()


@check(
    "entra.admin-role-is-activated-when-needed",
    severity=Severity.MEDIUM,
    reads=[role_assignment_schedules, *READS],
    optional=[subscribed_skus],
    options=LastingRoles,
    attack=["T1078.004", "T1098.003"],
    controls=["SCuBA/MS.AAD.7.4v1", "CIS-M365-7.0/5.3.1"],
)
def admin_role_is_activated_when_needed(data: Data, options: LastingRoles) -> Iterator[Judgement]:
    everybody = data.once(administrators)
    yield from everybody.doubts
    # Privileged Identity Management lists what was assigned elsewhere as well; without its licence it lists nothing.
    silent = bool(list(data[role_assignments])) and not list(data[role_assignment_schedules])
    unlicensed = silent and lacks(data, PIM)
    if silent and not unlicensed:
        yield undecided("Which roles are held for good can't be told: none is listed, though some are held.")
    found, doubts = lasting_roles(data, can_end=not unlicensed)
    yield from doubts
    yield from independently(
        unknown_roles(everybody.unknown), *(_judge(each, options, unlicensed) for each in found.values())
    )


def _judge(lasting: Lasting, options: LastingRoles, unlicensed: bool) -> Iterator[Judgement]:
    role = lasting.role
    if not _counts(role, options):
        return
    holders = lasting.holders
    if role.key.lower() == GLOBAL_ADMINISTRATOR:
        holders = _without_break_glass(holders, options)
    if holders and unlicensed:
        said = f"{role.title} is held for good by {_named(holders)}"
        evidence = [each.at("principalId") for each in lasting.schedules[:_SHOWN]]
        yield out_of_reach(PIM, said, *evidence, at=role)
    elif holders:
        enabled = any(each.flag("accountEnabled") for each in holders)
        yield problem(
            f"{role.title} is held for good by {_named(holders)}, where it could be activated.",
            *(each.at("principalId") for each in lasting.schedules[:_SHOWN]),
            severity=_severity(role) if enabled else Severity.LOW,
            at=role,
        )


def _named(holders: list[Record]) -> str:
    names = ", ".join(each.title for each in holders[:_NAMED])
    more = f" and {len(holders) - _NAMED} more" if len(holders) > _NAMED else ""
    return names if len(holders) == 1 else f"{len(holders)} people ({names}{more})"


def _counts(role: Record, options: LastingRoles) -> bool:
    accepted = {each.lower() for each in options.roles}
    if role.key.lower() in accepted or role.title.lower() in accepted:
        return False
    return role.key.lower() in _SERVICES or level(role) is Level.TENANT


def _without_break_glass(holders: list[Record], options: LastingRoles) -> list[Record]:
    if options.break_glass:
        return [each for each in holders if not is_named(each, options.break_glass)]
    return [] if len(holders) <= _MOST_BREAK_GLASS else holders


def _severity(role: Record) -> Severity:
    key = role.key.lower()
    return Severity.HIGH if key in ANY_ROLE else Severity.LOW if key in _SERVICES else Severity.MEDIUM
