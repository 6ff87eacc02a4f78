"""What is under way, on stderr: on a terminal that can be written over, never in CI, and gone when it is done.

Off, it costs nothing: nothing is counted but the requests.
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any

from o365scan.api import EXCHANGE, GRAPH, Check, Dataset
from o365scan.cli.common import console, in_ci, is_terminal
from o365scan.collect import Part, Progress
from o365scan.running import Asides, Judged, Judging
from o365scan.snapshot import Snapshot

if TYPE_CHECKING:
    from o365scan.cloud import Cloud
    from o365scan.network import Traffic
    from o365scan.transport.service import Service

#: Seconds over which a rate is taken, and before a rate or an end is told.
_WINDOW, _SETTLED = 10.0, 2.0
#: Datasets that are told one by one.
_LINES = 12
#: Times a second that it is drawn.
_DRAWN = 4

Clock = Callable[[], float]


def wanted(*, quiet: bool) -> bool:
    """Whether to show any: not if asked for quiet, in CI, or where nobody looks or lines can't be written over."""
    dumb = os.environ.get("TERM", "") in ("dumb", "unknown")
    return not quiet and not in_ci() and not dumb and is_terminal(stderr=True)


@contextmanager
def reading(service: Service, datasets: int, *, quiet: bool = False) -> Iterator[Progress]:
    """While so many datasets are read: requests and objects with their rates, waits, and the datasets under way."""
    if not wanted(quiet=quiet):
        yield lambda *_: None
        return
    table = Reading(datasets, service.traffic, names_of(service.cloud))
    with _drawn(table.lines):
        yield table.told


@contextmanager
def counting(judging: Judging, checks: int, *, quiet: bool = False) -> Iterator[Judging]:
    """While so many checks judge: how many did."""
    if not wanted(quiet=quiet):
        yield judging
        return
    counted = Counted(judging, checks)
    with _drawn(counted.lines):
        yield counted


@contextmanager
def busy(what: str, *, quiet: bool = False) -> Iterator[Callable[[str], None]]:
    """While something is done whose end is not known; what is yielded takes what it has come to."""
    said = [what]
    if not wanted(quiet=quiet):
        yield said.append
        return
    started = time.monotonic()
    with _drawn(lambda: [f"{said[-1]} · {_seconds(time.monotonic() - started)}"]):
        yield said.append


class Rate:
    """How much a second, over the last seconds."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._seen = deque([(clock(), 0)])

    def of(self, count: int) -> float | None:
        """The rate by which `count` was reached; None as long as it would be a guess."""
        now = self._clock()
        self._seen.append((now, count))
        while len(self._seen) > 2 and now - self._seen[1][0] >= _WINDOW:
            self._seen.popleft()
        since, before = self._seen[0]
        return (count - before) / (now - since) if now - since >= _SETTLED else None


@dataclass
class _UnderWay:
    """A dataset that is being read."""

    rate: Rate
    started: float
    records: int = 0
    part: Part | None = None


@dataclass
class Reading:
    """What was read so far, in lines."""

    datasets: int
    traffic: Traffic
    names: Mapping[str, str]
    """Origin → what it is called."""
    clock: Clock = time.monotonic
    _under_way: dict[str, _UnderWay] = field(default_factory=dict)
    _done: int = 0
    _records: int = 0
    _lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self._started = self.clock()
        self._of_requests, self._of_records = Rate(self.clock), Rate(self.clock)

    def told(self, dataset: Dataset, count: int, complete: bool, part: Part | None) -> None:
        """Called from the threads that read."""
        with self._lock:
            now = self._under_way.get(dataset.name)
            if now is None:
                now = self._under_way[dataset.name] = _UnderWay(Rate(self.clock), self.clock())
            self._records += count - now.records
            now.records, now.part = count, part or now.part
            if complete:
                del self._under_way[dataset.name]
                self._done += 1

    def lines(self) -> Iterator[str]:
        """The sum, then waits, then what is under way, the longest first."""
        with self._lock:
            requests = self.traffic.requests
            yield " · ".join(
                (
                    f"{self._done} of {self.datasets} datasets",
                    _counted(requests, "request", self._of_requests.of(requests)),
                    _counted(self._records, "object", self._of_records.of(self._records)),
                    _seconds(self.clock() - self._started),
                )
            )
            yield from self._waits()
            shown = list(self._under_way.items())[:_LINES]
            for name, now in shown:
                yield f"  {name}: {self._told(now)}"
            if more := len(self._under_way) - len(shown):
                yield f"  and {more} more"

    def _waits(self) -> Iterator[str]:
        for origin, (seconds, asked) in sorted(self.traffic.waiting().items()):
            name = self.names.get(origin, origin.removeprefix("https://"))
            why = f"{name} asks for patience" if asked else f"{name} is in trouble, and is asked again"
            yield f"  waiting {_seconds(seconds)}: {why}"

    def _told(self, now: _UnderWay) -> str:
        said = [_counted(now.records, "object", now.rate.of(now.records))]
        if now.part is not None and now.part.parents:
            took = self.clock() - now.started
            if took >= _SETTLED and now.part.answered:
                left = took / now.part.answered * (now.part.parents - now.part.answered)
                said.insert(0, f"about {_seconds(left)} left")
            said.insert(0, f"{now.part.answered:,} of {now.part.parents:,}")
        return " · ".join(said)


class Counted:
    """Runs checks as another does, and counts them."""

    def __init__(self, judging: Judging, checks: int, clock: Clock = time.monotonic) -> None:
        self._judging, self._checks, self._clock = judging, checks, clock
        self._begun, self._check, self._objects = 0, "", 0
        self._started, self._rate = clock(), Rate(clock)

    def __call__(self, snapshot: Snapshot, check: Check, options: Any, asides: Asides) -> Iterator[Judged]:
        self._begun, self._check = self._begun + 1, check.id
        for each in self._judging(snapshot, check, options, asides):
            self._objects += 1
            yield each

    def lines(self) -> Iterator[str]:
        """One line: the check that judges, and what was judged so far."""
        yield " · ".join(
            (
                f"Check {self._begun} of {self._checks}",
                _counted(self._objects, "object", self._rate.of(self._objects)),
                _seconds(self._clock() - self._started),
                self._check,
            )
        )


def names_of(cloud: Cloud) -> dict[str, str]:
    """What the services of a cloud are called, by their origins."""
    return {cloud.graph: GRAPH, cloud.exchange: EXCHANGE}


def _counted(count: int, what: str, rate: float | None) -> str:
    said = f"{count:,} {what}{'' if count == 1 else 's'}"
    return said if rate is None else f"{said} ({rate:,.0f}/s)"


def _seconds(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"


@contextmanager
def _drawn(lines: Callable[[], Iterable[str]]) -> Iterator[None]:
    """Draw lines over and over, each cut at the terminal's width, and wipe them away in the end."""
    from rich.console import Group
    from rich.constrain import Constrain
    from rich.live import Live
    from rich.spinner import Spinner
    from rich.table import Table
    from rich.text import Text

    spinner = Spinner("dots")

    def drawing() -> Constrain:
        first, *rest = (Text(line, no_wrap=True, overflow="ellipsis") for line in lines())
        head = Table.grid(padding=(0, 1))
        head.add_row(spinner, first)
        for each in rest:
            each.stylize("dim")
        # Room for the ^C that a terminal shows: a line more than was drawn would not be wiped away.
        return Constrain(Group(head, *rest), max(1, out.width - 4))

    out = console(stderr=True)
    # What a program reads from stdout is not for the console: only stderr is drawn around.
    with Live(
        get_renderable=drawing, console=out, refresh_per_second=_DRAWN, transient=True, redirect_stdout=False
    ):
        yield
