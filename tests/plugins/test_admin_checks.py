"""The checks on administrators against a served tenant: licences that are not there, and what was activated."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mocktenant import Server, Tenant
from o365scan.api import Report, Severity, Verdict
from o365scan.testing import scanned

Serving = Callable[[Tenant], Server]
USER_ADMINISTRATOR = "fe930be7-5e62-47db-91af-98c3a49a38b1"
ACTIVATED = "entra.admin-role-is-activated-when-needed"
NEED_A_LICENCE = ("entra.admin-is-not-at-risk", "entra.credentials-are-not-leaked", "entra.admin-is-in-use")


def verdicts(report: Report) -> set[Verdict]:
    return {each.verdict for each in report.findings}


@pytest.mark.parametrize("check", NEED_A_LICENCE)
def test_without_its_licence_a_check_can_tell_nothing(check: str, serving: Serving) -> None:
    tenant = Tenant("baseline", size=20)
    tenant.licences = set()
    report = scanned(check, environment=serving(tenant).environment())
    assert verdicts(report) == {Verdict.OPEN}
    assert any("Microsoft Entra ID P" in str(gap.hint) for gap in report.gaps)


def lasting(tenant: Tenant, **said: object) -> None:
    """Whoever administers users in the baseline, by an assignment that has no end."""
    held = next(
        each for each in tenant.objects("roleAssignmentScheduleInstances")
        if each["roleDefinitionId"] == USER_ADMINISTRATOR
    )  # fmt: skip
    tenant.put("roleAssignmentScheduleInstances", {**held, "endDateTime": None, **said})


@pytest.mark.parametrize(("kind", "verdict"), [("Assigned", Verdict.FAIL), ("Activated", Verdict.PASS)])
def test_a_role_that_could_be_activated_is_not_held_for_good(
    kind: str, verdict: Verdict, serving: Serving
) -> None:
    tenant = Tenant("baseline", size=20)
    lasting(tenant, assignmentType=kind)
    report = scanned(ACTIVATED, environment=serving(tenant).environment())
    assert verdicts(report) == {verdict}


def test_without_the_licence_roles_are_held_for_good_and_that_takes_it_to_mend(serving: Serving) -> None:
    tenant = Tenant("baseline", size=20, licence="P1")
    report = scanned(ACTIVATED, environment=serving(tenant).environment())
    assert verdicts(report) == {Verdict.FAIL}
    assert {each.severity for each in report.findings} == {Severity.INFO}
    assert {report.licences_wanted(each) for each in report.findings} == {("Microsoft Entra ID P2",)}


def test_a_role_that_is_assigned_without_asking_is_found_too(serving: Serving) -> None:
    tenant = Tenant("baseline", size=20)
    user = next(each for each in tenant.objects("users") if each["userPrincipalName"].startswith("adm."))
    tenant.put(
        "roleAssignments", {"id": "new", "principalId": user["id"], "roleDefinitionId": USER_ADMINISTRATOR}
    )
    report = scanned(ACTIVATED, environment=serving(tenant).environment())
    assert [each.title for each in report.findings if each.verdict is Verdict.FAIL] == ["User Administrator"]
