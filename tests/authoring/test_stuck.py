"""`o365scan plugin check` on plugins that get stuck: told in seconds, with the case, and nothing else is held up."""

from __future__ import annotations

import re

import pytest

from o365scan.authoring import casework, program, repeating
from o365scan.authoring.examine import RULES, examine
from o365scan.authoring.remarks import Rule
from o365scan.authoring.subject import subject_of
from o365scan.watchdog import VARIABLE
from tests.authoring.conftest import CHECK, Plugin

#: Where the check says nothing: the first case gets there.
GOOD = "return  # nothing to say: a pass"


@pytest.mark.parametrize(
    ("accident", "seconds", "said"),
    [
        ("while True: pass", 0.3, r"it took longer than 0\.3 seconds and was interrupted"),
        ("x = [0]\n        while True: x = x + x", 10.0, "it ran out of memory"),
    ],
)
def test_a_check_that_is_stuck_is_told_with_its_case(
    plugin: Plugin, monkeypatch: pytest.MonkeyPatch, accident: str, seconds: float, said: str
) -> None:
    monkeypatch.setattr(repeating, "OF_A_CASE", seconds)
    monkeypatch.setattr(repeating, "MEMORY", 300)
    plugin.spoil(CHECK, GOOD, accident)
    (remark,) = plugin.remarks("repeating")
    assert re.fullmatch(rf"Judging the cases: contoso\.group-is-private: .*: {said}\.", remark.what)
    assert remark.ends


def test_a_check_that_loops_only_over_what_the_runner_adds_is_told(
    plugin: Plugin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dataset that is denied, a field that is missing: no written case is such."""
    monkeypatch.setattr(casework, "OF_A_CASE", 0.3)
    plugin.spoil(
        CHECK,
        '    visibility = group.text("visibility")',
        '    while group.get("visibility", 1) == 1: pass\n    visibility = group.text("visibility")',
    )
    remarks = plugin.remarks("cases hold")
    assert any("it took longer than 0.3 seconds" in each.what for each in remarks)


def test_the_rule_that_is_looked_at_is_told(plugin: Plugin) -> None:
    begun: list[Rule] = []
    list(examine(subject_of(str(plugin.folder)), RULES[1:4], begun.append))
    assert begun == list(RULES[1:4])


def test_an_import_that_loops_has_the_time_that_loading_has(
    plugin: Plugin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not the time that judging all cases may take."""
    monkeypatch.setattr(program, "_TO_START", 1.0)
    monkeypatch.setenv(VARIABLE, "0.5")
    plugin.add("while True: pass")
    (remark,) = plugin.remarks("importing")
    assert re.fullmatch(r"When it is loaded, it was still busy after 1\.5 seconds\.", remark.what)
