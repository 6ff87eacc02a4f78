"""Administrators' accounts live in the cloud alone.

## What it looks at

Everybody with an administrative role (directly, through a group, active or eligible, of the whole tenant or a part of
it): whether the account is synchronised from a directory on premises (`onPremisesSyncEnabled`), or signs in through an
identity provider because its domain is federated. The synchronisation's own accounts are no administrators here.
People from other organisations are judged by `entra.admin-is-no-guest`.

High for roles from which the tenant is one step away, medium for those that administer a service or a part, low for
those that only read and for accounts that are disabled now.

## Why it matters

Whoever holds the directory on premises sets the password of every account that comes from it, and whoever holds the
federation server signs in as anybody. Ransomware groups and the intruders of the SolarWinds campaign went that way:
from a domain controller to the tenant, through an administrator who was synchronised. An account that exists in
the cloud alone stops them there.

## Remediation

1. Create an account in the cloud for the person's administration
   (`New-MgUser`, in the domain ending in `.onmicrosoft.com`), without licence for mail; have them register a passkey.
2. Give the roles to that account, best as eligible ones, and take them from the synchronised one: Entra admin centre,
   Roles & admins, the role, or `Remove-MgRoleManagementDirectoryRoleAssignment -UnifiedRoleAssignmentId <id>`.
3. Of a federated domain: use an account in the `.onmicrosoft.com` domain, which is never federated.

## Options

```toml
[checks."entra.admin-is-cloud-only"]
accepted = ["reports@contoso.com"]
```

`accepted` are user principal names or object ids.

## Sources

- <https://learn.microsoft.com/entra/architecture/protect-m365-from-on-premises-attacks>
- <https://learn.microsoft.com/entra/identity/role-based-access-control/best-practices>
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from o365scan.api import Data, Evidence, Judgement, Record, Severity, check, problem, undecided
from o365scan_entra.admin_judging import by_reach, held, is_named, judged_one_by_one
from o365scan_entra.administrators import READS
from o365scan_entra.datasets import domains
from o365scan_entra.holdings import Administrator, told
from o365scan_entra.people import domain_of, lives_elsewhere


@dataclass(frozen=True)
class AcceptedAccounts:
    """Accounts from outside whose role the organisation wants."""

    accepted: tuple[str, ...] = ()


@check(
    "entra.admin-is-cloud-only",
    severity=Severity.HIGH,
    reads=[*READS, domains],
    options=AcceptedAccounts,
    attack=["T1078.004", "T1556.007"],
    controls=["SCuBA/MS.AAD.7.3v1", "CIS-M365-7.0/1.1.1"],
)
def admin_is_cloud_only(data: Data, options: AcceptedAccounts) -> Iterator[Judgement]:
    by_name = {each.key.lower(): each for each in data[domains]}
    yield from judged_one_by_one(data, lambda admin: _judge(admin, by_name, options))


def _judge(
    admin: Administrator, by_name: dict[str, Record], options: AcceptedAccounts
) -> Iterator[Judgement]:
    user = admin.user
    if lives_elsewhere(user) or is_named(user, options.accepted):
        return
    # null: never synchronised. False: no longer.
    if user.flag("onPremisesSyncEnabled", nullable=True):
        said = "the account is synchronised from a directory on premises, where others set its password"
        yield _problem(admin, said, user.at("onPremisesSyncEnabled"))
        return
    domain = by_name.get(domain_of(user))
    if domain is None:
        said = f"{domain_of(user)} is not among the domains, so who signs its people in is not known"
        yield undecided(f"{told(admin.holdings)}: {said}.", user.at("userPrincipalName"), at=user)
    elif domain.text("authenticationType") == "Federated":
        said = f"{domain.key} is federated, so an identity provider outside signs the account in"
        yield _problem(admin, said, user.at("userPrincipalName"), domain.at("authenticationType"))


def _problem(admin: Administrator, said: str, *evidence: Evidence) -> Judgement:
    return problem(
        f"{told(admin.holdings)}: {said}.",
        *evidence,
        *held(admin),
        severity=by_reach(admin),
        at=admin.user,
        signs=(),
    )
