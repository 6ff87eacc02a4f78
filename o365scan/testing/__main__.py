"""`python -m o365scan.testing FOLDER [CHECK...]`."""

from __future__ import annotations

import sys
from pathlib import Path

from o365scan.testing import listing

if len(sys.argv) < 2:
    sys.exit("usage: python -m o365scan.testing FOLDER [CHECK...]")
for line in listing(Path(sys.argv[1]), sys.argv[2:]):
    print(line)
