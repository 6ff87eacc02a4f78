"""Passwords don't expire by the calendar.

## What it looks at

For each domain whose passwords Microsoft checks, after how many days they expire (`passwordValidityPeriodInDays`):
2147483647 means never. Not set, a root domain has Microsoft's default of 90 days, and a subdomain the value of its
root. Federated domains have their passwords elsewhere, and unverified domains have none.

People who are synchronised from a directory on premises have its rules, whatever is set here; that single accounts are
exempt (`passwordPolicies`) is not looked at.

## Why it matters

Who has to change a password every quarter takes the last one and counts up. Guides have advised against it for years:
change a password when it is known to somebody else, and ask for a second factor.

## Remediation

Microsoft 365 admin centre, Settings, Org settings, Security & privacy, Password expiration policy: *Set passwords to
never expire*, or `Update-MgDomain -DomainId contoso.com -PasswordValidityPeriodInDays 2147483647`. First see that
everybody needs a second factor.

## Sources

- <https://learn.microsoft.com/microsoft-365/admin/manage/set-password-expiration-policy>
- <https://learn.microsoft.com/graph/api/resources/domain>
- <https://pages.nist.gov/800-63-4/sp800-63b.html>
"""

from __future__ import annotations

from collections.abc import Iterator

from o365scan.api import Judgement, Record, Severity, check, problem
from o365scan_entra.datasets import domains

_NEVER = 2_147_483_647
_DEFAULT = 90
_FIELD = "passwordValidityPeriodInDays"


@check(
    "entra.passwords-do-not-expire",
    severity=Severity.LOW,
    each=domains,
    attack=["T1110"],
    controls=["SCuBA/MS.AAD.6.1v1", "CIS-M365-7.0/1.3.1"],
)
def passwords_do_not_expire(domain: Record) -> Iterator[Judgement]:
    if domain.text("authenticationType") == "Federated" or not domain.flag("isVerified"):
        return
    days = domain.number(_FIELD, nullable=True)
    if days is None and not domain.flag("isRoot"):
        return  # it has the value of its root, which is judged by itself
    if days != _NEVER:
        by_default = " by default" if days is None else ""
        yield problem(
            f"Passwords expire after {_DEFAULT if days is None else days} days{by_default}.",
            domain.at(_FIELD),
        )
