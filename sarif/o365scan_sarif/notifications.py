"""What a reader of results must know about their limits: SARIF's notifications."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

import sarif_om as om

from o365scan.api import (
    AcceptanceState,
    AcceptanceUse,
    Finding,
    Gap,
    GapReason,
    Report,
    Verdict,
    inert,
)

from .rules import RuleSource
from .text import sentence

GAP = "incomplete-data"
UNDECIDED = "undecided-check"
LEFT_OUT = "results-left-out"
UNSETTLED = "baseline-not-settled"
PLUGIN = "plugin-failure"
NOTICE = "plugin-notice"
ACCEPTED = "accepted-risk"
UNSELECTED = "checks-left-out"

_DESCRIPTIONS = {
    GAP: ("IncompleteData", "A dataset, or a part of it, could not be read."),
    UNDECIDED: ("UndecidedCheck", "A check could not be decided; earlier results of it are kept."),
    LEFT_OUT: ("ResultsLeftOut", "There are more results than GitHub stores; the most severe were kept."),
    UNSETTLED: (
        "BaselineNotSettled",
        "Failures of the baseline could not be judged, so they are not absent.",
    ),
    PLUGIN: ("PluginFailure", "A plugin, or a part of it, could not be used."),
    NOTICE: ("PluginNotice", "A plugin works today, and its author should change something."),
    ACCEPTED: ("AcceptedRisk", "Somebody answers for failures until a day; they are no results for GitHub."),
    UNSELECTED: ("ChecksLeftOut", "The configuration leaves checks out."),
}
_IDS = list(_DESCRIPTIONS)
_LEVELS = {AcceptanceState.EXPIRED: "warning", AcceptanceState.EXCEEDED: "warning"}


def descriptors() -> list[om.ReportingDescriptor]:
    """For the driver: what the notifications mean."""
    return [
        om.ReportingDescriptor(
            id=id,
            name=name,
            short_description=om.MultiformatMessageString(text=text),
            full_description=om.MultiformatMessageString(text=text),
            help=om.MultiformatMessageString(text=text),  # the validator asks for it as of a rule
        )
        for id, (name, text) in _DESCRIPTIONS.items()
    ]


@dataclass(frozen=True)
class Limits:
    """What one run could not say."""

    gaps: Sequence[Gap]
    findings: Sequence[Finding]
    left_out: int
    licences_wanted: Callable[[Finding], tuple[str, ...]]
    unsettled: int = 0

    def notifications(self, rules: Mapping[str, RuleSource]) -> list[om.Notification]:
        """About the run, hence its tool's execution."""
        said = [_notification(GAP, _gap(gap), _level(gap)) for gap in sorted(self.gaps, key=_order)]
        said += _undecided(self.findings, rules, self.licences_wanted)
        if self.left_out:
            text = f"{self.left_out} further results are left out, none more severe than those shown"
            said.append(_notification(LEFT_OUT, text, "warning"))
        if self.unsettled:
            text = f"{self.unsettled} failures of the baseline could not be judged, so they are not absent"
            said.append(_notification(UNSETTLED, text, "note"))
        return said


def plugin_notifications(report: Report) -> list[om.Notification]:
    """About plugins, hence the tool's configuration."""
    failed = [
        _notification(PLUGIN, f"{each.plugin} ({each.stage}): {each.message}", "error")
        for each in report.failures
    ]
    return failed + [
        _notification(NOTICE, f"{each.plugin}: {each.message}", "note") for each in report.notices
    ]


def chosen_notifications(report: Report, area: str) -> list[om.Notification]:
    """About what the organisation chose for an area: accepted risks, and checks that don't run."""
    ids = [check.id for check in report.known or report.checks if check.area == area]
    said = [
        _notification(ACCEPTED, _accepted(use), _LEVELS.get(use.state, "note"))
        for use in report.acceptances
        if any(fnmatchcase(id, use.risk.check) for id in ids)
    ]
    by_key: dict[str, list[str]] = {}
    for each in report.left_out:
        if each.check in ids:
            by_key.setdefault(each.because, []).append(each.check)
    for key, left in by_key.items():
        said.append(_notification(UNSELECTED, f"left out by {key}: {', '.join(left)}", "note"))
    return said


def _accepted(use: AcceptanceUse) -> str:
    risk = use.risk
    because = f": {use.because}" if use.because else f" for {use.count} result(s)"
    # What may be long, and is cut then, comes last.
    return (
        f"{inert(risk.check, 120)}, {inert(risk.object, 120)}: accepted by {inert(risk.owner, 120)} until "
        f"{risk.expires}. {sentence(inert(risk.reason, 400))} {use.state.capitalize()}{because}"
    )


def _gap(gap: Gap) -> str:
    part = f" for {gap.parent}" if gap.parent is not None else ""
    hint = f" {gap.hint}" if gap.hint else ""
    return sentence(f"{gap.dataset} could not be read{part} ({gap.reason.value}): {gap.detail}") + hint


def _level(gap: Gap) -> str:
    """What was not bought is no fault of the run."""
    return "note" if gap.reason is GapReason.NOT_LICENSED else "warning"


def _order(gap: Gap) -> tuple[str, str, str, str]:
    return gap.dataset, gap.parent or "", gap.reason.value, gap.detail


def _undecided(
    findings: Iterable[Finding],
    rules: Mapping[str, RuleSource],
    licences_wanted: Callable[[Finding], tuple[str, ...]],
) -> Iterable[om.Notification]:
    undecided: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.verdict is Verdict.OPEN:
            undecided.setdefault(finding.check, []).append(finding)
    index = {rule: number for number, rule in enumerate(rules)}
    for check, found in sorted(undecided.items()):
        text = f"{check} could not be decided for {len(found)} object(s): {found[0].message}"
        rule = om.ReportingDescriptorReference(id=check, index=index[check])
        level = "note" if all(map(licences_wanted, found)) else "warning"
        yield _notification(UNDECIDED, text, level, rule)


def _notification(
    id: str, text: str, level: str, rule: om.ReportingDescriptorReference | None = None
) -> om.Notification:
    return om.Notification(
        descriptor=om.ReportingDescriptorReference(id=id, index=_IDS.index(id)),
        associated_rule=rule,
        level=level,
        message=om.Message(text=sentence(inert(text))),
    )
