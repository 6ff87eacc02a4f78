"""Accidents while a plugin is loaded: each is bounded, told, and harms no other plugin."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap

import pytest

from tests.conftest import Run
from tests.core.shelf import Shelf
from tests.core.test_registry import FEW

ACCIDENTS = {
    "an import that loops": ("while True: pass", "load", "it took longer than 1 seconds and was interrupted"),
    "an import that waits": (
        "import threading; threading.Event().wait()",
        "load",
        "it took longer than 1 seconds",
    ),
    "an import that interrupts": ("raise KeyboardInterrupt('x')", "load", "KeyboardInterrupt: x"),
    "an import that ends": ("raise GeneratorExit", "load", "GeneratorExit: "),
    "an import of its own kind": ("class Own(BaseException): pass\nraise Own('x')", "load", "Own: x"),
    "an error without words": (
        "class Mute(Exception):\n    def __str__(self): raise ValueError\nraise Mute",
        "load",
        "Mute, which can't be put into words",
    ),
    "a hook that loops": (
        "@hookimpl\ndef o365scan_checks():\n    while True: pass",
        "hook",
        "it took longer than 1 seconds and was interrupted",
    ),
    "a hook that asks too much": (
        "@hookimpl\ndef o365scan_checks(token): return []",
        "hook",
        "PluginValidationError: Plugin 'broken' for hook 'o365scan_checks'",
    ),
}


@pytest.mark.parametrize("accident", ACCIDENTS)
def test_an_accident_while_loading_is_told_and_harms_nobody(
    shelf: Shelf, o365scan: Run, accident: str
) -> None:
    code, stage, said = ACCIDENTS[accident]
    shelf.add("broken", code)
    shelf.add("zealous", "@hookimpl\ndef o365scan_datasets(): return []")
    scanned = o365scan("scan", *FEW, "--json", "-", env={"O365SCAN_LOAD_SECONDS": "1"})
    report = json.loads(scanned.stdout)
    assert scanned.returncode == 3
    ((plugin, at, message),) = (each.values() for each in report["failures"])
    assert (plugin, at) == ("broken", stage)
    assert message.startswith(said)
    assert "zealous" in o365scan("plugins", env={"O365SCAN_LOAD_SECONDS": "1"}).stdout
    assert len([each for each in report["findings"] if each["verdict"] == "pass"]) > 5


@pytest.mark.parametrize(
    "code",
    [
        "print('one')\nimport os, sys\nos.write(2, b'two\\n')\nos.system('echo three')\nsys.stdout = None",
        "@hookimpl\ndef o365scan_checks():\n    print('one\\ntwo\\nthree')\n    return []",
    ],
)
def test_what_a_plugin_prints_while_it_is_loaded_is_told(shelf: Shelf, o365scan: Run, code: str) -> None:
    shelf.add("chatty", code)
    scanned = o365scan("scan", *FEW, "--json", "-")
    assert scanned.returncode == 0
    report = json.loads(scanned.stdout)
    assert report["failures"] == []
    (said,) = (each["message"] for each in report["notices"] if each["message"].startswith("printed"))
    assert said.startswith("printed 3 lines: ")
    assert said.endswith(" (while it was loaded)")
    del sys.modules["chatty_module"]
    listed = o365scan("plugins")
    assert listed.returncode == 0
    assert "plugin chatty, for its author: printed 3 lines" in " ".join(listed.stdout.split())


def test_what_can_not_be_interrupted_ends_the_command_with_a_clear_word(shelf: Shelf) -> None:
    stubborn = """
        def stubborn():
            while True:
                try:
                    x = 0
                    while True: x += 1
                except BaseException:
                    print("never")
        stubborn()
    """
    shelf.add("stubborn", textwrap.dedent(stubborn))
    environment = {**os.environ, "PYTHONPATH": str(shelf.folder), "O365SCAN_LOAD_SECONDS": "0.5"}
    ended = subprocess.run(
        [sys.executable, "-m", "o365scan", "plugins"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert ended.stderr == (
        "o365scan: the plugin stubborn took longer than 0.5 seconds to load, and can't be interrupted.\n"
        "  Uninstall it.\n"
    )


@pytest.mark.parametrize("seconds", ["soon", "0", "-1", "inf", "nan"])
def test_a_limit_that_is_none_is_refused(o365scan: Run, seconds: str) -> None:
    result = o365scan("plugins", env={"O365SCAN_LOAD_SECONDS": seconds})
    assert result.returncode == 2
    assert "O365SCAN_LOAD_SECONDS must be a number of seconds" in result.stderr
