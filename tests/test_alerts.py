"""Alerts as GitHub tells them apart (rule, file, line hash), over several scans of one tenant."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from mocktenant import Server, Tenant
from tests.conftest import Run
from tests.sarif.gate import gate

pytestmark = pytest.mark.long

RULE = "exchange.transport-rule-is-harmless"
#: A scan that is over soon.
FEW = ("--check", "exchange.*connector*", "--check", RULE)
#: One of two areas.
BOTH = (*FEW, "--check", "entra.app-*")
Alerts = set[tuple[str, str, str]]


class Practice:
    """A team that scans one tenant again and again into one repository."""

    def __init__(self, tenant: Tenant, server: Server, o365scan: Run, repository: Path) -> None:
        self.tenant, self.server, self.o365scan, self.repository = tenant, server, o365scan, repository

    def scan(self, *arguments: str, code: int = 0) -> Alerts:
        """One scan; the log passes the gate. Gives the alerts it leaves open."""
        log = self.repository / "out" / "o365scan.sarif"
        log.unlink(missing_ok=True)
        result = self.o365scan(
            "scan", "--sarif", log, "--evidence", self.repository / "evidence", *arguments,
            env=self.server.environment(),
        )  # fmt: skip
        assert result.returncode == code, result.stdout + result.stderr
        if not log.exists():
            return set()
        said: list[object] = []
        assert gate.main([str(log), "--repo", str(self.repository)], said.append) == 0, said
        runs: list[dict[str, Any]] = json.loads(log.read_text())["runs"]
        return {_identity(result) for run in runs for result in run["results"]}


def _identity(result: dict[str, Any]) -> tuple[str, str, str]:
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    return result["ruleId"], uri, result["partialFingerprints"]["primaryLocationLineHash"]


@pytest.fixture
def practice(serving: Callable[[Tenant], Server], o365scan: Run, tmp_path: Path) -> Practice:
    tenant = Tenant("oauth-spam-campaign", size=20)
    return Practice(tenant, serving(tenant), o365scan, tmp_path)


def test_unrelated_objects_come_change_and_go(practice: Practice) -> None:
    first = practice.scan(*FEW)
    assert len(first) == 13
    harmless = practice.tenant.find("transportRules", "Company footer")
    added = {**harmless, "Guid": "00000000-0000-4000-8000-000000000000", "Name": "A new one"}
    practice.tenant.put("transportRules", added)
    assert practice.scan(*FEW) == first
    practice.tenant.patch("transportRules", added["Guid"], {"Name": "Renamed", "Priority": 99})
    assert practice.scan(*FEW) == first
    practice.tenant.delete("transportRules", added["Guid"])
    assert practice.scan(*FEW) == first


def test_an_edit_of_the_object_itself_keeps_its_alert(practice: Practice) -> None:
    first = practice.scan(*FEW)
    for key, rule in practice.tenant.collection("transportRules").items():
        if rule.get("RemoveHeader"):
            practice.tenant.patch("transportRules", key, {"Name": f"{rule['Name']} v2", "Priority": 7})
    assert practice.scan(*FEW) == first


def test_a_mended_object_closes_its_alert_and_no_other(practice: Practice) -> None:
    first = practice.scan(*FEW)
    rules = practice.tenant.collection("transportRules")
    guilty = next(key for key, rule in rules.items() if rule.get("RemoveHeader") == "Received")
    practice.tenant.delete("transportRules", guilty)
    second = practice.scan(*FEW)
    assert second < first
    assert len(first - second) == 1


ACCEPTED = """
[[accepted]]
check = "exchange.*"
object = "*"
reason = "Known"
owner = "mail-team@contoso.com"
expires = {expires}
despite_signs = true
"""


def test_an_accepted_risk_is_no_alert_and_the_same_one_once_its_day_is_over(practice: Practice) -> None:
    first = practice.scan(*FEW, "--fail-on", "low", code=1)
    config = practice.repository / "o365scan.toml"
    day = practice.tenant.clock.date()
    config.write_text(ACCEPTED.format(expires=day))
    assert practice.scan(*FEW, "--fail-on", "low") == set()
    # Blind while it is accepted: still none. Blind when its day is over: what failed when it last could be seen.
    before = practice.tenant.directory_roles
    practice.tenant.directory_roles = {"Security Reader"}
    assert practice.scan(*FEW, code=3) == set()
    config.write_text(ACCEPTED.format(expires=day - timedelta(days=1)))
    assert practice.scan(*FEW, code=3) == first
    practice.tenant.directory_roles = before
    assert practice.scan(*FEW, "--fail-on", "low", code=1) == first


def test_blindness_closes_nothing(practice: Practice) -> None:
    first = practice.scan(*BOTH)
    evidence = {path: path.read_bytes() for path in practice.repository.rglob("evidence/*/exchange/*.json")}
    assert evidence
    assert {alert[0].partition(".")[0] for alert in first} == {"entra", "exchange"}
    before = practice.tenant.directory_roles
    # Security Reader may read transport rules, neither connectors nor accepted domains.
    practice.tenant.directory_roles = {"Security Reader"}
    assert practice.scan(*BOTH, code=3) == first
    assert {path: path.read_bytes() for path in evidence} == evidence
    # Nothing at all: the area is left out of the log, and the log is not written.
    practice.tenant.directory_roles = set()
    assert practice.scan(*BOTH, code=3) == {alert for alert in first if alert[0].startswith("entra.")}
    assert {path: path.read_bytes() for path in evidence} == evidence
    practice.tenant.directory_roles = before
    assert practice.scan(*BOTH) == first


def test_a_scan_of_some_checks_keeps_the_alerts_of_the_others(practice: Practice) -> None:
    first = practice.scan(*BOTH)
    assert practice.scan("--check", RULE) == {alert for alert in first if alert[0].startswith("exchange.")}
