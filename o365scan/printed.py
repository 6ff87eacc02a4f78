"""What somebody else's code prints is caught: told in a line, bounded, and never on an output of ours."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TextIO

from o365scan.api import visible

#: Bytes of it that are kept, and characters that are told.
_KEPT, _TOLD = 2_000, 300
#: Seconds to wait for the end of what was printed: something else may hold the pipe.
_PATIENCE = 5.0
_BENEATH = {"stdout": 1, "stderr": 2}


def new_mark() -> bytes:
    """Bytes that nobody prints by accident: written behind what was printed, they say that it is all."""
    return b"\0" + os.urandom(16).hex().encode() + b"\n"


class Printed:
    """Reads the end of a pipe in a thread of its own, however much comes; it owns `fd`, and closes it."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._changed = threading.Condition()
        self._mark = new_mark()
        self._begin()
        self._pending = b""
        self._ended = False
        threading.Thread(target=self._read, daemon=True, name="printed").start()

    def _begin(self) -> None:
        self._kept, self._count, self._lines, self._reached = b"", 0, 0, False

    def expect(self) -> bytes:
        """A new mark; what came before it is forgotten once `said` was asked."""
        with self._changed:
            self._mark = new_mark()
            return self._mark

    def said(self) -> str | None:
        """What was printed up to the mark, or to the end of the pipe: "printed 3 lines: …". None if nothing was."""
        with self._changed:
            self._changed.wait_for(lambda: self._reached or self._ended, _PATIENCE)
            if not self._reached:
                self._add(self._pending)
                self._pending = b""
            text = self._kept.decode("utf-8", "backslashreplace").strip()
            lines = self._lines + (not self._kept.endswith(b"\n"))
            told = None
            if self._count:
                told = f"printed {lines} line{'s' if lines > 1 else ''}: {visible(text, _TOLD)}"
            self._begin()
        return told

    def _read(self) -> None:
        with suppress(OSError):  # a pipe whose other end broke has ended
            while chunk := os.read(self._fd, 65_536):
                with self._changed:
                    self._take(chunk)
                    self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()
        os.close(self._fd)

    def _take(self, chunk: bytes) -> None:
        data = self._pending + chunk
        before, found, after = data.partition(self._mark)
        if found:
            self._add(before)
            self._reached, self._pending = True, after
        else:  # the mark may come in two pieces
            cut = max(0, len(data) - len(self._mark) + 1)
            self._add(data[:cut])
            self._pending = data[cut:]

    def _add(self, data: bytes) -> None:
        if len(self._kept) < _KEPT:
            self._kept += data[: _KEPT - len(self._kept)]
        self._count += len(data)
        self._lines += data.count(b"\n")


@contextmanager
def hushed(told: Callable[[str], None], names: tuple[str, ...] = ("stdout", "stderr")) -> Iterator[None]:
    """Catch what the block prints there, through Python or beneath it, and tell it in one line if there is any."""
    reading, writing = os.pipe()
    printed = Printed(reading)
    mark = printed.expect()
    streams = {name: getattr(sys, name) for name in names}
    _flush(*streams.values())
    ours = {fd: (os.dup(fd), os.get_inheritable(fd)) for fd in _outputs(names)}
    theirs = {name: _stream(writing) for name in names}  # which they may close: ours live on
    try:
        for fd, (_, inheritable) in ours.items():
            os.dup2(writing, fd, inheritable)
        _put_in_place(theirs)
        yield
    finally:
        in_place = [getattr(sys, name) for name in names]  # whoever prints may have put others there
        _flush(*streams.values(), *theirs.values(), *in_place)
        _put_in_place(streams)
        for each in theirs.values():
            with suppress(OSError):
                each.close()
        for fd, (copy, inheritable) in ours.items():
            os.dup2(copy, fd, inheritable)
            os.close(copy)
        os.write(writing, mark)
        os.close(writing)
        if (said := printed.said()) is not None:
            told(said)


def _put_in_place(streams: Mapping[str, TextIO | None]) -> None:
    for name, stream in streams.items():
        setattr(sys, name, stream)


def _stream(fd: int) -> TextIO:
    """Another stream to where `fd` leads, for any name however odd."""
    return os.fdopen(os.dup(fd), "w", buffering=1, encoding="utf-8", errors="backslashreplace")


def _outputs(names: Iterable[str]) -> set[int]:
    """What stands for standard output and standard error, for Python and for what is beneath it."""
    found = {fd for fd in (_BENEATH[name] for name in names) if _is_open(fd)}
    for name in names:
        with suppress(OSError, ValueError, AttributeError):  # none, closed, or no file
            found.add(getattr(sys, name).fileno())
    return found


def _is_open(fd: int) -> bool:
    try:
        os.fstat(fd)
    except OSError:
        return False
    return True


def _flush(*streams: TextIO | None) -> None:
    for stream in filter(None, streams):
        with suppress(OSError, ValueError, AttributeError):  # closed, or no stream, by whoever prints
            stream.flush()
