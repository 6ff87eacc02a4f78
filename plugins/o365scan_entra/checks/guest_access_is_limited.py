"""Guests don't see the directory as members do.

## What it looks at

Which role guests have in the directory (`guestUserRoleId` of the authorization policy). The same as members is medium.
*Limited* (Microsoft's default: no lists of users, groups or roles) and *restricted* (their own profile only) are as it
should be; with the option, only restricted is, and limited is low.

## Why it matters

With a member's rights a guest lists all people, groups, roles and apps of the tenant: the map that an attack begins
with, and names enough to try passwords on.

## Remediation

Entra admin centre, External Identities, External collaboration settings, Guest user access: *Guest user access is
restricted to properties and memberships of their own directory objects*, or
`Update-MgPolicyAuthorizationPolicy -GuestUserRoleId 2af84b1e-32c8-42b7-82bc-daa82404023b`.

## Options

```toml
[checks."entra.guest-access-is-limited"]
restricted = true
```

`restricted` asks for the tightest of the three.

## Sources

- <https://learn.microsoft.com/entra/identity/users/users-restrict-guest-permissions>
- <https://learn.microsoft.com/graph/api/resources/authorizationpolicy>
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from o365scan.api import Judgement, Record, Severity, check, problem, undecided
from o365scan_entra.datasets import authorization_policy

_MEMBER = "a0b1b346-4d3e-4e8b-98f8-753987be4970"
_LIMITED = "10dae51f-b6af-4016-8d66-8c2a99b929b3"
_RESTRICTED = "2af84b1e-32c8-42b7-82bc-daa82404023b"


@dataclass(frozen=True)
class Access:
    """Whether guests may see no more than themselves."""

    restricted: bool = False


@check(
    "entra.guest-access-is-limited",
    severity=Severity.MEDIUM,
    each=authorization_policy,
    options=Access,
    attack=["T1087.004", "T1069.003", "T1526"],
    controls=["SCuBA/MS.AAD.8.1v1", "CIS-M365-7.0/5.1.6.2"],
)
def guest_access_is_limited(policy: Record, options: Access) -> Iterator[Judgement]:
    role = policy.text("guestUserRoleId").lower()
    shown = policy.at("guestUserRoleId")
    if role == _MEMBER:
        yield problem("Guests see the directory as members do.", shown)
    elif role == _LIMITED:
        if options.restricted:
            yield problem("Guests see more than their own profile.", shown, severity=Severity.LOW)
    elif role != _RESTRICTED:
        yield undecided(f"What guests may see is not understood (role {role}).", shown)
