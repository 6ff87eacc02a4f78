"""The check on administrators against a served tenant: licences and permissions that are not there."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mocktenant import Server, Tenant
from o365scan.api import Finding, Report, Verdict
from o365scan.auth.discovery import tokens_of
from o365scan.cloud import GLOBAL
from o365scan.network import Network
from o365scan.registry import load, plan
from o365scan.scan import judge, take
from o365scan.sign_in import SignIn
from o365scan.snapshot import Snapshot
from o365scan.transport.service import Service

CHECK = "entra.admin-has-mfa"
EXCHANGE_ADMINISTRATOR = "29232cdf-9323-42fd-ade2-1d097af3e4de"
ASSIGNMENTS = "roleManagement/directory/roleAssignments"
Serving = Callable[[Tenant], Server]


def scanned(server: Server) -> Report:
    registry = load()
    network = Network(server.environment())
    service = Service(tokens_of(SignIn(), network), GLOBAL, network)
    checks = registry.select([CHECK])
    snapshot = Snapshot.create()
    take(service, plan(checks), registry, snapshot)
    return judge(snapshot, checks, registry, {})


def least() -> set[str]:
    """The least privileged permission that each dataset names."""
    return {dataset.permission.app_roles[0] for dataset in plan(load().select([CHECK]))}


def verdicts(report: Report) -> set[Verdict]:
    return {each.verdict for each in report.findings}


def test_without_a_licence_security_defaults_and_methods_decide(serving: Serving) -> None:
    tenant = Tenant("baseline")
    tenant.licences = set()
    for policy in list(tenant.objects("conditionalAccessPolicies")):
        tenant.delete("conditionalAccessPolicies", policy["id"])
    tenant.patch("securityDefaults", "00000000-0000-0000-0000-000000000005", {"isEnabled": True})
    report = scanned(serving(tenant))
    assert verdicts(report) == {Verdict.PASS}
    assert {gap.dataset for gap in report.gaps} == {"entra.registration-details"}


def test_without_a_licence_and_without_security_defaults(serving: Serving) -> None:
    tenant = Tenant("baseline")
    tenant.licences = set()
    for policy in list(tenant.objects("conditionalAccessPolicies")):
        tenant.delete("conditionalAccessPolicies", policy["id"])
    report = scanned(serving(tenant))
    assert verdicts(report) == {Verdict.FAIL}
    assert all("none is required" in each.message for each in report.findings)


@pytest.mark.long
@pytest.mark.parametrize(
    ("permission", "expected"),
    [
        ("AuditLog.Read.All", Verdict.PASS),  # the accounts' own methods
        ("UserAuthenticationMethod.Read.All", Verdict.PASS),  # the report
        ("RoleManagementPolicy.Read.Directory", Verdict.PASS),  # policies are for everybody
        ("DelegatedAdminRelationship.Read.All", Verdict.OPEN),  # who may administer is not known
        ("Domain-InternalFederation.Read.All", Verdict.PASS),
        ("Policy.Read.All", Verdict.OPEN),
        ("RoleManagement.Read.Directory", Verdict.OPEN),
        ("User.Read.All", Verdict.OPEN),
        ("GroupMember.Read.All", Verdict.OPEN),
        (
            "RoleEligibilitySchedule.Read.Directory",
            Verdict.PASS,
        ),  # RoleManagement.Read.Directory reads it too
        ("PrivilegedEligibilitySchedule.Read.AzureADGroup", Verdict.OPEN),
        ("Domain.Read.All", Verdict.OPEN),
    ],
)
def test_a_permission_that_is_missing(serving: Serving, permission: str, expected: Verdict) -> None:
    tenant = Tenant("baseline")
    tenant.app_roles = least()
    tenant.app_roles.remove(permission)
    assert verdicts(scanned(serving(tenant))) == {expected}


def test_the_least_permissions_are_enough(serving: Serving) -> None:
    tenant = Tenant("baseline")
    tenant.app_roles = least()
    report = scanned(serving(tenant))
    assert (verdicts(report), report.gaps) == ({Verdict.PASS}, ())


def failed_or_open(report: Report) -> list[Finding]:
    return [each for each in report.findings if each.verdict is not Verdict.PASS]


def assign(tenant: Tenant, principal: str) -> None:
    tenant.put(
        "roleAssignments",
        {"id": "new", "principalId": principal, "roleDefinitionId": EXCHANGE_ADMINISTRATOR},
    )


def test_a_role_of_nobody_who_is_there_is_open(serving: Serving) -> None:
    tenant = Tenant("baseline")
    gone = "00000000-0000-4000-8000-000000000999"
    assign(tenant, gone)
    (finding,) = failed_or_open(scanned(serving(tenant)))
    assert (finding.verdict, finding.key) == (Verdict.OPEN, "new")
    assert f"{gone}, can't be told" in finding.message


@pytest.mark.parametrize("readable", [True, False], ids=["readable", "type and id alone"])
def test_a_role_of_an_app_is_no_persons(serving: Serving, readable: bool) -> None:
    tenant = Tenant("baseline")
    tenant.app_roles = least() | ({"Application.Read.All"} if readable else set())
    assign(tenant, tenant.objects("servicePrincipals")[0]["id"])
    assert verdicts(scanned(serving(tenant))) == {Verdict.PASS}


def test_a_role_of_a_group_that_is_not_listed_with_those_that_hold_roles(serving: Serving) -> None:
    tenant = Tenant("baseline")
    group = next(each for each in tenant.objects("groups") if not each.get("isAssignableToRole"))
    assign(tenant, group["id"])
    (finding,) = failed_or_open(scanned(serving(tenant)))
    assert (finding.verdict, finding.key) == (Verdict.OPEN, "new")
    assert f"the group {group['displayName']} (" in finding.message


def test_principals_and_owners_cost_no_request_a_person(serving: Serving) -> None:
    tenant = Tenant("baseline")
    scanned(serving(tenant))
    groups = [each for each in tenant.objects("groups") if each.get("isAssignableToRole")]
    asked = [each for each in tenant.journal if each.method == "GET"]
    (assignments,) = [each for each in asked if each.path.endswith(ASSIGNMENTS)]
    assert "principal" in assignments.query
    assert len([each for each in asked if each.path.endswith("/owners") and "/groups/" in each.path]) == len(
        groups
    )
    assert not [each for each in asked if "directoryObjects" in each.path]
