"""Checks of other distributions are judged in a process of their own, so that their accidents harm nothing else.

What such a check said before it was stopped counts; what it did not come to is `open`. Our own checks are judged in
the scan's process: where no stranger is installed, nothing is started.
"""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from o365scan.admission import OWN
from o365scan.api import Check, Judgement, PluginInfo, Record, Undecided
from o365scan.config import Limits
from o365scan.containment.conversation import Conversation, load
from o365scan.containment.process import Process, Stopped
from o365scan.registry import Registry
from o365scan.running import Asides, Judged, in_process, objects_of
from o365scan.snapshot import Snapshot


class Containment:
    """Judges as `in_process` does, strangers' checks elsewhere; a context that leaves no process and no file."""

    def __init__(self, registry: Registry, limits: Limits, secrets: Collection[str] = ()) -> None:
        """`secrets` are the variables that the configuration names as such: no stranger's check gets them."""
        self.limits, self._secrets = limits, secrets
        self._strangers = {
            id: plugin for plugin in registry.plugins if plugin.distribution != OWN for id in plugin.checks
        }
        self._process: Process | None = None
        self._loaded: PluginInfo | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, cause: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            self.part(at_once=kind is not None)
        finally:
            if self._folder is not None:
                self._folder.cleanup()

    def __call__(self, snapshot: Snapshot, check: Check, options: Any, asides: Asides) -> Iterable[Judged]:
        """Judge; see `Judging`."""
        if (plugin := self._strangers.get(check.id)) is None:
            return in_process(snapshot, check, options, asides)
        return self._elsewhere(_Visit(self, plugin, snapshot, check, options, asides))

    @staticmethod
    def _elsewhere(visit: _Visit) -> Iterator[Judged]:
        for record in objects_of(visit.snapshot, visit.check):
            yield Judged(record, visit.to(record))
        visit.end()

    def process_of(self, plugin: PluginInfo, snapshot: Snapshot) -> Process:
        """A process that has the plugin loaded: the one that is there, or a new one."""
        if self._process is None or self._loaded != plugin:
            self.part(at_once=False)
            self._process, self._loaded = Process(self._secrets), plugin
            load(self._process, plugin, snapshot, self._file_of(snapshot), self.limits)
        return self._process

    def _file_of(self, snapshot: Snapshot) -> Path:
        """The snapshot as a file that another process can read: its own, or a private copy."""
        if snapshot.file is not None:
            return snapshot.file
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="o365scan-")
            snapshot.save(Path(self._folder.name, "snapshot"))
        return Path(self._folder.name, "snapshot")

    def part(self, *, at_once: bool) -> None:
        """Give the process up; the next check gets another."""
        process, self._process, self._loaded = self._process, None, None
        if process is not None:
            (process.kill if at_once else process.end)()


@dataclass
class _Visit:
    """One check, on its way through the objects that it judges, until it is stopped."""

    containment: Containment
    plugin: PluginInfo
    snapshot: Snapshot
    check: Check
    options: Any
    asides: Asides
    conversation: Conversation | None = None
    stopped: str | None = None

    def to(self, record: Record | None) -> list[Judgement]:
        """What the check says of the next object; that it was stopped, if it does not come to its end."""
        said: list[Judgement] = []
        if self.stopped is None:
            try:
                for judgement in self._begun().on(record):
                    said.append(judgement)  # noqa: PERF402 - what came before an accident counts
            except Stopped as cause:
                self._stop(cause)
        if self.stopped is not None:
            said.append(Undecided(self.stopped))
        return said

    def end(self) -> None:
        """After the last object."""
        if self.conversation is not None and self.stopped is None:
            try:
                self.conversation.finish()
            except Stopped as cause:
                self._stop(cause)

    def _begun(self) -> Conversation:
        if self.conversation is None:
            process = self.containment.process_of(self.plugin, self.snapshot)
            self.conversation = Conversation(
                process, self.snapshot, self.check, self.containment.limits, self.asides
            )
            self.conversation.begin(self.options)
        return self.conversation

    def _stop(self, cause: Stopped) -> None:
        self.stopped = f"the check was stopped: it {cause}"
        self.containment.part(at_once=True)
        self.asides.broken(self.stopped)
        if self.conversation is not None:
            self.conversation.tell_prints()
