"""What shells are offered, asked as their scripts ask: through the environment, by click's protocol."""

from __future__ import annotations

import subprocess
from importlib.metadata import EntryPoint
from pathlib import Path
from shutil import which

import pytest

from mocktenant_fixtures import scenario_names
from o365scan import registry
from o365scan.api import Severity
from o365scan.cli.completing import own_plugins
from tests.conftest import Run

PREFIX = "plain,"


@pytest.fixture
def offered(o365scan: Run) -> Run:
    """`offered("scan", "--fail-on", "")`: what bash is offered for the last word; nothing else may be printed."""

    def ask(*words: str) -> list[str]:
        result = o365scan(
            env={
                "_O365SCAN_COMPLETE": "bash_complete",
                "COMP_WORDS": " ".join(["o365scan", *words]),
                "COMP_CWORD": str(len(words)),
            }
        )
        assert (result.returncode, result.stderr) == (0, "")
        return [line.partition(",")[2] for line in result.stdout.splitlines() if line]

    return ask


def test_commands_and_options(offered: Run) -> None:
    assert offered("s") == ["scan", "setup", "snapshot", "schema"]
    assert offered("snapshot", "e") == ["export"]
    assert offered("scan", "--cs") == ["--csv", "--csv-bom"]
    assert offered("completion", "") == ["bash", "zsh", "fish"]
    assert set(offered("scan", "--")) >= {"--json", "--junit-passes", "--sarif", "--fail-on", "--help"}


def test_values(offered: Run) -> None:
    assert offered("scan", "--mock", "") == scenario_names()
    assert offered("doctor", "--mock", "h") == ["hidden-inbox-rule", "hostile"]
    assert offered("scan", "--fail-on", "") == [each.value for each in Severity]
    assert offered("scan", "--fail-on", "new:h") == ["new:high"]
    assert offered("scan", "--sarif-profile", "f") == ["full"]
    assert offered("checks", "--framework", "c") == ["cis"]


def test_ids_of_checks(offered: Run) -> None:
    every = sorted(own_plugins().checks)
    assert len(every) > 50
    assert offered("explain", "") == offered("scan", "--check", "") == every
    found = offered("scan", "--quiet", "--check", "exchange.in")
    assert found == [id for id in every if id.startswith("exchange.in")] != []
    assert offered("explain", "contoso.") == []


def test_zsh_and_fish_are_told_titles(o365scan: Run) -> None:
    word = "entra.admin-has-m"
    for shell, current in (("zsh", "2"), ("fish", word)):
        asked = {"COMP_WORDS": f"o365scan explain {word}", "COMP_CWORD": current}
        result = o365scan(env={"_O365SCAN_COMPLETE": f"{shell}_complete", **asked})
        assert "Every administrator has a second factor" in result.stdout
        assert result.stderr == ""


@pytest.mark.parametrize("text", ["[", "[plugins]\nallow = 7\n", '[plugins]\nallow = ["x"]\n'])
def test_a_configuration_that_is_wrong_is_no_matter_for_a_prompt(
    offered: Run, tmp_path: Path, text: str
) -> None:
    (tmp_path / "o365scan.toml").write_text(text)
    assert offered("explain", "contoso.") == []
    assert offered("scan", "--ht") == []
    assert offered("scan", "--tenant", "") == []


@pytest.mark.parametrize("command", ["scan", "collect", "adopt", "accept", "doctor", "permissions", "fleet"])
def test_tenants_of_the_configuration(offered: Run, tmp_path: Path, command: str) -> None:
    (tmp_path / "other.toml").write_text('[[tenants]]\nname = "contoso"\n[[tenants]]\nname = "fabrikam"\n')
    assert offered(command, "--tenant", "") == []
    assert offered(command, "--config", "other.toml", "--tenant", "") == ["contoso", "fabrikam"]
    assert offered(command, "--config", "other.toml", "--tenant", "f") == ["fabrikam"]
    assert "entra.admin-has-mfa" in offered("explain", "")


def test_strangers_are_loaded_only_where_nothing_of_ours_will_do(
    offered: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stranger's plugin that prints, and brings a reporter, is not run for a word that ours complete."""
    (tmp_path / "strange.py").write_text(
        "from pathlib import Path\n"
        "from o365scan.api import Reporter, hookimpl\n"
        f"Path({str(tmp_path / 'loaded')!r}).touch()\n"
        "print('hello')\n"
        "@hookimpl\n"
        "def o365scan_reporters():\n"
        "    return [Reporter(name='html', help='As HTML.', write=lambda *_: None)]\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    found = [*registry._entry_points(), EntryPoint("strange", "strange", "o365scan")]
    monkeypatch.setattr(registry, "_entry_points", lambda: found)
    own_plugins.cache_clear()
    try:
        assert offered("scan", "--js") == ["--json"]
        assert offered("scan", "--fail-on", "cr") == ["critical"]
        assert offered("explain", "entra.admin-has-m") == ["entra.admin-has-mfa"]
        assert not (tmp_path / "loaded").exists()
        assert offered("scan", "--ht") == ["--html"]
        assert (tmp_path / "loaded").exists()
    finally:
        own_plugins.cache_clear()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_scripts(o365scan: Run, shell: str) -> None:
    result = o365scan("completion", shell)
    assert (result.returncode, result.stderr) == (0, "")
    assert f"_O365SCAN_COMPLETE={shell}_complete" in result.stdout
    if which(shell):
        subprocess.run([shell, "-n"], input=result.stdout, text=True, check=True)


def test_a_shell_that_is_not_known(o365scan: Run) -> None:
    result = o365scan("completion", "tcsh")
    assert result.returncode == 2
    assert "'bash', 'zsh', 'fish'" in result.stderr
