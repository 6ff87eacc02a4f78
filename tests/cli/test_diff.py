"""o365scan diff as a user runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.diff.snapshots import APPS, State, gap

HOSTILE = "\x1b]0;owned\x07\u202e[red]x[/red]"
A = {"id": "a", "displayName": "A", "note": "old", "clientSecret": "hush-1"}
B = {"id": "b", "displayName": HOSTILE}


@pytest.fixture
def states(tmp_path: Path) -> Path:
    State({APPS: [A]}).saved(tmp_path / "one").close()
    changed = {**A, "note": HOSTILE, "clientSecret": "hush-2"}
    State({APPS: [changed, B]}, day=2).saved(tmp_path / "two").close()
    State({APPS: []}, gaps=[gap(APPS)], day=3).saved(tmp_path / "blind").close()
    State({APPS: [A]}, tenant="99999999-2222-4333-8444-555555555555").saved(tmp_path / "other").close()
    return tmp_path


def test_the_terminal(o365scan: Run, states: Path) -> None:
    shown = o365scan("diff", "one", "two")
    assert shown.returncode == 0
    assert "from 2026-03-01 05:30 UTC to 2026-03-02 05:30 UTC" in shown.stdout
    assert "entra.applications  1 added, 1 changed" in shown.stdout
    assert '/note  "old" → "\\x1b]0;owned\\x07\\u202e[red]x[/red]"' in shown.stdout
    assert "/clientSecret" in shown.stdout
    assert "hush" not in shown.stdout
    assert "\x1b" not in shown.stdout
    assert "1 added, 1 changed in 1 dataset" in shown.stdout
    everything = o365scan("diff", "one", "two", "--verbose").stdout
    assert "+ \\x1b]0;owned\\x07\\u202e[red]x[/red]" in everything


def test_json(o365scan: Run, states: Path) -> None:
    done = o365scan("diff", "one", "two", "--json", "-")
    assert done.stdout.isascii()
    assert "1 added" in done.stderr
    told = json.loads(done.stdout)
    assert told["before"]["collectedAt"] == "2026-03-01T05:30:00+00:00"
    changed, added = told["objects"]
    assert (changed["change"], added["change"], added["title"]) == ("changed", "added", HOSTILE)
    assert changed["properties"] == [
        {"pointer": "/clientSecret", "before": "[redacted]", "after": "[redacted]"},
        {"pointer": "/note", "before": "old", "after": HOSTILE},
    ]
    assert told["datasets"] == {"entra.applications": {"changed": 1, "added": 1}}
    assert o365scan("diff", "one", "two", "--json", "d.json").stderr == ""
    assert json.loads((states / "d.json").read_text()) == told


def test_exit_codes(o365scan: Run, states: Path) -> None:
    assert o365scan("diff", "one", "two", "--exit-code").returncode == 1
    assert o365scan("diff", "one", "one", "--exit-code").returncode == 0
    blind = o365scan("diff", "two", "blind", "--exit-code")
    assert blind.returncode == 3
    assert "the later snapshot lacks it (denied): 403 Forbidden" in blind.stdout
    assert "removed" not in blind.stdout
    assert o365scan("diff", "two", "blind", "--allow-incomplete").returncode == 0


def test_what_is_refused(o365scan: Run, states: Path) -> None:
    for arguments, said in (
        (("one", "other"), "two tenants"),
        (("one", "nowhere"), "there is no snapshot"),
        (("one", "two", "--dataset", "nothing.*"), "Neither snapshot has such a dataset"),
    ):
        done = o365scan("diff", *arguments)
        assert done.returncode == 2
        assert said in done.stderr
        assert "Traceback" not in done.stderr
    other = o365scan("diff", "one", "other", "--other-tenant")
    assert other.returncode == 0
    assert "two tenants" in other.stdout


def test_backwards_is_said(o365scan: Run, states: Path) -> None:
    assert "the first snapshot is the later one" in o365scan("diff", "two", "one").stdout


def test_a_first_page(o365scan: Run, tmp_path: Path) -> None:
    State({APPS: []}).saved(tmp_path / "none").close()
    many = [{"id": f"{number:04}", "displayName": f"App {number}"} for number in range(500)]
    State({APPS: many}).saved(tmp_path / "many").close()
    page = o365scan("diff", "none", "many").stdout
    assert len(page.splitlines()) < 20
    assert "and 492 more (--verbose shows them)" in page
    assert o365scan("diff", "none", "many", "--verbose").stdout.count("  + App ") == 500
