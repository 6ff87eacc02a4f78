"""Every member of the organisation has a department.

## What it looks at

The property `department` of every user who is no guest.

## Why it matters

Whoever reviews access needs to know whose people they are.

## Remediation

Fill in the department in the Entra admin center, or with
`Update-MgUser -UserId <id> -Department <name>`.

## Sources

- https://learn.microsoft.com/graph/api/resources/user
"""

from collections.abc import Iterator

from o365scan.api import Judgement, Record, Severity, check, problem
from o365scan_sample.datasets import people


@check("people.member-has-a-department", severity=Severity.LOW, each=people)
def member_has_a_department(person: Record) -> Iterator[Judgement]:
    if person.text("userType") == "Member" and not person.text("department", nullable=True):
        yield problem("No department.", person.at("department"))
