"""How the sign-ins of the few most dangerous apps are read from a tenant, and what becomes of them.

The app is the scanner's own, with a role that it doesn't need.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from mocktenant import Server, Tenant
from o365scan.api import Finding, GapReason, Report, Severity, Verdict
from o365scan.auth.discovery import tokens_of
from o365scan.cloud import GLOBAL
from o365scan.network import Network
from o365scan.registry import load, plan
from o365scan.scan import judge, take
from o365scan.sign_in import SignIn
from o365scan.snapshot import Snapshot
from o365scan.transport.service import Service

CHECK = "entra.app-privilege-is-justified"
Serving = Callable[[Tenant], Server]


@pytest.fixture
def tenant() -> Tenant:
    """A well-run tenant, but that its scanner is an Exchange administrator."""
    made = Tenant("baseline", size=10)
    made.directory_roles = {"Exchange Administrator"}
    return made


def scanned(server: Server) -> Report:
    registry = load()
    checks = registry.select([CHECK])
    network = Network(server.environment())
    snapshot = Snapshot.create()
    take(Service(tokens_of(SignIn(), network), GLOBAL, network), plan(checks), registry, snapshot)
    return judge(snapshot, checks, registry, {})


def of_scanner(report: Report) -> Finding:
    (found,) = (each for each in report.findings if each.verdict is Verdict.FAIL)
    assert found.title == "o365scan"
    return found


def signed_in(tenant: Tenant, **fields: Any) -> None:
    """One more sign-in of the scanner, two hours ago, from another country and network."""
    tenant.put(
        "signIns",
        {
            "id": "b7c1e4a0-0000-4000-8000-000000000001",
            "appId": tenant.client_id,
            "autonomousSystemNumber": 64511,
            "createdDateTime": f"{tenant.clock - timedelta(hours=2):%Y-%m-%dT%H:%M:%SZ}",
            "ipAddress": "198.51.100.7",
            "location": {"countryOrRegion": "NL"},
            "servicePrincipalId": tenant.app.object_id,
            "servicePrincipalName": "o365scan",
            "signInEventTypes": ["servicePrincipal"],
            "status": {"errorCode": 0},
            **fields,
        },
    )


def test_a_scanner_that_was_given_too_much_is_told_from_others(tenant: Tenant, serving: Serving) -> None:
    server = serving(tenant)
    found = of_scanner(scanned(server))
    assert found.severity is Severity.HIGH
    assert "It is the scanner itself" in found.message
    assert "where it had not before" not in found.message
    asked = [each.query for each in tenant.journal if each.path.endswith("/auditLogs/signIns")]
    assert len(asked) == 1
    assert tenant.app.object_id in asked[0]


def test_a_sign_in_from_new_ground_is_critical(tenant: Tenant, serving: Serving) -> None:
    signed_in(tenant)
    found = of_scanner(scanned(serving(tenant)))
    assert found.severity is Severity.CRITICAL
    assert "198.51.100.7 NL AS64511" in found.message
    assert ("entra.privileged-app-sign-ins", "/location/countryOrRegion", "NL") in {
        (each.dataset, each.pointer, each.value) for each in found.problems[0].evidence
    }


@pytest.mark.parametrize(
    "fields",
    [
        {"status": {"errorCode": 7000215}},
        {"signInEventTypes": ["nonInteractiveUser"]},
        {"servicePrincipalId": "00000000-0000-4000-8000-00000000000f"},
    ],
)
def test_what_is_no_sign_in_of_the_app_does_not_count(
    tenant: Tenant, serving: Serving, fields: dict[str, Any]
) -> None:
    signed_in(tenant, **fields)
    assert of_scanner(scanned(serving(tenant))).severity is Severity.HIGH


def test_a_log_that_is_denied_raises_nothing_and_hides_nothing(tenant: Tenant, serving: Serving) -> None:
    signed_in(tenant)
    tenant.app_roles = set(tenant.app_roles) - {"AuditLog.Read.All"}
    report = scanned(serving(tenant))
    assert of_scanner(report).severity is Severity.HIGH
    gaps = {each.dataset: each.reason for each in report.gaps}
    assert gaps["entra.privileged-app-sign-ins"] is GapReason.DENIED


def test_without_a_licence_there_is_no_log_and_no_gap(tenant: Tenant, serving: Serving) -> None:
    signed_in(tenant)
    tenant.licences = set()
    report = scanned(serving(tenant))
    assert of_scanner(report).severity is Severity.HIGH
    assert not any("sign-ins" in each.dataset for each in report.gaps)


def test_no_app_is_asked_for_that_does_no_harm(serving: Serving) -> None:
    tenant = Tenant("baseline", size=10)
    report = scanned(serving(tenant))
    assert {each.verdict for each in report.findings} == {Verdict.PASS}
    assert not [each for each in tenant.journal if each.path.endswith("/auditLogs/signIns")]
