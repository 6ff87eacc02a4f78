"""Two snapshots beside each other, dataset by dataset, in one pass over their ordered records.

An object is removed only where it was looked for and not found. Where a dataset, or what belongs to one parent, was
not read in either, nothing is said of it but that it can't be compared.
"""

from __future__ import annotations

import heapq
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from itertools import groupby
from operator import itemgetter
from typing import Any

from o365scan.api import Dataset, FanOut, O365ScanError, Record
from o365scan.api.redaction import redacted
from o365scan.diff.properties import PropertyChange, changes_of
from o365scan.diff.volatile import is_volatile
from o365scan.snapshot import Snapshot


class DiffError(O365ScanError):
    """Two snapshots can't be compared."""


class Kind(StrEnum):
    """What became of an object."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, kw_only=True)
class ObjectChange:
    """An object that is not as it was. `title` and `parent_title` are tenant data, hence hostile.

    `parent` is the key of the record that a fan-out read it for, "" where there is none. `record` is what was added
    or removed, without its credentials; `properties` is what changed.
    """

    dataset: Dataset
    key: str
    title: str
    parent: str
    parent_title: str
    kind: Kind
    record: Mapping[str, Any] | None = None
    properties: tuple[PropertyChange, ...] = ()


@dataclass(frozen=True, order=True)
class NotComparable:
    """A dataset, or what belongs to one parent of a fan-out, of which nothing can be said, and why."""

    dataset: str
    parent: str
    reason: str


@dataclass
class Diff:
    """The differences from one snapshot to another.

    `changes` gives them once, in the order of datasets and keys, and counts them meanwhile; what the others say is
    whole when it has come to its end. Raises DiffError for two tenants, unless that is wanted.
    """

    before: Snapshot
    after: Snapshot
    datasets: Mapping[str, Dataset]
    """Those that a plugin knows: nothing tells what is secret in any other."""
    patterns: tuple[str, ...] = ()
    volatile: bool = False
    """Whether volatile properties are compared too."""
    other_tenant: bool = False
    counts: dict[str, Counter[Kind]] = field(default_factory=dict)
    quiet: Counter[str] = field(default_factory=Counter)
    """How many objects of a dataset differ in volatile properties only."""
    asked_otherwise: list[str] = field(default_factory=list)
    """Datasets that were not asked for in the same way, so that properties may be there or not for that reason."""

    def __post_init__(self) -> None:
        tenants = [each.manifest.tenant.id for each in (self.before, self.after)]
        if tenants[0] != tenants[1] and not self.other_tenant:
            raise DiffError(
                f"the snapshots are of two tenants, {tenants[0]} and {tenants[1]}",
                hint="--other-tenant compares them all the same.",
            )
        self._found: set[NotComparable] = set()

    @property
    def not_comparable(self) -> list[NotComparable]:
        """What nothing can be said of."""
        return sorted(self._found)

    def names(self) -> list[str]:
        """The datasets asked about that either snapshot has."""
        names = sorted(self.before.names() | self.after.names())
        wanted = self.patterns or ("*",)
        return [name for name in names if any(fnmatchcase(name, pattern) for pattern in wanted)]

    def changes(self) -> Iterator[ObjectChange]:
        """Every object that was added, removed or changed."""
        for name in self.names():
            if self._is_comparable(name) and not self._is_the_same(name):
                self.counts[name] = Counter()
                yield from self._of_dataset(self.datasets[name])

    # -- datasets ------------------------------------------------------------------------------

    def _is_comparable(self, name: str) -> bool:
        before, after = self.before.asked(name), self.after.asked(name)
        reasons = {
            "the earlier snapshot was made without it": before is None,
            "the later snapshot was made without it": after is None,
            "no plugin that is installed knows it": name not in self.datasets,
            "its objects were told apart by another field": bool(
                before and after and before.key_field != after.key_field
            ),
        }
        said = [reason for reason, holds in reasons.items() if holds]
        said = said[:1] or [*self._gaps("earlier", self.before, name), *self._gaps("later", self.after, name)]
        self._found.update(NotComparable(name, "", reason) for reason in said)
        if before and after and before.source != after.source:
            self.asked_otherwise.append(name)
        return not said

    def _gaps(self, which: str, snapshot: Snapshot, name: str) -> list[str]:
        """Why a dataset as a whole is unread; of a part of it the part is noted."""
        whole = []
        for gap in snapshot.gaps_of(self.datasets[name]):
            reason = f"the {which} snapshot lacks it ({gap.reason}): {gap.detail}"
            if gap.parent is None:
                whole.append(reason)
            else:
                self._found.add(NotComparable(name, gap.parent, reason))
        return whole

    def _is_the_same(self, name: str) -> bool:
        before, after = self.before.asked(name), self.after.asked(name)
        return before is not None and after is not None and before.digest == after.digest

    # -- objects -------------------------------------------------------------------------------

    def _of_dataset(self, dataset: Dataset) -> Iterator[ObjectChange]:
        unread = {each.parent for each in self._found if each.dataset == dataset.name}
        rows = heapq.merge(_texts(self.before, dataset, 0), _texts(self.after, dataset, 1))
        for (key, parent), found in groupby(rows, key=itemgetter(0, 1)):
            versions = {side: text for _, _, side, text in found}
            if parent in unread or (len(set(versions.values())) == 1 and len(versions) > 1):
                continue
            change = self._of_object(dataset, key, parent, versions.get(0), versions.get(1))
            if change is not None:
                self.counts[dataset.name][change.kind] += 1
                yield change

    def _of_object(
        self, dataset: Dataset, key: str, parent: str, before: str | None, after: str | None
    ) -> ObjectChange | None:
        if after is None or before is None:
            return self._one_sided(dataset, key, parent, before, after)
        old, new = json.loads(before), json.loads(after)
        found = changes_of(old, new, dataset.secrets, self._skip)
        if not found:
            self.quiet[dataset.name] += 1
            return None
        return self._change(dataset, key, parent, Kind.CHANGED, new, properties=tuple(found))

    def _one_sided(
        self, dataset: Dataset, key: str, parent: str, before: str | None, after: str | None
    ) -> ObjectChange | None:
        """Added or removed, if the side that lacks it would have it."""
        lacking, which = (self.before, "earlier") if before is None else (self.after, "later")
        if (reason := _not_asked(lacking, which, dataset, parent)) is not None:
            self._found.add(NotComparable(dataset.name, parent, reason))
            return None
        kind = Kind.ADDED if before is None else Kind.REMOVED
        data = json.loads(after or before or "")
        return self._change(dataset, key, parent, kind, data, record=redacted(data, dataset.secrets))

    def _change(
        self, dataset: Dataset, key: str, parent: str, kind: Kind, data: dict[str, Any], **more: Any
    ) -> ObjectChange:
        title = Record(dataset, key, data, parent=parent).title
        return ObjectChange(
            dataset=dataset, key=key, title=title, parent=parent, kind=kind,
            parent_title=self.title_of_parent(dataset, parent), **more,
        )  # fmt: skip

    def title_of_parent(self, dataset: Dataset, parent: str) -> str:
        """What people call the record that a fan-out read something for, and whom that was read for in turn."""
        if not parent or not isinstance(dataset.source, FanOut):
            return ""
        over = dataset.source.over
        record = _record(self.after, over, parent) or _record(self.before, over, parent)
        if record is None:
            return parent
        above = self.title_of_parent(over, record.parent)
        return f"{record.title} of {above}" if above else record.title

    def _skip(self, name: str) -> bool:
        return not self.volatile and is_volatile(name)


def _texts(snapshot: Snapshot, dataset: Dataset, side: int) -> Iterator[tuple[str, str, int, str]]:
    return ((key, parent, side, text) for key, parent, text in snapshot.texts(dataset.name))


def _record(snapshot: Snapshot, dataset: Dataset, key: str) -> Record | None:
    """The record of that key: by a look-up, not a search, where its dataset has no parents."""
    if isinstance(dataset.source, FanOut):
        return snapshot.record(dataset, key)
    return snapshot.record_of(dataset, key, "")


def _not_asked(snapshot: Snapshot, which: str, dataset: Dataset, parent: str) -> str | None:
    """Why a snapshot can't say that it lacks an object; None if it can."""
    source = dataset.source
    if not parent or not isinstance(source, FanOut) or snapshot.was_answered(dataset, parent):
        return None
    if any(gap.parent is None for gap in snapshot.gaps_of(source.over)):
        return f"the {which} snapshot lacks {source.over.name}"
    if _record(snapshot, source.over, parent) is not None:
        return f"the {which} snapshot was made without asking for it"
    return None  # whom it belongs to was not there
