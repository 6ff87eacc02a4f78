"""Each client into a folder of its own, once."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from threading import Lock

from clients import Client

_LOCKS: defaultdict[str, Lock] = defaultdict(Lock)
"""One for each folder: clients that share one run at the same time."""

FOLDER = Path(__file__).parents[2] / ".venv" / "conformance"


def installed(client: Client) -> Path:
    """The client's folder, with what it needs in it. Raises subprocess.CalledProcessError."""
    with _LOCKS[client.folder]:
        return _installed(client, FOLDER / client.folder)


def _installed(client: Client, folder: Path) -> Path:
    wanted = "\n".join(client.packages)
    stamp = folder / ".installed"
    if stamp.exists() and stamp.read_text() == wanted:
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    if client.is_node:
        command = [
            "npm",
            "install",
            "--silent",
            "--no-save",
            "--no-audit",
            "--no-fund",
            "--prefix",
            str(folder),
        ]
    else:
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
        command = [
            sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python"),
            "install", "-qq", "--no-compile", "--disable-pip-version-check",
        ]  # fmt: skip
    subprocess.run([*command, *client.packages], check=True)
    stamp.write_text(wanted)
    return folder
