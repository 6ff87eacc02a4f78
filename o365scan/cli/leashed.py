"""The program, ended when its standard input ends: a scan must not go on when whoever waits for it is gone."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time

#: Seconds to leave nothing half-written.
_GRACE = 10.0


def main() -> None:
    """Run the command line on a leash."""
    leash = os.dup(0)
    with open(os.devnull, "rb") as nothing:  # what a command reads there is none of the leash's
        os.dup2(nothing.fileno(), 0)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # it may come before the command line is loaded
    try:
        threading.Thread(target=_hold, args=(leash,), daemon=True, name="leash").start()
        from o365scan.cli import main as run

        run()
    except KeyboardInterrupt:
        sys.exit(130)


def _hold(leash: int) -> None:
    while os.read(leash, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_GRACE)
    os._exit(130)


if __name__ == "__main__":
    main()
