"""The shape of the JSON report: what is declared here is what is written, and what its schema says.

`docs/reports.md` tells it to people. A field that `o365scan.api` gives a report is added here, or left out for a reason
that tests/reports/test_json.py knows.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Final, Literal, TypeVar

import msgspec
from msgspec import Meta

from o365scan.api import (
    AcceptanceState,
    Baseline,
    Change,
    Finding,
    GapReason,
    Problem,
    Report,
    Severity,
    Verdict,
)

#: Major.minor. A new field is a new minor version, a field that goes or means something else a new major one.
FORMAT: Final = "1.0"

P = TypeVar("P", bound="Part")


class Part(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """A part of the document, strict: it has exactly the fields that are declared, in this order."""


class TenantPart(Part):
    """The tenant that was scanned."""

    id: str
    name: Annotated[str | None, Meta(description="Null if the organization could not be read.")]
    domain: Annotated[str | None, Meta(description="Its first domain; null as the name is.")]


class EvidencePart(Part):
    """A property that proves a problem."""

    dataset: str
    key: Annotated[str, Meta(description="The object's key in the dataset.")]
    pointer: Annotated[str, Meta(description="JSON Pointer (RFC 6901) into the object as Microsoft sent it.")]
    value: Annotated[Any, Meta(description="What stands there; null where only the place is known any more.")]


class ProblemPart(Part):
    """Something wrong with an object."""

    message: str
    severity: Severity
    licence: Annotated[
        str | None, Meta(description="What would have to be bought before anybody could mend it.")
    ]
    evidence: tuple[EvidencePart, ...]


class AcceptedPart(Part):
    """A risk that somebody answers for until a day, as o365scan.toml says."""

    check: Annotated[str, Meta(description="Id or glob.")]
    object: Annotated[str, Meta(description="Glob over the object's title or key.")]
    reason: str
    owner: str
    expires: Annotated[date, Meta(description="The last day on which it holds.")]
    severity: Annotated[Severity | None, Meta(description="The gravest that it accepts; null for any.")]
    despite_signs: Annotated[bool, Meta(description="Whether signs of an intruder are accepted.")]
    tenant: Annotated[
        str | None, Meta(description="A tenant of o365scan.toml; null for whichever is scanned.")
    ]


class AcceptancePart(Part):
    """What became of an accepted risk."""

    risk: AcceptedPart
    state: AcceptanceState
    count: Annotated[int, Meta(description="How many failures are accepted by it.")]
    because: str


class LeftOutPart(Part):
    """A check that the configuration leaves out."""

    check: str
    because: Annotated[str, Meta(description="The key that leaves it out.")]


class FindingPart(Part):
    """One verdict of one check on one object."""

    check: Annotated[str, Meta(description="The check's id.")]
    dataset: str
    key: Annotated[
        str, Meta(description="The object's key in the dataset; empty for the dataset as a whole.")
    ]
    title: Annotated[str, Meta(description="What the object is called: text of whoever named it.")]
    verdict: Annotated[
        Verdict, Meta(description="open: it could not be decided, and `reasons` say why. Never a pass.")
    ]
    severity: Annotated[Severity, Meta(description="Of the worst problem; without any, the check's own.")]
    held: Annotated[
        bool, Meta(description="A failure of an earlier scan, repeated because today's verdict is open.")
    ]
    change: Annotated[
        Change | None,
        Meta(
            description="How a failure stands to the baseline; null without one, or where they can't be compared."
        ),
    ]
    accepted: Annotated[
        AcceptedPart | None, Meta(description="Who answers for a failure; it does not count then.")
    ]
    licences: Annotated[
        tuple[str, ...],
        Meta(description="What the tenant would need for a pass, if that is all that is to blame."),
    ]
    problems: tuple[ProblemPart, ...]
    reasons: Annotated[tuple[str, ...], Meta(description="Why it is open or not applicable.")]


class GapPart(Part):
    """What is missing from a dataset: all of it, or what belongs to one parent."""

    dataset: str
    reason: GapReason
    detail: str
    hint: str | None
    parent: Annotated[str | None, Meta(description="The key of whose part is missing; null if all may be.")]


class FailurePart(Part):
    """A plugin, or a part of it, that could not be used."""

    plugin: str
    stage: str
    message: str


class NoticePart(Part):
    """What a plugin's author should know. It takes nothing from the report."""

    plugin: str
    message: str


class BaselinePart(Part):
    """The earlier scan that the report was compared with."""

    source: Annotated[str, Meta(description='"snapshot", or the reporter whose report it is.')]
    collected_at: str
    version: Annotated[str, Meta(description="Of the o365scan that made it.")]
    checks: Annotated[tuple[str, ...], Meta(description="The ids of the checks that ran then.")]


class Document(Part):
    """What `o365scan scan --json FILE` writes."""

    format_version: Annotated[Literal["1.0"], Meta(description="Of this format: major.minor.")]
    version: Annotated[str, Meta(description="Of the o365scan that wrote it.")]
    tenant: TenantPart
    collected_at: Annotated[
        str,
        Meta(
            description="When the data was read, by the service's clock.",
            pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?[+-]\d{2}:\d{2}$",
            extra_json_schema={"format": "date-time"},
        ),
    ]
    checks: Annotated[tuple[str, ...], Meta(description="The ids of the checks that ran.")]
    findings: Annotated[
        tuple[FindingPart, ...], Meta(description="By check and key, those held from earlier scans last.")
    ]
    gaps: tuple[GapPart, ...]
    failures: tuple[FailurePart, ...]
    notices: tuple[NoticePart, ...]
    baseline: Annotated[
        BaselinePart | None, Meta(description="Null where the report was compared with nothing.")
    ]
    gone: Annotated[tuple[FindingPart, ...], Meta(description="Failures of the baseline that are no more.")]
    unsettled: Annotated[
        tuple[FindingPart, ...], Meta(description="Failures of the baseline that could not be judged today.")
    ]
    acceptances: Annotated[
        tuple[AcceptancePart, ...],
        Meta(description="The accepted risks of the tenant, with what became of them."),
    ]
    left_out: Annotated[
        tuple[LeftOutPart, ...], Meta(description="Checks that the configuration leaves out.")
    ]


def document_of(report: Report) -> Document:
    """The report as it is written."""
    return Document(
        format_version=FORMAT,
        version=report.version,
        tenant=_same(TenantPart, report.tenant),
        collected_at=report.collected_at.isoformat(),
        checks=tuple(check.id for check in report.checks),
        findings=tuple(_finding(each, report) for each in (*report.findings, *report.held)),
        gaps=tuple(_same(GapPart, each) for each in report.gaps),
        failures=tuple(_same(FailurePart, each) for each in report.failures),
        notices=tuple(_same(NoticePart, each) for each in report.notices),
        baseline=_baseline(report.baseline),
        gone=tuple(_finding(each, report) for each in report.gone),
        unsettled=tuple(_finding(each, report) for each in report.unsettled),
        acceptances=tuple(_same(AcceptancePart, each) for each in report.acceptances),
        left_out=tuple(_same(LeftOutPart, each) for each in report.left_out),
    )


def schema() -> dict[str, Any]:
    """The JSON schema (draft 2020-12) of `Document`."""
    about = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:o365scan:report:{FORMAT}",
        "title": "The JSON report of o365scan",
    }
    return about | msgspec.json.schema(Document)


def _same(part: type[P], value: object) -> P:
    """The fields of a part, from what has attributes of the same names."""
    return msgspec.convert(value, part, from_attributes=True)


def _finding(finding: Finding, report: Report) -> FindingPart:
    return FindingPart(
        check=finding.check,
        dataset=finding.dataset,
        key=finding.key,
        title=finding.title,
        verdict=finding.verdict,
        severity=finding.severity,
        held=finding.held,
        change=finding.change,
        accepted=None if finding.accepted is None else _same(AcceptedPart, finding.accepted),
        licences=report.licences_wanted(finding),
        problems=tuple(_problem(each, finding) for each in finding.problems),
        reasons=tuple(each.reason for each in finding.reasons),
    )


def _baseline(baseline: Baseline | None) -> BaselinePart | None:
    if baseline is None:
        return None
    return BaselinePart(
        source=baseline.source,
        collected_at=baseline.collected_at.isoformat(),
        version=baseline.version,
        checks=tuple(sorted(baseline.checks)),
    )


def _problem(problem: Problem, finding: Finding) -> ProblemPart:
    evidence = tuple(_same(EvidencePart, each) for each in problem.evidence)
    return ProblemPart(problem.message, problem.severity or finding.severity, problem.licence, evidence)
