"""Administrators' accounts are in use.

## What it looks at

Everybody with an administrative role (directly, through a group, active or eligible, of the whole tenant or a part of
it): when the account last signed in successfully, at a screen or behind the scenes (`signInActivity`). More
than `days` ago is a finding, and so is never, for an account that is older than that.

Waiting opens this finding and never closes it: only a sign-in, or losing the role, does. `lastSignInDateTime` counts
attempts too, so it does not close it; where there are recent attempts and no success that Microsoft recorded (it does
since December 2023), it is open.

Medium for roles from which the tenant is one step away, else low, and low for accounts that look like those for
emergencies (left out of every policy for everybody, as in `entra.exclusion-is-break-glass`). Microsoft Entra ID P1 is
needed to read it: without it, open.

## Why it matters

An administrator who left, or a test that was forgotten, has a password that nobody changes, no second factor, or one
on a telephone that was given away, and nobody who would notice a sign-in. Intruders look for exactly that.

## Remediation

1. Ask the owner. If the role is not used: Entra admin centre, Roles & admins, the role, *Remove assignment*, or
   `Remove-MgRoleManagementDirectoryRoleAssignment -UnifiedRoleAssignmentId <id>`; disable the account
   (`Update-MgUser -UserId <id> -AccountEnabled:$false`) and later delete it.
2. Break-glass accounts: sign in with each every 90 days, as a drill, or name them below.
3. Have access reviews for roles ask again (Identity Governance, Access reviews; Microsoft Entra ID P2).

## Without the licence

Without Microsoft Entra ID P1 no program can read when somebody signed in last, so this is open. The Entra admin
centre shows the sign-ins of the last seven days (Monitoring, Sign-in logs). Ask each administrator twice a year
whether the role is still needed.

## Options

```toml
[checks."entra.admin-is-in-use"]
days = 90
break_glass = ["break.glass@contoso.com"]
```

`break_glass` (user principal names or object ids) are kept for emergencies and need not be in use.

## Sources

- <https://learn.microsoft.com/entra/identity/monitoring-health/howto-manage-inactive-user-accounts>
- <https://learn.microsoft.com/graph/api/resources/signinactivity>
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from o365scan.api import Data, Judgement, Problem, Record, Severity, Undecidable, check, problem, undecided
from o365scan_entra.admin_judging import held, is_named, judged_one_by_one
from o365scan_entra.administrators import READS
from o365scan_entra.app_credentials import moment
from o365scan_entra.break_glass import emergency_accounts
from o365scan_entra.datasets import (
    authentication_strengths,
    conditional_access_policies,
    named_locations,
    people_sign_ins,
)
from o365scan_entra.holdings import Administrator, told
from o365scan_entra.roles import Level

_SUCCESS = "signInActivity/lastSuccessfulSignInDateTime"
_ATTEMPTS = ("signInActivity/lastSignInDateTime", "signInActivity/lastNonInteractiveSignInDateTime")


@dataclass(frozen=True)
class Usage:
    """How long an administrator may be away, and who always may."""

    days: int = 90
    break_glass: tuple[str, ...] = ()


@check(
    "entra.admin-is-in-use",
    severity=Severity.MEDIUM,
    reads=[people_sign_ins, *READS],
    optional=[conditional_access_policies, named_locations, authentication_strengths],
    options=Usage,
    attack=["T1078.004"],
)
def admin_is_in_use(data: Data, options: Usage, now: datetime) -> Iterator[Judgement]:
    oldest, activity = now - timedelta(days=options.days), data[people_sign_ins]
    emergency = emergency_accounts(data)

    def judge(admin: Administrator) -> Iterator[Judgement]:
        if not is_named(admin.user, options.break_glass):
            for each in _judge(admin, activity.get(admin.user.key), oldest):
                yield _in_reserve(each) if admin.user.key.lower() in emergency else each

    yield from judged_one_by_one(data, judge)


def _in_reserve(judgement: Judgement) -> Judgement:
    """An account for emergencies ought not to be in use, and to be tried now and then."""
    if not isinstance(judgement, Problem):
        return judgement
    said = f"{judgement.message} It looks like one for emergencies: sign in with it, as a drill, or name it."
    return replace(judgement, message=said, severity=Severity.LOW)


def _judge(admin: Administrator, row: Record | None, oldest: datetime) -> Iterator[Judgement]:
    who = told(admin.holdings)
    if row is None:
        yield undecided(f"{who}: the account is not among those whose sign-ins were read.", at=admin.user)
        return
    # null, or left out, for who never signed in.
    recorded = row.get("signInActivity") is not None
    success = _time(row, _SUCCESS) if recorded else None
    if success is not None:
        if success < oldest:
            yield _stale(admin, row, _SUCCESS, f"the account last signed in on {success.date()}")
    elif recorded and any((at := _time(row, path)) and at >= oldest for path in _ATTEMPTS):
        said = f"{who}: somebody tried to sign in lately, and Microsoft recorded no success."
        yield undecided(said, *(row.at(path) for path in _ATTEMPTS), at=admin.user)
    elif (created := _time(admin.user, "createdDateTime")) is None:
        yield undecided(f"{who}: when the account was made is not told.", at=admin.user)
    elif created < oldest:
        yield _stale(admin, row, "userPrincipalName", "no sign-in to the account is recorded")


def _time(record: Record, path: str) -> datetime | None:
    """None for null. Raises Undecidable for what is missing, or is no time."""
    text = record.text(path, nullable=True)
    found = moment(text)
    if found is None and text is not None:
        raise Undecidable(f"{record.dataset.name}: {path} of {record.key} is no time")
    return found


def _stale(admin: Administrator, row: Record, path: str, said: str) -> Judgement:
    return problem(
        f"{told(admin.holdings)}: {said}.",
        row.at(path),
        admin.user.at("createdDateTime"),
        *held(admin),
        severity=Severity.MEDIUM if admin.reach is Level.TENANT else Severity.LOW,
        at=admin.user,
    )
