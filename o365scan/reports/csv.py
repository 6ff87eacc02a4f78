"""The report as a table for spreadsheets: a row for each verdict, and for whatever could not be seen."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TextIO

from o365scan.api import (
    HEADER,
    AcceptanceUse,
    AcceptedRisk,
    Finding,
    Gap,
    LeftOut,
    PluginFailure,
    Report,
    Reporter,
    ReporterOption,
    Severity,
    Verdict,
    hookimpl,
    visible,
)
from o365scan.reports.choices import in_order

#: Characters of a cell: a spreadsheet's own limit is 32,767.
_LONGEST = 32_000
#: What begins a formula, the fullwidth, small, superscript and subscript forms besides: some read them alike.
_FORMULA = "=+\\-@" + "".join(map(chr, (
    0xFF1D, 0xFE66, 0x207C, 0x208C,  0xFF0B, 0xFE62, 0x207A, 0x208A,
    0xFF0D, 0xFE63, 0x2212, 0x207B, 0x208B,  0xFF20, 0xFE6B,
)))  # fmt: skip
#: A formula at the beginning of a cell, or behind what begins a cell for a program that separates by ";": there the
#: quotes that CSV puts around a cell are no quotes. Blanks and quotes before it don't help.
_BEGINS = re.compile(rf"(^|;)(?=[\s\"']*[{_FORMULA}])")

_ORDER = (Verdict.FAIL, Verdict.OPEN, Verdict.NOT_APPLICABLE, Verdict.PASS)


@dataclass(frozen=True)
class _Row:
    """What a row is about: a finding, something that could not be seen (`open`), or what was chosen (no verdict)."""

    report: Report
    what: str
    """finding, held, gap, failure, acceptance or leftOut."""
    verdict: Verdict | None
    message: str
    dataset: str = ""
    object: str = ""
    key: str = ""
    hint: str | None = None
    finding: Finding | None = None
    check: str | None = None
    """Of what was chosen: the check, or the acceptance's pattern."""
    risk: AcceptedRisk | None = None


#: The columns, in their order: what follows is added at the end, so that those of older files keep their places.
_COLUMNS: dict[str, Callable[[_Row], str | None]] = {
    "verdict": lambda row: row.verdict,
    "severity": lambda row: row.finding.severity if row.finding else None,
    "check": lambda row: row.finding.check if row.finding else row.check,
    "object": lambda row: row.object,
    "message": lambda row: row.message,
    "row": lambda row: row.what,
    "dataset": lambda row: row.dataset,
    "key": lambda row: row.key,
    "licence": lambda row: ", ".join(_licences(row)),
    "hint": lambda row: row.hint,
    "tenant": lambda row: row.report.tenant.id,
    "collectedAt": lambda row: row.report.collected_at.isoformat(),
    "change": lambda row: row.finding.change if row.finding else None,
    "accepted": lambda row: _accepted(row.finding.accepted if row.finding else row.risk),
}


@lru_cache(maxsize=1_000)  # most cells of a column are alike
def cell(text: str | None) -> str:
    """Text that a spreadsheet shows and never runs: on one line, with an apostrophe before what begins a formula."""
    return _BEGINS.sub(r"\1'", visible(text or "", _LONGEST))


def _write(report: Report, stream: TextIO, options: Mapping[str, str]) -> None:
    if options.get("bom", "yes") == "yes":
        stream.write("\ufeff")
    writer = csv.writer(stream, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for row in _rows(report):
        writer.writerow(cell(value(row)) for value in _COLUMNS.values())


def _rows(report: Report) -> Iterator[_Row]:
    """The worst first. What could not be seen comes before what passes, so that nobody takes the table for whole."""
    findings = [*report.findings, *report.held]
    rank = {severity: -severity.rank for severity in Severity}
    findings.sort(key=lambda each: (_ORDER.index(each.verdict), rank[each.severity], each.check, each.key))
    last = _ORDER.index(Verdict.OPEN)
    yield from (_of_finding(each, report) for each in findings if _ORDER.index(each.verdict) <= last)
    yield from (_of_gap(each, report) for each in report.gaps)
    yield from (_of_failure(each, report) for each in report.failures)
    yield from (_of_acceptance(each, report) for each in in_order(report.acceptances))
    yield from (_of_left_out(each, report) for each in report.left_out)
    yield from (_of_finding(each, report) for each in findings if _ORDER.index(each.verdict) > last)


def _of_finding(finding: Finding, report: Report) -> _Row:
    return _Row(
        report,
        "held" if finding.held else "finding",
        finding.verdict,
        finding.message,
        finding.dataset,
        "" if finding.key == HEADER else finding.title,
        finding.key,
        finding=finding,
    )


def _of_gap(gap: Gap, report: Report) -> _Row:
    said = f"could not be read ({gap.reason}): {gap.detail}"
    return _Row(report, "gap", Verdict.OPEN, said, gap.dataset, key=gap.parent or "", hint=gap.hint)


def _of_failure(failure: PluginFailure, report: Report) -> _Row:
    said = f"plugin could not be used ({failure.stage}): {failure.message}"
    return _Row(report, "failure", Verdict.OPEN, said, object=failure.plugin)


def _of_acceptance(use: AcceptanceUse, report: Report) -> _Row:
    said = f"{use.state}: {use.because or f'{use.count} accepted'}"
    return _Row(report, "acceptance", None, said, object=use.risk.object, check=use.risk.check, risk=use.risk)


def _of_left_out(left: LeftOut, report: Report) -> _Row:
    return _Row(report, "leftOut", None, f"left out by {left.because}", check=left.check)


def _accepted(risk: AcceptedRisk | None) -> str | None:
    """Who answers for it."""
    return None if risk is None else f"{risk.owner} until {risk.expires}: {risk.reason}"


def _licences(row: _Row) -> tuple[str, ...]:
    if row.finding is not None:
        return row.report.licences_wanted(row.finding)
    licence = row.report.licence_wanted_for(row.dataset)
    return (licence,) if licence else ()


o365scan_api = ">=1.0,<2"
"""The versions of o365scan.api that it is written for."""


@hookimpl
def o365scan_reporters() -> list[Reporter]:
    """The table."""
    bom = ReporterOption(
        "bom",
        ("yes", "no"),
        "Whether the file begins with a byte order mark, without which Excel misreads UTF-8.",
    )
    return [Reporter(name="csv", help="All verdicts as a table.", write=_write, options=(bom,))]
