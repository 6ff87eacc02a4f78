"""Python programs of our own that look at a plugin from a fresh process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping

#: Seconds after which a plugin that is still busy is taken to be stuck.
PATIENCE = 600


class Stuck(Exception):
    """The program did not end in time."""


def run(
    module: str, *arguments: str, seconds: float = PATIENCE, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a module of this package; it finds the modules that this process finds, and writes no bytecode.

    Raises Stuck.
    """
    path = os.pathsep.join(each for each in sys.path if each)
    try:
        return subprocess.run(  # noqa: S603 - our own program, by our own interpreter
            [sys.executable, "-P", "-B", "-X", "utf8", "-m", f"o365scan.authoring.{module}", *arguments],
            env={**os.environ, "PYTHONPATH": path, **(environment or {})},
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=seconds, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as cause:
        raise Stuck(f"it was still busy after {seconds:g} seconds") from cause
