"""Judges a snapshot: pure, one verdict an object (fail > open > not applicable > pass).

What is proven stays proven: a missing field, a gap or a crash withdraws a pass, never a fail.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from o365scan.api import (
    HEADER,
    Check,
    Dataset,
    FanOut,
    Finding,
    Gap,
    Judgement,
    NotApplicable,
    PluginFailure,
    PluginNotice,
    Problem,
    Record,
    Severity,
    Undecided,
    Verdict,
)
from o365scan.running import Asides, Judging, in_process
from o365scan.snapshot import Snapshot


@dataclass
class Evaluation:
    """All verdicts, ordered by check and key, the checks that crashed, and what their authors should know."""

    findings: list[Finding] = field(default_factory=list)
    failures: list[PluginFailure] = field(default_factory=list)
    notices: list[PluginNotice] = field(default_factory=list)


def evaluate(
    snapshot: Snapshot,
    checks: Iterable[Check],
    options: Mapping[str, Any],
    judging: Judging = in_process,
) -> Evaluation:
    """Judge every object with every check. `options` holds each check's options by id, typed.

    `judging` runs a check: what it says is folded here, wherever that was.
    """
    evaluation = Evaluation()
    for check in sorted(checks, key=lambda each: each.id):
        judge = _Judge(snapshot, check, options.get(check.id), judging)
        found = sorted(judge.findings(), key=lambda each: (each.dataset, each.key))
        evaluation.findings.extend(found)
        evaluation.failures.extend(judge.asides.failures)
        evaluation.notices.extend(judge.asides.notices)
    return evaluation


class _Judge:
    """Folds what one check says of one snapshot."""

    def __init__(self, snapshot: Snapshot, check: Check, options: Any, judging: Judging) -> None:
        self._snapshot = snapshot
        self._check = check
        self._options = options
        self._judging = judging
        gaps = [(dataset, gap) for dataset in check.datasets for gap in snapshot.gaps_of(dataset)]
        #: What keeps every object from passing, and what only the parents named.
        self._gaps = [gap for dataset, gap in gaps if not self._is_of_one_object(dataset, gap)]
        self._parts = [(dataset, gap) for dataset, gap in gaps if self._is_of_one_object(dataset, gap)]
        self._blind = {gap.dataset for gap in self._gaps}
        self.asides = Asides(check.id)

    def findings(self) -> Iterator[Finding]:
        """One finding an object: the judged records, and any object that a judgement is expressly `at`."""
        objects = _Objects(self._check.subject.name)
        for each in self._judging(self._snapshot, self._check, self._options, self.asides):
            objects.judged(each.record, each.judgements)
        for fan_out, gap in self._parts:
            self._judge_part(objects, fan_out, gap)
        for (dataset, key), (title, about) in objects.items():
            finding = self._finding(dataset, key, title, about)
            # A gap withdraws every pass; one finding on the header says so for all of them.
            if finding.verdict not in (Verdict.PASS, Verdict.NOT_APPLICABLE) or not self._gaps:
                yield finding
        if self._gaps:
            yield self._open_header()
        elif not objects:
            yield self._header(Verdict.NOT_APPLICABLE)

    def _is_of_one_object(self, dataset: Dataset, gap: Gap) -> bool:
        """Whether the gap leaves single objects undecided: it is of a parent, and who that belongs to is judged."""
        source = dataset.source
        if gap.parent is None or not isinstance(source, FanOut):
            return False
        return self._check.each in (dataset, source.over) or bool(self._owners(source.over, gap.parent))

    def _judge_part(self, objects: _Objects, dataset: Dataset, gap: Gap) -> None:
        over = dataset.source.over if isinstance(dataset.source, FanOut) else dataset
        parent = self._snapshot.record(over, gap.parent or "")
        said = _said(gap.dataset, parent.title if parent else gap.parent, gap.detail)
        reason = Undecided(said, gap=gap.dataset)
        owners: list[Record | None] = [*self._owners(over, gap.parent or "")]
        for owner in owners or [parent]:
            objects.judged(owner, [reason])

    def _owners(self, dataset: Dataset, key: str) -> list[Record]:
        """The judged records that a record was read for, over any number of fan-outs; none if one is not known."""
        found = list(self._snapshot.everywhere(dataset, key))
        while found and found[0].dataset is not self._check.each:
            source = found[0].dataset.source
            if not isinstance(source, FanOut):
                return []
            above = [list(self._snapshot.everywhere(source.over, each.parent)) for each in found]
            found = [record for records in above for record in records] if all(above) else []
        return found

    def _finding(self, dataset: str, key: str, title: str, about: list[Judgement]) -> Finding:
        problems = [each for each in about if isinstance(each, Problem)]
        # What a gap leaves undecided is said once, on the header, not for every object.
        reasons = [each for each in about if isinstance(each, Undecided) and each.gap not in self._blind]
        problems.sort(key=lambda each: -(each.severity or self._check.severity).rank)
        severity = (problems[0].severity if problems else None) or self._check.severity
        idle = [Undecided(each.reason) for each in about if isinstance(each, NotApplicable)]
        best = Verdict.NOT_APPLICABLE if idle else Verdict.PASS
        verdict = Verdict.FAIL if problems else Verdict.OPEN if reasons else best
        return Finding(
            check=self._check.id,
            dataset=dataset,
            key=key,
            title=title,
            verdict=verdict,
            severity=severity,
            problems=tuple(problems),
            reasons=tuple(reasons or idle),
        )

    def _header(self, verdict: Verdict, reasons: tuple[Undecided, ...] = ()) -> Finding:
        name = self._check.subject.name
        severity: Severity = self._check.severity
        return Finding(
            check=self._check.id, dataset=name, key=HEADER, title=name,
            verdict=verdict, severity=severity, reasons=reasons,
        )  # fmt: skip

    def _open_header(self) -> Finding:
        reasons = tuple(
            Undecided(_said(gap.dataset, gap.parent, gap.detail), gap=gap.dataset) for gap in self._gaps
        )
        return self._header(Verdict.OPEN, reasons)


class _Objects(dict[tuple[str, str], tuple[str, list[Judgement]]]):
    """What was judged of each object: (dataset, key) → its title and the judgements."""

    def __init__(self, subject: str) -> None:
        super().__init__()
        self._subject = subject

    def judged(self, record: Record | None, judgements: list[Judgement]) -> None:
        """Sort the judgements on a record (None: on the dataset as a whole) to the objects they are about.

        Where some are `at` other objects and none about the record itself, it gets no verdict: not a pass.
        """
        if not any(each.at for each in judgements):
            self._of(record)
        for judgement in judgements:
            self._of(judgement.at or record).append(judgement)

    def _of(self, record: Record | None) -> list[Judgement]:
        place = (record.dataset.name, record.key) if record else (self._subject, HEADER)
        title = record.title if record else self._subject
        return self.setdefault(place, (title, []))[1]


def _said(dataset: str, parent: str | None, detail: str) -> str:
    of = f"{dataset} of {parent}" if parent else dataset
    return f"{of} could not be read: {detail}"
