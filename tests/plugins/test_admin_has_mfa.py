"""The check on administrators against a served tenant: licences and permissions that are not there."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mocktenant import Server, Tenant
from o365scan.api import Report, Verdict
from o365scan.auth.environment import from_environment
from o365scan.cloud import GLOBAL
from o365scan.network import Network
from o365scan.registry import load, plan
from o365scan.scan import judge, take
from o365scan.snapshot import Snapshot
from o365scan.transport.service import Service

CHECK = "entra.admin-has-mfa"
Serving = Callable[[Tenant], Server]


def scanned(server: Server) -> Report:
    registry = load()
    network = Network(server.environment())
    service = Service(from_environment(GLOBAL, network), GLOBAL, network)
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


@pytest.mark.parametrize(
    ("permission", "expected"),
    [
        ("AuditLog.Read.All", Verdict.PASS),  # the accounts' own methods
        ("UserAuthenticationMethod.Read.All", Verdict.PASS),  # the report
        ("RoleManagementPolicy.Read.Directory", Verdict.PASS),  # policies are for everybody
        ("DelegatedAdminRelationship.Read.All", Verdict.PASS),
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
