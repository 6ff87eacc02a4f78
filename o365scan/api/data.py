"""What a check may look up beside the record it judges."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol, TypeVar

from .datasets import Dataset
from .records import Record

T = TypeVar("T")


class View(Protocol):
    """One dataset of the snapshot. Each way to look raises IncompleteDataset into a gap."""

    def __iter__(self) -> Iterator[Record]:
        """All records, ordered by key."""

    def get(self, key: str) -> Record | None:
        """The record of that key, None if there is none."""

    def of(self, parent: Record) -> Iterator[Record]:
        """The records that a fan-out read for `parent`; a gap of another parent does not matter here, nor that it is
        not known who all the parents are."""


class Data(Protocol):
    """The datasets that a check declared."""

    def __getitem__(self, dataset: Dataset) -> View:
        """A declared dataset. Raises IncompleteDataset if all of it is missing, UndeclaredDataset for any other."""

    def get(self, dataset: Dataset) -> View | None:
        """What was read of an optional dataset, None if it was not asked for: what is there proves, and what is
        missing shows nothing.
        """

    def once(self, derive: Callable[[Data], T]) -> T:
        """`derive(data)`, computed once a run: for sets and maps that many records are held against."""
