"""`o365scan plugin new`. That its tests are green in a fresh environment, `test_packaging` sees."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

from o365scan import __version__
from o365scan.authoring import scaffold
from o365scan.authoring.scaffold import ScaffoldRefused, release_range, template_files, write_plugin
from o365scan.files import OutputError
from tests.conftest import Run


def test_it_says_what_it_wrote_and_what_to_do_next(o365scan: Run, tmp_path: Path) -> None:
    told = o365scan("plugin", "new", "contoso")
    assert told.returncode == 0
    assert told.stdout == ""
    assert "pip install -e '.[dev]'" in told.stderr
    files = [each for each in (tmp_path / "o365scan-contoso").rglob("*") if each.is_file()]
    assert f"Wrote o365scan-contoso ({len(files)} files)" in told.stderr
    assert len(files) == len(list(template_files()))


def clean(*command: str, folder: Path) -> None:
    arguments = [sys.executable, "-m", *command]
    done = subprocess.run(arguments, cwd=folder, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", ["c2", "a" * 24])
def test_what_it_writes_is_whole_and_tidy(tmp_path: Path, name: str, unmeasured: None) -> None:
    for path in write_plugin(name, tmp_path / "made"):
        text = path.read_text("utf-8").replace("${{ matrix.python }}", "")
        assert not re.search(r"\$\w|\$\{|PACKAGE", text), path
    clean("ruff", "check", folder=tmp_path / "made")
    clean("ruff", "format", "--check", folder=tmp_path / "made")


@pytest.mark.long
def test_what_it_writes_is_typed(tmp_path: Path, unmeasured: None) -> None:
    write_plugin("contoso", tmp_path / "made")
    clean("mypy", folder=tmp_path / "made")  # strict, by its own pyproject.toml


def test_it_runs_with_this_release_and_with_none_that_may_break_it(tmp_path: Path) -> None:
    write_plugin("contoso", tmp_path / "made")
    project = tomllib.loads((tmp_path / "made" / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["entry-points"] == {"o365scan": {"contoso": "o365scan_contoso"}}
    (needed,) = project["dependencies"]
    assert SpecifierSet(needed.removeprefix("o365scan")).contains(__version__)
    assert release_range("0.1.0") == ">=0.1,<0.2"
    assert release_range("1.4.2") == ">=1.4,<2"
    assert "license" not in project  # the author's to choose


def test_its_workflow_may_do_little_and_runs_what_nobody_can_move(tmp_path: Path) -> None:
    write_plugin("contoso", tmp_path / "made")
    text = (tmp_path / "made" / ".github" / "workflows" / "test.yml").read_text("utf-8")
    assert "\npermissions:\n  contents: read\n\njobs:" in text
    assert text.count("permissions:") == 1
    assert "secrets." not in text
    used = re.findall(r"uses: (\S+)(.*)", text)
    assert [name.partition("@")[0] for name, _ in used] == ["actions/checkout", "actions/setup-python"]
    for name, comment in used:
        assert re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", name)
        assert re.fullmatch(r" # v\d+\.\d+\.\d+", comment)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("o365scan-teams", "Did you mean teams?"),
        ("Teams", "Did you mean teams?"),
        ("my-plugin", "Did you mean myplugin?"),
        ("365teams", "Did you mean teams?"),
        ("x", "2 to 24"),
        ("../teams", "Did you mean teams?"),
        ("", "2 to 24"),
        ("a" * 25, "2 to 24"),
        ("tëams", "Did you mean tams?"),
    ],
)
def test_names_that_can_not_be_used(o365scan: Run, tmp_path: Path, name: str, hint: str) -> None:
    told = o365scan("plugin", "new", name)
    assert told.returncode == 2
    assert hint in told.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["entra", "sarif"])
def test_names_that_are_taken(name: str, tmp_path: Path) -> None:
    with pytest.raises(ScaffoldRefused, match="already, of o365scan"):
        write_plugin(name, tmp_path / "made")


@pytest.mark.parametrize("kind", ["folder", "file", "link"])
def test_nothing_is_overwritten(o365scan: Run, tmp_path: Path, kind: str) -> None:
    place = tmp_path / "mine"
    if kind == "folder":
        place.mkdir()
    elif kind == "file":
        place.write_text("mine", "utf-8")
    else:
        place.symlink_to(tmp_path / "nowhere")
    told = o365scan("plugin", "new", "contoso", "--output", place)
    assert told.returncode == 2
    assert "is there already" in told.stderr
    assert "--output" in told.stderr
    assert [each.name for each in tmp_path.iterdir()] == ["mine"]


def test_the_folder_may_be_anywhere_new(o365scan: Run, tmp_path: Path) -> None:
    assert o365scan("plugin", "new", "contoso", "--output", "a/b").returncode == 0
    assert (tmp_path / "a/b/pyproject.toml").is_file()
    (tmp_path / "file").write_text("mine", "utf-8")
    told = o365scan("plugin", "new", "contoso", "--output", "file/b")
    assert told.returncode == 2
    assert "can't write" in told.stderr


def test_what_was_begun_is_removed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(scaffold, "_path", full)
    with pytest.raises(OutputError, match="No space left"):
        write_plugin("contoso", tmp_path / "made")
    assert list(tmp_path.iterdir()) == []
