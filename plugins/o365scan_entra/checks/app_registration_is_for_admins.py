"""Registering apps is for administrators.

## What it looks at

Whether every member may register an app (`defaultUserRolePermissions`, `allowedToCreateApps` of the authorisation
policy). Roles that may register apps anyway, such as Application Developer, are not looked at.

## Why it matters

Who registers an app owns it, and an owner may add credentials to it at any time. An intruder with anybody's account
makes an app inside the tenant: it counts as the organisation's own wherever outsiders' apps are refused, colleagues
can be led to consent to it, and it stays when the account is recovered. Forgotten apps of people who have left are
what the next intruder finds.

## Remediation

1. In the Microsoft Entra admin centre go to Users, User settings, and set *Users can register applications* to No.
   In PowerShell: `Update-MgPolicyAuthorizationPolicy -DefaultUserRolePermissions @{ allowedToCreateApps = $false }`
2. Give those who develop the role Application Developer, eligible rather than lasting
   (`New-MgRoleManagementDirectoryRoleEligibilityScheduleRequest`).

## Sources

- <https://learn.microsoft.com/entra/identity/role-based-access-control/delegate-app-roles>
- <https://learn.microsoft.com/graph/api/resources/defaultuserrolepermissions>
- <https://github.com/cisagov/ScubaGear>
"""

from __future__ import annotations

from collections.abc import Iterator

from o365scan.api import Judgement, Record, Severity, check, problem
from o365scan_entra.datasets import authorization_policy

_ALLOWED = "defaultUserRolePermissions/allowedToCreateApps"


@check(
    "entra.app-registration-is-for-admins",
    severity=Severity.MEDIUM,
    each=authorization_policy,
    attack=["T1098.001", "T1671"],
    controls=["SCuBA/MS.AAD.5.1v1", "CIS-M365-7.0/5.1.2.2"],
)
def app_registration_is_for_admins(policy: Record) -> Iterator[Judgement]:
    if policy.flag(_ALLOWED):
        yield problem("Every member may register apps, and owns what they register.", policy.at(_ALLOWED))
