"""The evidence tree: a committed copy of what findings are about, for results to point at.

A tenant has no source files, and GitHub refuses results without one. So a scan writes a file per dataset,
`<folder>/<tenant-id>/<area>/<plural>.json`: the whole of a configuration dataset, of any other the objects
that a failure is about. Beside them `alerts.json` keeps the failures, accepted ones too, for the next scan to
hold those that it can't decide. Nothing here is ever deleted; `git log` is each object's history.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from o365scan.api import HEADER, Dataset, EvidenceFile, Finding, Gap, Record, Verdict
from o365scan.files import locked

from .evidence_files import Tree, read_text, write_text
from .evidence_objects import EvidenceError, evidence_file, header_text, object_text, read_objects
from .evidence_state import FILE, Alert, Holding, alert_of, read_state, state_text
from .rollup import rolled_up

__all__ = ["EvidenceError", "SnapshotReader", "WrittenEvidence", "write_evidence"]

#: Text of the objects by key.
_Objects = dict[str, str]


class SnapshotReader(Protocol):
    """What the evidence tree needs of a snapshot."""

    def records(self, dataset: Dataset) -> Iterator[Record]:
        """The dataset's records, ordered by key; none if it was not read."""


@dataclass(frozen=True)
class WrittenEvidence:
    """For the Report: the files by dataset name, the failures of earlier scans that stay open, and the
    alerts, rolled up, that both kinds of failures make.
    """

    evidence: Mapping[str, EvidenceFile]
    held: tuple[Finding, ...]
    alerts: tuple[Finding, ...]


def write_evidence(
    snapshot: SnapshotReader,
    *,
    tenant: str,
    datasets: Iterable[Dataset],
    findings: Sequence[Finding],
    gaps: Sequence[Gap],
    ran: Collection[str],
    folder: Path,
    prefix: str | None = None,
    accept: Callable[[Finding], Finding] = lambda each: each,
) -> WrittenEvidence:
    """Bring the evidence tree of a tenant up to date.

    `datasets` are those that the checks of this scan read, `gaps` what is missing of them, `ran` the ids of
    these checks: the alerts of any other stay as they are. `folder` holds the trees of all tenants; `prefix`
    is its path in the repository, by default its name. `accept` says of an earlier failure who answers for it today.

    Raises EvidenceError if a finding's object is neither in the snapshot nor in the tree, or if what stands
    there is damaged: nothing is written then. Raises OutputError if a file can't be written.
    """
    tree = Tree.of(tenant, folder, prefix)
    update = _Update(tenant, tree, snapshot, {item.name: item for item in datasets}, findings, gaps)
    with locked(tree.folder):
        return _written(update, Holding.of(ran, findings, gaps), tree, folder, accept)


def _written(
    update: _Update, holding: Holding, tree: Tree, folder: Path, accept: Callable[[Finding], Finding]
) -> WrittenEvidence:
    state = read_state(read_text(tree.folder / FILE, within=folder))
    update.read(state.alerts)
    held = sorted(
        (alert for alert in state.alerts if holding.holds(alert, seen=update.was_read)),
        key=lambda alert: alert.subject,
    )
    files = update.files(held)
    for name, file in files.items():
        write_text(tree.path_of(name), file.text, within=folder)
    still = tuple(accept(alert.finding()) for alert in held)
    counting = [each for each in (*update.failures, *still) if each.counts]
    alerts, groups = rolled_up(counting, state.rolled_up)
    # What is accepted is kept too: once its day is over it is an alert again, though nothing could be seen that day.
    kept = state_text([*held, *map(alert_of, update.failures)], groups)
    write_text(tree.folder / FILE, kept, within=folder)
    return WrittenEvidence(files, still, alerts)


class _Update:
    """One scan's objects, and the files made of them and of the earlier ones."""

    def __init__(
        self,
        tenant: str,
        tree: Tree,
        snapshot: SnapshotReader,
        datasets: Mapping[str, Dataset],
        findings: Sequence[Finding],
        gaps: Sequence[Gap],
    ) -> None:
        self.failures = [item for item in findings if item.verdict is Verdict.FAIL]
        self._tenant, self._tree, self._snapshot, self._datasets = tenant, tree, snapshot, datasets
        self._unread = {gap.dataset for gap in gaps if gap.parent is None}
        self._failing = {(item.dataset, item.key) for item in self.failures}
        self._open = {(item.dataset, item.key) for item in findings if item.verdict is Verdict.OPEN}
        self._today: dict[str, _Objects] = {}
        self._proven: dict[str, _Objects] = {}

    def read(self, alerts: Iterable[Alert]) -> None:
        """Read what may go into the files: each dataset once, keeping only what is wanted of a large one."""
        wanted = self._failing | {(alert.dataset, alert.key) for alert in alerts}
        wanted |= {(item.dataset, item.key) for alert in alerts for item in alert.evidence}
        for name, dataset in self._datasets.items():
            if name in self._unread:
                # The pages that did arrive may prove something; of the rest it says nothing.
                failing = {key for of, key in self._failing if of == name}
                self._proven[name] = self._objects(dataset, failing)
            else:
                keys = None if dataset.configuration else {key for of, key in wanted if of == name}
                self._today[name] = self._objects(dataset, keys)

    def was_read(self, dataset: str, key: str) -> bool:
        """Whether an object that a failure or an earlier alert is about was read today.

        The header was if anything of the dataset was: what it stands for is the dataset as a whole.
        """
        return key in self._today.get(dataset, ())

    def files(self, held: Sequence[Alert]) -> dict[str, EvidenceFile]:
        """The files of this scan's datasets and of those that alerts are about."""
        alerting = {alert.dataset for alert in held} | {dataset for dataset, _ in self._failing}
        names = sorted(self._datasets.keys() | alerting)
        return {
            name: self._file(name, {alert.key for alert in held if alert.dataset == name}) for name in names
        }

    def _objects(self, dataset: Dataset, keys: set[str] | None) -> _Objects:
        objects = {HEADER: header_text(self._tenant, dataset)}
        if keys is None or keys - {HEADER}:
            for record in self._snapshot.records(dataset):
                if keys is None or record.key in keys:
                    objects[record.key] = object_text(self._tenant, record)
        return objects

    def _file(self, name: str, held: set[str]) -> EvidenceFile:
        today = self._today.get(name)
        # Not read today, or not a dataset of this scan: what stands there stays.
        objects = (
            self._current(name, today, held)
            if today
            else self._as_it_stood(name) | self._proven.get(name, {})
        )
        failing = {key for dataset, key in self._failing if dataset == name}
        if missing := (failing | held) - objects.keys():
            raise _vanished(name, missing)
        return evidence_file(self._tree.uri_of(name), objects)

    def _current(self, name: str, today: _Objects, held: set[str]) -> _Objects:
        """Today's objects, with the earlier text of held ones that are gone or undecided."""
        failing = {key for dataset, key in self._failing if dataset == name}
        kept = {key for key in held - failing if key not in today or (name, key) in self._open}
        earlier = self._earlier(name) if kept else {}
        dataset = self._datasets[name]
        shown = today.keys() if dataset.configuration else {HEADER} | failing | held
        objects = {key: today[key] for key in shown if key in today}
        return objects | {key: earlier[key] for key in kept if key in earlier}

    def _as_it_stood(self, name: str) -> _Objects:
        earlier = self._earlier(name)
        if not earlier and name in self._datasets:
            earlier = {HEADER: header_text(self._tenant, self._datasets[name])}
        return earlier

    def _earlier(self, name: str) -> _Objects:
        text = read_text(self._tree.path_of(name), within=self._tree.folder.parent)
        return {} if text is None else read_objects(self._tenant, name, text)


def _vanished(dataset: str, keys: set[str]) -> EvidenceError:
    return EvidenceError(
        f"{dataset}: {len(keys)} object(s) that findings are about are neither in the snapshot nor in the "
        f"evidence written earlier, such as {min(keys)!r}",
        hint="If evidence files were deleted by hand, restore them from version control.",
    )
