"""A program: load one plugin as o365scan would, and say what else happened meanwhile.

    python -m o365scan.authoring.import_probe NAME MODULE

writes a list of [what happened, where] as JSON to its standard output. What the plugin itself writes there or to
standard error goes elsewhere, and is one of the things that happened.
"""

from __future__ import annotations

import _thread
import contextlib
import importlib.metadata
import importlib.util
import io
import json
import os
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any
from unittest.mock import patch

# What the core imports is not the plugin's doing.
import o365scan.scan
import o365scan.transport.service  # noqa: F401 - imported for its effects
from o365scan.registry import PROJECT

#: Audit event → what a person would call it. https://docs.python.org/3/library/audit_events.html
_EVENTS = {
    **dict.fromkeys(("socket.connect", "socket.sendto", "socket.sendmsg"), "it uses the network"),
    **dict.fromkeys(
        ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"), "it asks the network"
    ),
    **dict.fromkeys(
        ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.forkpty",
         "os.startfile"), "it starts a program",
    ),
    **dict.fromkeys(("_thread.start_new_thread", "_thread.start_joinable_thread"), "it starts a thread"),
    **dict.fromkeys(("os.putenv", "os.unsetenv"), "it changes the environment"),
    **dict.fromkeys(
        ("os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod",
         "os.chown", "os.utime", "sqlite3.connect"), "it changes files",
    ),
}  # fmt: skip
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Watch:
    """Keeps what happens, and which line of the plugin made it happen."""

    def __init__(self, folders: tuple[str, ...]) -> None:
        self._folders = folders
        self._on = True
        self.seen: dict[tuple[str, str], None] = {}

    def hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        """For sys.addaudithook: hooks can't be removed again, hence `end`."""
        if not self._on:
            return
        if event == "open" and _is_written(*arguments[:3]):
            self.note(f"it writes {arguments[0]}")
        elif event in _EVENTS and arguments[:1] != (":memory:",):
            self.note(_EVENTS[event])

    def note(self, what: str) -> None:
        self._on = False  # looking for the line may raise events too
        self.seen[(what, self._line())] = None
        self._on = True

    def end(self) -> None:
        self._on = False

    def _line(self) -> str:
        frame: FrameType | None = sys._getframe(2)
        while frame is not None:
            if frame.f_code.co_filename.startswith(self._folders):
                return f"{frame.f_code.co_filename}:{frame.f_lineno}"
            frame = frame.f_back
        return ""


class _Ear(io.TextIOBase):
    """In the place of standard output and error."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self._watch.note("it prints")
        return len(text)


def _is_written(path: object, mode: object, flags: object) -> bool:
    if isinstance(path, int) or path == os.devnull:
        return False
    return (isinstance(mode, str) and any(each in mode for each in "wax+")) or (
        isinstance(flags, int) and bool(flags & _WRITING)
    )


def watched(name: str, value: str) -> list[tuple[str, str]]:
    """Load the plugin and take what its hooks give; what it raises is the loader's to tell."""
    found = importlib.util.find_spec(value.partition(":")[0].partition(".")[0])
    places = found.submodule_search_locations if found is not None else None
    origin = [found.origin] if found is not None and found.origin else []
    watch = Watch(tuple(f"{place}{os.sep}" for place in places) if places else tuple(origin))
    with tempfile.TemporaryFile() as written:
        os.dup2(written.fileno(), 1)
        os.dup2(written.fileno(), 2)
        sys.stdout = sys.stderr = _Ear(watch)
        sys.addaudithook(watch.hook)  # noqa: TID251 - this is one
        with contextlib.suppress(Exception, SystemExit), _threads_watched(watch):
            _call_hooks(importlib.metadata.EntryPoint(name, value, PROJECT).load())
        watch.end()
        if written.seek(0, os.SEEK_END):
            watch.seen[("it prints", "")] = None
    return list(watch.seen)


@contextlib.contextmanager
def _threads_watched(watch: Watch) -> Iterator[None]:
    """Python 3.11 raises no audit event for a new thread."""

    def noted(start: Callable[..., Any]) -> Callable[..., Any]:
        def noting(*arguments: Any, **keywords: Any) -> Any:
            watch.note("it starts a thread")
            return start(*arguments, **keywords)

        return noting

    with (
        patch.object(threading.Thread, "start", noted(threading.Thread.start)),
        patch.object(_thread, "start_new_thread", noted(_thread.start_new_thread)),
    ):
        yield


def _call_hooks(plugin: Any) -> None:
    for name in dir(plugin):
        hook = getattr(plugin, name)
        if name.startswith(f"{PROJECT}_") and callable(hook):
            with contextlib.suppress(Exception, SystemExit):
                list(hook())


if __name__ == "__main__":
    report = os.fdopen(os.dup(1), "w", encoding="utf-8")
    json.dump(watched(*sys.argv[1:3]), report)
    report.close()
