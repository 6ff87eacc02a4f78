"""Guessing passwords locks an account, soon and for long enough.

## What it looks at

Smart lockout, in the *Password Rule Settings* of the directory: after how many wrong passwords an account is locked
(`LockoutThreshold`), and for how long at first (`LockoutDurationInSeconds`). More than 10 attempts, or less than 60
seconds, is low. Settings that nobody ever changed are not listed: Microsoft's defaults are 10 and 60, and apply without
a licence too; to change them takes Microsoft Entra ID P1.

Microsoft makes the time longer with each lockout, and keeps apart what comes from places that the person is known at.
Accounts of a directory on premises whose passwords are checked there (federation, pass-through authentication) have its
lockout too, which can't be seen from here.

## Why it matters

Somebody raised the number because people were locked out, mostly by a telephone with an old password. It is guessing
that gains: a hundred attempts a minute instead of ten.

## Remediation

Entra admin centre, Protection, Authentication methods, Password protection: *Lockout threshold* 10 or less, *Lockout
duration in seconds* 60 or more, or `Update-MgGroupSetting` with the same values. With a directory on premises keep the
threshold below, and the time above, those of its own lockout.

## Sources

- <https://learn.microsoft.com/entra/identity/authentication/howto-password-smart-lockout>
- <https://learn.microsoft.com/graph/api/resources/groupsetting>
"""

from __future__ import annotations

from collections.abc import Iterator

from o365scan.api import Data, Fields, Judgement, Record, Severity, check, problem, undecided
from o365scan_entra.datasets import group_settings, organization
from o365scan_entra.password_rules import password_rules, values

_ATTEMPTS, _SECONDS = "LockoutThreshold", "LockoutDurationInSeconds"
_MOST_ATTEMPTS, _FEWEST_SECONDS = 10, 60


@check(
    "entra.password-guesses-are-locked-out",
    severity=Severity.LOW,
    each=organization,
    reads=[group_settings],
    attack=["T1110.001", "T1110.003"],
    controls=["CIS-M365-7.0/5.2.3.8", "CIS-M365-7.0/5.2.3.9"],
)
def password_guesses_are_locked_out(_: Record, data: Data) -> Iterator[Judgement]:
    rules = password_rules(data)
    if rules is None:
        return
    told = values(rules)
    attempts, seconds = _number(told.get(_ATTEMPTS)), _number(told.get(_SECONDS))
    if attempts is None or seconds is None:
        yield undecided(
            "When guessing locks an account is not told in numbers.", rules.at("values"), at=rules
        )
    if attempts is not None and attempts > _MOST_ATTEMPTS:
        said = f"An account is locked after {attempts} wrong passwords only."
        yield problem(said, told[_ATTEMPTS].at("value"), at=rules)
    if seconds is not None and seconds < _FEWEST_SECONDS:
        said = f"An account that was guessed at is locked for {seconds} seconds only."
        yield problem(said, told[_SECONDS].at("value"), at=rules)


def _number(value: Fields | None) -> int | None:
    text = value.text("value").strip() if value is not None else ""
    return int(text) if text.isdecimal() else None
