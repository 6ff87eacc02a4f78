"""Logs beside an earlier scan: baselineState in the full profile, and our own logs read again."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from o365scan.api import BaselineError, Verdict
from o365scan_sarif.reading import read
from tests.baseline.scans import Scan, denied, sarif_of, thing
from tests.core.things import thing_is_enabled

from .gate import gate

THEN = Scan([thing("a", enabled=False), thing("b", enabled=False), thing("c"), thing("d", enabled=False)])
NOW = Scan(
    [thing("a", enabled=False), thing("b", enabled=False, note="bad"), thing("c", enabled=False), thing("e")],
    day=2,
)


def results(text: str) -> list[dict[str, Any]]:
    (run,) = json.loads(text)["runs"]
    return list(run["results"])


def states(text: str) -> list[tuple[str, str, str | None]]:
    return sorted(
        (each["locations"][0]["logicalLocations"][0]["name"], each["kind"], each.get("baselineState"))
        for each in results(text)
    )


def compared_text(tmp_path: Path, profile: str) -> str:
    then = THEN.baseline(THEN.log(tmp_path, "full"))
    return sarif_of(NOW.with_evidence(tmp_path, then), profile)


def test_states_of_the_full_profile(tmp_path: Path) -> None:
    assert states(compared_text(tmp_path, "full")) == [
        ("Thing a", "fail", "unchanged"),
        ("Thing b", "fail", "updated"),
        ("Thing c", "fail", "new"),
        ("Thing d", "fail", "absent"),
        ("Thing e", "pass", "new"),
    ]


def test_what_failed_and_passes_is_an_absent_failure_and_a_new_pass(tmp_path: Path) -> None:
    then = Scan([thing("a", enabled=False), thing("b")])
    baseline = then.baseline(then.log(tmp_path, "full"))
    now = Scan([thing("a"), thing("b")], day=2)
    assert states(sarif_of(now.with_evidence(tmp_path, baseline), "full")) == [
        ("Thing a", "fail", "absent"),
        ("Thing a", "pass", "new"),
        ("Thing b", "pass", "unchanged"),
    ]


def test_no_states_for_github_or_without_a_baseline(tmp_path: Path) -> None:
    assert {state for *_, state in states(compared_text(tmp_path, "github"))} == {None}
    assert {state for *_, state in states(sarif_of(NOW.with_evidence(tmp_path), "full"))} == {None}


def test_what_can_not_be_compared_says_so(tmp_path: Path) -> None:
    then = Scan([{"Id": "a", "Name": "Thing a", "Note": ""}, thing("b")])
    baseline = then.baseline(then.log(tmp_path, "full"))
    now = Scan([thing("a", enabled=False), thing("b", enabled=False)], day=2)
    first, second = results(sarif_of(now.with_evidence(tmp_path, baseline), "full"))
    assert (first["baselineState"], first["properties"]["comparable"]) == ("new", False)
    assert (second["baselineState"], "comparable" in second["properties"]) == ("new", False)


def test_what_could_not_be_judged_today_is_said_and_not_absent(tmp_path: Path) -> None:
    then = THEN.baseline(THEN.log(tmp_path, "full"))
    now = Scan(gaps=[denied()], day=2).with_evidence(tmp_path / "afresh", then)
    text = sarif_of(now, "full")
    assert [each["kind"] for each in results(text)] == ["open"]
    assert "3 failures of the baseline could not be judged" in text


def test_what_is_gone_is_not_part_of_the_next_comparison(tmp_path: Path) -> None:
    found = read(compared_text(tmp_path, "full"))
    assert found is not None
    assert [(each.key, each.verdict) for each in found.findings] == [
        ("a", Verdict.FAIL), ("b", Verdict.FAIL), ("c", Verdict.FAIL), ("e", Verdict.PASS),
    ]  # fmt: skip
    assert found.checks == {thing_is_enabled.id}


def test_the_gate_is_content_with_states(tmp_path: Path) -> None:
    path = tmp_path / "x.sarif"
    path.write_text(compared_text(tmp_path, "full"))
    assert list(gate.problems_of(path, tmp_path, None, None, full=True)) == []
    github = list(gate.problems_of(path, tmp_path, None, None))
    assert any("absent: GitHub would open an alert" in problem for problem in github)
    log = json.loads(path.read_text())
    log["runs"][0]["results"].append(log["runs"][0]["results"][0])
    path.write_text(json.dumps(log))
    assert any("are one alert" in each for each in gate.problems_of(path, tmp_path, None, None, full=True))


@pytest.mark.parametrize("profile", ["github", "full"])
def test_what_the_log_says_is_read_again(tmp_path: Path, profile: str) -> None:
    key = "x|y~`z`/" + "k" * 1200  # which the log's own text can't hold as it is
    scan = Scan([thing(key, enabled=False, note="bad"), thing("b")])
    found = scan.baseline(scan.log(tmp_path, profile))
    failed = found.findings[-1]
    assert (failed.key, failed.severity) == (key, "critical")
    assert failed.title.startswith("Thing x")
    assert failed.message == "The note is bad. It is off."
    assert found.digests[failed.subject] == scan.report().findings[-1].digest
    assert {each.key for each in found.findings} == ({"b", key} if profile == "full" else {key})


def test_more_results_than_a_log_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("o365scan_sarif.log.RESULT_LIMIT", 1)
    cut = THEN.baseline(THEN.log(tmp_path, "full"))
    assert cut.unsure == {thing_is_enabled.id}
    assert [each.change for each in NOW.against(cut).findings if each.verdict is Verdict.FAIL][-1] is None


Spoil = Callable[[dict[str, Any]], object]
#: What is done to a log, and what is said of it.
SPOILT: dict[str, tuple[Spoil, str]] = {
    "another tool": (
        lambda log: log["runs"][0]["tool"]["driver"].update(name="CodeQL"),
        "one of 'CodeQL', not of o365scan's",
    ),
    "no tool": (lambda log: log["runs"][0].pop("tool"), "does not say which tool"),
    "another version": (lambda log: log.update(version="2.0.0"), "SARIF '2.0.0'"),
    "no runs": (lambda log: log.update(runs=[]), "has no runs"),
    "two tenants": (
        lambda log: log["runs"].append(
            log["runs"][0]
            | {
                "automationDetails": {"id": "o365scan/99999999-2222-4333-8444-555555555555/test/"},
                "results": [],
            }
        ),
        "is of 2 tenants",
    ),
    "no category": (lambda log: log["runs"][0]["automationDetails"].update(id="x"), "names no tenant"),
    "no results": (lambda log: log["runs"][0].pop("results"), "missing required field `results`"),
    "no checks": (lambda log: log["runs"][0]["properties"].pop("checks"), "`checks`"),
    "a kind": (lambda log: log["runs"][0]["results"][0].update(kind="review"), "review"),
    "another object": (
        lambda log: log["runs"][0]["results"][0]["locations"][0]["logicalLocations"][0].update(
            fullyQualifiedName="test.things/zzz"
        ),
        "does not fit the object",
    ),
    "no object": (lambda log: log["runs"][0]["results"][0].update(locations=[]), "what it is about"),
    "another rule": (
        lambda log: log["runs"][0]["results"][0].update(ruleId="test.x-y"),
        "is missing|does not fit",
    ),
    "twice": (
        lambda log: log["runs"][0]["results"].append(log["runs"][0]["results"][0]),
        "stands there twice",
    ),
    "a score": (
        lambda log: log["runs"][0]["tool"]["driver"]["rules"][0]["properties"].update(
            {"security-severity": "7.7"}
        ),
        "no severity that o365scan writes",
    ),
}


@pytest.mark.parametrize("name", SPOILT)
def test_a_log_that_can_not_be_relied_on(name: str, tmp_path: Path) -> None:
    log = json.loads(THEN.log(tmp_path, "github").read_text())
    spoil, said = SPOILT[name]
    spoil(log)
    path = tmp_path / "spoilt.sarif"
    path.write_text(json.dumps(log))
    with pytest.raises(BaselineError, match=said) as caught:
        THEN.baseline(path)
    assert str(path) in str(caught.value)
    assert caught.value.hint


def test_a_truncated_log(tmp_path: Path) -> None:
    path = THEN.log(tmp_path, "github")
    path.write_text(path.read_text()[:-40])
    with pytest.raises(BaselineError, match="truncated"):
        THEN.baseline(path)
    path.write_text('{"$schema": "sarif", "runs": ' + "[" * 100_000)
    with pytest.raises(BaselineError, match=r"nested too deep|truncated"):
        THEN.baseline(path)


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"no log", b"\xff\xfe\x00"])
def test_what_is_no_baseline_at_all(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(content)
    with pytest.raises(BaselineError, match=r"neither a snapshot nor a report|is no text"):
        THEN.baseline(path)
    with pytest.raises(BaselineError, match="can't read"):
        THEN.baseline(tmp_path / "nowhere")


def test_a_log_of_an_area_that_was_blind(tmp_path: Path) -> None:
    blind = Scan(gaps=[denied()])
    found = blind.baseline(blind.log(tmp_path, "full"))
    assert [each.verdict for each in found.findings] == [Verdict.OPEN]
