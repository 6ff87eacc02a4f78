"""What else stands in the way: grants without effect, licences, clocks, ends of credentials, the audit log."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from mocktenant import Server, Tenant
from mocktenant.faults import Fault
from o365scan.doctor.clock import Grade
from o365scan.doctor.probes import State
from tests.conftest import Run
from tests.doctor.examined import examined

Serving = Callable[[Tenant], Server]
RULES = "exchange.transport-rule-is-harmless"


@pytest.fixture
def tenant() -> Tenant:
    return Tenant("baseline", size=20)


def test_a_grant_without_effect_is_seen(tenant: Tenant, serving: Serving) -> None:
    """The token has all that it takes, and the cmdlet is refused: an assignment that was narrowed, or is on its way."""
    tenant.faults.add(Fault(cmdlet="Get-TransportRule", status=403, count=99))
    found = examined(serving(tenant), RULES)
    assert found.missing == ()
    (trouble,) = found.troubles
    assert (trouble.state, trouble.datasets) == (State.DENIED, ("exchange.transport-rules",))
    assert RULES in trouble.checks
    assert not found.is_well


@pytest.mark.parametrize(
    ("fault", "state"),
    [
        (Fault(path="/v1.0/policies/authorizationPolicy", status=404, count=99), State.NOT_FOUND),
        (Fault(path="/v1.0/policies/authorizationPolicy", status=400, count=99), State.UNEXPECTED),
        (Fault(path="/v1.0/policies/authorizationPolicy", status=503, count=99), State.UNREACHABLE),
        (
            Fault(path="/v1.0/policies/authorizationPolicy", status=429, retry_after=600, count=99),
            State.THROTTLED,
        ),
    ],
)
def test_what_is_no_want_of_permission_is_told_apart(
    tenant: Tenant, serving: Serving, fault: Fault, state: State
) -> None:
    tenant.faults.add(fault)
    found = examined(serving(tenant), "entra.guest-access-is-limited")
    assert found.missing == ()
    assert [(each.state, each.datasets) for each in found.troubles] == [
        (state, ("entra.authorization-policy",))
    ]


def test_what_was_not_bought_is_told_and_no_failure(serving: Serving, o365scan: Run) -> None:
    server = serving(Tenant("baseline", size=20, licence="basic"))
    result = o365scan("doctor", "--json", env=server.environment())
    told = json.loads(result.stdout)
    assert result.returncode == 0, told
    assert {each["bought"] for each in told["licences"]} == {False}
    risky = next(each for each in told["licences"] if each["name"] == "Microsoft Entra ID P2")
    assert "entra.risky-users" in risky["datasets"]
    assert "entra.admin-is-not-at-risk" in risky["checks"]
    assert (told["missing"], told["unreadable"]) == ([], [])
    shown = o365scan("doctor", env=server.environment()).stdout
    assert "Microsoft Entra ID P2, not bought. Checks that can't pass without it:" in shown


def test_what_was_bought_is_no_matter(tenant: Tenant, serving: Serving) -> None:
    found = examined(serving(tenant))
    assert {each.bought for each in found.licences} == {True}


@pytest.mark.parametrize(
    ("seconds", "grade", "code", "words"),
    [
        (0, Grade.RIGHT, 0, "Clock right"),
        (90, Grade.OFF, 0, "behind Microsoft's: set it right before sign-in fails"),
        (400, Grade.WRONG, 3, "behind Microsoft's: certificates and federated tokens are refused"),
    ],
)
def test_the_clock(
    tenant: Tenant, serving: Serving, o365scan: Run, seconds: int, grade: Grade, code: int, words: str
) -> None:
    server = serving(tenant)
    tenant.timer.stop()
    tenant.timer.advance(seconds)
    found = examined(server, RULES)
    assert found.clock is grade
    assert found.door.ahead is not None
    assert abs(found.door.ahead + seconds) < 30
    result = o365scan("doctor", "--check", RULES, env=server.environment())
    assert (result.returncode, words in " ".join(result.stdout.split())) == (code, True), result.stdout


def test_the_audit_log_that_is_off_is_told(tenant: Tenant, serving: Serving, o365scan: Run) -> None:
    for name, change in (
        ("adminAuditLogConfig", {"UnifiedAuditLogIngestionEnabled": False}),
        ("organizationConfig", {"AuditDisabled": True}),
    ):
        (one,) = tenant.objects(name)
        tenant.patch(name, one["Guid"], change)
    server = serving(tenant)
    result = o365scan("doctor", "--check", RULES, env=server.environment())
    assert result.returncode == 0
    assert "the unified audit log is off, auditing of mailboxes is off" in result.stdout
    tenant.directory_roles = {"Security Reader"}
    result = o365scan("doctor", "--check", RULES, "--json", env=server.environment())
    assert json.loads(result.stdout)["audit"] == {"unifiedLog": False, "mailboxes": None}


def test_the_audit_log_is_no_matter_where_nothing_of_exchange_is_read(
    tenant: Tenant, serving: Serving
) -> None:
    assert examined(serving(tenant), "entra.guest-access-is-limited").audit is None


def test_the_end_of_a_secret(tenant: Tenant, serving: Serving) -> None:
    server = serving(tenant)
    (ending,) = examined(server, RULES).endings
    assert (ending.name, ending.days, ending.soon) == ("scanner", 150, False)
    tenant.clock += timedelta(days=125)
    (ending,) = examined(server, RULES).endings
    assert (ending.days, ending.soon) == (25, True)
    tenant.app_roles.discard("Application.Read.All")
    tenant.app_roles.discard("Directory.Read.All")
    assert examined(server, RULES).endings == ()


def test_the_end_of_a_certificate(tenant: Tenant, serving: Serving, o365scan: Run) -> None:
    server = serving(tenant)
    environment = server.environment() | {"AZURE_CLIENT_CERTIFICATE": tenant.certificate.pem.decode()}
    del environment["AZURE_CLIENT_SECRET"]
    (ending,) = examined(server, RULES, environment=environment).endings
    assert ending.name == "the certificate"
    assert ending.days >= 0
