"""The report as one JSON document: every verdict, with its evidence."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, TextIO

from o365scan.api import Finding, Report, Reporter, hookimpl


def _write(report: Report, stream: TextIO, _options: Mapping[str, str]) -> None:
    document = {
        "version": report.version,
        "tenant": asdict(report.tenant),
        "collectedAt": report.collected_at.isoformat(),
        "checks": [check.id for check in report.checks],
        "findings": [_finding(finding) for finding in (*report.findings, *report.held)],
        "gaps": [asdict(gap) for gap in report.gaps],
        "failures": [asdict(failure) for failure in report.failures],
        "notices": [asdict(notice) for notice in report.notices],
        **_compared(report),
    }
    # ASCII only: a terminal that shows this file can't be steered by the names in it.
    json.dump(document, stream, indent=2, ensure_ascii=True)
    stream.write("\n")


def _compared(report: Report) -> dict[str, Any]:
    """What the report was compared with, and what is not repeated; nothing without a baseline."""
    if report.baseline is None:
        return {}
    return {
        "baseline": {
            "source": report.baseline.source,
            "collectedAt": report.baseline.collected_at.isoformat(),
            "version": report.baseline.version,
            "checks": sorted(report.baseline.checks),
        },
        "gone": [_finding(finding) for finding in report.gone],
        "unsettled": [_finding(finding) for finding in report.unsettled],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "check": finding.check,
        "dataset": finding.dataset,
        "key": finding.key,
        "title": finding.title,
        "verdict": finding.verdict,
        "severity": finding.severity,
        "held": finding.held,
        "change": finding.change,
        "problems": [
            {
                "message": each.message,
                "severity": each.severity or finding.severity,
                "licence": each.licence,
                "evidence": [asdict(evidence) for evidence in each.evidence],
            }
            for each in finding.problems
        ],
        "reasons": [each.reason for each in finding.reasons],
    }


o365scan_api = ">=1.0,<2"
"""The versions of o365scan.api that it is written for."""


@hookimpl
def o365scan_reporters() -> list[Reporter]:
    """The JSON report."""
    return [Reporter(name="json", help="All verdicts with their evidence, as JSON.", write=_write)]
