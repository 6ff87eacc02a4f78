"""The documented workflow with all of its steps, the installation too: `python -m tests.github.installed`.

    installed.py [--multitool PATH] [--schema PATH]

The action is a copy of this repository, as it is when it is pinned. What the workflow uploads is held against
`.ci/sarif_gate.py`. Exit code: 0 it ran and nothing is wrong with the log, 1 not so.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from mocktenant import Tenant, serve
from tests.sarif.gate import gate

from .hosted import ROOT, Hosted, made


def main() -> int:
    """Run it once against a tenant that was attacked; returns the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--multitool", type=Path)
    parser.add_argument("--schema", type=Path)
    said = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, serve(Tenant("oauth-spam-campaign", size=20)) as server:
        here = made(Path(name), server)
        _install_by_the_action(here)
        done = here.run()
        sys.stdout.write(done.log)
        (upload,) = here.tenant.github.code_scanning.uploads.values()
        log = here.folder / "uploaded.sarif"
        log.write_text(json.dumps(upload.log))
        checkout = here.checkout("checkout", upload.commit_sha)
        problems = [*upload.errors, *gate.problems_of(log, checkout, said.multitool, said.schema)]
        alerts = here.tenant.github.code_scanning.states("open")
    for problem in problems:
        print(problem)
    print(f"workflow: exit code {done.code}, {len(alerts)} alerts, {len(problems)} problem(s)")
    return 1 if problems or done.code or not alerts else 0


def _install_by_the_action(here: Hosted) -> None:
    """Lets the action install itself, from wheels in a folder: its steps reach nothing but the mock tenant."""
    action, wheels = here.folder / "action", here.folder / "wheels"
    listed = subprocess.run(
        ["git", "-C", ROOT, "ls-files", "-z"], capture_output=True, text=True, check=True
    ).stdout
    for file in filter(None, listed.split("\0")):
        if (ROOT / file).is_file():
            (action / file).parent.mkdir(parents=True, exist_ok=True)
            (action / file).write_bytes((ROOT / file).read_bytes())
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--wheel-dir", wheels, "hatchling", action]
    subprocess.run(pip, check=True)
    for wheel in wheels.glob("o365scan-*.whl"):
        wheel.unlink()
    here.inputs.pop("command")
    here.variables |= {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels)}


if __name__ == "__main__":
    sys.exit(main())
