"""Runs a check's function on one object after another, and contains what it raises."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from o365scan.api import (
    Check,
    Evidence,
    Judgement,
    NotApplicable,
    PluginError,
    PluginFailure,
    PluginNotice,
    Problem,
    Record,
    Severity,
    Undecidable,
    Undecided,
)
from o365scan.snapshot import Snapshot
from o365scan.views import DeclaredData
from o365scan.watchdog import described

#: How many ways in which one check breaks are told; each object's verdict says its own.
_TOLD = 10


@dataclass(frozen=True)
class Judged:
    """What a check said of one object that it judges, or (`record` None) of all that it reads."""

    record: Record | None
    judgements: list[Judgement]


@dataclass
class Asides:
    """What a check did beside judging: how it broke, and what its author should know."""

    check: str
    failures: list[PluginFailure] = field(default_factory=list)
    notices: list[PluginNotice] = field(default_factory=list)

    def broken(self, how: str) -> None:
        self.failures.append(PluginFailure(self.check, "check", how))

    def printed(self, said: str) -> None:
        self.notices.append(PluginNotice(self.check, said))


class Judging(Protocol):
    """Runs a check over a snapshot: here (`in_process`), or wherever else it can do no harm."""

    def __call__(self, snapshot: Snapshot, check: Check, options: Any, asides: Asides) -> Iterable[Judged]:
        """One `Judged` for each of `objects_of`, in that order."""


def in_process(snapshot: Snapshot, check: Check, options: Any, asides: Asides) -> Iterator[Judged]:
    """Run the check in this process."""
    running = Running(snapshot, check, options)
    for record in objects_of(snapshot, check):
        yield Judged(record, list(running.on(record, asides.broken)))


def objects_of(snapshot: Snapshot, check: Check) -> Iterator[Record | None]:
    """What the check is run on: the records of its `each`, else once on the whole."""
    if check.each is None:
        yield None
    else:
        yield from snapshot.records(check.each)


class Running:
    """One check and what its function is given. `alone`: in a process that no Ctrl-C is meant for."""

    def __init__(self, snapshot: Snapshot, check: Check, options: Any, *, alone: bool = False) -> None:
        self._check = check
        self._alone = alone
        if options is None and check.options is not None:
            self._options: Callable[[], Any] = check.options
        else:
            self._options = lambda: options
        self._available = {
            "data": DeclaredData(snapshot, check.id, check.datasets, check.optional),
            "now": snapshot.manifest.collected_at,
            "scanner": snapshot.manifest.scanner,
        }
        self._arguments: dict[str, Any] | None = None
        self._declared = {dataset.name for dataset in (*check.datasets, *check.optional)}
        self._told: set[str] = set()

    def on(self, record: Record | None, crashed: Callable[[str], None]) -> Iterator[Judgement]:
        """The check's judgements as it makes them; what it raises is one more, after those already made."""
        said = self._said(record)
        while (judgement := self._next(said, crashed)) is not None:
            yield judgement

    def _said(self, record: Record | None) -> Iterator[Judgement]:
        for judgement in self._check(*([record] if record else []), **self._injected()):
            yield self._sound(judgement)

    def _next(self, said: Iterator[Judgement], crashed: Callable[[str], None]) -> Judgement | None:
        try:
            return next(said, None)
        except Undecidable as cause:
            return Undecided.by(cause)
        except (KeyboardInterrupt, MemoryError) as cause:
            # Ctrl-C is the user's own, unless nobody can press it here; without memory nothing can be relied on.
            if self._alone == isinstance(cause, MemoryError):
                raise
            return self._crashed(_where(cause), crashed)
        except BaseException as cause:  # noqa: BLE001 - a check is anyone's code, and may raise anything
            return self._crashed(_where(cause), crashed)

    def _injected(self) -> dict[str, Any]:
        if self._arguments is None:
            available = {**self._available, "options": self._options()}
            self._arguments = {name: available[name] for name in self._check.parameters}
        return self._arguments

    def _crashed(self, how: str, crashed: Callable[[str], None]) -> Undecided:
        said = f"the check crashed: {how}"
        if said not in self._told and len(self._told) < _TOLD:
            self._told.add(said)
            crashed(said)
        return Undecided(said)

    def _sound(self, value: Any) -> Judgement:
        """What a check yielded. Raises PluginError if it is no judgement, or one that can't be reported."""
        if not isinstance(value, Problem | Undecided | NotApplicable):
            given = type(value).__name__
            raise PluginError(
                f"a check yields problem(...), undecided(...) or not_applicable(...), not a {given}"
            )
        said = value.message if isinstance(value, Problem) else value.reason
        if not isinstance(said, str):
            raise PluginError(f"a judgement says a text, not a {type(said).__name__}")
        if isinstance(value, Problem) and not isinstance(value.severity, Severity | None):
            raise PluginError(f"the severity {value.severity!r} is not a Severity")
        if not isinstance(value, NotApplicable):
            _refuse_no_evidence(value.evidence)
        if value.at is not None and value.at.dataset.name not in self._declared:
            raise PluginError(f"a judgement is about {value.at.dataset.name}, which the check does not read")
        return value


def _refuse_no_evidence(evidence: Iterable[Any]) -> None:
    for each in evidence:
        if not isinstance(each, Evidence):
            raise PluginError(f"evidence is made by record.at(...), and is no {type(each).__name__}")


def _where(cause: BaseException) -> str:
    frames = traceback.extract_tb(cause.__traceback__)
    return described(cause) + (f" at {frames[-1].name}:{frames[-1].lineno}" if frames else "")
