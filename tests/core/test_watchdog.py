"""The limit of time for somebody else's code, where SIGINT is ignored as it is in the background of a shell."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import os, signal, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
from o365scan.watchdog import Overdue, bounded
with bounded(30, "contoso"):
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(0.01)
try:
    with bounded(0.2, "contoso"):
        while True:
            pass
except Overdue as cause:
    print(cause)
print(signal.getsignal(signal.SIGINT) is signal.SIG_IGN)
"""


def test_what_loops_is_interrupted_though_ctrl_c_is_ignored() -> None:
    """Ctrl-C stays ignored: only the limit interrupts."""
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60)
    assert done.stdout.splitlines() == ["it took longer than 0.2 seconds and was interrupted", "True"], (
        done.stderr
    )
