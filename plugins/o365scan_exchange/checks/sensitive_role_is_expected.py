"""Nobody unexpected holds a role in Exchange Online that opens all mailboxes.

## What it looks at

The role assignments of Exchange Online (`Get-ManagementRoleAssignment`) of roles that reach into mailboxes, and of
roles of the organisation's own making that are copied from one of these, or from such a copy (`Get-ManagementRole`,
`Parent` and `RoleType`):

- **Mailbox Import Export**, **Mailbox Search** (eDiscovery) and **ApplicationImpersonation**. Microsoft gives the
  first and the last to nobody, and Mailbox Search to the role group Discovery Management, which is empty. High if a
  person, a group or an app holds one, directly or as a member of a role group. A role group without members passes.
- **Application …** (role-based access control for apps). High if an app holds one over the whole organisation
  (`RecipientWriteScope` is `Organization` and no `CustomResourceScope` is set). Limited to a scope it passes here;
  whether the scope is a narrow one, and what else the app holds, is judged by `entra.app-privilege-is-justified`.

Assignments that let their holder hand on a role without using it (`RoleAssignmentDelegationType` begins with
`Delegating`) pass: Organization Management has them of all roles. Disabled assignments pass.

A copy counts as its original, whatever was taken out of it. A role that is in no list leaves its assignments
undecided.

What it can't see: the role groups of Microsoft Purview (eDiscovery Manager, its eDiscovery Administrators, Data
Investigator, Organization Management there). They search and export every mailbox too, but are read by Security &
Compliance PowerShell alone (`Get-RoleGroupMember`, `Get-eDiscoveryCaseAdmin`), which is another service than Exchange
Online and is not asked. A pass says nothing of them. Unconfirmed: the values on the wire.

## Why it matters

Each of these roles reads every mailbox without being its delegate: by export, by search, in its owner's name. Nothing
in the mailbox shows it. Intruders with an administrator's account give them to themselves or to an app.

## Remediation

In Exchange Online PowerShell:

1. Ask the holder what it is for. Work that is done is no reason to keep it.
2. `Remove-ManagementRoleAssignment -Identity "<name of the assignment>"`, or for a member of a role group
   `Remove-RoleGroupMember -Identity "<role group>" -Member <member>`.
3. An app's is limited to a scope: `Set-ManagementRoleAssignment -Identity "<name>" -CustomResourceScope "<scope>"`.
4. Search the audit log for `New-ManagementRoleAssignment` and `Add-RoleGroupMember`, and for what was exported or
   searched since.

## Options

```toml
[checks."exchange.sensitive-role-is-expected"]
holders = ["eDiscovery team", "8a6c2f1e-93c5-4be1-a0c3-5d1c7f3b9e02"]
```

`holders` may hold them: names as the cmdlets write them, primary addresses, or ids in Microsoft Entra, whole. A role
group that is named is accepted with all of its members.

## Sources

- <https://learn.microsoft.com/powershell/module/exchangepowershell/get-managementroleassignment>
- <https://learn.microsoft.com/exchange/permissions-exo/application-rbac>
- <https://learn.microsoft.com/exchange/security-and-compliance/in-place-ediscovery/assign-ediscovery-permissions>
- <https://attack.mitre.org/techniques/T1098/002/>
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from o365scan.api import Acceptance, Data, Judgement, Record, Severity, Undecidable, check, problem
from o365scan_exchange.datasets import (
    management_role_assignments,
    management_roles,
    role_group_members,
    role_groups,
)
from o365scan_exchange.evidence import shown
from o365scan_exchange.holders import Holders, acceptance, named
from o365scan_exchange.recency import youth
from o365scan_exchange.sensitive_roles import OF_APPS, sensitive_root

_EVIDENCE = 5


@check(
    "exchange.sensitive-role-is-expected",
    severity=Severity.HIGH,
    each=management_role_assignments,
    reads=[management_roles, role_groups, role_group_members],
    options=Holders,
    attack=["T1098.002", "T1114.002"],
)
def sensitive_role_is_expected(
    assignment: Record, data: Data, options: Holders, now: datetime
) -> Iterator[Judgement]:
    root = sensitive_root(assignment.text("Role"), data)
    if root is None:
        return
    if assignment.text("RoleAssignmentDelegationType").startswith("Delegating"):
        return
    if not assignment.flag("Enabled") or options.accept_name(assignment.text("RoleAssigneeName")):
        return
    if assignment.text("RoleAssigneeType") == "RoleGroup":
        yield from _by_role_group(assignment, root, data, options)
    elif not (root.startswith(OF_APPS) and _is_limited(assignment)):
        yield problem(
            f"{assignment.text('RoleAssigneeName')} holds {_called(assignment, root)}, which reaches into every"
            " mailbox.",
            *shown(assignment, "Role", "RoleAssigneeName", "RoleAssigneeType", "RecipientWriteScope"),
            *shown(assignment, "CustomResourceScope", "WhenCreatedUTC"),
            accept=Acceptance({"holders": (assignment.text("RoleAssigneeName"),)}),
            signs=youth(assignment, now),
        )


def _is_limited(assignment: Record) -> bool:
    scope = assignment.text("CustomResourceScope", nullable=True)
    return bool(scope) or assignment.text("RecipientWriteScope") != "Organization"


def _called(assignment: Record, root: str) -> str:
    role = assignment.text("Role")
    return role if role == root else f"{role}, copied from {root}"


def _by_role_group(assignment: Record, root: str, data: Data, options: Holders) -> Iterator[Judgement]:
    name = assignment.text("RoleAssigneeName")
    group = data.once(_by_name).get(name.lower())
    if group is None:
        raise Undecidable(f"the role group {name!r} is not in the list, so nobody knows who is in it")
    members = [each for each in data[role_group_members].of(group) if not options.accept(each)]
    if members:
        yield problem(
            f"{named(members)} {'holds' if len(members) == 1 else 'hold'} {_called(assignment, root)} through"
            f" the role group {name}: it reaches into every mailbox.",
            *shown(assignment, "Role", "RoleAssigneeName"),
            *(member.at("Name") for member in members[:_EVIDENCE]),
            accept=acceptance(members),
            signs=(),
        )


def _by_name(data: Data) -> dict[str, Record]:
    return {group.text("Name").lower(): group for group in data[role_groups]}
