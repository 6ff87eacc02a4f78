"""`python -m o365scan`, and what the command `o365scan` runs."""

from __future__ import annotations

import atexit
import os
import sys
import threading
import time
from contextlib import suppress

#: Seconds that threads get to end by themselves.
_GRACE = 1.0


def main() -> None:
    """Ctrl-C is quiet even while the command line is still being loaded."""
    try:
        from o365scan.cli import main as run
    except KeyboardInterrupt:
        sys.exit(130)
    try:
        run()
    except SystemExit as end:
        _leave_threads(end.code)
        raise


def _leave_threads(code: object) -> None:
    """End in spite of threads that a plugin began and never ended: Python itself would wait for them."""
    until = time.monotonic() + _GRACE
    began = [
        each for each in threading.enumerate() if each is not threading.main_thread() and not each.daemon
    ]
    for each in began:
        each.join(max(0.0, until - time.monotonic()))
    if any(each.is_alive() for each in began):
        atexit._run_exitfuncs()
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):
                stream.flush()
        os._exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
