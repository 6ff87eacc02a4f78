"""Scenarios: the exact findings that a story must cause, none missing, none more."""

from __future__ import annotations

from pathlib import Path

import pytest

import mocktenant_fixtures
from mocktenant import Server, Tenant, serve
from o365scan.api import Dataset, FanOut, Report, Verdict
from o365scan.registry import load
from o365scan.testing import assert_findings
from o365scan.testing import scanned as scan
from tests.scans import kept


def scanned(server: Server) -> Report:
    """A live scan of a served tenant."""
    return scan(environment=server.environment())


def told(report: Report) -> list[tuple[str, ...]]:
    return [(f.check, f.dataset, f.key, f.verdict, f.severity, f.message) for f in report.findings]


@pytest.mark.parametrize("name", mocktenant_fixtures.scenario_names())
def test_a_scenario_causes_exactly_its_findings(name: str) -> None:
    with serve(Tenant(name, size=60)) as server:
        report = scanned(server)
    assert_findings(report.findings, mocktenant_fixtures.scenario(name).expected)
    assert report.failures == ()
    assert [gap for gap in report.gaps if report.licence_wanted_for(gap.dataset) is None] == []
    if mocktenant_fixtures.scenario(name).licence is None:
        assert report.gaps == ()


@pytest.mark.long
@pytest.mark.parametrize("name", mocktenant_fixtures.scenario_names())
def test_the_snapshot_of_a_scenario_served_again_says_the_same(name: str, tmp_path: Path) -> None:
    with serve(Tenant(name, size=60)) as server:
        report = kept(server, tmp_path / "first")
    with serve(Tenant.recorded(tmp_path / "first")) as server:
        again = kept(server, tmp_path / "again")
    assert told(again) == told(report)


def well(check: str) -> Verdict:
    """What a check says of the baseline. Whose mailboxes are on hold is judged of those alone that an option names."""
    return Verdict.NOT_APPLICABLE if check == "exchange.mailbox-is-on-hold" else Verdict.PASS


def test_the_baseline_passes_with_something_to_judge(baseline: Server) -> None:
    report = scanned(baseline)
    assert all(each.verdict is well(each.check) for each in report.findings)
    assert len(report.findings) > 10
    assert (report.tenant.name, report.tenant.domain) == ("Contoso", "contoso.onmicrosoft.com")


def test_the_campaign_has_its_connector_and_twelve_rules() -> None:
    expected = mocktenant_fixtures.scenario("oauth-spam-campaign").expected
    per_check = [row["check"] for row in expected]
    assert per_check.count("exchange.inbound-connector-is-expected") == 1
    assert per_check.count("exchange.transport-rule-is-harmless") == 12


def granted(dataset: Dataset, tenant: Tenant) -> bool:
    """Whether the tenant's app may read the dataset, and all that it needs."""
    need = dataset.permission
    roles = need.is_opened_by(tenant.directory_roles)
    return (
        need.is_granted_by(tenant.app_roles)
        and roles
        and all(granted(each, tenant) for each in dataset.needs)
    )


def opened_by(role: str, dataset: Dataset) -> bool:
    """Whether the app role takes part in reading the dataset, or what it needs."""
    entries = dataset.permission.app_roles
    return any(role in entry.split(" + ") for entry in entries) or any(
        opened_by(role, each) for each in dataset.needs
    )


LEAST = [role for dataset in load().datasets.values() for role in dataset.permission.app_roles[:1]]
ROLES = sorted({role for entry in LEAST for role in entry.split(" + ")})


ALL_DIRECTORY_ROLES = "all directory roles"


def test_what_permissions_lists_is_enough() -> None:
    tenant = Tenant("baseline", size=20)
    tenant.app_roles = set(ROLES)
    with serve(tenant) as server:
        report = scanned(server)
    assert report.gaps == ()
    assert all(each.verdict is well(each.check) for each in report.findings)


@pytest.fixture(params=[*ROLES, ALL_DIRECTORY_ROLES])
def lost(request: pytest.FixtureRequest) -> str:
    return str(request.param)


#: What most checks need, and what one service needs: without these all checks are run, else those concerned.
WHOLE = ("Policy.Read.All", ALL_DIRECTORY_ROLES)


def test_a_permission_taken_away_makes_just_its_checks_open(lost: str) -> None:
    tenant = Tenant("baseline", size=20)
    tenant.app_roles = set(ROLES) - {lost}
    if lost == ALL_DIRECTORY_ROLES:
        tenant.directory_roles = set()
    concerned = [
        check.id
        for check in load().checks.values()
        if any(opened_by(lost, each) for each in (*check.datasets, *check.optional))
    ]
    with serve(tenant) as server:
        report = scan(*(() if lost in WHOLE else concerned), environment=server.environment())
    blind = {gap.dataset for gap in report.gaps}
    for name, dataset in report.datasets.items():
        if granted(dataset, tenant):
            assert name not in blind
        elif not isinstance(dataset.source, FanOut):  # one without parents asks for nothing
            assert name in blind
    for check in report.checks:
        verdicts = {each.verdict for each in report.findings if each.check == check.id}
        if any(dataset.name in blind for dataset in check.datasets):
            assert verdicts == {Verdict.OPEN}
        elif check.optional:  # what enriches may leave single objects open
            assert Verdict.FAIL not in verdicts
        else:
            assert verdicts == {well(check.id)}


def test_the_role_for_rules_alone_keeps_what_is_proven_and_passes_nothing() -> None:
    """Security Reader may read transport rules, and neither connectors nor accepted domains."""
    tenant = Tenant("oauth-spam-campaign")
    tenant.directory_roles = {"Security Reader"}
    with serve(tenant) as server:
        report = scanned(server)
    connector, rule = "exchange.inbound-connector-is-expected", "exchange.transport-rule-is-harmless"
    found = [each for each in report.findings if each.check in (connector, rule)]
    verdicts = {(each.check, each.verdict) for each in found}
    assert verdicts == {(connector, Verdict.OPEN), (rule, Verdict.OPEN), (rule, Verdict.FAIL)}
    assert len([each for each in found if each.verdict is Verdict.FAIL]) == 12


def test_every_check_has_cases() -> None:
    assert {file.stem for file in (Path(__file__).parent / "cases").glob("*.json")} == set(load().checks)
