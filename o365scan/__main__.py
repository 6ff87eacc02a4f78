"""`python -m o365scan`, and what the command `o365scan` runs."""

from __future__ import annotations

import sys


def main() -> None:
    """Ctrl-C is quiet even while the command line is still being loaded."""
    try:
        from o365scan.cli import main as run
    except KeyboardInterrupt:
        sys.exit(130)
    run()


if __name__ == "__main__":
    main()
