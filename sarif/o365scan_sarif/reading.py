"""A log of ours as a baseline: the verdicts that it holds, of either profile.

What identifies a result is its rule and its object, and our own fingerprint of both proves that they were not
altered. A log of the github profile holds failures only, and one alert may stand for many objects.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import msgspec

from o365scan.api import HEADER, Baseline, BaselineError, Evidence, Finding, Problem, Severity, Verdict

from .fingerprints import OBJECT_RULE, object_rule
from .notifications import LEFT_OUT, UNDECIDED
from .severity import SCORE
from .text import quoted

_CATEGORY = re.compile(r"o365scan/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/([a-z0-9]+)/")
_SEVERITIES = {score: severity for severity, score in SCORE.items()}
_ABSENT = "absent"
_BEGINNING = 400


class _Struct(msgspec.Struct, frozen=True, rename="camel"):
    """What is read of an object; any other property is passed over."""


class _Text(_Struct, frozen=True):
    text: str


class _RuleProperties(_Struct, frozen=True):
    score: str = msgspec.field(name="security-severity")


class _Rule(_Struct, frozen=True):
    id: str
    properties: _RuleProperties


class _Driver(_Struct, frozen=True):
    name: str
    version: str = ""
    rules: tuple[_Rule, ...] = ()


class _Tool(_Struct, frozen=True):
    driver: _Driver


class _Reference(_Struct, frozen=True):
    id: str = ""


class _Notification(_Struct, frozen=True):
    descriptor: _Reference = _Reference()
    associated_rule: _Reference = _Reference()


class _Invocation(_Struct, frozen=True):
    tool_execution_notifications: tuple[_Notification, ...] = ()


class _Logical(_Struct, frozen=True):
    name: str
    fully_qualified_name: str


class _Location(_Struct, frozen=True):
    logical_locations: tuple[_Logical, ...]


class _Pointer(_Struct, frozen=True):
    dataset: str
    key: str
    pointer: str


class _ResultProperties(_Struct, frozen=True):
    evidence: tuple[_Pointer, ...] = ()
    digest: str | None = None
    key: str | None = None
    held: bool = False
    score: str | None = msgspec.field(name="security-severity", default=None)


class _Result(_Struct, frozen=True):
    rule_id: str
    kind: Verdict
    message: _Text
    locations: tuple[_Location, ...]
    partial_fingerprints: dict[str, str]
    properties: _ResultProperties = _ResultProperties()
    baseline_state: str = ""


class _Details(_Struct, frozen=True):
    id: str


class _RunProperties(_Struct, frozen=True):
    collected_at: datetime
    checks: tuple[str, ...]
    profile: str
    accepted: tuple[_Result, ...] = ()
    """Failures that are no results, since somebody answered for them."""
    accepted_left_out: int = 0


class _Run(_Struct, frozen=True):
    tool: _Tool
    automation_details: _Details
    properties: _RunProperties
    results: tuple[_Result, ...]
    invocations: tuple[_Invocation, ...] = ()


def read(text: str) -> Baseline | None:
    """The log as a baseline; None for what is no SARIF at all.

    Raises BaselineError for a log that is truncated or damaged, another tool's, or of several tenants.
    """
    log = _log(text)
    if log is None:
        return None
    runs = [_Reader(run) for run in _runs(log)]
    tenants = {run.tenant for run in runs}
    if len(tenants) > 1:
        raise BaselineError(f"the log is of {len(tenants)} tenants: {', '.join(sorted(tenants))}")
    findings = [finding for run in runs for finding, _ in run.results]
    if len({(each.subject, each.verdict) for each in findings}) < len(findings):
        raise _damaged("a result stands there twice")
    return Baseline(
        source="sarif",
        tenant_id=tenants.pop(),
        collected_at=min(run.run.properties.collected_at for run in runs),
        version=runs[0].run.tool.driver.version,
        checks=frozenset(id for run in runs for id in run.run.properties.checks),
        findings=tuple(findings),
        unsure=frozenset(id for run in runs for id in run.unsure()),
        digests={
            finding.subject: digest
            for run in runs
            for finding, digest in run.results
            if digest is not None and finding.verdict is Verdict.FAIL
        },
    )


def _log(text: str) -> dict[str, Any] | None:
    try:
        log = json.loads(text)
    except RecursionError as cause:
        raise _damaged("it is nested too deep") from cause
    except ValueError as cause:
        if "sarif" in text[:_BEGINNING].lower():
            raise _damaged(f"it is truncated, or no JSON: {cause}") from cause
        return None
    return log if isinstance(log, dict) and "runs" in log else None


def _runs(log: dict[str, Any]) -> list[_Run]:
    """Raises BaselineError unless each of them is ours."""
    if log.get("version") != "2.1.0":
        raise BaselineError(f"the log is of SARIF {log.get('version')!r}, and 2.1.0 is read")
    if not isinstance(log["runs"], list) or not log["runs"]:
        raise _damaged("it has no runs")
    for run in log["runs"]:
        if (name := _tool(run)) != "o365scan":
            raise BaselineError(f"the log is one of {name!r}, not of o365scan's")
    try:
        return msgspec.convert(log["runs"], list[_Run])
    except (msgspec.ValidationError, RecursionError) as cause:
        raise _damaged(str(cause)) from cause


def _tool(run: Any) -> object:
    try:
        return run["tool"]["driver"]["name"]
    except (KeyError, TypeError) as cause:
        raise _damaged("a run does not say which tool made it") from cause


class _Reader:
    """One run, read."""

    def __init__(self, run: _Run) -> None:
        self.run = run
        found = _CATEGORY.fullmatch(run.automation_details.id)
        if found is None:
            raise _damaged(f"{run.automation_details.id!r} names no tenant and area")
        self.tenant = found[1]
        self._severities = {rule.id: _severity(rule.properties.score) for rule in run.tool.driver.rules}
        #: What failed or was judged then, with the digest of it.
        self.results = [
            (self._finding(each), each.properties.digest)
            for each in run.results
            if each.baseline_state != _ABSENT
        ]
        self.results += self._accepted()

    def _accepted(self) -> list[tuple[Finding, str | None]]:
        """A whole dataset's may stand among the results too, as one alert for many of its objects."""
        told = {finding.subject for finding, _ in self.results}
        accepted = [(self._finding(each), each.properties.digest) for each in self.run.properties.accepted]
        return [each for each in accepted if each[0].subject not in told]

    def unsure(self) -> Iterator[str]:
        """The checks whose silence about an object says nothing."""
        github = self.run.properties.profile == "github"
        for notification in self._notifications():
            if notification.descriptor.id == LEFT_OUT:
                yield from self.run.properties.checks
            elif notification.descriptor.id == UNDECIDED and github:
                yield notification.associated_rule.id
        if self.run.properties.accepted_left_out:
            yield from self.run.properties.checks
        if github:  # an alert on a whole dataset may stand for many of its objects
            yield from (finding.check for finding, _ in self.results if finding.key == HEADER)

    def _notifications(self) -> Iterable[_Notification]:
        return (each for said in self.run.invocations for each in said.tool_execution_notifications)

    def _finding(self, result: _Result) -> Finding:
        logical, dataset, key = self._object(result)
        severity = _severity(result.properties.score) if result.properties.score else None
        if severity is None and result.rule_id not in self._severities:
            raise _damaged(f"the rule {result.rule_id!r} is missing")
        severity = severity or self._severities[result.rule_id]
        evidence = tuple(
            Evidence(each.dataset, each.key, each.pointer, None) for each in result.properties.evidence
        )
        said = result.message.text.removeprefix(f"{quoted(logical.name)}: ")
        failed = result.kind is Verdict.FAIL
        return Finding(
            check=result.rule_id,
            dataset=dataset,
            key=key,
            title=logical.name,
            verdict=result.kind,
            severity=severity,
            problems=(Problem(said, evidence, severity),) if failed else (),
            held=result.properties.held,
        )

    def _object(self, result: _Result) -> tuple[_Logical, str, str]:
        try:
            logical = result.locations[0].logical_locations[0]
        except IndexError as cause:
            raise _damaged(f"a result of {result.rule_id!r} does not say what it is about") from cause
        dataset, _, key = logical.fully_qualified_name.partition("/")
        key = result.properties.key or key
        said = result.partial_fingerprints.get(OBJECT_RULE)
        if said != object_rule(self.tenant, result.rule_id, dataset, key):
            raise _damaged(f"a fingerprint of {result.rule_id!r} does not fit the object that it names")
        return logical, dataset, key


def _severity(score: str) -> Severity:
    if score not in _SEVERITIES:
        raise _damaged(f"{score!r} is no severity that o365scan writes")
    return _SEVERITIES[score]


def _damaged(why: str) -> BaselineError:
    return BaselineError(f"the log can't be relied on: {why}")
