"""A report as a SARIF log: one run for each area, so that each is replaced by itself on GitHub."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sarif_om as om

from o365scan.api import Check, Finding, Gap, NothingToReport, PluginInfo, Report, Verdict

from . import notifications
from .baseline import States, absent
from .results import ROOT, accepted, results
from .rules import RuleSource, descriptor, sources
from .taxonomy import Techniques

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
NAME = "o365scan"
"""Frozen: GitHub closes alerts by tool name, and would never close those of another one."""

INFORMATION_URI = "https://github.com/o365scan/o365scan"
_SEMANTIC = re.compile(r"\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?")

RESULT_LIMIT = 5000
"""What GitHub stores of a run ("SARIF support for code scanning", limits)."""


def sarif_log(report: Report, *, full: bool = False) -> om.SarifLog:
    """The log for GitHub, or with `full` every verdict.

    Without `full` it holds failures only (GitHub shows every result as an alert, whatever its kind), and no
    run of an area in which nothing could be decided: an empty run would close all of its alerts.

    Raises NothingToReport if no run is left, PluginError if a finding has no place in the evidence tree.
    """
    unread = frozenset() if full else report.unread_areas()
    areas = sorted({check.area for check in report.checks} - unread)
    if not areas:
        raise _nothing(unread)
    return om.SarifLog(
        schema_uri=SCHEMA, version="2.1.0", runs=[_Area.of(report, area, full).run() for area in areas]
    )


def _nothing(unread: Collection[str]) -> NothingToReport:
    if not unread:
        return NothingToReport("no check ran: a SARIF log would say that all is well")
    return NothingToReport(
        f"no check of {', '.join(sorted(unread))} could be decided: a SARIF log would close their alerts",
        hint="Run `o365scan doctor` to see what can't be read.",
    )


@dataclass(frozen=True)
class _Area:
    """One area of a report: what its run is made of."""

    report: Report
    name: str
    rules: Mapping[str, RuleSource]
    findings: tuple[Finding, ...]
    """Those of the area's checks, in the report's order."""
    shown: tuple[Finding, ...]
    left_out: int
    full: bool
    accepted: tuple[Finding, ...]
    """Failures that somebody answers for, where the results lack them."""

    @classmethod
    def of(cls, report: Report, area: str, full: bool) -> _Area:
        checks = [check for check in report.checks if check.area == area]
        held = [finding for finding in report.held if finding.area == area]
        findings = tuple(finding for finding in report.findings if finding.area == area)
        alerts = [finding for finding in report.alerts if finding.area == area]
        told = [*findings, *held, *absent(report, area)] if full else alerts
        shown = _most_severe(told)
        return cls(
            report,
            area,
            sources(checks, report.known, [*findings, *held]),
            findings,
            shown,
            len(told) - len(shown),
            full,
            () if full else tuple(each for each in (*findings, *held) if each.accepted is not None),
        )

    def run(self) -> om.Run:
        techniques = Techniques(technique for rule in self.rules.values() for technique in rule.attack)
        return om.Run(
            tool=om.Tool(
                driver=_driver(self.report, self.rules, techniques),
                extensions=[_extension(plugin) for plugin in self.report.plugins] or None,
            ),
            automation_details=om.RunAutomationDetails(id=f"{NAME}/{self.report.tenant.id}/{self.name}/"),
            original_uri_base_ids={
                ROOT: om.ArtifactLocation(
                    description=om.Message(text="The root of the repository that holds the evidence tree.")
                )
            },
            column_kind="utf16CodeUnits",
            invocations=[self._invocation()],
            taxonomies=techniques.taxonomies() or None,
            properties={
                "collectedAt": _utc(self.report.collected_at),
                # What a later scan that is compared with this log must know of it.
                "checks": [check.id for check in self.report.checks if check.area == self.name],
                "profile": "full" if self.full else "github",
                **self._accepted(),
            },
            results=results(
                self.report, self.shown, self.rules, techniques, states=States(self.report, full=self.full)
            ),
        )

    def _accepted(self) -> dict[str, Any]:
        shown = _most_severe(self.accepted)
        return {
            **({"accepted": accepted(self.report, shown, self.rules)} if shown else {}),
            **({"acceptedLeftOut": left} if (left := len(self.accepted) - len(shown)) else {}),
        }

    def _invocation(self) -> om.Invocation:
        unsettled = [finding for finding in self.report.unsettled if self.full and finding.area == self.name]
        limits = notifications.Limits(
            self._gaps(), self.findings, self.left_out, self.report.licences_wanted, len(unsettled)
        )
        return om.Invocation(
            execution_successful=True,
            tool_execution_notifications=limits.notifications(self.rules) or None,
            tool_configuration_notifications=[
                *notifications.plugin_notifications(self.report),
                *notifications.chosen_notifications(self.report, self.name),
            ]
            or None,
        )

    def _gaps(self) -> list[Gap]:
        """The gaps in what the area's checks read, whosever the datasets are."""
        read = {
            dataset for check in self.report.checks if check.area == self.name for dataset in _reads(check)
        }
        return [gap for gap in self.report.gaps if gap.dataset in read]


def _reads(check: Check) -> Iterable[str]:
    return (dataset.name for dataset in (*check.datasets, *check.optional))


def _most_severe(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """At most as many as GitHub stores, ordered by check, dataset and key."""
    worst = sorted(
        findings, key=lambda item: (-item.severity.rank, item.verdict is not Verdict.FAIL, *_subject(item))
    )
    return tuple(sorted(worst[:RESULT_LIMIT], key=_subject))


def _subject(finding: Finding) -> tuple[str, str, str]:
    return finding.check, finding.dataset, finding.key


def _driver(report: Report, rules: Mapping[str, RuleSource], techniques: Techniques) -> om.ToolComponent:
    return om.ToolComponent(
        name=NAME,
        version=report.version,
        semantic_version=report.version if _SEMANTIC.fullmatch(report.version) else None,
        information_uri=INFORMATION_URI,
        rules=[descriptor(rule, techniques) for rule in rules.values()],
        notifications=notifications.descriptors(),
        supported_taxonomies=techniques.supported() or None,
    )


def _extension(plugin: PluginInfo) -> om.ToolComponent:
    return om.ToolComponent(name=plugin.name, version=plugin.version)


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
