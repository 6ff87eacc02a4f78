"""The process that judges: one plugin's checks, over a snapshot that it may read and nothing else of the scan's.

Commands come on standard input, messages go to standard output. Both are taken away from whoever else reads or
prints, before the plugin is loaded: what is printed goes to standard error. When the scan is gone, so is this process.
"""

from __future__ import annotations

import io
import json
import os
import queue
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from o365scan.api import Check, Judgement, O365ScanError, PluginError
from o365scan.api.deprecation import uses
from o365scan.containment.wire import encoded, judgement_message
from o365scan.registry import load_one
from o365scan.running import Running, objects_of
from o365scan.snapshot import Snapshot
from o365scan.watchdog import described

#: The exit code that says that there was no memory left.
OUT_OF_MEMORY = 86
_Command = dict[str, Any]


def main() -> None:
    """Serve commands until the last."""
    work = _Work()
    while (command := work.commands.get()) is not None:
        try:
            work.do(command)
        except MemoryError:
            os._exit(OUT_OF_MEMORY)


class _Work:
    """The plugin, the snapshot, and the way back to the scan."""

    def __init__(self) -> None:
        self._messages = os.dup(1)
        self._prints = os.dup(2)
        os.dup2(2, 1)
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):  # no name is too odd to be printed
                stream.reconfigure(encoding="utf-8", errors="backslashreplace")
        self.commands: queue.SimpleQueue[_Command | None] = queue.SimpleQueue()
        threading.Thread(target=self._listen, args=(_own_stdin(),), daemon=True).start()
        self._checks: dict[str, Check] = {}
        self._why = ""
        self._snapshot = Snapshot.create()

    def _listen(self, commands: int) -> None:
        with os.fdopen(commands, "rb") as stream:
            for line in stream:
                command = json.loads(line)
                self.commands.put(command)
                if command is None:
                    return
        os._exit(1)  # the scan is gone

    def do(self, command: _Command) -> None:
        if "load" in command:
            self._load(**command["load"])
        else:
            self._judge(**command["judge"])

    def _load(self, name: str, distribution: str, snapshot: str, memory: int) -> None:
        """Open the snapshot, limit the memory, load the plugin."""
        self._snapshot = Snapshot.again(Path(snapshot))
        limit_memory(memory)
        registry = load_one(name, distribution)
        self._checks = registry.checks
        self._why = "; ".join(each.message for each in registry.failures)
        self._send("loaded", self._snapshot.seal_digest)

    def _judge(self, check: str, options: Any, mark: str) -> None:
        """Run a check on everything that it judges, and say each thing as it comes."""
        self._snapshot.forget()
        if check in self._checks:
            self._run(self._checks[check], options)
        else:
            self._send("broken", f"there is no check {check} where it is judged: {self._why}")
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError, AttributeError):  # whatever the check left there
                stream.flush()
        with suppress(OSError):
            os.write(self._prints, bytes.fromhex(mark))
        self._send("done", msgspec.to_builtins(uses()))

    def _run(self, check: Check, options: Any) -> None:
        try:
            typed = None if options is None else msgspec.convert(options, check.options)
        except (msgspec.ValidationError, O365ScanError, TypeError) as cause:
            self._send("broken", f"its options could not be handed over: {described(cause)}")
            return
        running = Running(self._snapshot, check, typed, alone=True)
        for record in objects_of(self._snapshot, check):
            for judgement in running.on(record, lambda said: self._send("broken", said)):
                self._say(judgement)
            self._send("judged", [record.key, record.parent] if record else None)

    def _say(self, judgement: Judgement) -> None:
        try:
            self._write(judgement_message(judgement))
        except PluginError as cause:
            said = f"the check crashed: {described(cause)}"
            self._send("broken", said)
            self._send("undecided", {"reason": said})

    def _send(self, kind: str, content: Any) -> None:
        self._write(encoded(kind, content))

    def _write(self, message: bytes) -> None:
        rest = memoryview(message)
        while rest:
            rest = rest[os.write(self._messages, rest) :]


def _own_stdin() -> int:
    """Standard input for this process alone; whoever else reads it finds nothing."""
    own = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return own


def limit_memory(memory: int) -> None:
    """Let this process take that many MiB more than it has; where the platform can't say, there is no such limit."""
    if sys.platform == "linux":
        import resource

        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
        most = pages * resource.getpagesize() + memory * 2**20
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a crash leaves no file
