"""The gate of .ci: clean on what we write, and each of its checks fires on a log broken in one place."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from o365scan.api import Gap, GapReason, Verdict

from .gate import gate
from .sample import failing, finding, mailbox_does_not_forward, report_of, sarif, tenant

Break = Callable[[dict[str, Any]], object]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """A checkout with evidence, and the log on it."""
    folder = tmp_path_factory.mktemp("checkout")
    scanned = tenant()
    scanned.missing = [
        Gap(dataset="exchange.mailboxes", reason=GapReason.THROTTLED, detail="429", parent="x")
    ]
    undecided = finding(mailbox_does_not_forward, verdict=Verdict.OPEN)
    return folder, sarif(report_of(folder, scanned, [*failing(), undecided]))


def run(log: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = log["runs"][1]
    return found


def driver(log: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = run(log)["tool"]["driver"]
    return found


def rule(log: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = driver(log)["rules"][0]
    return found


def result(log: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = run(log)["results"][0]
    return found


def place(log: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = result(log)["locations"][0]["physicalLocation"]
    return found


def invocation(log: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = run(log)["invocations"][0]
    return found


def notice(log: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = invocation(log)["toolExecutionNotifications"][1]
    return found


BROKEN: dict[str, tuple[Break, str]] = {
    "version": (lambda log: log.update(version="2.0.0"), "version is not 2.1.0"),
    "schema": (lambda log: log.pop("$schema"), r"\$schema is missing"),
    "no runs": (lambda log: log.update(runs=[]), "0 runs"),
    "many runs": (lambda log: log.update(runs=log["runs"] * 11), "22 runs"),
    "one category twice": (
        lambda log: run(log)["automationDetails"].update(log["runs"][0]["automationDetails"]),
        "stands in 2 runs",
    ),
    "no category": (lambda log: run(log)["automationDetails"].update(id="x"), "names no category"),
    "no results": (lambda log: run(log).pop("results"), "a clean run has an empty list"),
    "many results": (lambda log: run(log).update(results=[result(log)] * 5001), "GitHub stores 5000"),
    "many extensions": (
        lambda log: run(log)["tool"].update(extensions=[{}] * 101),
        "more than 100 extensions",
    ),
    "failed": (lambda log: invocation(log).update(executionSuccessful=False), "executionSuccessful"),
    "local time": (lambda log: invocation(log).update(endTimeUtc="2026-03-01T05:30:00"), "not a time in UTC"),
    "local time of a notice": (lambda log: notice(log).update(timeUtc="05:30"), "not a time in UTC"),
    "some baselines": (lambda log: result(log).update(baselineState="new"), "baselineState"),
    "descriptor": (lambda log: notice(log)["descriptor"].update(index=0), "descriptor .* does not resolve"),
    "associated rule": (lambda log: notice(log)["associatedRule"].update(id="x"), "rule .* does not resolve"),
    "supported taxonomy": (lambda log: run(log).pop("taxonomies"), "supported taxonomy"),
    "many rules": (lambda log: driver(log).update(rules=[rule(log)] * 25_001), "25001 rules"),
    "rule twice": (lambda log: driver(log)["rules"].append(rule(log)), "stands there 2 times"),
    "rule name": (lambda log: rule(log).update(name=rule(log)["id"]), "or the id"),
    "description": (lambda log: rule(log)["fullDescription"].update(text="x" * 1025), "fullDescription is"),
    "help": (lambda log: rule(log).pop("help"), "no help text"),
    "rule level": (lambda log: rule(log).pop("defaultConfiguration"), "level is not stated"),
    "tags": (lambda log: rule(log)["properties"]["tags"].extend("abcdefghij"), "tags: GitHub shows 10"),
    "security": (lambda log: rule(log)["properties"]["tags"].remove("security"), "no tag 'security'"),
    "score": (
        lambda log: rule(log)["properties"].update({"security-severity": 8.0}),
        "security-severity 8.0",
    ),
    "score of zero": (lambda log: rule(log)["properties"].update({"security-severity": "0.0"}), "'0.0'"),
    "precision": (lambda log: rule(log)["properties"].update(precision="exact"), "precision is 'exact'"),
    "relation": (lambda log: rule(log)["relationships"][0]["target"].update(index=9), "taxon .* does not"),
    "no level": (lambda log: result(log).pop("level"), "no level"),
    "pass with level": (lambda log: result(log).update(kind="pass"), "kind pass with level error"),
    "fail without": (lambda log: result(log).update(level="none"), "kind fail with level none"),
    "open": (lambda log: result(log).update(kind="open", level="none"), "GitHub would open an alert"),
    "suppressed": (lambda log: result(log).update(suppressions=[{"kind": "external"}]), "suppressed"),
    "own score": (
        lambda log: result(log)["properties"].update({"security-severity": "high"}),
        "security-severity 'high'",
    ),
    "rule index": (lambda log: result(log).update(ruleIndex=1), "name no rule"),
    "rule id": (lambda log: result(log).pop("ruleId"), "name no rule"),
    "taxon": (lambda log: result(log)["taxa"][0].update(id="T1"), "taxon T1 does not resolve"),
    "taxonomy": (lambda log: result(log)["taxa"][0]["toolComponent"].update(guid="x"), "does not resolve"),
    "no message": (lambda log: result(log)["message"].update(text=""), "the message is empty"),
    "control": (lambda log: result(log)["message"].update(text="a\x1bb"), "control characters"),
    "link": (lambda log: result(log)["message"].update(text="[a](1)"), "holds markup"),
    "html": (lambda log: result(log)["message"].update(text="a <b>"), "holds markup"),
    "mention": (lambda log: result(log)["message"].update(text="by @octocat"), "holds markup"),
    "no location": (lambda log: result(log).update(locations=[]), "0 locations"),
    "absolute": (lambda log: place(log)["artifactLocation"].update(uri="https://x/y"), "is not relative"),
    "outside": (lambda log: place(log)["artifactLocation"].update(uri="a/../../b"), "is not relative"),
    "logical only": (lambda log: result(log)["locations"][0].pop("physicalLocation"), "is not relative"),
    "no file": (lambda log: place(log)["artifactLocation"].update(uri="a/b.json"), "not a regular file"),
    "region": (lambda log: place(log)["region"].update(endLine=999), "lines 10 to 999 are not in"),
    "no region": (lambda log: place(log).pop("region"), "lines 0 to 0 are not in"),
    "fingerprint": (
        lambda log: result(log)["partialFingerprints"].update(primaryLocationLineHash="0:1"),
        "primaryLocationLineHash is 0:1",
    ),
    "merged": (lambda log: run(log)["results"].append(result(log)), "are one alert"),
    "no sarif": (lambda log: log.update(runs=[{"tool": 1}]), "not of SARIF's shape"),
}


def problems(log: dict[str, Any], folder: Path, tmp_path: Path) -> list[str]:
    path = tmp_path / "x.sarif"
    path.write_text(json.dumps(log))
    return list(gate.problems_of(path, folder, None, None))


def test_what_we_write_is_clean(checkout: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    folder, log = checkout
    assert problems(log, folder, tmp_path) == []


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_log_is_caught(name: str, checkout: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    folder, log = checkout
    broken = copy.deepcopy(log)
    spoil, expected = BROKEN[name]
    spoil(broken)
    found = problems(broken, folder, tmp_path)
    assert any(re.search(expected, problem) for problem in found), found


def test_size(checkout: tuple[Path, dict[str, Any]]) -> None:
    assert any("packed" in item for item in gate.log_problems(checkout[1], 10_000_001))


def test_a_link_in_the_checkout_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "real.json").write_text("{}")
    (tmp_path / "link.json").symlink_to(tmp_path / "real.json")
    files = gate.Files(tmp_path)
    assert files.hashes("link.json") is None
    assert files.hashes("real.json") is not None


SCHEMA = {"type": "object", "required": ["version"]}


def test_the_schema_is_asked_first(tmp_path: Path) -> None:
    schema, log = tmp_path / "schema.json", tmp_path / "x.sarif"
    schema.write_text(json.dumps(SCHEMA))
    log.write_text("{}")
    assert list(gate.problems_of(log, tmp_path, None, schema)) == [": 'version' is a required property"]


def multitool(folder: Path, output: object, code: int = 0) -> Path:
    """A stand-in that writes `output` where it is told to."""
    (folder / "output.json").write_text(json.dumps(output))
    path = folder / "multitool"
    path.write_text(f'#!/bin/sh\nfor last; do :; done\ncp "{folder}/output.json" "$last"\nexit {code}\n')
    path.chmod(0o700)
    return path


def test_the_multitool_is_read_from_its_output(tmp_path: Path) -> None:
    output = {
        "runs": [
            {
                "results": [{"ruleId": "GH1001", "message": {"arguments": ["x"]}}],
                "invocations": [
                    {
                        "toolConfigurationNotifications": [
                            {
                                "descriptor": {"id": "WRN999.RuleExplicitlyDisabled"},
                                "message": {"text": "off"},
                            },
                            {"descriptor": {"id": "ERR999"}, "message": {"text": "crashed"}},
                        ]
                    }
                ],
            }
        ]
    }
    found = list(gate.multitool_problems(tmp_path / "x.sarif", multitool(tmp_path, output)))
    assert found == ["GH1001 (line ?): ['x']", "multitool: crashed"]


def test_a_multitool_that_fails_or_is_missing_could_not_run(
    checkout: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    log, schema = tmp_path / "x.sarif", tmp_path / "schema.json"
    log.write_text(json.dumps(checkout[1]))
    schema.write_text("{}")
    common = [str(log), "--repo", str(checkout[0]), "--schema", str(schema), "--multitool"]
    said: list[str] = []
    assert gate.main([*common, str(multitool(tmp_path, {}, 1))], said.append) == 2
    assert gate.main([*common, str(tmp_path / "none")], said.append) == 2
    assert gate.main([*common, str(multitool(tmp_path, {"runs": []}))], said.append) == 0
    assert "exit code 1" in said[0]
    assert "No such file" in said[1]
    assert said[2].endswith("0 problem(s)")


def test_the_schema_beside_the_multitool_is_taken(tmp_path: Path) -> None:
    log = tmp_path / "x.sarif"
    log.write_text("{}")
    (tmp_path / "sarif-2.1.0.json").write_text(json.dumps(SCHEMA))
    said: list[str] = []
    tool = str(multitool(tmp_path, {}))
    assert gate.main([str(log), "--repo", str(tmp_path), "--multitool", tool], said.append) == 1
    assert "required property" in said[0]


def test_what_is_not_json_and_what_is_not_there(tmp_path: Path) -> None:
    log = tmp_path / "x.sarif"
    said: list[str] = []
    assert gate.main([str(log), "--repo", str(tmp_path)], said.append) == 2
    log.write_text("{")
    assert gate.main([str(log), "--repo", str(tmp_path)], said.append) == 1
    assert "not JSON" in said[1]
