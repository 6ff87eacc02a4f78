"""Scans of a few things, as snapshots, and what an earlier scan left: a snapshot, or a SARIF log."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from o365scan.accepted import Acceptances
from o365scan.api import (
    GRAPH,
    AcceptedRisk,
    Baseline,
    Check,
    Dataset,
    FanOut,
    Gap,
    GapReason,
    GraphList,
    Permission,
    Report,
    TenantInfo,
)
from o365scan.baseline import baseline_of, compared
from o365scan.registry import Registry, plan
from o365scan.reports.evidence import write_evidence
from o365scan.running import in_process
from o365scan.scan import judge
from o365scan.snapshot import Manifest, Snapshot
from o365scan_sarif import o365scan_reporters
from tests.core.things import Limits, thing_is_enabled, things

TENANT = "11111111-2222-4333-8444-555555555555"
(REPORTER,) = o365scan_reporters()
REGISTRY = Registry(reporters={REPORTER.name: REPORTER})
OPTIONS = {thing_is_enabled.id: Limits()}
PARTS = Dataset(
    name="test.parts",
    source=FanOut(over=things, request=GraphList(path="/things/{Id}/parts")),
    key="Id",
    title="Name",
    type="Part",
    permission=Permission(api=GRAPH, app_roles=("Thing.Read.All",)),
    reference="https://example.com/parts",
)


def thing(key: str, *, enabled: bool = True, note: str = "", **more: Any) -> dict[str, Any]:
    return {"Id": key, "Name": f"Thing {key}", "Enabled": enabled, "Note": note, **more}


def denied(dataset: Dataset = things, parent: str | None = None) -> Gap:
    return Gap(dataset=dataset.name, reason=GapReason.DENIED, detail="403 Forbidden", parent=parent)


@dataclass
class Scan:
    """A tenant on a day, and the checks that judge it."""

    things: Iterable[Mapping[str, Any]] = ()
    gaps: Iterable[Gap] = ()
    checks: tuple[Check, ...] = (thing_is_enabled,)
    parts: Mapping[str, Iterable[Mapping[str, Any]]] = field(default_factory=dict)
    day: int = 1
    tenant: str = TENANT
    risks: tuple[AcceptedRisk, ...] = ()

    def snapshot(self, path: Path | None = None) -> Snapshot:
        snapshot = Snapshot.create(path)
        snapshot.add(things, self.things)
        for parent, parts in self.parts.items():
            snapshot.add(PARTS, parts, parent=parent)
        for gap in self.gaps:
            snapshot.add_gap(gap)
        for dataset in plan(self.checks):
            snapshot.finish(dataset, self.parts if dataset is PARTS else ())
        taken = datetime(2026, 3, self.day, 5, 30, tzinfo=UTC)
        snapshot.seal(Manifest(tenant=TenantInfo(self.tenant), collected_at=taken, version="0.1.0"))
        return snapshot

    def report(self) -> Report:
        return judge(self.snapshot(), self.checks, REGISTRY, OPTIONS, risks=self.risks)

    def against(self, baseline: Baseline) -> Report:
        snapshot = self.snapshot()
        return compared(judge(snapshot, self.checks, REGISTRY, OPTIONS, risks=self.risks), baseline, snapshot)

    def with_evidence(self, folder: Path, baseline: Baseline | None = None) -> Report:
        """The report with its evidence tree below `folder`, as a scan with `--sarif` makes it."""
        snapshot = self.snapshot()
        report = judge(snapshot, self.checks, REGISTRY, OPTIONS, risks=self.risks)
        written = write_evidence(
            snapshot, tenant=report.tenant.id, datasets=report.datasets.values(), findings=report.findings,
            gaps=report.gaps, ran={check.id for check in self.checks}, folder=folder / "evidence",
            accept=Acceptances(self.risks, report.collected_at).on,
        )  # fmt: skip
        report = replace(report, evidence=written.evidence, held=written.held, alerts=written.alerts)
        return report if baseline is None else compared(report, baseline, snapshot)

    def log(self, folder: Path, profile: str, baseline: Baseline | None = None) -> Path:
        """A SARIF log of it, and the evidence beside it."""
        path = folder / f"{profile}.sarif"
        path.write_text(sarif_of(self.with_evidence(folder, baseline), profile))
        return path

    def baseline(self, path: Path) -> Baseline:
        """Read by these checks."""
        return baseline_of(path, self.checks, REGISTRY, OPTIONS, in_process)

    def as_snapshot(self, folder: Path) -> Baseline:
        self.snapshot(folder / "then").close()
        return self.baseline(folder / "then")


def sarif_of(report: Report, profile: str) -> str:
    stream = io.StringIO()
    REPORTER.write(report, stream, {"profile": profile})
    return stream.getvalue()


def told(report: Report) -> dict[str, list[str]]:
    """Key of each failure by what became of it; None is '?'."""
    found: dict[str, list[str]] = {}
    for each in (*report.findings, *report.held):
        if each.verdict == "fail":
            found.setdefault(str(each.change or "?"), []).append(each.key)
    for name, findings in (("gone", report.gone), ("unsettled", report.unsettled)):
        if findings:
            found[name] = [each.key for each in findings]
    return found
