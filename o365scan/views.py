"""The snapshot as checks and fan-outs look at it: declared datasets only, and never into a gap."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any, TypeVar

from o365scan.api import (
    Data,
    Dataset,
    Gap,
    GapReason,
    IncompleteDataset,
    Record,
    UndeclaredDataset,
    View,
)
from o365scan.snapshot import Snapshot

T = TypeVar("T")


class DeclaredData:
    """The datasets that somebody (`who`, named in errors) declared: `required` ones, and `optional` ones.

    `growing` are required ones that are being read: what they have so far is all there is.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        who: str,
        required: Collection[Dataset],
        optional: Collection[Dataset] = (),
        growing: Collection[Dataset] = (),
    ) -> None:
        self._snapshot = snapshot
        self._who = who
        self._required = {dataset.name for dataset in (*required, *growing)}
        self._optional = {dataset.name for dataset in optional}
        self._derived: dict[Callable[[Data], Any], Any] = {}
        self._known_gaps: dict[str, tuple[Gap, ...]] = {dataset.name: () for dataset in growing}

    def __getitem__(self, dataset: Dataset) -> View:
        if dataset.name not in self._required | self._optional:
            raise UndeclaredDataset(f"{self._who} does not declare that it reads {dataset.name}")
        for gap in self._gaps(dataset):
            # Of a fan-out over an incomplete dataset, what was read of a known parent is whole all the same.
            if gap.parent is None and not self._snapshot.was_answered(dataset):
                raise IncompleteDataset(dataset.name, gap.detail)
        return _View(self._snapshot, dataset, self._gaps(dataset))

    def get(self, dataset: Dataset) -> View | None:
        if dataset.name not in self._optional:
            raise UndeclaredDataset(f"{self._who} does not declare {dataset.name} as optional")
        if any(gap.reason is GapReason.NOT_COLLECTED for gap in self._gaps(dataset)):
            return None
        return _View(self._snapshot, dataset, ())

    def once(self, derive: Callable[[Data], T]) -> T:
        if derive not in self._derived:
            self._derived[derive] = derive(self)
        value: T = self._derived[derive]
        return value

    def _gaps(self, dataset: Dataset) -> tuple[Gap, ...]:
        if dataset.name not in self._known_gaps:
            self._known_gaps[dataset.name] = self._snapshot.gaps_of(dataset)
        return self._known_gaps[dataset.name]


class _View:
    """One dataset, whole but for what `gaps` name: parents, or all that no parent gave a whole answer of."""

    def __init__(self, snapshot: Snapshot, dataset: Dataset, gaps: tuple[Gap, ...]) -> None:
        self._snapshot = snapshot
        self._dataset = dataset
        self._gaps = gaps

    def __iter__(self) -> Iterator[Record]:
        self._refuse(self._gaps)
        return self._snapshot.records(self._dataset)

    def get(self, key: str) -> Record | None:
        self._refuse(self._gaps)
        return self._snapshot.record(self._dataset, key)

    def of(self, parent: Record) -> Iterator[Record]:
        self._refuse(gap for gap in self._gaps if gap.parent == parent.key)
        whole = [gap for gap in self._gaps if gap.parent is None]
        if whole and not self._snapshot.was_answered(self._dataset, parent.key):
            self._refuse(whole)
        return self._snapshot.records(self._dataset, parent=parent.key)

    def _refuse(self, gaps: Iterable[Gap]) -> None:
        for gap in gaps:
            raise IncompleteDataset(self._dataset.name, gap.detail)
