"""Prowler's provider for Microsoft 365: what it reads over Graph, and what it makes of it.

It starts PowerShell whatever it is asked for; there is none here, so something stands in whose commands all
stay without an answer.
"""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

from reporting import report

POWERSHELL = """#!/bin/sh
while read -r line; do
  case $line in
    "Write-Output '<END>'") echo '<END>' ;;
    "Write-Error '<END>'") echo 'Write-Error: <END>' >&2 ;;
    exit*) exit 0 ;;
  esac
done
"""


def verdicts() -> dict[str, list[str]]:
    folder = Path("bin")
    folder.mkdir()
    pwsh = folder / "pwsh"
    pwsh.write_text(POWERSHELL)
    pwsh.chmod(0o755)
    command = [str(Path(sys.executable).with_name("prowler")), "m365", "--sp-env-auth", "--no-banner",
               "--service", "entra", "admincenter", "--output-modes", "csv",
               "--output-filename", "scan", "--output-directory", "out"]  # fmt: skip
    environment = os.environ | {"PATH": f"{folder.absolute()}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    results = Path("out", "scan.csv")
    if not results.exists():
        raise RuntimeError(done.stdout[-2_000:] + done.stderr[-2_000:])
    found: dict[str, set[str]] = defaultdict(set)
    for row in csv.DictReader(results.open(), delimiter=";"):
        found[row["CHECK_ID"]].add(row["STATUS"])
    return {check: sorted(found[check]) for check in sys.argv[1:]}


report({"verdicts on a well-run tenant": verdicts})
