"""What is written down for others to run: safe, pinned, and true to the action."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from .conftest import RELEASE, ROOT, WORKFLOW

ACTION = ROOT / "action.yml"
_ZIZMOR = Path(sys.executable).with_name("zizmor")


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text())


def steps() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = read(ACTION)["runs"]["steps"]
    return found


@pytest.mark.skipif(not _ZIZMOR.exists(), reason="zizmor is not there for this platform")
def test_zizmor_finds_nothing(tmp_path: Path) -> None:
    workflows = tmp_path / ".github" / "workflows"
    workflows.mkdir(parents=True)
    (workflows / "o365scan.yml").write_text(WORKFLOW.read_text().replace("RELEASE_COMMIT", RELEASE))
    shutil.copy(ACTION, tmp_path)
    asked = [_ZIZMOR, "--offline", "--persona=pedantic", "--no-progress", "--color=never", tmp_path]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_no_expression_reaches_a_shell() -> None:
    for step in steps():
        assert "${{" not in step.get("run", ""), step["name"]
        assert "run" not in step or step["run"].startswith("set -euo pipefail\n"), step["name"]


def test_every_other_action_is_pinned_with_its_version() -> None:
    for path in (ACTION, WORKFLOW):
        for uses in re.findall(r"uses: (.*)", path.read_text()):
            assert re.fullmatch(r"[\w./-]+@([0-9a-f]{40} # v\d+\.\d+\.\d+|RELEASE_COMMIT # .*)", uses), uses


def test_inputs_and_outputs_are_used_and_documented() -> None:
    action, guide = read(ACTION), (ROOT / "docs" / "github.md").read_text()
    text = ACTION.read_text()
    for name, about in action["inputs"].items():
        assert f"inputs.{name} " in text, name
        assert f"| `{name}` | " in guide, name
        assert about["description"].endswith((".", ")", "*")), name
    for name in action["outputs"]:
        assert f"`{name}`" in guide, name
    given = read(WORKFLOW)["jobs"]["scan"]["steps"][-1]["with"]
    assert given.keys() <= action["inputs"].keys()


def test_the_guide_shows_the_workflow_as_it_is() -> None:
    jobs = WORKFLOW.read_text().partition("name: o365scan\n")[2]
    assert jobs in (ROOT / "docs" / "github.md").read_text()


def test_the_least_that_a_job_needs() -> None:
    workflow = read(WORKFLOW)
    assert workflow["permissions"] == {}
    assert workflow["jobs"]["scan"]["permissions"] == {
        "actions": "read", "contents": "write", "id-token": "write", "security-events": "write",
    }  # fmt: skip
