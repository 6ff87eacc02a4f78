"""The answer to one question about somebody: yes, no, or open; why, and what shows it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from o365scan.api import Data, Dataset, Evidence, IncompleteDataset, Record


class State(Enum):
    """What was found out."""

    YES = "yes"
    NO = "no"
    OPEN = "open"


@dataclass(frozen=True)
class Answer:
    """A state, the words that go with it, and the fields that show it."""

    state: State
    said: str = ""
    evidence: tuple[Evidence, ...] = ()


YES = Answer(State.YES)


def read_of(data: Data, dataset: Dataset, parent: Record) -> list[Record] | None:
    """What a fan-out read for one parent; None if that could not be read, whatever else could."""
    try:
        return list(data[dataset].of(parent))
    except IncompleteDataset:
        return None
