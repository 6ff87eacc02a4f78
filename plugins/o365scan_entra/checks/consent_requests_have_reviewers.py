"""People can ask for an app, and somebody hears them.

## What it looks at

The admin consent workflow (`adminConsentRequestPolicy`): whether it is on (`isEnabled`), whether its reviewers are
told (`notifyReviewers`), and who they are. A reviewer is a person, the members of a group, or the holders of a role.
People are looked up: those who were deleted or are disabled don't count. Groups and roles are believed to have
somebody in them.

## Why it matters

Where people may not consent themselves and can't ask either, they find ways around: another app that needs no
consent, a private account, an administrator who is asked in a hurry to press *Accept*. A request that nobody is told
of ends the same way.

## Remediation

1. In the Microsoft Entra admin centre go to Enterprise applications, Consent and permissions, Admin consent settings.
   Set *Users can request admin consent to apps they are unable to consent to* to Yes, choose reviewers (a group or
   the role Cloud Application Administrator outlive people) and switch the e-mail notifications on. In PowerShell:
   `Invoke-MgGraphRequest -Method PUT -Uri /v1.0/policies/adminConsentRequestPolicy -Body $settings`, where the body
   has `isEnabled`, `notifyReviewers`, `remindersEnabled`, `requestDurationInDays` and `reviewers`.
2. Reviewers see every request. Only those whose role may consent can grant it.

## Sources

- <https://learn.microsoft.com/entra/identity/enterprise-apps/configure-admin-consent-workflow>
- <https://learn.microsoft.com/graph/api/resources/adminconsentrequestpolicy>
- <https://github.com/cisagov/ScubaGear>
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from o365scan.api import Data, Fields, Judgement, Record, Severity, check, problem, undecided
from o365scan_entra.datasets import admin_consent_requests, users

#: Groups by their members, roles by their assignments: the two that the portal writes beside people.
_KNOWN = re.compile(r"/?(?:v1\.0|beta)?/?(?:users|groups|roleManagement)/", re.IGNORECASE)
_PERSON = re.compile(r"/?(?:v1\.0|beta)?/?users/([0-9a-f-]{36})", re.IGNORECASE)


@check(
    "entra.consent-requests-have-reviewers",
    severity=Severity.LOW,
    each=admin_consent_requests,
    reads=[users],
    attack=["T1528"],
    controls=["SCuBA/MS.AAD.5.3v1", "CIS-M365-7.0/5.1.5.2"],
)
def consent_requests_have_reviewers(policy: Record, data: Data) -> Iterator[Judgement]:
    if not policy.flag("isEnabled"):
        yield problem(
            "Whoever needs an app that they may not consent to has nobody to ask: the admin consent workflow is off.",
            policy.at("isEnabled"),
        )
        return
    reviewers = policy.objects("reviewers", nullable=True)
    unknown = [each for each in reviewers if not _KNOWN.match(each.text("query"))]
    if not any(_is_there(each, data) for each in reviewers if each not in unknown):
        if unknown:
            yield undecided(
                f"Who the reviewer {unknown[0].text('query')!r} is, is not understood.",
                policy.at("reviewers"),
            )
            return
        who = "has no reviewers" if not reviewers else "has only reviewers who are deleted or disabled"
        yield problem(f"The admin consent workflow {who}: no request is answered.", policy.at("reviewers"))
    if not policy.flag("notifyReviewers"):
        yield problem("Reviewers of requests for apps are not told of them.", policy.at("notifyReviewers"))


def _is_there(reviewer: Fields, data: Data) -> bool:
    person = _PERSON.fullmatch(reviewer.text("query"))
    if person is None:
        return True
    account = data[users].get(person[1].lower())
    return account is not None and account.flag("accountEnabled")
