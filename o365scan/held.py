"""Records, decoded once: many checks read the same ones, and decoding them was half of what judging cost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from o365scan.api import Record

ROOM = 8 * 1024 * 1024
"""Characters of JSON in all tables together: some 50 MB once decoded. What a scan takes must not grow with the tenant,
so what there is no room for is read anew each time."""


class Table:
    """All records of a dataset, ordered by key and parent."""

    def __init__(self, records: Iterable[Record]) -> None:
        self.records = tuple(records)
        self._of_key: dict[str, list[Record]] = defaultdict(list)
        self._of_parent: dict[str, list[Record]] = defaultdict(list)
        for record in self.records:
            self._of_key[record.key].append(record)
            self._of_parent[record.parent].append(record)

    def of_key(self, key: str) -> Sequence[Record]:
        """The records of that key, ordered by parent."""
        return self._of_key.get(key, ())

    def of_parent(self, parent: str) -> Sequence[Record]:
        """The records that were read for that parent, ordered by key."""
        return self._of_parent.get(parent, ())
