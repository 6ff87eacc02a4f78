"""A plugin's function in a thread of its own, while the tenant is read: one that loops or waits holds up nothing.

It is interrupted where Python can be, and left behind where not: such a thread ends with the process at the latest.
"""

from __future__ import annotations

import ctypes
import queue
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from enum import Enum, auto
from functools import partial
from typing import Any, Generic, NoReturn, TypeVar

from o365scan.watchdog import Overdue, patience

T = TypeVar("T")
R = TypeVar("R")

#: Items that may wait; more have to wait where they come from.
_WAITING = 1_000
#: Seconds between two looks whether anybody still waits for them.
_LOOK = 1.0
#: Looks whether a thread takes an interrupt, and the seconds between two of them.
_LOOKS, _BETWEEN = 100, 0.01


class Raised(Exception):
    """The function raised `what`, which may be anything: a KeyboardInterrupt of its own is nobody's Ctrl-C."""

    def __init__(self, what: BaseException) -> None:
        super().__init__(type(what).__name__)
        self.what = what


class _Kind(Enum):
    ITEM, ERRAND, RAISED, END = auto(), auto(), auto(), auto()


class Apart(Generic[T]):
    """One run of a function that gives items."""

    def __init__(self) -> None:
        """It has so many seconds for each item as a plugin has for a hook. Raises OptionsError if that is no number."""
        self._seconds = patience()
        self._up: queue.Queue[tuple[_Kind, Any]] = queue.Queue(_WAITING)
        self._over = False

    def items(self, function: Callable[[], Iterable[T]]) -> Iterator[T]:
        """What the function gives, as it comes. Raises Raised; Overdue if it takes too long over one of them."""
        thread = threading.Thread(target=self._run, args=(function,), daemon=True, name="apart")
        thread.start()
        kind = _Kind.ITEM
        try:
            while kind is not _Kind.END:
                kind, content = self._next()
                if kind is _Kind.RAISED:
                    raise Raised(content) from content
                if kind is _Kind.ERRAND:
                    content()
                elif kind is _Kind.ITEM:
                    yield content
        finally:
            self._over = True
            if kind not in (_Kind.END, _Kind.RAISED):
                _interrupt(thread)

    def ask(self, errand: Callable[[], R]) -> R:
        """For the function: have that done by whoever waits for its items; meanwhile no time is counted."""
        done: queue.SimpleQueue[Callable[[], R]] = queue.SimpleQueue()
        self._put(_Kind.ERRAND, lambda: done.put(_outcome(errand)))
        return done.get()()

    def _next(self) -> tuple[_Kind, Any]:
        try:
            return self._up.get(timeout=self._seconds)
        except queue.Empty:
            raise Overdue(f"it took longer than {self._seconds:g} seconds") from None

    def _run(self, function: Callable[[], Iterable[T]]) -> None:
        with suppress(SystemExit):  # nobody waits any more
            self._give(function)

    def _give(self, function: Callable[[], Iterable[T]]) -> None:
        try:
            for item in function():
                self._put(_Kind.ITEM, item)
            self._put(_Kind.END, None)
        except BaseException as cause:  # noqa: BLE001 - any plugin may raise anything
            self._put(_Kind.RAISED, cause)

    def _put(self, kind: _Kind, content: object) -> None:
        while not self._over:
            try:
                return self._up.put((kind, content), timeout=_LOOK)
            except queue.Full:
                continue
        raise SystemExit  # ends this thread


def _outcome(errand: Callable[[], R]) -> Callable[[], R]:
    """What gives the result of an errand, or raises what it raised, wherever it is called."""
    try:
        result = errand()
    except Exception as cause:  # noqa: BLE001 - whoever asked for it wants to know
        return partial(_raise, cause)
    return lambda: result


def _raise(error: Exception) -> NoReturn:
    raise error


class _Nothing(BaseException):
    """Raised here, and at once caught."""


def _interrupt(thread: threading.Thread) -> None:
    """Raise SystemExit in a thread as soon as it is in Python. https://docs.python.org/3/c-api/init.html

    While an interrupt is on its way to a thread that waits, Python 3.11 takes no step into a function that is traced,
    be it for coverage or a debugger, in any thread. There it is withdrawn from one that does not take it.
    """
    ident = thread.ident or 0
    target, here = ctypes.c_ulong(ident), ctypes.c_ulong(threading.get_ident())
    ends, nothing, interrupt = (
        ctypes.py_object(SystemExit),
        ctypes.py_object(_Nothing),
        ctypes.pythonapi.PyThreadState_SetAsyncExc,
    )
    traced = sys.version_info < (3, 12) and sys.gettrace() is not None
    interrupt(target, ends)
    # From here on, where it is traced, nothing that is written in Python can be called.
    looks = _LOOKS if traced else 0
    while looks > 0 and ident in sys._current_frames():
        time.sleep(_BETWEEN)
        looks -= 1
    if traced and ident in sys._current_frames():
        try:
            interrupt(target, None)
            interrupt(here, nothing)  # the one that is taken ends the standstill
            while True:
                pass
        except _Nothing:
            return
