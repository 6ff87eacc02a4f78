"""What is written down for others to run: safe, pinned, and true to the action."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cli.in_process import here

from .hosted import RELEASE, ROOT, WORKFLOW

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
    for path in (ACTION, WORKFLOW, ROOT / "docs" / "github.md"):
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


def test_the_app_that_setup_registers_trusts_the_workflow() -> None:
    script = here("setup", "--repo", "contoso/tenant-scan", "--format", "azure-cli", "--by-name").output
    environment = read(WORKFLOW)["jobs"]["scan"]["environment"]
    assert f"subject=$prefix:environment:{environment}\n" in script


@pytest.mark.parametrize("name", ["gitlab-ci.yml", "azure-pipelines.yml"])
def test_pipelines_run_commands_that_there_are(name: str) -> None:
    texts = list(strings(read(ROOT / "docs" / "pipelines" / name)))
    assert refused("\n".join(texts)) == []


def strings(value: Any) -> Iterator[str]:
    """Every text in what was read of YAML."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from strings(each)


def test_the_action_runs_commands_that_there_are() -> None:
    said = "\n".join(each["run"] for each in steps() if "run" in each)
    given = " ".join(re.findall(r"(?:options|one|more)\+?=\((.*?)\)", said))
    scan = {*re.findall(r"--[\w-]+", given), "--sarif", "--json", "--markdown"}
    assert len(scan) == 14
    assert scan <= shown("scan")
    assert refused(said.replace('"$O365SCAN"', "o365scan").replace('"${options[@]}" "${more[@]}"', "")) == []


def test_guides_run_commands_that_there_are() -> None:
    for name in ("github.md", "scheduling.md", "systemd/o365scan.service"):
        assert refused((ROOT / "docs" / name).read_text()) == [], name


def refused(text: str) -> list[str]:
    """The options of o365scan's commands in a text that the command line does not know."""
    lines = re.sub(r"\\\n\s*", " ", text)
    found = re.findall(r"o365scan ((?:scan|evidence commit|github \w+|doctor|permissions)\b.*)", lines)
    assert found
    unknown = []
    for said in found:
        words = said.split()
        command = words[:1] if words[0] in ("scan", "doctor", "permissions") else words[:2]
        known = shown(*command)
        unknown += [
            f"{' '.join(command)} {word}" for word in words if word.startswith("--") and word not in known
        ]
    return unknown


@cache
def shown(*command: str) -> frozenset[str]:
    """The options that the help of a command names."""
    return frozenset(re.findall(r"--[\w-]+", here(*command, "--help").output))


@pytest.mark.skipif(shutil.which("flock") is None, reason="flock is not there")
def test_the_nightly_script_shows_no_report_of_the_night_before(tmp_path: Path) -> None:
    (script,) = re.findall(r"```sh\n(.*?)```", (ROOT / "docs" / "scheduling.md").read_text(), re.DOTALL)
    failing = tmp_path / "failing"
    failing.write_text('#!/bin/sh\n[ "$1" = evidence ] || { echo "no network" >&2; exit 4; }\n')
    failing.chmod(0o700)
    (tmp_path / "repository").mkdir()
    (tmp_path / "o365scan.md").write_text("All is well.")
    script = script.replace("/opt/o365scan/bin/o365scan", str(failing))
    script = script.replace("/var/lib/o365scan", str(tmp_path))
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (4, "o365scan ended with 4:\n", "no network\n")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not there")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    for path in (ROOT / "docs" / "systemd").iterdir():
        text = path.read_text().replace("/opt/o365scan/bin/o365scan", "/bin/true")
        (tmp_path / path.name).write_text(text)
    asked = ["systemd-analyze", "verify", *sorted(tmp_path.iterdir())]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_the_image_is_made_of_what_its_ignore_file_lets_in() -> None:
    text = (ROOT / "Containerfile").read_text()
    copied = {name for line in re.findall(r"(?m)^COPY (?!--)(.*) \S+$", text) for name in line.split()}
    let_in = {
        line[1:] for line in (ROOT / ".containerignore").read_text().splitlines() if line.startswith("!")
    }
    assert copied == let_in
    assert all((ROOT / name).exists() for name in copied)
    bases = set(re.findall(r"(?m)^FROM (\S+)", text))
    assert len(bases) == 1
    assert re.search(r"@sha256:[0-9a-f]{64}$", bases.pop())
    assert re.search(r"(?m)^USER [1-9]\d*:[1-9]\d*$", text)
