"""The frameworks' ids: what checks name exists, and what is covered is what they name."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from o365scan.api import ATTACK_VERSION
from o365scan.frameworks import NAMES, coverage, framework
from o365scan.registry import load
from tests.cli.in_process import here

SHAPES = {
    "scuba": r"MS\.[A-Z]+\.\d+\.\d+v\d+",
    "cis": r"\d+(\.\d+){1,3}",
    "attack": r"T\d{4}(\.\d{3})?",
}


def shown(*arguments: str) -> str:
    result = here("checks", *arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def as_json(name: str, *arguments: str) -> Any:
    return json.loads(shown("--framework", name, "--json", *arguments))


@pytest.mark.parametrize("name", NAMES)
def test_every_id_that_a_check_names_is_known(name: str) -> None:
    assert coverage(name, load().checks.values()).unknown == ()


def test_every_control_is_of_a_framework_in_its_version() -> None:
    prefixes = ("SCuBA/", f"CIS-M365-{framework('cis').version}/")
    controls = {id for check in load().checks.values() for id in check.controls}
    assert {id for id in controls if not id.startswith(prefixes)} == set()
    assert framework("attack").version == ATTACK_VERSION


@pytest.mark.parametrize("name", NAMES)
def test_the_data_is_well_formed(name: str) -> None:
    known = framework(name)
    ids = [item.id for item in known.items]
    assert len(ids) == len(set(ids)) > 75
    assert all(re.fullmatch(SHAPES[name], id) for id in (*ids, *known.retired))
    assert known.retired.isdisjoint(ids)
    assert known.source.startswith("https://")


def test_nothing_of_the_benchmarks_text_is_carried() -> None:
    assert {item.title for item in framework("cis").items} == {""}
    assert "Entra" in {item.note for item in framework("cis").items}


@pytest.mark.parametrize("name", NAMES)
def test_what_is_covered_is_what_checks_name(name: str) -> None:
    found = as_json(name)
    assert found["unknown"] == []
    covered = [item for item in found["items"] if item["counted"] and item["checks"]]
    assert len(covered) == found["covered"] > 0
    assert len([item for item in found["items"] if item["counted"]]) == found["counted"] > found["covered"]
    last = shown("--framework", name)
    assert f"{found['version']}: {found['covered']} of {found['counted']} covered." in last
    assert covered[0]["id"] in last


def test_the_choice_of_checks_counts() -> None:
    rows = {item["id"]: item["checks"] for item in as_json("cis", "--check", "entra.admin-has-mfa")["items"]}
    assert rows["5.2.2.1"] == ["entra.admin-has-mfa"]
    assert rows["6.2.1"] == []
    assert rows["9.1.1"] == []


def test_what_is_not_counted_is_shown_where_a_check_names_it() -> None:
    by_id = {item["id"]: item for item in as_json("attack")["items"]}
    assert by_id["T1059.001"]["counted"] is False
    assert "T1187" not in by_id
    assert by_id["T1672"]["replacement"] == "T1684.002"
    assert "MITRE Corporation" in shown("--framework", "attack")


def test_unknown_retired_and_older_ids_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    registry = load()
    check = registry.check("entra.admin-has-mfa")
    named = ("SCuBA/MS.AAD.5.4v1", "SCuBA/MS.AAD.99.1v1", "CIS-M365-6.0/5.2.2.1", "Other/1")
    strange = replace(check, controls=named, attack=("T9999",))
    registry.checks[check.id] = strange
    monkeypatch.setattr("o365scan.cli.checks.plugins", lambda: registry)
    scuba, cis, attack = (as_json(name)["unknown"] for name in NAMES)
    assert [(each["id"], each["retired"]) for each in scuba] == [
        ("MS.AAD.5.4v1", True),
        ("MS.AAD.99.1v1", False),
    ]
    assert [each["id"] for each in cis] == ["CIS-M365-6.0/5.2.2.1"]
    assert [each["id"] for each in attack] == ["T9999"]
    assert "names MS.AAD.5.4v1, which was retired." in shown("--framework", "scuba")


def test_a_form_of_its_own() -> None:
    result = here("checks", "--framework", "scuba", "--markdown")
    assert result.exit_code == 2
    assert "leave" in str(result.exception)
