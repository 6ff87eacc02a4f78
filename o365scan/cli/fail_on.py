"""`--fail-on`: how bad a finding makes the command exit with 1, and whether only what is new counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import click
from click.shell_completion import CompletionItem

from o365scan.api import Change, Finding, Report, Severity, Subject, Verdict
from o365scan.reports.tally import counting

_NEW = "new:"


@dataclass(frozen=True)
class FailOn:
    """A severity; with `new` only failures count that the baseline lacks, or that were less severe then."""

    severity: Severity
    new: bool = False


def fail_on_each(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> tuple[FailOn, ...]:
    """What was asked for, as click's callback. Raises BadParameter."""
    return tuple(_fail_on(ctx, param, value) for value in values)


def _fail_on(ctx: click.Context, param: click.Parameter, value: str) -> FailOn:
    said = value.removeprefix(_NEW)
    if said not in {each.value for each in Severity}:
        known = ", ".join(Severity)
        raise click.BadParameter(f"{value!r} is none of {known}, nor '{_NEW}' and one of them.", ctx, param)
    return FailOn(Severity(said), new=value != said)


def offered(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """For a shell; "new:" only where it is begun, since a shell breaks words at a colon."""
    before = _NEW if incomplete.startswith("n") else ""
    words = [f"{before}{each}" for each in Severity]
    return [CompletionItem(word) for word in words if word.startswith(incomplete)]


def refuse_new_without_baseline(
    asked: Iterable[FailOn], *, compared: bool, option: str = "--baseline"
) -> None:
    """Raises UsageError: nothing is new without something to compare with."""
    if not compared and any(each.new for each in asked):
        raise click.UsageError(f"--fail-on {_NEW}… needs {option}: what would it be new to?")


def counted(report: Report, asked: Iterable[FailOn]) -> bool:
    """Is there a failure that any of them asks about?"""
    then = _severities_then(report)
    return any(_counts(each, wanted, then) for wanted in asked for each in counting(report))


def uncertain(report: Report, asked: Iterable[FailOn]) -> bool:
    """Is there a failure that might count, if only it could be told whether it is new?"""
    return any(
        each.change is None and each.severity.rank >= wanted.severity.rank
        for wanted in asked
        if wanted.new
        for each in counting(report)
    )


def _severities_then(report: Report) -> dict[Subject, Severity]:
    findings = report.baseline.findings if report.baseline else ()
    return {each.subject: each.severity for each in findings if each.verdict is Verdict.FAIL}


def _counts(finding: Finding, wanted: FailOn, then: dict[Subject, Severity]) -> bool:
    if finding.severity.rank < wanted.severity.rank:
        return False
    if not wanted.new or finding.change is Change.NEW:
        return True
    before = then.get(finding.subject)
    return finding.change is Change.UPDATED and before is not None and before.rank < finding.severity.rank
