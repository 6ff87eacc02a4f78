"""No administrator is a guest.

## What it looks at

Everybody with an administrative role (directly, through a group, active or eligible, of the whole tenant or a part of
it) whose account was invited from another organisation, or whose `userType` is *Guest*. Whether somebody was
invited is told by `externalUserState` and the name (`#EXT#`), since `userType` can be changed to *Member*.

High for roles from which the tenant is one step away, medium for those that administer a service or a part, low for
those that only read and for accounts that are disabled now.

## Why it matters

A guest signs in at home: with the password, the devices and the helpdesk of another organisation, and often with an
account for everyday mail. Whoever takes that account over has the role here, and nothing here shows how. Their account
goes on when they leave their organisation's project, and nobody here hears of it.

## Remediation

1. Entra admin centre, Roles & admins, the role, select the guest, *Remove assignment* (of an eligible one under
   *Eligible assignments*; from the group if it comes through one), or
   `Remove-MgRoleManagementDirectoryRoleAssignment -UnifiedRoleAssignmentId <id>`.
2. If the person has to administer, give them an account of this tenant for it, with a passkey; a service provider gets
   granular delegated administration (GDAP) with the roles that are needed, for as long as they are.

## Options

```toml
[checks."entra.admin-is-no-guest"]
accepted = ["admin_fabrikam.com#EXT#@contoso.onmicrosoft.com"]
```

`accepted` are user principal names or object ids, such as those of a sister company in the same multitenant
organisation.

## Sources

- <https://learn.microsoft.com/entra/identity/role-based-access-control/best-practices>
- <https://learn.microsoft.com/entra/external-id/user-properties>
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from o365scan.api import Data, Judgement, Severity, check, problem
from o365scan_entra.admin_judging import by_reach, held, is_named, judged_one_by_one
from o365scan_entra.administrators import READS
from o365scan_entra.holdings import Administrator, told
from o365scan_entra.people import external_type

_SAID = {
    "b2bCollaborationGuest": "is a guest from another organisation",
    "b2bCollaborationMember": "was invited from another organisation, and counts as a member here",
    "internalGuest": "has an account here, and counts as a guest",
}


@dataclass(frozen=True)
class AcceptedGuests:
    """Guests whose role the organisation wants."""

    accepted: tuple[str, ...] = ()


@check(
    "entra.admin-is-no-guest",
    severity=Severity.HIGH,
    reads=READS,
    options=AcceptedGuests,
    attack=["T1078.004", "T1199"],
)
def admin_is_no_guest(data: Data, options: AcceptedGuests) -> Iterator[Judgement]:
    yield from judged_one_by_one(data, lambda admin: _judge(admin, options))


def _judge(admin: Administrator, options: AcceptedGuests) -> Iterator[Judgement]:
    kind = external_type(admin.user)
    if kind is None or is_named(admin.user, options.accepted):
        return
    yield problem(
        f"{told(admin.holdings)}: the holder {_SAID[kind]}.",
        admin.user.at("userPrincipalName"),
        admin.user.at("userType"),
        *held(admin),
        severity=by_reach(admin),
        at=admin.user,
    )
