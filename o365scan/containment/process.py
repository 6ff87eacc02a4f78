"""The other end of `worker`: a process that is started, spoken to, and ended with all that it has started."""

from __future__ import annotations

import json
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Collection
from contextlib import suppress
from typing import Any

from o365scan.containment.wire import LONGEST, encoded_command
from o365scan.containment.worker import OUT_OF_MEMORY
from o365scan.printed import Printed

#: -P: nothing is imported from where the scan happens to run. What follows has the scan's own path.
_START = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from o365scan.containment.worker import main; main()"
#: Messages that may wait; more have to wait where they come from.
_WAITING = 1_000
#: Seconds that a process gets to end when it is asked to.
_GRACE = 2.0
#: What signs in is none of a check's business: variables of the Azure SDKs, of GitHub's jobs and of Azure's platforms,
#: and any whose name speaks of a secret.
_CREDENTIALS = re.compile(
    "^(AZURE|ACTIONS|IDENTITY|MSI)_|SECRET|TOKEN|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL|CERTIFICATE|_KEY$",
    re.IGNORECASE,
)

#: A password in an address, as proxies take it.
_WITH_PASSWORD = re.compile("://[^/@]*:[^/@]+@")


class Stopped(Exception):
    """Why a check goes no further, as a predicate of it: "took longer than 300 seconds"."""


class Process:
    """A worker, idle or judging."""

    def __init__(self, secrets: Collection[str] = ()) -> None:
        """`secrets` are variables that it does not get. Raises Stopped if there is none to be had."""
        commands, messages, prints = os.pipe(), os.pipe(), os.pipe()
        ours, theirs = (commands[1], messages[0], prints[0]), (commands[0], messages[1], prints[1])
        try:
            self._process = _apart(*theirs, secrets)
        except OSError as cause:
            for fd in ours:
                os.close(fd)
            raise Stopped(f"found no process to be judged in: {cause}") from cause
        finally:
            for fd in theirs:
                os.close(fd)
        self._commands = os.fdopen(ours[0], "wb")
        self._messages = os.fdopen(ours[1], "rb")
        self.printed = Printed(ours[2])
        self._lines: queue.Queue[bytes | None] = queue.Queue(_WAITING)
        self._reader = threading.Thread(target=self._read, daemon=True, name="messages")
        self._reader.start()

    def send(self, command: Any) -> None:
        """Give it a command. Raises Stopped if it is gone."""
        try:
            self._commands.write(encoded_command(command))
            self._commands.flush()
        except OSError as cause:
            raise Stopped(self._how_it_ended()) from cause

    def receive(self, seconds: float) -> bytes | None:
        """Its next message, None if there is none in that time. Raises Stopped if it is gone."""
        try:
            line = self._lines.get(timeout=max(0.0, seconds))
        except queue.Empty:
            return None
        if line is None:
            raise Stopped(self._how_it_ended())
        return line

    def end(self) -> None:
        """Let it go; it has nothing left to do."""
        try:
            with suppress(Stopped):
                self.send(None)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(_GRACE)
        finally:
            self.kill()

    def kill(self) -> None:
        """End it at once, and whatever it has started where the platform knows."""
        if sys.platform != "win32":
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()
        self._process.wait()
        until = time.monotonic() + _GRACE
        while self._reader.is_alive() and time.monotonic() < until:
            with suppress(queue.Empty):
                self._lines.get(timeout=0.05)
        with suppress(OSError):  # what it was never told
            self._commands.close()

    def _read(self) -> None:
        with self._messages as stream:
            while (line := stream.readline(LONGEST + 1)).endswith(b"\n") or len(line) > LONGEST:
                self._lines.put(line)
        self._lines.put(None)

    def _how_it_ended(self) -> str:
        try:
            code = self._process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            return "closed what its process says its judgements on"
        if code == OUT_OF_MEMORY:
            return "ran out of memory"
        if code < 0:
            return f"ended its process: {_signal(-code)}"
        return f"ended its process: exit code {code}"


def _apart(stdin: int, stdout: int, stderr: int, secrets: Collection[str]) -> subprocess.Popen[bytes]:
    """A process that no Ctrl-C of the terminal reaches: the scan ends it."""
    command = [sys.executable, "-P", "-u", "-c", _START, json.dumps(sys.path)]
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in secrets and not _CREDENTIALS.search(name) and not _WITH_PASSWORD.search(value)
    }
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP
        return subprocess.Popen(  # noqa: S603 - our own interpreter
            command, stdin=stdin, stdout=stdout, stderr=stderr, env=kept, creationflags=flags
        )
    return subprocess.Popen(  # noqa: S603 - our own interpreter
        command, stdin=stdin, stdout=stdout, stderr=stderr, env=kept, start_new_session=True
    )


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
