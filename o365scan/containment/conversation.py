"""One check judged elsewhere: what is asked, what is answered, and for how long."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from o365scan.api import Check, Judgement, PluginInfo, Record
from o365scan.api.deprecation import Use, note
from o365scan.config import Limits
from o365scan.containment.process import Process, Stopped
from o365scan.containment.wire import Malformed, decoded, finder, judgement_of
from o365scan.running import Asides
from o365scan.snapshot import Snapshot
from o365scan.watchdog import patience

#: Seconds for a new process to start, beside what the plugin may take to load; and steps that each may take as long.
_START, _STEPS = 60.0, 10
_NO_DATA = "answered with what is no judgement"


def load(process: Process, plugin: PluginInfo, snapshot: Snapshot, file: Path, limits: Limits) -> None:
    """Have a new process open the snapshot and load the plugin. Raises Stopped if it can't."""
    process.send(
        {
            "load": {
                "name": plugin.name,
                "distribution": plugin.distribution,
                "snapshot": str(file),
                "memory": limits.memory_mib,
            }
        }
    )
    line = process.receive(_START + _STEPS * patience())
    if line is None:
        raise Stopped("could not be loaded in time where it is judged")
    kind, content = _decoded(line)
    if kind != "loaded" or content != snapshot.seal_digest:
        raise Stopped("is judged on another snapshot: the file was replaced meanwhile")


class Conversation:
    """What is said of one check."""

    def __init__(
        self,
        process: Process,
        snapshot: Snapshot,
        check: Check,
        limits: Limits,
        asides: Asides,
    ) -> None:
        self._process = process
        self._check = check
        self._limits = limits
        self._asides = asides
        self._find = finder((*check.datasets, *check.optional), snapshot.record_of)
        self._end = time.monotonic() + limits.seconds
        self._left = limits.said_mib * 2**20

    def begin(self, options: Any) -> None:
        """Ask for the check. Raises Stopped if its options are no data."""
        try:
            plain = msgspec.to_builtins(options)
        except TypeError as cause:
            raise Stopped(f"takes options that can't be handed over: {cause}") from cause
        mark = self._process.printed.expect()
        self._process.send({"judge": {"check": self._check.id, "options": plain, "mark": mark.hex()}})

    def on(self, record: Record | None) -> Iterator[Judgement]:
        """What it says of the next object, which must be this one. Raises Stopped."""
        place = [record.key, record.parent] if record is not None else None
        while True:
            kind, content = self._next()
            if kind == "judged" and content == place:
                return
            try:
                judgement = judgement_of(kind, content, self._find)
            except Malformed as cause:
                raise Stopped(f"{_NO_DATA}: {cause}") from cause
            if judgement is None:
                raise Stopped(f"{_NO_DATA}: {kind!r}")
            yield judgement

    def finish(self) -> None:
        """After the last object. Raises Stopped if there is more."""
        kind, content = self._next()
        if kind != "done":
            raise Stopped(f"{_NO_DATA}: {kind!r}")
        try:
            used = msgspec.convert(content, list[Use])
        except msgspec.ValidationError as cause:
            raise Stopped(f"{_NO_DATA}: {cause}") from cause
        for each in used:
            note(each.module, each.message)
        self.tell_prints()

    def tell_prints(self) -> None:
        """Report what the check printed, if it did."""
        if (said := self._process.printed.said()) is not None:
            self._asides.printed(said)

    def _next(self) -> tuple[str, Any]:
        while True:
            kind, content = self._message()
            if kind != "broken" or not isinstance(content, str):
                return kind, content
            self._asides.broken(content)

    def _message(self) -> tuple[str, Any]:
        left = self._end - time.monotonic()
        line = self._process.receive(min(left, self._limits.idle_seconds)) if left > 0 else None
        if line is None and left < self._limits.idle_seconds:
            raise Stopped(f"took longer than {self._limits.seconds:g} seconds")
        if line is None:
            raise Stopped(f"judged nothing for {self._limits.idle_seconds:g} seconds")
        self._left -= len(line)
        if self._left < 0:
            raise Stopped(f"said more than {self._limits.said_mib} MiB")
        return _decoded(line)


def _decoded(line: bytes) -> tuple[str, Any]:
    try:
        return decoded(line)
    except Malformed as cause:
        raise Stopped(f"{_NO_DATA}: {cause}") from cause
