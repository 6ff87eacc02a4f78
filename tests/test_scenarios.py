"""Scenarios: the exact findings that a story must cause, none missing, none more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

import mocktenant_fixtures
from mocktenant import Server, Tenant, serve
from o365scan.api import HEADER, Report, Verdict
from o365scan.auth.client_secret import from_environment
from o365scan.cloud import GLOBAL
from o365scan.network import Network
from o365scan.registry import load, plan
from o365scan.scan import judge, take
from o365scan.snapshot import Snapshot
from o365scan.testing import assert_findings, cases
from o365scan.transport.service import Service


def scanned(server: Server) -> Report:
    """A live scan of a served tenant."""
    registry = load()
    network = Network(server.environment())
    service = Service(from_environment(GLOBAL, network), GLOBAL, network)
    checks = registry.select([])
    snapshot = Snapshot.create()
    take(service, plan(checks), registry, snapshot)
    return judge(snapshot, checks, registry, {})


@pytest.mark.parametrize("name", mocktenant_fixtures.scenario_names())
def test_a_scenario_causes_exactly_its_findings(name: str) -> None:
    with serve(Tenant(name)) as server:
        report = scanned(server)
    assert_findings(report.findings, mocktenant_fixtures.scenario(name).expected)
    assert report.failures == ()
    assert report.gaps == ()


def test_the_baseline_passes_with_something_to_judge(baseline: Server) -> None:
    report = scanned(baseline)
    assert {each.verdict for each in report.findings} == {Verdict.PASS}
    assert len(report.findings) > 10
    assert (report.tenant.name, report.tenant.domain) == ("Contoso", "contoso.onmicrosoft.com")


def test_the_campaign_has_its_connector_and_twelve_rules() -> None:
    expected = mocktenant_fixtures.scenario("oauth-spam-campaign").expected
    per_check = [row["check"] for row in expected]
    assert per_check.count("exchange.inbound-connector-is-expected") == 1
    assert per_check.count("exchange.transport-rule-is-harmless") == 12


@dataclass
class Loss:
    """A permission taken away, and the checks that can't be decided then."""

    take: Callable[[Tenant], None]
    blind: set[str]


CONNECTOR, RULE = "exchange.inbound-connector-is-expected", "exchange.transport-rule-is-harmless"
LOSSES = {
    "Exchange.ManageAsApp": Loss(
        lambda tenant: tenant.app_roles.discard("Exchange.ManageAsApp"), {CONNECTOR, RULE}
    ),
    "Organization.Read.All": Loss(lambda tenant: tenant.app_roles.discard("Organization.Read.All"), set()),
    "Domain.Read.All": Loss(lambda tenant: tenant.app_roles.discard("Domain.Read.All"), set()),
    "User.Read.All": Loss(lambda tenant: tenant.app_roles.discard("User.Read.All"), set()),
    "Global Reader": Loss(lambda tenant: tenant.directory_roles.clear(), {CONNECTOR, RULE}),
}


@pytest.mark.parametrize("scenario", ["baseline", "oauth-spam-campaign"])
@pytest.mark.parametrize("permission", LOSSES)
def test_a_permission_taken_away_makes_just_its_checks_open(scenario: str, permission: str) -> None:
    tenant = Tenant(scenario)
    LOSSES[permission].take(tenant)
    with serve(tenant) as server:
        report = scanned(server)
    blind = LOSSES[permission].blind
    for finding in report.findings:
        if finding.check in blind:
            assert (finding.verdict, finding.key) == (Verdict.OPEN, HEADER)
        else:
            assert finding.verdict is not Verdict.OPEN
    assert {each.check for each in report.findings if each.verdict is Verdict.OPEN} == blind
    if not blind and scenario == "oauth-spam-campaign":
        assert_findings(report.findings, mocktenant_fixtures.scenario(scenario).expected)


def test_the_role_for_rules_alone_keeps_what_is_proven_and_passes_nothing() -> None:
    """Security Reader may read transport rules, and neither connectors nor accepted domains."""
    tenant = Tenant("oauth-spam-campaign")
    tenant.directory_roles = {"Security Reader"}
    with serve(tenant) as server:
        report = scanned(server)
    verdicts = {(each.check, each.verdict) for each in report.findings}
    assert verdicts == {(CONNECTOR, Verdict.OPEN), (RULE, Verdict.OPEN), (RULE, Verdict.FAIL)}
    assert len([each for each in report.findings if each.verdict is Verdict.FAIL]) == 12


def test_every_check_has_cases() -> None:
    from pathlib import Path

    found = {case.check.id for case in cases(Path(__file__).parent / "cases")}
    assert found == set(load().checks)
