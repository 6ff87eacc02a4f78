"""Accidents in the scan's own process: in a reporter, while a tenant is read, in a thread that is left behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from o365scan.baseline import source
from tests.conftest import Run
from tests.core.shelf import Shelf
from tests.core.test_loading import FEW

REPORTER = """
import os, sys, time
def write(report, stream, options):
    stream.write("half")
    {action}
@hookimpl
def o365scan_reporters():
    return [Reporter(name="aaa", help="x", write=write)]
"""
#: What a reporter does, and what is told of it where it is not written.
ACTIONS = {
    "while True: pass": "it took longer than 0.5 seconds and was interrupted",
    "time.sleep(1000)": "it took longer than 0.5 seconds and was interrupted",
    "raise KeyboardInterrupt('nobody pressed it')": "KeyboardInterrupt: nobody pressed it",
    "os._exit(0)": "SystemExit: os._exit(0)",
    "open('/nowhere/at/all')": "FileNotFoundError: [Errno 2] No such file or directory: '/nowhere/at/all'",
}


@pytest.mark.parametrize("action", ACTIONS)
def test_a_reporter_that_has_an_accident_loses_no_other_report(
    shelf: Shelf, o365scan: Run, action: str
) -> None:
    shelf.add("broken", REPORTER.format(action=action))
    if "longer" in ACTIONS[action]:  # no other is to be timed: a machine may be slow
        (shelf.folder.parent / "o365scan.toml").write_text("[limits]\nseconds = 0.5\n")
    result = o365scan("scan", *FEW, "--aaa", "a", "--json", "-")
    assert result.returncode == 3, result.stderr
    assert not (shelf.folder.parent / "a").exists()
    report = json.loads(result.stdout)
    assert report["findings"]
    assert f"a was not written: {ACTIONS[action]}" in " ".join(result.stderr.split())


@pytest.mark.parametrize("action", ["sys.stdout.close(); sys.stderr.close()", "os.close(1); os.close(2)"])
def test_a_reporter_that_closes_the_outputs_closes_none_of_ours(
    shelf: Shelf, o365scan: Run, action: str
) -> None:
    shelf.add("broken", REPORTER.format(action=action))
    result = o365scan("scan", *FEW, "--aaa", "a")
    assert result.returncode == 0, result.stderr
    assert "passed" in result.stdout


def test_a_reporter_may_close_its_stream(shelf: Shelf, o365scan: Run) -> None:
    shelf.add("tidy", REPORTER.format(action="stream.close()"))
    result = o365scan("scan", *FEW, "--aaa", "-")
    assert result.returncode == 0, result.stderr
    assert result.stdout == "half"
    assert "passed" in result.stderr


READER = """
import os, sys
def read(text):
    {action}
@hookimpl
def o365scan_reporters():
    return [Reporter(name="aaa", help="x", write=lambda *_: None, read=read)]
"""


@pytest.mark.parametrize(
    "action", ["sys.exit(0)", "os._exit(0)", "raise KeyboardInterrupt", "while True: pass"]
)
def test_a_reporter_that_has_an_accident_over_a_baseline_ends_no_scan_with_nought(
    shelf: Shelf, o365scan: Run, monkeypatch: pytest.MonkeyPatch, action: str
) -> None:
    if "while" in action:  # no other is to be timed: a machine may be slow
        monkeypatch.setattr(source, "_SECONDS", 0.5)
    shelf.add("broken", READER.format(action=action))
    (shelf.folder.parent / "old").write_text("{}")
    result = o365scan("scan", *FEW, "--baseline", "old")
    assert result.returncode == 2
    assert "the reporter aaa failed to read it" in result.stderr


READING = """
users = Dataset(
    name="loud.users", source=GraphList(path="/users", select=("id",)), key="id", title="id", type="user",
    permission=Permission(api=GRAPH, app_roles=("User.Read.All",)), reference="https://example.com/",
)
def where(user, data):
    import os
    print("one")
    os.write(1, b"two\\n")
    return False
groups = Dataset(
    name="loud.groups", source=FanOut(over=users, request=GraphList(path="/users/{id}/memberOf"), where=where),
    key="id", title="id", type="group",
    permission=Permission(api=GRAPH, app_roles=("Directory.Read.All",)), reference="https://example.com/",
)
@check("loud.user-is-fine", severity=Severity.LOW, each=users, reads=[groups])
def user_is_fine(user):
    yield from ()
@hookimpl
def o365scan_datasets(): return [users, groups]
@hookimpl
def o365scan_checks(): return [user_is_fine]
"""
ABOUT = '"""x\n\n## What it looks at\nx\n## Why it matters\nx\n## Remediation\nx\n## Sources\nx\n"""\n'


def test_what_a_plugin_prints_while_a_tenant_is_read_is_told_and_in_no_report(
    shelf: Shelf, o365scan: Run
) -> None:
    shelf.add("loud", READING, head=f"{ABOUT}from o365scan.api import *\n")
    result = o365scan("scan", "--mock", "baseline", "--mock-size", "5", "--check", "loud.*", "--json", "-")
    assert result.returncode == 0, result.stderr
    report = json.loads(result.stdout)
    (said,) = [each["message"] for each in report["notices"] if each["message"].startswith("printed")]
    assert said.startswith("printed ")
    assert said.endswith("(while the tenant was read)")


def test_a_check_of_a_plugin_that_could_not_be_used_is_not_only_unknown(shelf: Shelf, o365scan: Run) -> None:
    shelf.add("broken", "1 // 0")
    result = o365scan("scan", "--mock", "baseline", "--check", "broken.*")
    assert result.returncode == 2
    assert "The plugin broken could not be used (load): ZeroDivisionError" in result.stderr


def test_a_thread_that_a_plugin_began_keeps_no_command_from_ending(shelf: Shelf) -> None:
    code = "import threading\nthreading.Thread(target=threading.Event().wait).start()"
    shelf.add("restless", code)
    ended = subprocess.run(
        [sys.executable, "-m", "o365scan", "plugins"],
        env={**os.environ, "PYTHONPATH": str(shelf.folder)},
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "restless" in ended.stdout


@pytest.mark.parametrize(
    "code", ["import os; os._exit(0)", "@hookimpl\ndef o365scan_checks():\n    import os; os._exit(0)"]
)
def test_a_plugin_that_ends_the_process_while_it_is_loaded_is_told(
    shelf: Shelf, o365scan: Run, code: str
) -> None:
    """Else a command would end with nought, as though all were well."""
    shelf.add("broken", code)
    listed = o365scan("plugins")
    assert listed.returncode == 3
    assert "SystemExit: os._exit(0)" in listed.stdout


def test_what_a_plugin_forks_while_it_is_loaded_ends_as_it_wants_to(shelf: Shelf, o365scan: Run) -> None:
    code = """
        import os, warnings
        with warnings.catch_warnings():  # Python 3.12 has one for a fork beside threads
            warnings.simplefilter("ignore")
            child = os.fork()
        if not child: os._exit(7)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    """
    shelf.add("forking", code)
    assert o365scan("plugins").returncode == 0
