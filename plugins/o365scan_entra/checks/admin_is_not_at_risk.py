"""No administrator is held for taken over by Identity Protection.

## What it looks at

The administrators (directly, through a group, active or eligible, of the whole tenant or a part of it) among
the risky users of Microsoft Entra ID Protection. `riskState` decides: *at risk* and *confirmed compromised* are
problems; *remediated*, *dismissed* and *confirmed safe* are not. A state that is not known is open.

Critical where the risk is high or confirmed, high where it is medium or hidden, medium where it is low, low where the
account is disabled now.

## Why it matters

Identity Protection sees sign-ins that the owner of an account did not make: from anonymous addresses, with a password
that was found among stolen ones, with a session that was copied. For an administrator each of them may be the tenant.
A risk that nobody looked at stays until somebody does, and so does the intruder.

## Remediation

1. Look at what was seen: Entra admin centre, Protection, Risky users, the person, *Risk detections*; then at what the
   account did since (Sign-in logs, Audit logs).
2. If it was not the person: disable the account, revoke its sessions (`Revoke-MgUserSignInSession -UserId <id>`),
   reset its password, remove authentication methods that are not theirs, and look for apps, rules and
   administrators that it added. Then *Confirm user compromised*.
3. If it was: *Dismiss user risk* with a reason, or
   `Invoke-MgDismissRiskyUser -UserIds @("<id>")`.
4. So that it does not wait for you, block sign-ins at high risk with Conditional Access.

## Without the licence

Without Microsoft Entra ID P2 the list can't be read by a program, so this is open. The Entra admin centre shows a
part of it all the same: Protection, Risky users lists people at medium and high risk, without the details. Look there
now and then; whoever is listed and was not at work gets a new password and revoked sessions.

## Sources

- <https://learn.microsoft.com/entra/id-protection/concept-identity-protection-risks>
- <https://learn.microsoft.com/graph/api/resources/riskyuser>
"""

from __future__ import annotations

from collections.abc import Iterator

from o365scan.api import Data, Judgement, Record, Severity, check, problem, undecided
from o365scan_entra.admin_judging import held, judged_one_by_one
from o365scan_entra.administrators import READS
from o365scan_entra.datasets import risky_users
from o365scan_entra.holdings import Administrator, told
from o365scan_entra.risk_states import AT_RISK, CONFIRMED, OVER

_BY_LEVEL = {"low": Severity.MEDIUM, "medium": Severity.HIGH, "high": Severity.CRITICAL}


@check(
    "entra.admin-is-not-at-risk",
    severity=Severity.HIGH,
    reads=[risky_users, *READS],
    attack=["T1078.004"],
    controls=["SCuBA/MS.AAD.2.1v1"],
)
def admin_is_not_at_risk(data: Data) -> Iterator[Judgement]:
    risky = {each.key.lower(): each for each in data[risky_users]}
    yield from judged_one_by_one(data, lambda admin: _judge(admin, risky.get(admin.user.key.lower())))


def _judge(admin: Administrator, row: Record | None) -> Iterator[Judgement]:
    state = row.text("riskState") if row is not None else None
    if row is None or state in OVER:
        return
    who = told(admin.holdings)
    if state in AT_RISK:
        said = (
            f"{who}: Identity Protection holds the account for {AT_RISK[state]} (risk: {row['riskLevel']})."
        )
        yield problem(
            said,
            row.at("riskState"),
            row.at("riskLevel"),
            *held(admin),
            severity=_severity(row),
            at=admin.user,
        )
    else:
        said = f"{who}: what the state {state!r} of a risky user means is not known"
        yield undecided(said, row.at("riskState"), at=admin.user)


def _severity(row: Record) -> Severity:
    if row.text("riskState") == CONFIRMED:
        return Severity.CRITICAL
    return _BY_LEVEL.get(row.text("riskLevel"), Severity.HIGH)
