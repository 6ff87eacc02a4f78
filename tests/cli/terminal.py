"""A pseudo-terminal: a program on it believes that a person looks."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Seen:
    """What a terminal was sent, and the exit code."""

    text: str
    code: int


def on_a_terminal(
    arguments: Sequence[str], folder: Path, *, columns: int = 100, env: Mapping[str, str] | None = None
) -> Seen:
    """Run o365scan with stdout and stderr on a terminal, and stdin nowhere."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    environment = {**os.environ, "TERM": "xterm-256color", **(env or {})}
    with subprocess.Popen(
        [sys.executable, "-m", "o365scan", *arguments],
        stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs, cwd=folder, env=environment,
    ) as program:  # fmt: skip
        os.close(theirs)
        sent = b""
        while chunk := _read(ours):
            sent += chunk
        os.close(ours)
        return Seen(sent.decode("utf-8"), program.wait())


def _read(fd: int) -> bytes:
    try:
        return os.read(fd, 65_536)
    except OSError:  # Linux says so when the last program on the terminal ends
        return b""
