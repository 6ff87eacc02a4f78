"""The check against tenants that nobody had to set up: the fixture leads the scan to one of its own."""

from o365scan.testing import assert_findings, scanned

CHECK = "people.member-has-a-department"


def test_nobody_is_named_in_a_well_run_tenant(mock_tenant):
    assert_findings(scanned(CHECK).findings, [])


def test_whoever_has_no_department_is_named(mock_tenant):
    person = next(user for user in mock_tenant.objects("users") if user["userType"] == "Member")
    mock_tenant.patch("users", person["id"], {"department": None})
    named = {"check": CHECK, "object": person["displayName"], "verdict": "fail", "severity": "low"}
    assert_findings(scanned(CHECK).findings, [named])


def test_without_the_permission_nothing_is_decided(mock_tenant):
    mock_tenant.app_roles.clear()
    report = scanned(CHECK)
    assert [finding.verdict for finding in report.findings] == ["open"]
    assert ["User.Read.All" in str(gap.hint) for gap in report.gaps] == [True]


def test_the_permission_that_is_declared_is_enough(mock_tenant):
    mock_tenant.app_roles.clear()
    mock_tenant.app_roles.add("User.Read.All")
    assert {finding.verdict for finding in scanned(CHECK).findings} == {"pass"}
