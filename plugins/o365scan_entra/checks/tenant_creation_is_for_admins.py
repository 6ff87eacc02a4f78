"""Making tenants is for administrators.

## What it looks at

Whether every member may make a further tenant (`defaultUserRolePermissions`, `allowedToCreateTenants` of the
authorisation policy). Null counts as allowed: that is what Microsoft lets everybody do.

## Why it matters

Who makes a tenant is its Global Administrator. Nothing of this tenant holds there, no policy and no log, while its
name can be this organisation's: apps are registered in it and people are invited to it that look like colleagues.

## Remediation

In the Microsoft Entra admin centre go to Users, User settings, and set *Restrict non-admin users from creating
tenants* to Yes. In PowerShell:
`Update-MgPolicyAuthorizationPolicy -DefaultUserRolePermissions @{ allowedToCreateTenants = $false }`.
Whoever needs to gets the role Tenant Creator.

## Sources

- <https://learn.microsoft.com/entra/fundamentals/users-default-permissions>
- <https://learn.microsoft.com/graph/api/resources/defaultuserrolepermissions>
"""

from __future__ import annotations

from collections.abc import Iterator

from o365scan.api import Judgement, Record, Severity, check, problem
from o365scan_entra.datasets import authorization_policy

_ALLOWED = "defaultUserRolePermissions/allowedToCreateTenants"


@check(
    "entra.tenant-creation-is-for-admins",
    severity=Severity.LOW,
    each=authorization_policy,
    attack=["T1136.003"],
    controls=["CIS-M365-7.0/5.1.2.3"],
)
def tenant_creation_is_for_admins(policy: Record) -> Iterator[Judgement]:
    if policy.flag(_ALLOWED, nullable=True) is not False:
        yield problem(
            "Every member may make tenants, of which they are Global Administrator.", policy.at(_ALLOWED)
        )
