"""A case: records, and the verdict that a check must reach on them."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from o365scan.api import (
    HEADER,
    Check,
    Dataset,
    Finding,
    Gap,
    GapReason,
    ReadObserver,
    TenantInfo,
    Unlicensed,
    Verdict,
)
from o365scan.config import options_of, with_entries
from o365scan.evaluate import Evaluation, evaluate
from o365scan.snapshot import Manifest, Snapshot, key_of

NOW = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
"""When the records of every case were collected, UTC."""
TENANT = TenantInfo("00000000-0000-4000-8000-000000000001", "Contoso", "contoso.onmicrosoft.com")
"""Whose the records of every case are."""
SCANNER = "00000000-0000-4000-8000-000000000002"
"""The app id that the records of every case were read as."""

Records = Mapping[str, list[dict[str, Any]]]
PARENT = "@o365scan.parent"
"""Names the parent of a fan-out's record in a case file, as in the folder form of a snapshot."""


@dataclass(frozen=True)
class Case:
    """One thing that a check must get right; `run` raises AssertionError if it does not."""

    check: Check
    name: str
    records: Records
    verdict: Verdict | None
    """None: any, as long as the check does not crash."""
    severity: str | None = None
    message: str | None = None
    object: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    denied: str | None = None
    """A dataset that could not be read."""
    unlicensed: tuple[str, ...] = ()
    """Datasets that the tenant has no licence for."""
    licence: str | None = None
    """What the problems are to say that it takes to mend them."""
    or_fail: bool = False
    """A problem that is proven all the same will do: anything but a pass."""

    def __str__(self) -> str:
        return f"{self.check.id}: {self.name}"

    def run(self) -> None:
        """Judge the records and compare."""
        evaluation = self._evaluation()
        for failure in evaluation.failures:
            raise AssertionError(f"{self}: {failure.message}")
        self._refuse_vain_acceptance(evaluation)
        if self.verdict is not None:
            for wrong in self._otherwise(self._chosen(evaluation.findings)):
                raise AssertionError(wrong)

    def _otherwise(self, finding: Finding) -> Iterator[str]:
        """What of the finding is not as the case says."""
        said = f"{self}: {finding.verdict} {finding.severity} {finding.message!r}"
        if finding.verdict is not self.verdict and not (self.or_fail and finding.verdict is Verdict.FAIL):
            yield f"{said}, not {self.verdict}"
        if self.severity is not None and finding.severity != self.severity:
            yield f"{said}, not {self.severity}"
        named = {each.licence for each in finding.problems}
        if self.licence is not None and named != {self.licence}:
            yield f"{said} takes {named}, not {self.licence}"
        if self.message is not None and self.message not in finding.message:
            yield f"{said} does not say {self.message!r}"

    def _refuse_vain_acceptance(self, evaluation: Evaluation) -> None:
        """What a problem says it is accepted by, must be an option that accepts it."""
        for finding in evaluation.findings:
            offered = [each for each in finding.problems if each.accept is not None]
            options = with_entries(self.options, (each.accept.entries for each in offered if each.accept))
            left = replace(self, options=options)._evaluation().findings if offered else []
            still = {
                each.message for other in left for each in other.problems
                if (other.dataset, other.key) == (finding.dataset, finding.key) and each.accept is not None
            }  # fmt: skip
            for vain in (each.message for each in offered if each.message in still):
                raise AssertionError(f"{self}: {options} does not accept {vain!r}")

    def finding(self, observer: ReadObserver | None = None) -> Finding:
        """The verdict on the object that the case is about."""
        return self._chosen(self._evaluation(observer).findings)

    def findings(self) -> list[Finding]:
        """The verdicts on all objects."""
        return self._evaluation().findings

    def _evaluation(self, observer: ReadObserver | None = None) -> Evaluation:
        tables = {"checks": {self.check.id: dict(self.options)}} if self.options else {}
        options = options_of([self.check], tables)
        return evaluate(self._snapshot(observer), [self.check], options)

    def _chosen(self, findings: list[Finding]) -> Finding:
        key = self._key()
        for finding in findings:
            if finding.key == key:
                return finding
        for finding in findings:
            if (
                finding.key == HEADER
            ):  # a gap withdraws every pass: the header's verdict stands for the object
                return finding
        if self.or_fail and findings:  # what is missing may leave a named object open, and none in general
            return next((each for each in findings if each.verdict is not Verdict.PASS), findings[0])
        raise AssertionError(f"{self}: no verdict on {key!r}, only on {[each.key for each in findings]}")

    def _key(self) -> str:
        if self.object is not None or self.check.each is None:
            return self.object or HEADER
        return key_in(self.records[self.check.each.name][0], self.check.each.key)

    def _snapshot(self, observer: ReadObserver | None) -> Snapshot:
        snapshot = Snapshot.create(observer=observer)
        for dataset in (*self.check.datasets, *self.check.optional):
            if dataset.name not in self.records:
                continue
            if (gap := self._gap(dataset)) is not None:
                snapshot.add_gap(gap)
            elif dataset.name not in self.unlicensed:
                self._fill(snapshot, dataset)
            snapshot.finish(dataset)
        snapshot.seal(Manifest(tenant=TENANT, collected_at=NOW, version="test", scanner=SCANNER))
        return snapshot

    def _fill(self, snapshot: Snapshot, dataset: Dataset) -> None:
        of_parent: dict[str, list[dict[str, Any]]] = {}
        for record in self.records[dataset.name]:
            fields = {name: value for name, value in record.items() if name != PARENT}
            of_parent.setdefault(record.get(PARENT, ""), []).append(fields)
        for parent, records in of_parent.items():
            for wrong in snapshot.add(dataset, records, parent=parent):
                # A scan would have a gap here, so that the case would be of no scan.
                raise AssertionError(f"{self}: {dataset.name}: {wrong}")

    def _gap(self, dataset: Dataset) -> Gap | None:
        if dataset.name == self.denied:
            return Gap(dataset=dataset.name, reason=GapReason.DENIED, detail="403")
        if dataset.name in self.unlicensed and dataset.unlicensed is Unlicensed.UNKNOWN:
            said = "403: the tenant is not licensed"
            return Gap(dataset=dataset.name, reason=GapReason.NOT_LICENSED, detail=said)
        return None


def key_in(row: Mapping[str, Any], field: str) -> str:
    """What a snapshot knows a record by."""
    fields = {name: value for name, value in row.items() if name != PARENT}
    return key_of(fields, field, str(row.get(PARENT, ""))) or ""


def patched(records: Records, patch: list[dict[str, Any]]) -> Records:
    """The records after a patch (RFC 6902). The datasets that it does not name are shared, so change neither."""
    import jsonpatch
    import jsonpointer

    changes = jsonpatch.JsonPatch(patch)  # refuses one without a sound `path`
    places = [place for each in patch for place in (each["path"], each.get("from", each["path"]))]
    named = {name for place in places for name in jsonpointer.JsonPointer(place).parts[:1]}
    # A file has hundreds of cases and a patch names one dataset: copies of all the others would be most of the work.
    own = copy.deepcopy({name: rows for name, rows in records.items() if name in named})
    changed: Records = changes.apply({**records, **own}, in_place=True)
    return changed
