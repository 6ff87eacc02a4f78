"""The log: runs, rules, results, taxonomies, notifications."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import o365scan_sarif.log as log_module
from o365scan.api import (
    HEADER,
    Documentation,
    Finding,
    Gap,
    GapReason,
    NothingToReport,
    PluginError,
    PluginFailure,
    Severity,
    Verdict,
)
from o365scan_sarif.rules import RuleSource, descriptor
from o365scan_sarif.taxonomy import Techniques

from .sample import (
    CHECKS,
    CONNECTORS,
    TENANT,
    app_has_no_secret,
    connector,
    failing,
    finding,
    guid,
    inbound_connector_is_expected,
    mailbox_does_not_forward,
    report_of,
    result_of,
    run_of,
    sarif,
    sarif_text,
    tenant,
)


@pytest.fixture
def log(tmp_path: Path) -> dict[str, Any]:
    return sarif(report_of(tmp_path, tenant(), failing()))


def test_one_run_for_each_area_each_a_category_of_its_own(log: dict[str, Any]) -> None:
    assert [run["automationDetails"]["id"] for run in log["runs"]] == [
        f"o365scan/{TENANT}/entra/",
        f"o365scan/{TENANT}/exchange/",
    ]
    assert {run["tool"]["driver"]["name"] for run in log["runs"]} == {"o365scan"}


def test_rules_are_all_evaluated_checks_fired_or_not(tmp_path: Path) -> None:
    scanned = [finding(check, verdict=Verdict.PASS) for check in CHECKS]
    run = run_of(sarif(report_of(tmp_path, tenant(), scanned)), "exchange")
    assert run["results"] == []
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == [
        "exchange.inbound-connector-is-expected",
        "exchange.mailbox-does-not-forward",
    ]


def test_a_rule_as_github_shows_it(log: dict[str, Any]) -> None:
    rule = run_of(log, "exchange")["tool"]["driver"]["rules"][0]
    assert rule["name"] == "InboundConnectorIsExpected"
    assert rule["defaultConfiguration"] == {"level": "error"}
    assert rule["shortDescription"]["text"] == "Inbound connectors come from expected partners."
    assert rule["fullDescription"]["text"].startswith("A connector of an intruder's")
    assert rule["help"]["markdown"].startswith("## Remediation\n\nDisable the connector")
    assert rule["properties"] == {
        "tags": ["security", "exchange", "attack/t1672", "attack/t1114.003", "scuba/ms.exo.1.1v2"],
        "precision": "high",
        "security-severity": "8.0",
    }


def test_tags_are_at_most_ten(tmp_path: Path) -> None:
    many = replace(app_has_no_secret, controls=tuple(f"CIS/{number}" for number in range(30)))
    report = report_of(tmp_path, tenant(), failing()[:1], [many])
    rule = sarif(report)["runs"][0]["tool"]["driver"]["rules"][0]
    assert len(rule["properties"]["tags"]) == 10


def test_descriptions_are_bounded() -> None:
    documentation = Documentation.parse("T" * 2000 + "\n\n## Why it matters\n\n" + "why " * 1000)
    rule = descriptor(RuleSource("a.b-c", Severity.LOW, documentation), Techniques([]))
    described = (rule.short_description.text, rule.full_description.text, rule.full_description.markdown)
    assert {len(text) for text in described} <= {1023, 1024}  # a blank before the ellipsis goes


def test_techniques_are_in_order_of_id() -> None:
    (taxonomy,) = Techniques(f"T{number}" for number in (9, 3, 7, 1, 5, 8, 2)).taxonomies()
    assert [taxon.id for taxon in taxonomy.taxa] == ["T1", "T2", "T3", "T5", "T7", "T8", "T9"]


def test_a_result_stands_at_its_object(log: dict[str, Any], tmp_path: Path) -> None:
    result = result_of(log, inbound_connector_is_expected)
    place = result["locations"][0]["physicalLocation"]
    lines = (tmp_path / place["artifactLocation"]["uri"]).read_text().split("\n")
    start, end = place["region"]["startLine"], place["region"]["endLine"]
    assert json.loads("\n".join(lines[start - 1 : end]).rstrip(","))["@id"] == guid(1)
    assert result["kind"] == "fail"
    assert result["level"] == "error"
    assert result["message"]["text"] == '"Partner": Mail from anywhere is accepted.'
    assert result["properties"] == {
        "evidence": [{"dataset": CONNECTORS.name, "key": guid(1), "pointer": "/Enabled"}],
        "digest": failing()[1].digest,
    }


def test_a_result_more_severe_than_its_rule_says_so(log: dict[str, Any]) -> None:
    result = result_of(log, mailbox_does_not_forward)
    assert (result["level"], result["properties"]["security-severity"]) == ("error", "9.5")


def test_techniques_resolve(log: dict[str, Any]) -> None:
    run = run_of(log, "exchange")
    (taxonomy,) = run["taxonomies"]
    assert [taxon["id"] for taxon in taxonomy["taxa"]] == ["T1114.003", "T1672"]
    for reference in result_of(log, inbound_connector_is_expected)["taxa"]:
        assert taxonomy["taxa"][reference["index"]]["id"] == reference["id"]
        assert reference["toolComponent"]["guid"] == taxonomy["guid"]
    assert "taxonomies" not in run_of(log, "entra")


def test_the_same_report_gives_the_same_bytes(tmp_path: Path) -> None:
    reports = [report_of(tmp_path / side, tenant(), failing()) for side in "ab"]
    assert sarif_text(reports[0]) == sarif_text(reports[1])
    assert sarif_text(reports[0], "full") == sarif_text(reports[1], "full")


def test_full_keeps_every_verdict_and_github_failures_only(tmp_path: Path) -> None:
    undecided = finding(mailbox_does_not_forward, guid(27), Verdict.OPEN)
    beside = finding(mailbox_does_not_forward, guid(28), Verdict.NOT_APPLICABLE)
    report = report_of(tmp_path, tenant(), [*failing(), undecided, beside])
    kinds = [(item["kind"], item["level"]) for item in run_of(sarif(report, "full"), "exchange")["results"]]
    assert sorted(kinds) == [
        ("fail", "error"),
        ("fail", "error"),
        ("notApplicable", "none"),
        ("open", "none"),
        ("pass", "none"),
        ("pass", "none"),
    ]
    assert {item["kind"] for item in run_of(sarif(report), "exchange")["results"]} == {"fail"}


def test_an_unread_area_is_left_out_of_githubs_log(tmp_path: Path) -> None:
    scanned = [*failing()[:1], finding(inbound_connector_is_expected, verdict=Verdict.OPEN)]
    report = report_of(tmp_path, tenant(), scanned)
    assert [run["automationDetails"]["id"] for run in sarif(report)["runs"]] == [f"o365scan/{TENANT}/entra/"]
    assert len(sarif(report, "full")["runs"]) == 2


def test_nothing_read_is_nothing_to_report(tmp_path: Path) -> None:
    report = report_of(tmp_path, tenant(), [finding(check, verdict=Verdict.OPEN) for check in CHECKS])
    with pytest.raises(NothingToReport, match="entra, exchange"):
        sarif(report)
    with pytest.raises(NothingToReport, match="no check ran"):
        sarif(replace(report, checks=()), "full")


def test_held_results_are_repeated_and_say_so(tmp_path: Path) -> None:
    first = sarif(report_of(tmp_path, tenant(), failing()))
    blind = [*failing()[:1], *failing()[2:], finding(inbound_connector_is_expected, guid(1), Verdict.OPEN)]
    second = sarif(report_of(tmp_path, tenant(), blind))
    before = result_of(first, inbound_connector_is_expected)
    after = result_of(second, inbound_connector_is_expected)
    assert after["properties"].pop("held") is True
    assert before["properties"].pop("digest")  # of values that are not kept
    assert after == before


def test_a_held_result_of_a_check_that_did_not_run_has_a_rule(tmp_path: Path) -> None:
    report_of(tmp_path, tenant(), failing())
    subset = [item for item in failing() if item.check == inbound_connector_is_expected.id]
    run = run_of(sarif(report_of(tmp_path, tenant(), subset, [inbound_connector_is_expected])), "exchange")
    rule = run["tool"]["driver"]["rules"][1]
    assert rule["id"] == mailbox_does_not_forward.id
    assert rule["shortDescription"]["text"] == "Mailbox does not forward."
    assert [item["ruleIndex"] for item in run["results"]] == [0, 1]


def notices(run: dict[str, Any], name: str = "toolExecutionNotifications") -> list[tuple[str, str, str]]:
    found = run["invocations"][0].get(name, [])
    return [(item["descriptor"]["id"], item["level"], item["message"]["text"]) for item in found]


def test_what_could_not_be_read_is_told(tmp_path: Path) -> None:
    scanned = tenant()
    gap = Gap(dataset="exchange.mailboxes", reason=GapReason.DENIED, detail="no role", hint="Assign it.")
    scanned.missing = [gap, replace(gap, parent="[x](1)", hint=None)]
    undecided = finding(mailbox_does_not_forward, HEADER, Verdict.OPEN)
    broken = (PluginFailure("extra", "load", "No module named 'x'"),)
    held_elsewhere = [item for item in failing() if item.check != mailbox_does_not_forward.id]
    log = sarif(report_of(tmp_path, scanned, [*held_elsewhere, undecided], failures=broken))
    exchange, entra = run_of(log, "exchange"), run_of(log, "entra")
    assert notices(exchange) == [
        (
            "incomplete-data",
            "warning",
            "exchange.mailboxes could not be read (denied): no role. Assign it.",
        ),
        (
            "incomplete-data",
            "warning",
            "exchange.mailboxes could not be read for \uff3bx\uff3d(1) (denied): no role.",
        ),
        (
            "undecided-check",
            "warning",
            "exchange.mailbox-does-not-forward could not be decided for 1 object(s): A field is missing.",
        ),
    ]
    assert notices(entra) == []
    for run in (exchange, entra):
        assert run["invocations"][0]["executionSuccessful"] is True
        assert notices(run, "toolConfigurationNotifications") == [
            ("plugin-failure", "error", "extra (load): No module named 'x'.")
        ]


def test_the_most_severe_are_kept_of_more_than_github_stores(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_module, "RESULT_LIMIT", 2)
    low = finding(inbound_connector_is_expected, guid(3), severity=Severity.INFO)
    run = run_of(sarif(report_of(tmp_path, tenant(), [*failing()[:2], low, *failing()[3:]])), "exchange")
    assert [item["ruleId"] for item in run["results"]] == [
        "exchange.inbound-connector-is-expected",
        "exchange.mailbox-does-not-forward",
    ]
    assert [id for id, _, _ in notices(run)] == ["results-left-out"]


def test_hostile_titles_and_messages_do_nothing(tmp_path: Path) -> None:
    hostile = '"[x](1) <img src=y> @org/team \u202egpj\x1b[31m'
    problem = replace(failing()[1].problems[0], message=f"It says {hostile}")
    bad = replace(failing()[1], title=hostile, problems=(problem,))
    text = sarif(report_of(tmp_path, tenant(), [bad]))["runs"][0]["results"][0]["message"]["text"]
    assert text.isprintable()
    assert not set(text) & set("[]<>")
    assert text.count('"') == 3  # the title's own two, and the message's
    assert text.endswith(".")


def test_a_finding_without_evidence_is_refused(tmp_path: Path) -> None:
    report = report_of(tmp_path, tenant(), failing())
    for profile in ("github", "full"):
        with pytest.raises(PluginError, match="no evidence was written"):
            sarif(replace(report, evidence=None), profile)
    lost = finding(mailbox_does_not_forward, guid(99), Verdict.PASS)
    with pytest.raises(PluginError, match="no evidence was written"):
        sarif(replace(report, findings=(lost,), held=(), evidence={}), "full")


def test_a_version_that_is_not_semantic_is_not_called_so(tmp_path: Path) -> None:
    report = report_of(tmp_path, tenant(), failing())
    driver = sarif(replace(report, version="0.2.dev3"))["runs"][0]["tool"]["driver"]
    assert driver["version"] == "0.2.dev3"
    assert "semanticVersion" not in driver


def identities(log: dict[str, Any]) -> dict[str, str]:
    """Fingerprint of each result by our own one."""
    prints = [result["partialFingerprints"] for run in log["runs"] for result in run["results"]]
    return {item["o365scanObjectRule/v1"]: item["primaryLocationLineHash"] for item in prints}


def _added(records: list[dict[str, Any]]) -> None:
    records.append(connector(0, "New"))


def _removed(records: list[dict[str, Any]]) -> None:
    del records[1]


def _renamed(records: list[dict[str, Any]]) -> None:
    records[1]["Name"] = records[0]["Name"] = "AAA"


def _changed(records: list[dict[str, Any]]) -> None:
    records[0] |= {"AAA": {"nested": [1]}, "Enabled": False, "SenderDomains": []}


def _imitated(records: list[dict[str, Any]]) -> None:
    """Another object holds one that looks like the first lines of the object with the alert."""
    key = hashlib.sha256(json.dumps([TENANT, CONNECTORS.name, guid(1)]).encode()).hexdigest()
    twin = {"@key": key, "@type": CONNECTORS.type, "@id": guid(1)}
    records.append(connector(0, "Twin", extensions=[twin]))


@pytest.mark.parametrize("edit", [_added, _removed, _renamed, _changed, _imitated])
def test_an_alert_keeps_its_identity(tmp_path: Path, edit: Any) -> None:
    alone: list[Finding] = failing()[1:2]
    before = identities(sarif(report_of(tmp_path, tenant(), alone)))
    edited = tenant()
    edit(edited.data[CONNECTORS])
    assert identities(sarif(report_of(tmp_path, edited, alone))) == before
