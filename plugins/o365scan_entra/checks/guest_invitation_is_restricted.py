"""Only administrators, and those who are named for it, invite guests.

## What it looks at

Who may invite people of other organisations (`allowInvitesFrom` of the authorization policy). *Everyone*, guests
included, is medium; all members is low, or accepted by option; administrators and the holders of the role Guest
Inviter, or nobody, is as it should be.

Which domains may be invited from is set elsewhere (`b2bManagementPolicies`) and is not looked at: Microsoft Graph v1.0
doesn't show it.

## Why it matters

A guest is an account in the directory: it reads what guests may read, is shared with by name and is hard to tell from
a colleague. If guests invite guests, one stolen guest brings as many as the intruder likes.

## Remediation

Entra admin centre, External Identities, External collaboration settings, Guest invite settings: *Only users assigned
to specific admin roles can invite guest users*, or `Update-MgPolicyAuthorizationPolicy -AllowInvitesFrom
adminsAndGuestInviters`. Give the role Guest Inviter to who needs it.

## Options

```toml
[checks."entra.guest-invitation-is-restricted"]
members = true
```

`members` accepts that all members may invite.

## Sources

- <https://learn.microsoft.com/entra/external-id/external-collaboration-settings-configure>
- <https://learn.microsoft.com/graph/api/resources/authorizationpolicy>
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from o365scan.api import Judgement, Record, Severity, check, problem, undecided
from o365scan_entra.datasets import authorization_policy

_RESTRICTED = frozenset({"none", "adminsAndGuestInviters"})


@dataclass(frozen=True)
class Inviting:
    """Whether all members may invite."""

    members: bool = False


@check(
    "entra.guest-invitation-is-restricted",
    severity=Severity.MEDIUM,
    each=authorization_policy,
    options=Inviting,
    attack=["T1136.003", "T1078.004"],
    controls=["SCuBA/MS.AAD.8.2v1", "CIS-M365-7.0/5.1.6.3"],
)
def guest_invitation_is_restricted(policy: Record, options: Inviting) -> Iterator[Judgement]:
    allowed = policy.text("allowInvitesFrom")
    shown = policy.at("allowInvitesFrom")
    if allowed == "everyone":
        yield problem("Everyone may invite guests, guests included.", shown)
    elif allowed == "adminsGuestInvitersAndAllMembers":
        if not options.members:
            yield problem("All members may invite guests.", shown, severity=Severity.LOW)
    elif allowed not in _RESTRICTED:
        yield undecided(f"Who may invite guests is not understood ({allowed}).", shown)
