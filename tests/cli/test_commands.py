"""The commands as a user runs them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import mocktenant_fixtures
from mocktenant import Fault, Server, Tenant
from tests.cli.test_bad_input import Serving
from tests.conftest import Run

CHECKS = ("exchange.inbound-connector-is-expected", "exchange.transport-rule-is-harmless")


def flat(text: str) -> str:
    return " ".join(text.split())


def test_version_and_help(o365scan: Run) -> None:
    assert o365scan("--version").stdout.startswith("o365scan, version 0.")
    shown = o365scan("--help").stdout
    for command in (
        "scan",
        "collect",
        "diff",
        "adopt",
        "checks",
        "explain",
        "plugins",
        "permissions",
        "setup",
        "doctor",
        "snapshot",
    ):
        assert command in shown
        help_ = o365scan(command, *(["export"] if command == "snapshot" else []), "--help").stdout
        assert "Example" in help_, command
    assert "--sarif-profile" in o365scan("scan", "--help").stdout


def test_checks(o365scan: Run) -> None:
    shown = flat(o365scan("checks").stdout)
    listed = json.loads(o365scan("checks", "--json").stdout)
    assert {each["id"] for each in listed} >= set(CHECKS)
    for each in listed:
        assert each["id"] in shown
        assert each["attack"]
    assert [
        each["id"] for each in json.loads(o365scan("checks", "--check", "*transport*", "--json").stdout)
    ] == [CHECKS[1]]


@pytest.mark.parametrize("check", CHECKS)
def test_explain(o365scan: Run, check: str) -> None:
    shown = o365scan("explain", check).stdout
    for text in (
        check,
        "What it looks at",
        "Why it matters",
        "Remediation",
        "Sources",
        "Exchange.ManageAsApp",
        "ATT&CK",
    ):
        assert text in shown


def test_permissions(o365scan: Run) -> None:
    rows = json.loads(o365scan("permissions", "--json").stdout)
    by_name = {row["dataset"]: row for row in rows}
    rules = by_name["exchange.transport-rules"]
    assert rules["appRoles"] == ["Exchange.ManageAsApp"]
    assert "Security Reader" in rules["directoryRoles"]
    assert CHECKS[1] in rules["checks"]
    table = flat(o365scan("permissions").stdout)
    assert "Exchange.ManageAsApp" in table
    assert "exchange.transport-rules" in table


def test_permissions_say_which_roles_are_needed_together(o365scan: Run) -> None:
    only = ("permissions", "--check", "exchange.inbox-rule-is-not-hidden")
    rows = {row["dataset"]: row for row in json.loads(o365scan(*only, "--json").stdout)}
    together = "Global Reader + Security Reader"
    assert rows["exchange.inbox-rules"]["directoryRoles"][0] == together
    assert "Global Reader" not in rows["exchange.inbox-rules"]["directoryRoles"]
    assert "Global Reader + Security" in o365scan(*only).stdout  # folded there


def test_plugins(o365scan: Run) -> None:
    result = o365scan("plugins")
    assert result.returncode == 0
    assert re.search(r"exchange .* \d+ checks", result.stdout)
    assert "--sarif" in result.stdout


def test_doctor_is_content(o365scan: Run, baseline: Server) -> None:
    result = o365scan("doctor", env=baseline.environment())
    assert result.returncode == 0
    for text in ("Contoso", "Exchange.ManageAsApp", "Global Reader", "is granted"):
        assert text in result.stdout


def test_doctor_says_what_is_missing(o365scan: Run, serving: Serving) -> None:
    tenant = Tenant("baseline", size=20)
    tenant.app_roles = set()
    tenant.directory_roles = set()
    result = o365scan("doctor", env=serving(tenant).environment())
    assert result.returncode == 3
    shown = flat(result.stdout)
    assert "name not readable (Organization.Read.All opens it)" in shown
    assert "Directory roles: none" in shown
    assert "missing the app role Exchange.ManageAsApp of Office 365 Exchange Online, for exchange." in shown
    assert "missing the directory role Security Reader (or" in shown
    assert "After a grant it takes minutes" in shown


def test_doctor_knows_roles_that_are_needed_together(o365scan: Run, serving: Serving) -> None:
    tenant = Tenant("baseline", size=20)
    tenant.directory_roles = {"Global Reader"}
    environment = serving(tenant).environment()
    only = ("--check", "exchange.inbox-rule-is-not-hidden")
    result = o365scan("doctor", *only, env=environment)
    assert result.returncode == 3
    assert flat(result.stdout).count("missing ") == 1
    assert (
        "missing the directory role Security Reader (or Exchange Recipient Administrator or Exchange Administrator or"
        " Global Administrator), for exchange.inbox-rules, exchange.inbox-rules-again,"
        " exchange.visible-inbox-rules, which exchange.inbox-rule-is-not-hidden reads"
    ) in flat(result.stdout)
    scan = o365scan("scan", *only, "--json", "-", "-q", env=environment)
    gap = next(gap for gap in json.loads(scan.stdout)["gaps"] if gap["dataset"] == "exchange.inbox-rules")
    assert gap["hint"].endswith(
        "and the directory role Global Reader + Security Reader or Exchange Recipient Administrator"
        " or Exchange Administrator or Global Administrator."
    )


@pytest.mark.long
def test_collect_then_scan_gives_the_live_scans_findings(o365scan: Run, tmp_path: Path) -> None:
    mock = ("--mock", "oauth-spam-campaign", "--mock-size", "20")
    assert o365scan("scan", *mock, "--json", "live.json", "--save-snapshot", "live", "-q").returncode == 0
    assert o365scan("scan", "--snapshot", "live", "--json", "again.json", "-q").returncode == 0
    assert (tmp_path / "live.json").read_bytes() == (tmp_path / "again.json").read_bytes()
    assert o365scan("collect", "apart", *mock).returncode == 0
    assert o365scan("scan", "--snapshot", "apart", "--json", "apart.json", "-q").returncode == 0
    live, apart = (json.loads((tmp_path / name).read_text()) for name in ("live.json", "apart.json"))
    assert json.dumps(live["findings"]) == json.dumps(apart["findings"])
    assert len(live["findings"]) > 20


def test_a_snapshot_as_a_folder(o365scan: Run, tmp_path: Path) -> None:
    assert (
        o365scan("collect", "s", "--mock", "oauth-spam-campaign", "--mock-size", "20", "--all").returncode
        == 0
    )
    assert o365scan("snapshot", "export", "s", "folder").returncode == 0
    assert o365scan("snapshot", "import", "folder", "t").returncode == 0
    assert len((tmp_path / "folder" / "entra.users.jsonl").read_text().splitlines()) == 21
    outputs = [
        o365scan("scan", "--snapshot", each, "--json", "-", "-q").stdout for each in ("s", "folder", "t")
    ]
    assert outputs[0] == outputs[1] == outputs[2]
    assert json.loads(outputs[0])["findings"]


def test_outputs_are_private(o365scan: Run, tmp_path: Path) -> None:
    result = o365scan(
        "scan", "--mock", "oauth-spam-campaign", "--mock-size", "20", "--save-snapshot", "out/s",
        "--sarif", "out/a/x.sarif", "--json", "out/x.json",
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    made = list((tmp_path / "out").rglob("*"))
    assert {path.stat().st_mode & 0o777 for path in made if path.is_file()} == {0o600}
    assert {path.stat().st_mode & 0o777 for path in made if path.is_dir()} == {0o700}
    assert any(path.name == "inbound-connectors.json" for path in made)


@pytest.mark.parametrize(
    ("scenario", "arguments", "code"),
    [
        ("oauth-spam-campaign", ("--check", "*transport*"), 0),
        ("oauth-spam-campaign", ("--check", "*transport*", "--fail-on", "high"), 1),
        ("hidden-inbox-rule", ("--fail-on", "critical"), 1),
        ("vendor-heavy", ("--fail-on", "high", "--allow-incomplete"), 0),
        ("baseline", ("--check", "*transport*", "--fail-on", "info"), 0),
    ],
)
def test_exit_codes(o365scan: Run, scenario: str, arguments: tuple[str, ...], code: int) -> None:
    assert o365scan("scan", "--mock", scenario, "--mock-size", "20", *arguments).returncode == code


@pytest.mark.long
def test_findings_beat_incompleteness(o365scan: Run, serving: Serving) -> None:
    tenant = Tenant("oauth-spam-campaign", size=20)
    tenant.directory_roles = {"Security Reader"}
    environment = serving(tenant).environment()
    assert o365scan("scan", env=environment).returncode == 3
    assert o365scan("scan", "--fail-on", "high", env=environment).returncode == 1
    assert o365scan("scan", "--allow-incomplete", env=environment).returncode == 0


def without_licence() -> Tenant:
    """No Entra ID P1, so no registration report; security defaults ask everyone for a second factor."""
    tenant = Tenant("baseline", size=20)
    tenant.licences = set()
    for policy in tenant.objects("conditionalAccessPolicies"):
        tenant.delete("conditionalAccessPolicies", policy["id"])
    (defaults,) = tenant.objects("securityDefaults")
    tenant.patch("securityDefaults", defaults["id"], {"isEnabled": True})
    return tenant


def test_what_only_enriches_may_be_missing_and_is_shown(o365scan: Run, serving: Serving) -> None:
    environment = serving(without_licence()).environment()
    result = o365scan("scan", "--check", "entra.admin-has-mfa", env=environment)
    shown = flat(result.stdout)
    assert "entra.registration-details" in shown
    assert "Microsoft Entra ID P1 not read: entra.registration-details" in shown
    assert "Nothing failed" in shown
    assert "could not be decided" not in shown
    assert result.returncode == 0


def test_what_enriches_makes_the_scan_incomplete_where_a_verdict_is_open_for_it(
    o365scan: Run, serving: Serving
) -> None:
    tenant = without_licence()
    tenant.app_roles -= {"UserAuthenticationMethod.Read.All"}  # the other source of the same
    result = o365scan("scan", "--check", "entra.admin-has-mfa", env=serving(tenant).environment())
    assert "could not be decided" in flat(result.stdout)
    assert result.returncode == 3


def test_what_a_check_requires_makes_the_scan_incomplete(o365scan: Run, serving: Serving) -> None:
    """The inbound connectors enrich one check and are required by another: it matters which of them runs."""
    tenant = Tenant("baseline", size=20)
    tenant.faults.add(Fault(path="*/InvokeCommand", cmdlet="Get-InboundConnector", status=403, count=2))
    environment = serving(tenant).environment()
    expected, blocked = CHECKS[0], "exchange.connector-is-not-blocked"
    assert o365scan("scan", "--check", expected, env=environment).returncode == 3
    alone = o365scan("scan", "--check", blocked, env=environment)
    assert "exchange.inbound-connectors" in alone.stdout
    assert alone.returncode == 0


def test_options_from_the_configuration(o365scan: Run, tmp_path: Path) -> None:
    (tmp_path / "o365scan.toml").write_text(
        '[checks."exchange.inbound-connector-is-expected"]\naddresses = ["203.0.113.0/24"]\n'
    )
    report = json.loads(
        o365scan("scan", "--mock", "oauth-spam-campaign", "--mock-size", "20", "--json", "-", "-q").stdout
    )
    failed = {each["check"] for each in report["findings"] if each["verdict"] == "fail"}
    assert CHECKS[0] not in failed
    assert CHECKS[1] in failed


def test_the_report_for_people(o365scan: Run) -> None:
    shown = o365scan("scan", "--mock", "oauth-spam-campaign", "--mock-size", "20").stdout
    assert "Contoso  contoso.onmicrosoft.com" in shown
    failed = len(mocktenant_fixtures.scenario("oauth-spam-campaign").expected)
    assert f"{failed} failed (2 critical, " in shown
    for check in CHECKS:
        assert f"o365scan explain {check}" in shown
    assert "\x1b" not in shown


def test_a_hostile_tenant_does_nothing_to_the_terminal(o365scan: Run) -> None:
    result = o365scan(
        "scan", "--mock", "hostile", "--mock-size", "20", env={"FORCE_COLOR": "1", "COLUMNS": "100"}
    )
    assert result.returncode == 0, result.stderr
    import re

    # Beside the colours that the report itself uses there is no character that acts.
    bare = re.sub(r"\x1b\[[0-9;]*m", "", result.stdout)
    assert "\x1b" in result.stdout
    assert not re.search(
        r"[^\n\x20-\x7e\u00a0-\u200a\u2010-\u2027\u2030-\u205e\u2070-\ud7ff\uf900-\ufdff]", bare
    )
