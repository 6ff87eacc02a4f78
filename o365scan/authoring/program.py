"""Python programs of our own that look at a plugin from a fresh process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping

from o365scan.watchdog import patience

#: Seconds after which a plugin is taken to be stuck: while it is loaded (beside what it may take itself), and judging.
_TO_START, _TO_JUDGE = 15.0, 600.0
#: Seconds that a check may take over one case: a few records, hence milliseconds.
OF_A_CASE = 10.0
#: The exit code of a program that says on standard error where the plugin is stuck.
STUCK = 75


class Stuck(Exception):
    """The program did not end in time."""


def run(
    module: str, *arguments: str, seconds: float | None = None, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a module of this package; it finds the modules that this process finds, and writes no bytecode.

    Raises Stuck, also where the program says so.
    """
    if seconds is None:
        seconds = _TO_JUDGE if module == "judge_probe" else _TO_START + patience()
    path = os.pathsep.join(each for each in sys.path if each)
    try:
        done = subprocess.run(  # noqa: S603 - our own program, by our own interpreter
            [sys.executable, "-P", "-B", "-X", "utf8", "-m", f"o365scan.authoring.{module}", *arguments],
            env={**os.environ, "PYTHONPATH": path, **(environment or {})},
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=seconds, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as cause:
        raise Stuck(f"it was still busy after {seconds:g} seconds") from cause
    if done.returncode == STUCK:
        raise Stuck(done.stderr.strip().rpartition("\n")[2])
    return done
