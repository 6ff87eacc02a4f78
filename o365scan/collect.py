"""Datasets to snapshot: planned once, each fetched once, concurrently; what can't be read becomes a gap."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from multiprocessing.pool import ThreadPool
from typing import Any, Protocol

from o365scan.api import Dataset, FanOut, Gap, GapReason, PluginError, Request, ServiceError, Unlicensed
from o365scan.fan_out import BatchReader, Refused, collapsed, outcomes
from o365scan.snapshot import Snapshot

WORKERS = 8
_NOT_GRANTED = "not asked for: the app has none of the roles that the plugin declares"


@dataclass(frozen=True)
class Part:
    """How far a fan-out is: the parents that were answered for, and how many there are (None: not known)."""

    answered: int
    parents: int | None = None


#: Told of each dataset as it grows: the records so far, whether it is complete, and how far a fan-out is.
Progress = Callable[[Dataset, int, bool, Part | None], None]


class Reader(BatchReader, Protocol):
    """What reads requests: the transport's Service."""

    def pages(self, request: Request) -> Iterator[list[Mapping[str, Any]]]:
        """The pages of a request. Raises ServiceError."""


def collect(
    datasets: Iterable[Dataset],
    reader: Reader,
    snapshot: Snapshot,
    progress: Progress = lambda *_: None,
    may_ask: Callable[[Dataset], bool] = lambda _: True,
) -> None:
    """Read datasets into the snapshot. Every one ends whole, or with a gap that says what is missing.

    `datasets` hold all that each of them needs; a dataset is read after those. One that may not be asked for is denied.
    """
    wanted = list(datasets)
    # Daemon threads: Ctrl-C must not wait for answers that nobody will read.
    pool = ThreadPool(min(WORKERS, len(wanted)) or 1)
    done: set[str] = set()
    try:
        while wanted:
            ready = [each for each in wanted if done.issuperset(need.name for need in each.needs)]
            if not ready:
                raise PluginError(f"{wanted[0].name} needs datasets that are not collected, or itself")
            for _ in pool.imap_unordered(
                lambda each: _collect_one(each, reader, snapshot, progress, may_ask), ready
            ):
                pass
            done.update(each.name for each in ready)
            wanted = [each for each in wanted if each.name not in done]
    finally:
        pool.terminate()


def _collect_one(
    dataset: Dataset,
    reader: Reader,
    snapshot: Snapshot,
    progress: Progress,
    may_ask: Callable[[Dataset], bool],
) -> None:
    answered: list[str] = []
    progress(dataset, 0, False, None)
    if not may_ask(dataset):
        snapshot.add_gap(_of(dataset, GapReason.DENIED, _NOT_GRANTED, None, None))
        count = 0
    elif isinstance(dataset.source, FanOut):
        count = _collect_fan_out(dataset, dataset.source, reader, snapshot, progress, answered)
    else:
        count = _collect_pages(dataset, dataset.source, reader, snapshot, progress)
    snapshot.finish(dataset, answered)
    progress(dataset, count, True, None)


def _collect_pages(
    dataset: Dataset, request: Request, reader: Reader, snapshot: Snapshot, progress: Progress
) -> int:
    count = 0
    try:
        for page in reader.pages(request):
            _keep(dataset, page, snapshot)
            count += len(page)
            progress(dataset, count, False, None)
    except ServiceError as cause:
        _add_gaps(dataset, [_gap(dataset, cause)], count, snapshot)
    return count


def _collect_fan_out(
    dataset: Dataset,
    source: FanOut,
    reader: Reader,
    snapshot: Snapshot,
    progress: Progress,
    answered: list[str],
) -> int:
    """Reads for every parent, and notes those that gave a whole answer; how many records came."""

    for gap in snapshot.gaps_of(source.over):
        # Who the parents are is not wholly known, so neither is what belongs to them.
        detail = f"not wholly asked for, since {source.over.name} is incomplete"
        snapshot.add_gap(Gap(dataset=dataset.name, reason=gap.reason, detail=detail, hint=gap.hint))
    count, gaps, parents = 0, list[Gap](), list[int]()
    try:
        told = outcomes(dataset, source, reader, snapshot, parents.append)
        for number, (parent, outcome) in enumerate(told, 1):
            if isinstance(outcome, list):
                answered.append(parent)
                _keep(dataset, outcome, snapshot, parent)
                count += len(outcome)
            elif getattr(outcome, "code", None) in source.absent:
                answered.append(parent)
            else:
                gaps.append(_gap(dataset, outcome, parent))
            progress(dataset, count, False, Part(number, parents[0] if parents else None))
    except Refused as refused:
        asked = f" (the first {refused.asked} of {refused.parents} requests; the others were not sent)"
        gap = _gap(dataset, refused.cause)
        gaps = [replace(gap, detail=gap.detail + asked)]
    except ServiceError as cause:
        gaps = [_gap(dataset, cause)]
    _add_gaps(dataset, collapsed(gaps, snapshot.count(source.over.name)), count, snapshot)
    return count


def _keep(dataset: Dataset, rows: list[Mapping[str, Any]], snapshot: Snapshot, parent: str = "") -> None:
    for wrong in snapshot.add(dataset, rows, parent=parent):
        snapshot.add_gap(_of(dataset, GapReason.UNEXPECTED, wrong, None, parent or None))


def _add_gaps(dataset: Dataset, gaps: list[Gap], count: int, snapshot: Snapshot) -> None:
    """Keep the gaps; but where a missing licence means that no object can exist, its gaps are none.

    Only if nothing was read and nothing else went wrong: a licence that some answers deny proves little.
    """
    unlicensed = dataset.unlicensed is Unlicensed.EMPTY and not count
    if unlicensed and all(gap.reason is GapReason.NOT_LICENSED for gap in gaps):
        return
    for gap in gaps:
        snapshot.add_gap(gap)


def _gap(dataset: Dataset, cause: ServiceError, parent: str | None = None) -> Gap:
    reason: GapReason = getattr(cause, "reason", GapReason.UNEXPECTED)
    return _of(dataset, reason, str(cause), cause.hint, parent)


def _of(dataset: Dataset, reason: GapReason, detail: str, hint: str | None, parent: str | None) -> Gap:
    if reason is GapReason.DENIED:
        hint = f"Reading it needs {dataset.permission}."
    elif reason is GapReason.NOT_LICENSED and dataset.licence:
        hint = f"Reading it needs {dataset.licence}."
    return Gap(dataset=dataset.name, reason=reason, detail=detail, hint=hint, parent=parent)
