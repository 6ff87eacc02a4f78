"""Findings as SARIF results: one per rule and object, at the object in the evidence tree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import sarif_om as om

from o365scan.api import HEADER, Change, EvidenceFile, Finding, Place, PluginError, Report, Verdict, inert

from .baseline import States
from .fingerprints import LINE_HASH, OBJECT_RULE, line_hashes, object_rule
from .rules import RuleSource
from .severity import LEVEL, SCORE
from .taxonomy import Techniques
from .text import quoted, sentence

ROOT = "%SRCROOT%"
EVIDENCE_LIMIT = 50
_SAYING = {Verdict.PASS: "as it should be", Verdict.NOT_APPLICABLE: "does not apply"}


class Places:
    """Where findings stand, and the fingerprints of these places; each evidence file is hashed once."""

    def __init__(self, report: Report, findings: Sequence[Finding]) -> None:
        self._report = report
        self._places = [self._place(finding) for finding in findings]
        lines: dict[str, set[int]] = {}
        for place in self._places:
            lines.setdefault(place.uri, set()).add(place.start_line)
        texts = {file.uri: file.text for file in (report.evidence or {}).values()}
        self._hashes = {uri: line_hashes(texts[uri], wanted) for uri, wanted in lines.items()}

    def __iter__(self) -> Iterator[tuple[Place, str]]:
        """Place and fingerprint, in the order of the findings."""
        for place in self._places:
            yield place, self._hashes[place.uri][place.start_line]

    def _place(self, finding: Finding) -> Place:
        fails = finding.verdict is Verdict.FAIL and finding.change is not Change.GONE
        if not fails and not self._is_shown(finding):
            # A large dataset's evidence lacks the objects that nothing is wrong with; what is no more has no place.
            return self._file(finding).places[HEADER]
        return self._report.place(finding)

    def _is_shown(self, finding: Finding) -> bool:
        return finding.key in self._file(finding).places

    def _file(self, finding: Finding) -> EvidenceFile:
        file = (self._report.evidence or {}).get(finding.dataset)
        if file is None:
            raise PluginError(f"no evidence was written for {finding.dataset}")
        return file


def results(
    report: Report,
    findings: Sequence[Finding],
    rules: Mapping[str, RuleSource],
    techniques: Techniques,
    *,
    states: States,
) -> Iterator[om.Result]:
    """The results of one run, made as they are asked for.

    Raises PluginError for a finding without a place in the evidence tree.
    """
    index = {rule: number for number, rule in enumerate(rules)}
    known = any(finding.accepted is not None for finding in findings)
    for finding, (place, fingerprint) in zip(findings, Places(report, findings), strict=True):
        rule = rules[finding.check]
        failed = finding.verdict is Verdict.FAIL
        yield om.Result(
            rule_id=rule.id,
            rule_index=index[rule.id],
            kind=finding.verdict.value,
            level=LEVEL[finding.severity] if failed else "none",
            message=om.Message(text=_message(finding)),
            locations=[_location(finding, place)],
            partial_fingerprints={
                LINE_HASH: fingerprint,
                OBJECT_RULE: object_rule(report.tenant.id, rule.id, finding.dataset, finding.key),
            },
            taxa=(techniques.references(rule.attack) or None) if failed else None,
            suppressions=_suppressions(finding) if known else None,
            baseline_state=states.of(finding),
            properties=_properties(finding, rule, comparable=states.is_comparable(finding)),
        )


def accepted(
    report: Report, findings: Iterable[Finding], rules: Mapping[str, RuleSource]
) -> list[dict[str, Any]]:
    """Failures that somebody answers for, as results without a place: for the properties of a run that lacks them.

    GitHub shows none of it. A later scan that is compared with the log must know that they failed.
    """
    return [
        {
            "ruleId": finding.check,
            "kind": finding.verdict.value,
            "message": {"text": _message(finding)},
            "locations": [{"logicalLocations": [_logical(finding)]}],
            "partialFingerprints": {
                OBJECT_RULE: object_rule(report.tenant.id, finding.check, finding.dataset, finding.key)
            },
            "properties": _properties(finding, rules[finding.check], comparable=True),
        }
        for finding in findings
        if finding.accepted is not None
    ]


def _suppressions(finding: Finding) -> list[om.Suppression]:
    """Who answers for it; none says that nobody does. In a run either all results have the list or none (§3.27.23)."""
    risk = finding.accepted
    if risk is None:
        return []
    said = sentence(inert(risk.reason))
    justification = f"{said} Accepted by {inert(risk.owner, 200)} until {risk.expires}."
    return [om.Suppression(kind="external", state="accepted", justification=justification)]


def _message(finding: Finding) -> str:
    said = finding.message or _SAYING.get(finding.verdict, "not decided")
    return sentence(f"{quoted(finding.title)}: {inert(said)}")


def _location(finding: Finding, place: Place) -> om.Location:
    # Whole lines: an object in the evidence tree shares none with another.
    region = om.Region(start_line=place.start_line, end_line=place.end_line)
    artifact = om.ArtifactLocation(uri=place.uri, uri_base_id=ROOT)
    return om.Location(
        physical_location=om.PhysicalLocation(artifact_location=artifact, region=region),
        logical_locations=[_logical(finding)],
    )


def _logical(finding: Finding) -> om.LogicalLocation:
    name = finding.dataset if finding.key == HEADER else f"{finding.dataset}/{inert(finding.key)}"
    return om.LogicalLocation(name=inert(finding.title, 120), fully_qualified_name=name, kind="object")


def _properties(finding: Finding, rule: RuleSource, *, comparable: bool) -> dict[str, Any]:
    properties: dict[str, Any] = {"evidence": list(_pointers(finding))[:EVIDENCE_LIMIT]}
    if finding.verdict is Verdict.FAIL and finding.severity is not rule.severity:
        properties["security-severity"] = SCORE[finding.severity]
    if finding.held:
        properties["held"] = True
    elif finding.verdict is Verdict.FAIL and finding.change is not Change.GONE:
        properties["digest"] = (
            finding.digest
        )  # a later scan tells by it whether the failure says another thing
    if inert(finding.key) != finding.key:
        properties["key"] = finding.key  # which the location's name can't give back
    if not comparable:
        properties["comparable"] = False
    return {name: value for name, value in properties.items() if value or value is False}


def _pointers(finding: Finding) -> Iterator[dict[str, str]]:
    """What a verdict is based on. The values stay in the evidence file, where they are redacted."""
    judgements: Iterable[Any] = (*finding.problems, *finding.reasons)
    said = (item for judgement in judgements for item in judgement.evidence)
    for dataset, key, pointer in dict.fromkeys((item.dataset, item.key, item.pointer) for item in said):
        yield {"dataset": dataset, "key": key, "pointer": pointer}
