"""Progress and colours for people at a terminal, and none of it for anybody else."""

from __future__ import annotations

import re
from pathlib import Path

import pyte
import pytest

from tests.cli.terminal import on_a_terminal
from tests.conftest import Run

SCAN = ("scan", "--mock", "oauth-spam-campaign", "--mock-size", "5", "--check", "exchange.inbound-*",
        "--evidence", "out/evidence")  # fmt: skip
COLOUR = re.compile(r"\x1b\[[0-9;]*\b(3[1-7]|4[1-7]|9[0-7])m")
STEPS = ("2 of 2 datasets · ", " requests · ", "Check 1 of 1 · ", "Writing the evidence · ")


def screen(text: str, columns: int = 100) -> list[str]:
    """What a person sees in the end."""
    shown = pyte.HistoryScreen(columns, 60)
    pyte.Stream(shown).feed(text)
    return [line.rstrip() for line in shown.display if line.strip()]


def test_progress_comes_on_a_terminal_and_goes(tmp_path: Path) -> None:
    seen = on_a_terminal(SCAN, tmp_path)
    assert seen.code == 0
    for step in STEPS:
        assert step in seen.text
    assert COLOUR.search(seen.text)
    left = screen(seen.text)
    assert left[0].startswith("Contoso  contoso.onmicrosoft.com"), left
    assert not any("datasets ·" in line or line[0] in "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏" for line in left)
    assert left[-2:] == [
        "Wrote out/evidence (3 files)",
        "Next: o365scan explain exchange.inbound-connector-is-expected",
    ]
    assert seen.text.rstrip().endswith(left[-1]), "something moves the cursor after the last line"
    assert seen.text.count("\x1b[?25l") == seen.text.count("\x1b[?25h"), "the cursor stays hidden"


@pytest.mark.parametrize(
    ("environment", "coloured"),
    [
        ({"CI": "true"}, False),
        ({"CI": "1", "FORCE_COLOR": "1"}, True),
        ({"TERM": "dumb"}, False),
    ],
    ids=["CI", "CI with colour", "dumb"],
)
def test_no_progress_in_ci_nor_on_a_terminal_that_can_do_nothing(
    tmp_path: Path, environment: dict[str, str], coloured: bool
) -> None:
    seen = on_a_terminal(SCAN, tmp_path, env=environment)
    assert not any(step in seen.text for step in STEPS)
    assert bool(COLOUR.search(seen.text)) == coloured
    assert coloured or "\x1b" not in seen.text


def test_quiet_is_quiet(tmp_path: Path) -> None:
    assert on_a_terminal([*SCAN, "--quiet"], tmp_path).text == ""


def test_no_color_takes_colours_alone(tmp_path: Path) -> None:
    seen = on_a_terminal(SCAN, tmp_path, env={"NO_COLOR": "1"})
    assert not COLOUR.search(seen.text)
    assert STEPS[0] in seen.text


@pytest.mark.parametrize(
    "environment", [{}, {"CI": "1"}, {"FORCE_COLOR": "1"}, {"TERM": "dumb"}], ids=lambda each: " ".join(each)
)
def test_no_progress_where_nobody_looks(o365scan: Run, environment: dict[str, str]) -> None:
    result = o365scan(*SCAN, env={"TERM": "xterm-256color", **environment})
    assert result.returncode == 0
    assert not any(step in result.stdout + result.stderr for step in STEPS)
    assert "\r" not in result.stdout + result.stderr
    assert bool(COLOUR.search(result.stdout)) == ("FORCE_COLOR" in environment)
    assert "\x1b" not in result.stderr


def test_no_color_beats_force_color(o365scan: Run) -> None:
    result = o365scan(*SCAN, env={"FORCE_COLOR": "1", "NO_COLOR": "1"})
    assert not COLOUR.search(result.stdout)


def test_columns_are_honoured_where_nobody_looks(o365scan: Run) -> None:
    for said, wide in (
        ({}, 120),
        ({"COLUMNS": "60"}, 60),
        ({"COLUMNS": "200"}, 200),
        ({"COLUMNS": "x"}, 120),
    ):
        lines = o365scan(*SCAN, env=said).stdout.splitlines()
        longest = max(map(len, lines))
        assert wide // 2 < longest <= wide
    assert o365scan(*SCAN, env={"COLUMNS": "1"}).returncode == 0


def test_data_goes_to_stdout_and_words_to_stderr(o365scan: Run) -> None:
    result = o365scan(*SCAN, "--json", "-", "--csv", "out/a.csv")
    assert result.stdout.startswith("{")
    assert result.stdout.endswith("}\n")
    assert "1 failed (1 high)" in result.stderr
    assert "Wrote out/a.csv, out/evidence (3 files)" in result.stderr
    assert o365scan(*SCAN, "--csv", "out/a.csv", "--quiet").stderr == ""


def test_what_to_do_next(o365scan: Run) -> None:
    def told(*arguments: str) -> str:
        return o365scan("scan", *arguments, "--mock-size", "5").stderr.splitlines()[-1]

    one = ("--check", "exchange.inbound-*")
    assert told("--mock", "oauth-spam-campaign", *one, "--sarif", "a.sarif") == (
        "Next: commit evidence to a private repository, then upload a.sarif"
    )
    assert o365scan("scan", "--mock", "baseline", "--mock-size", "5", *one).stderr == ""


def test_collect_is_a_line(o365scan: Run) -> None:
    asked = ("collect", "s", "--mock", "baseline", "--mock-size", "5", "--check", "exchange.inbound-*")
    assert re.fullmatch(r"Wrote s: \d+ objects of \d datasets\n", o365scan(*asked).stderr)
    assert "  exchange.inbound-connectors: " in o365scan(*asked, "--verbose").stderr
    assert o365scan(*asked, "--quiet").stderr == ""
