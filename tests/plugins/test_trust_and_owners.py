"""What is read of the tenant beside lists: who may put accounts here, who owns principals, whom policies are for."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mocktenant import Server, Tenant
from o365scan.api import Finding, Verdict
from o365scan.auth.discovery import tokens_of
from o365scan.cloud import GLOBAL
from o365scan.network import Network
from o365scan.registry import load, plan
from o365scan.scan import judge, take
from o365scan.sign_in import SignIn
from o365scan.snapshot import Snapshot
from o365scan.transport.service import Service

Serving = Callable[[Tenant], Server]
PARTNER = "dba97074-d1b2-452c-9271-c59ae4d69672"
SYNC, OWNERS = "entra.cross-tenant-trust-is-expected", "entra.app-owner-has-mfa"
GOVERNED = "entra.app-credentials-are-governed"


@pytest.fixture
def tenant() -> Tenant:
    """A well-run tenant, large enough to have people beside its administrators."""
    return Tenant("baseline", size=40)


def failed(server: Server, check: str) -> list[Finding]:
    """What fails of a check, and nothing may be missing."""
    registry = load()
    checks = registry.select([check])
    network = Network(server.environment())
    snapshot = Snapshot.create()
    take(Service(tokens_of(SignIn(), network), GLOBAL, network), plan(checks), registry, snapshot)
    report = judge(snapshot, checks, registry, {})
    assert not report.gaps
    assert all(each.verdict is not Verdict.OPEN for each in report.findings)
    return [each for each in report.findings if each.verdict is Verdict.FAIL]


@pytest.mark.parametrize(("allowed", "expected"), [(True, [PARTNER]), (False, []), (None, [])])
def test_a_tenant_that_may_put_accounts_here(
    serving: Serving, tenant: Tenant, allowed: bool | None, expected: list[str]
) -> None:
    synchronisation = None if allowed is None else {
        "tenantId": PARTNER, "displayName": "Fabrikam", "userSyncInbound": {"isSyncAllowed": allowed},
    }  # fmt: skip
    tenant.patch("crossTenantAccessPartners", PARTNER, {"identitySynchronization": synchronisation})
    assert [each.key for each in failed(serving(tenant), SYNC)] == expected


def test_an_owner_of_a_service_principal_alone(serving: Serving, tenant: Tenant) -> None:
    """The app is the scanner's own, with a role that it doesn't need."""
    tenant.directory_roles = {"Exchange Administrator"}
    (principal,) = [each for each in tenant.objects("servicePrincipals") if each["appId"] == tenant.client_id]
    owner = next(
        each for each in tenant.objects("users")
        if each["accountEnabled"] and each["userType"] == "Member"
        and not each["userPrincipalName"].startswith(("adm.", "emergency-"))
    )  # fmt: skip
    tenant.put("servicePrincipalOwners", {"servicePrincipalId": principal["id"], "ownerId": owner["id"]})
    details = tenant.collection("userRegistrationDetails")[owner["id"]]
    assert failed(serving(tenant), OWNERS) == []
    tenant.put("userRegistrationDetails", details | {"isMfaCapable": False, "isMfaRegistered": False})
    (found,) = failed(serving(tenant), OWNERS)
    assert found.title == owner["userPrincipalName"]
    assert "o365scan" in found.message


@pytest.mark.parametrize("assigned", [True, False])
def test_a_policy_for_single_apps_counts_where_one_is_assigned(
    serving: Serving, tenant: Tenant, assigned: bool
) -> None:
    (app,) = [each for each in tenant.objects("applications") if each["appId"] == tenant.client_id]
    policy = {
        "id": "d4b1e7a0-0000-4000-8000-000000000033",
        "displayName": "Longer",
        "isEnabled": True,
        "restrictions": {
            "passwordCredentials": [
                {"restrictionType": "passwordLifetime", "maxLifetime": "P2Y", "state": "enabled"}
            ],
            "keyCredentials": [],
        },
        "appliesTo": [app["id"]] if assigned else [],
    }
    tenant.put("appManagementPolicies", policy)
    assert [each.title for each in failed(serving(tenant), GOVERNED)] == ["Longer"] * assigned
