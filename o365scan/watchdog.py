"""A limit of time for somebody else's code in this process: its import, its hooks, its reporter."""

from __future__ import annotations

import _thread
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

from o365scan.api import OptionsError, PluginError, visible

VARIABLE = "O365SCAN_LOAD_SECONDS"
DEFAULT = 30.0
#: Seconds that what was interrupted gets to end.
_GRACE = 3.0
#: The exit code of a process whose main thread can't be brought back: as for any unusable configuration.
_ENDED = 2
_exit = os._exit
#: Characters of what an exception says.
_LONGEST = 1_000


class Overdue(Exception):
    """It took too long and was interrupted."""


def patience() -> float:
    """Seconds that a plugin may take for its import, and for each hook. Raises OptionsError."""
    given = os.environ.get(VARIABLE, "")
    try:
        seconds = float(given or DEFAULT)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < threading.TIMEOUT_MAX:
        raise OptionsError(f"{VARIABLE} must be a number of seconds, and is {given!r}")
    return seconds


@contextmanager
def bounded(seconds: float, name: str, doing: str = "to load") -> Iterator[None]:
    """Interrupt the block once it has taken that long, as Ctrl-C would: it raises Overdue.

    Where that does not help (the block holds on to the interpreter's main thread), the process ends with a clear word
    that names whose block it is. Only the main thread can be interrupted: in any other there is no limit.
    A KeyboardInterrupt that nobody pressed Ctrl-C for is the block's own: it raises PluginError.
    """
    if threading.current_thread() is not threading.main_thread() or not _can_interrupt():
        yield
        return
    watch: _Watch | None = None
    with _noting_signals(lambda: watch is not None and watch.fired) as signals:
        watch = _Watch(seconds, f"the plugin {visible(name)} took longer than {seconds:g} seconds {doing}")
        try:
            yield
        except KeyboardInterrupt as cause:
            if not watch.fired and not signals:
                raise PluginError(f"KeyboardInterrupt: {cause}") from cause
            if not watch.fired:
                raise
        finally:
            watch.stop()
    if watch.fired:
        raise Overdue(f"it took longer than {seconds:g} seconds and was interrupted")


def _can_interrupt() -> bool:
    """Whether SIGINT is Python's, or ignored, as for a process that a shell starts in the background."""
    return signal.getsignal(signal.SIGINT) in (signal.default_int_handler, signal.SIG_IGN)


@contextmanager
def _noting_signals(overdue: Callable[[], bool]) -> Iterator[list[int]]:
    """The signals that end this process, each as it arrives: they still raise KeyboardInterrupt.

    Where SIGINT was ignored, it is still, but for the one that says that the block is overdue.
    """
    arrived: list[int] = []

    def noted(number: int, frame: FrameType | None) -> None:
        arrived.append(number)
        signal.default_int_handler(number, frame)

    def ignored(number: int, frame: FrameType | None) -> None:
        if overdue():
            signal.default_int_handler(number, frame)

    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
    ours = {each: noted for each, handler in before.items() if handler is signal.default_int_handler}
    if before[signal.SIGINT] is signal.SIG_IGN:
        ours[signal.SIGINT] = ignored
    try:
        for each, handler in ours.items():
            signal.signal(each, handler)
        yield arrived
    finally:
        for each in ours:
            signal.signal(each, before[each])


@contextmanager
def staying() -> Iterator[None]:
    """In the block os._exit raises SystemExit, or a command would end there, with any code, and nobody be told.

    What was forked there ends as it wants to.
    """
    here = os.getpid()

    def stay(status: int) -> NoReturn:
        if os.getpid() != here:
            _exit(status)
        raise SystemExit(f"os._exit({status})")

    os._exit = stay
    try:
        yield
    finally:
        os._exit = _exit


class _Watch:
    """Waits in a thread of its own."""

    def __init__(self, seconds: float, said: str) -> None:
        self._seconds, self._said = seconds, said
        self.fired = False
        self._over = threading.Event()
        self._deciding = threading.Lock()
        self._stderr = _own_stderr()
        self._thread = threading.Thread(target=self._wait, daemon=True, name="watchdog")
        self._thread.start()

    def stop(self) -> None:
        """The block is over; an interrupt that came too late for it ends here."""
        try:
            with self._deciding:
                self._over.set()
            if self.fired:
                time.sleep(0.05)  # it is on its way, if it has not been raised
        except KeyboardInterrupt:
            self._over.set()
            if not self.fired:
                raise
        finally:
            self._thread.join()
            if self._stderr is not None:
                os.close(self._stderr)

    def _wait(self) -> None:
        if self._over.wait(self._seconds):
            return
        with self._deciding:
            if self._over.is_set():
                return
            self.fired = True
            _interrupt()
        if not self._over.wait(_GRACE):
            self._end()

    def _end(self) -> None:
        if self._stderr is not None:
            said = f"o365scan: {self._said}, and can't be interrupted.\n  Uninstall it.\n"
            os.write(self._stderr, said.encode())
        _exit(_ENDED)


def _own_stderr() -> int | None:
    """Standard error as it is before the block's prints are caught; None if there is none."""
    try:
        return os.dup(2)
    except OSError:
        return None


def _interrupt() -> None:
    """Raise KeyboardInterrupt in the main thread, even if it sleeps or waits."""
    if sys.platform == "win32":
        _thread.interrupt_main()
    else:
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)


def described(cause: BaseException) -> str:
    """An exception of anyone's code, whose text may be endless, or itself raise."""
    try:
        return f"{type(cause).__name__}: {cause}"[:_LONGEST]
    except Exception:  # noqa: BLE001 - as above
        return f"{type(cause).__name__}, which can't be put into words"
