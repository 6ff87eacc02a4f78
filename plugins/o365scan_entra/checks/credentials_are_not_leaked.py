"""Nobody signs in with a password that was found among stolen ones.

## What it looks at

The detections of type *leaked credentials* of Microsoft Entra ID Protection whose risk is neither remediated nor
dismissed (`riskState`), of accounts that exist. All detections about one person are one finding. Critical for
an administrator, high for anybody else, low where the account is disabled now.

Whether somebody is an administrator only grades the finding: if the roles can't be read, everybody is graded as
anybody else. Microsoft forgets detections after some months, remediated or not: this finding then closes though the
password may be the same, so mend it when it opens.

## Why it matters

Microsoft compares the passwords that criminals trade with those of the tenant (where the password's hash is in the
cloud). A match is no suspicion: whoever bought the list has a name and a password that work.

## Remediation

1. Reset the password (Entra admin centre, Users, the person, *Reset password*, or
   `Update-MgUser -UserId <id> -PasswordProfile @{ Password = "<new>"; ForceChangePasswordNextSignIn = $true }`) and
   revoke the sessions (`Revoke-MgUserSignInSession -UserId <id>`).
2. Look through their sign-ins and inbox rules since the detection: the password was known for longer.
3. A secure password change closes the risk by itself; else *Dismiss user risk* when the password has been reset.
4. Have Conditional Access ask for a new password at high user risk.

## Without the licence

Without Microsoft Entra ID P1 or P2 the detections can't be read by a program, so this is open. The Entra admin centre
shows people at medium and high risk without the details (Protection, Risky users): a password that was found makes a
high risk.

## Sources

- <https://learn.microsoft.com/entra/id-protection/concept-identity-protection-risks>
- <https://learn.microsoft.com/graph/api/resources/riskdetection>
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from o365scan.api import (
    Data,
    Judgement,
    Record,
    Severity,
    Undecidable,
    Undecided,
    check,
    independently,
    problem,
    undecided,
)
from o365scan_entra.admin_judging import if_disabled
from o365scan_entra.administrators import READS, administrators
from o365scan_entra.datasets import leaked_credentials, users
from o365scan_entra.risk_states import AT_RISK, OVER

_SHOWN = 5


@check(
    "entra.credentials-are-not-leaked",
    severity=Severity.HIGH,
    reads=[leaked_credentials, users],
    optional=[each for each in READS if each is not users],
    attack=["T1078.004", "T1589", "T1110.004"],
    controls=["SCuBA/MS.AAD.2.1v1"],
)
def credentials_are_not_leaked(data: Data) -> Iterator[Judgement]:
    people, admins = {user.key.lower(): user for user in data[users]}, _admins(data)
    found: dict[str, list[Record]] = defaultdict(list)
    for detection in data[leaked_credentials]:
        try:
            found[detection.text("userId").lower()].append(detection)
        except Undecidable as cause:
            yield replace(Undecided.by(cause), at=detection)
    for id, detections in found.items():
        if id in people:
            yield from independently(_judge(people[id], detections, is_admin=people[id].key in admins))


def _judge(user: Record, detections: list[Record], *, is_admin: bool) -> Iterator[Judgement]:
    for each in detections:
        if each.text("riskState") not in {*AT_RISK, *OVER}:
            said = f"what the state {each.text('riskState')!r} of a risk means is not known"
            yield undecided(said, each.at("riskState"), at=user)
    current = [each for each in detections if each.text("riskState") in AT_RISK]
    if not current:
        return
    who = "an administrator's password" if is_admin else "the password"
    leaked = problem(
        f"Microsoft found {who} among stolen ones, and the risk is still open.",
        *(each.at("riskState") for each in current[:_SHOWN]),
        severity=Severity.CRITICAL if is_admin else Severity.HIGH,
        at=user,
    )
    yield leaked if user.flag("accountEnabled") else if_disabled(leaked)


def _admins(data: Data) -> frozenset[str]:
    """Those who are known; they only grade."""
    try:
        return frozenset(data.once(administrators).people)
    except Undecidable:
        return frozenset()
