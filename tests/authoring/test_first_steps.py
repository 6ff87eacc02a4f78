"""What an author needs beside the package that `plugin new` writes comes by what the README says first."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from o365scan.authoring.scaffold import write_plugin
from tests.authoring.conftest import Plugin
from tests.conftest import Run

ROOT = Path(__file__).parents[2]


def named(requirements: list[str]) -> set[str]:
    return {Requirement(each).name for each in requirements}


def test_the_extra_for_the_mock_tenant_brings_all_that_a_new_plugins_tests_need(tmp_path: Path) -> None:
    """`pip install 'o365scan[mock]'`, `plugin new`, `pip install -e . && pytest`: nothing else is installed."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert {"pytest", "flask", "faker", "jsonpatch"} <= named(project["optional-dependencies"]["mock"])
    assert "pytest" not in named(project["dependencies"])
    write_plugin("contoso", tmp_path / "made")
    made = tomllib.loads((tmp_path / "made" / "pyproject.toml").read_text("utf-8"))["project"]
    assert named(made["dependencies"]) == {"o365scan"}  # whoever only scans gets no tests


def test_the_actions_of_its_workflow_are_kept_up_to_date(tmp_path: Path) -> None:
    write_plugin("contoso", tmp_path / "made")
    kept = (tmp_path / "made" / ".github" / "dependabot.yml").read_text("utf-8")
    assert "package-ecosystem: github-actions" in kept


def test_without_what_judges_cases_it_says_what_to_install(
    plugin: Plugin, o365scan: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not that the check loops or exits."""
    monkeypatch.setitem(sys.modules, "jsonpatch", None)
    told = o365scan("plugin", "check", plugin.folder)
    assert (told.returncode, told.stdout) == (2, "")
    assert "pip install 'o365scan[mock]'" in told.stderr
