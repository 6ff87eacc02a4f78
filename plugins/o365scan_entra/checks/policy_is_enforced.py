"""No Conditional Access policy is left in report-only mode.

## What it looks at

Each policy whose state is `enabledForReportingButNotEnforced`. It looks like a policy, is listed among them, and does
nothing. Low; medium if it has not been changed for more than 90 days, as a trial that nobody ends. A policy that is
switched off is not judged: it says so itself. Trials that run on purpose are named below.

Microsoft adds policies of its own in this mode, which it switches on after a notice; they are listed as well: read
what they do, then switch them on or off.

## Why it matters

A trial that everybody takes for the real thing is a gap that nobody looks for. To set a policy to report-only is also
the quiet way for an intruder to lift it.

## Remediation

Entra admin centre, Protection, Conditional Access, Insights and reporting: see whom it would have stopped. Then open
the policy and set *Enable policy* to On or Off, or
`Update-MgIdentityConditionalAccessPolicy -ConditionalAccessPolicyId <id> -State enabled`. If it was on before, look in
the audit log for who changed it (*Update conditional access policy*).

## Options

```toml
[checks."entra.policy-is-enforced"]
trials = ["6597b0bd-6fc6-495f-acc9-8073876737be"]
days = 90
```

`trials` are ids of policies that are being tried. `days` is how long a trial is just that.

## Sources

- <https://learn.microsoft.com/entra/identity/conditional-access/concept-conditional-access-report-only>
- <https://learn.microsoft.com/entra/identity/conditional-access/managed-policies>
- <https://learn.microsoft.com/graph/api/resources/conditionalaccesspolicy>
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from o365scan.api import Judgement, Record, Severity, check, problem, undecided
from o365scan_entra.conditional_access_policy import DISABLED, ENABLED, REPORT_ONLY
from o365scan_entra.datasets import conditional_access_policies


@dataclass(frozen=True)
class Trials:
    """Policies that only report on purpose, and for how long that is usual."""

    trials: tuple[str, ...] = ()
    days: int = 90


@check(
    "entra.policy-is-enforced",
    severity=Severity.LOW,
    each=conditional_access_policies,
    options=Trials,
    attack=["T1556.009"],
)
def policy_is_enforced(policy: Record, options: Trials, now: datetime) -> Iterator[Judgement]:
    state = policy.text("state")
    if state not in (ENABLED, DISABLED, REPORT_ONLY):
        yield undecided(f"Whether it is enforced can't be told: its state is {state!r}.", policy.at("state"))
    if state != REPORT_ONLY or policy.key.lower() in {id.lower() for id in options.trials}:
        return
    field = "modifiedDateTime" if policy.get("modifiedDateTime") else "createdDateTime"
    since = policy.text(field, nullable=True)
    # Age raises the severity, and never decides.
    old = since is not None and now - datetime.fromisoformat(since) > timedelta(days=options.days)
    shown = () if since is None else (policy.at(field),)
    yield problem(
        f"It only reports{f', and is unchanged since {since[:10]}' if since else ''}: nothing is enforced.",
        policy.at("state"),
        *shown,
        severity=Severity.MEDIUM if old else Severity.LOW,
    )
