"""Datasets to snapshot: planned once, each fetched once, concurrently; what can't be read becomes a gap."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from multiprocessing.pool import ThreadPool
from typing import Any, Protocol

from o365scan.api import Dataset, Gap, GapReason, ServiceError, Source, Unlicensed
from o365scan.snapshot import Snapshot

WORKERS = 8

#: Told of each dataset as it grows: the records so far, and whether it is complete.
Progress = Callable[[Dataset, int, bool], None]


class Reader(Protocol):
    """What reads sources: the transport's Service."""

    def pages(self, source: Source) -> Iterator[list[Mapping[str, Any]]]:
        """The pages of a source. Raises ServiceError."""


def collect(
    datasets: Iterable[Dataset], reader: Reader, snapshot: Snapshot, progress: Progress = lambda *_: None
) -> None:
    """Read datasets into the snapshot. Every one ends whole, or with a gap that says what is missing."""
    wanted = list(datasets)
    # Daemon threads: Ctrl-C must not wait for answers that nobody will read.
    pool = ThreadPool(min(WORKERS, len(wanted)) or 1)
    try:
        for _ in pool.imap_unordered(lambda each: _collect_one(each, reader, snapshot, progress), wanted):
            pass
    finally:
        pool.terminate()


def _collect_one(dataset: Dataset, reader: Reader, snapshot: Snapshot, progress: Progress) -> None:
    count = 0
    try:
        for page in reader.pages(dataset.source):
            if without_key := snapshot.add(dataset, page):
                snapshot.add_gap(_keyless(dataset, without_key))
            count += len(page)
            progress(dataset, count, False)
    except ServiceError as cause:
        if (gap := _gap(dataset, cause)) is not None:
            snapshot.add_gap(gap)
    snapshot.finish(dataset)
    progress(dataset, count, True)


def _gap(dataset: Dataset, cause: ServiceError) -> Gap | None:
    reason: GapReason = getattr(cause, "reason", GapReason.UNEXPECTED)
    if reason is GapReason.NOT_LICENSED and dataset.unlicensed is Unlicensed.EMPTY:
        return None
    hint = cause.hint
    if reason is GapReason.DENIED:
        hint = f"Reading it needs {dataset.permission}."
    elif reason is GapReason.NOT_LICENSED and dataset.licence:
        hint = f"Reading it needs {dataset.licence}."
    return Gap(dataset=dataset.name, reason=reason, detail=str(cause), hint=hint)


def _keyless(dataset: Dataset, count: int) -> Gap:
    detail = f"{count} record(s) came without {dataset.key}"
    return Gap(dataset=dataset.name, reason=GapReason.UNEXPECTED, detail=detail)
