"""Role groups of Exchange Online hold directory roles, and neither single people nor apps.

## What it looks at

The role groups of Exchange Online and their members (`Get-RoleGroup`, `Get-RoleGroupMember`):

- **Organization Management** may do everything in Exchange Online. By itself it has two members, groups of the service
  that stand for the directory roles Global Administrator and Exchange Administrator (their names end in `_` and a
  number). Any other member is medium, an app high.
- **Any other role group** that may change something: high if an app is a member. A role group whose roles only read
  (`View-Only …`, `Security Reader`) passes, whoever is in it.

Groups of the service that stand for a directory role are not judged: who holds the role is a question to Microsoft
Entra. What else an app holds, also through security groups in a role group, is judged by
`entra.app-privilege-is-justified`. What the cmdlet calls an app (`RecipientTypeDetails`) is unconfirmed, so a member is
one too if it goes by the id of one that Exchange Online knows (`Get-ServicePrincipal`). A member of a kind that is
unknown leaves the role group undecided. The role groups of Microsoft Purview are another service's, and not read.

## Why it matters

Whoever is put into a role group by hand holds it for good: no activation, no approval, no review, and no list of
directory roles shows it. It is where an intruder keeps rights that outlive the clean-up in Microsoft Entra.

## Remediation

1. In the Exchange admin centre go to Roles, Admin roles, the role group, Assigned; or in Exchange Online PowerShell:
   `Remove-RoleGroupMember -Identity "<role group>" -Member <member>`.
2. Who needs the rights gets the directory role Exchange Administrator, eligible rather than for good.
3. Search the audit log for `Add-RoleGroupMember` and `Update-RoleGroupMember`: who added it, and when?

## Options

```toml
[checks."exchange.role-group-member-is-expected"]
holders = ["svc-provisioning", "8a6c2f1e-93c5-4be1-a0c3-5d1c7f3b9e02"]
```

`holders` may be members: names as the cmdlet writes them, primary addresses, or ids in Microsoft Entra, whole.

## Sources

- <https://learn.microsoft.com/exchange/permissions-exo/permissions-exo>
- <https://learn.microsoft.com/powershell/module/exchangepowershell/get-rolegroupmember>
- <https://attack.mitre.org/techniques/T1098/003/>
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from o365scan.api import Data, Judgement, Record, Severity, check, independently, problem, undecided
from o365scan_exchange.datasets import role_group_members, role_groups, service_principals
from o365scan_exchange.holders import Holders, acceptance, named

_EVERYTHING = "Organization Management"
# As in ExchangeServiceAdmins_-1234567.
_MIRROR = re.compile(r"_-?\d+$")
_READS = ("View-Only ", "Security Reader")
_EVIDENCE = 5
_KNOWN = re.compile(r"User$|Mailbox$|Group$")


@check(
    "exchange.role-group-member-is-expected",
    severity=Severity.HIGH,
    each=role_groups,
    reads=[role_group_members, service_principals],
    options=Holders,
    attack=["T1098.003"],
)
def role_group_member_is_expected(group: Record, data: Data, options: Holders) -> Iterator[Judgement]:
    if _MIRROR.search(group.text("Name")):
        return
    strange = [each for each in data[role_group_members].of(group) if not options.accept(each)]
    yield from independently(_apps(group, strange, data), _by_hand(group, strange, data))


def _apps(group: Record, members: list[Record], data: Data) -> Iterator[Judgement]:
    if not members or all(role.startswith(_READS) for role in group.texts("Roles", nullable=True)):
        return
    apps = [member for member in members if _is_app(member, data)]
    if apps:
        yield problem(
            f"{named(apps)} {'is an app' if len(apps) == 1 else 'are apps'} in the role group {group.title}.",
            group.at("Name"),
            *(app.at("Name") for app in apps[:_EVIDENCE]),
        )
    for member in members:
        kind = member.text("RecipientTypeDetails")
        if member not in apps and not _KNOWN.search(kind):
            yield undecided(
                f"What {member.title} is can't be told: {kind!r}.", member.at("RecipientTypeDetails")
            )


def _by_hand(group: Record, members: list[Record], data: Data) -> Iterator[Judgement]:
    if group.text("Name") != _EVERYTHING:
        return
    others = [each for each in members if not _is_mirror(each) and not _is_app(each, data)]
    if others:
        yield problem(
            f"{named(others)} may do everything in Exchange Online for good, by {_EVERYTHING} and not by a"
            " directory role.",
            group.at("Name"),
            *(other.at("Name") for other in others[:_EVIDENCE]),
            severity=Severity.MEDIUM,
            accept=acceptance(others),
        )


def _is_app(member: Record, data: Data) -> bool:
    if member.text("RecipientTypeDetails") == "ServicePrincipal":
        return True
    names = (member.get(field) for field in ("Name", "ExternalDirectoryObjectId", "Guid"))
    return any(isinstance(name, str) and name.lower() in data.once(_ids_of_apps) for name in names)


def _ids_of_apps(data: Data) -> frozenset[str]:
    ids = (app.get(field) for app in data[service_principals] for field in ("ObjectId", "AppId", "Sid"))
    return frozenset(each.lower() for each in ids if isinstance(each, str) and each)


def _is_mirror(member: Record) -> bool:
    """Is it a group of the service? A person may be called like one, but is not of that type."""
    kind = member.text("RecipientTypeDetails")
    return "Group" in kind and _MIRROR.search(member.text("Name")) is not None
