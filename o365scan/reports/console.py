"""The report for people, on a terminal: what was found, what could not be seen, what to do next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from o365scan.api import HEADER, Check, Finding, Report, Severity, Verdict, visible

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

_STYLES = {
    Severity.CRITICAL: "bold white on red",
    Severity.HIGH: "bold red",
    Severity.MEDIUM: "bold yellow",
    Severity.LOW: "cyan",
    Severity.INFO: "dim",
}
#: Objects of one check that are shown before the rest is counted.
SHOWN = 25


def show(report: Report, console: Console) -> None:
    """Print a report. Tenant data is made visible and never read as markup."""
    console.print(_heading(report), highlight=False)
    failed = [finding for finding in (*report.findings, *report.held) if finding.verdict is Verdict.FAIL]
    checks = {check.id: check for check in report.checks}
    for id, findings in _by_check(failed):
        _show_check(id, checks.get(id), findings, console)
    _show_blind_spots(report, console)
    console.print()
    console.print(_summary(report), highlight=False)


def _heading(report: Report) -> RenderableType:
    from rich.text import Text

    tenant = report.tenant
    names = [visible(name, 80) for name in (tenant.name, tenant.domain) if name]
    text = Text(names[0] if names else tenant.id, style="bold")
    text.append(f"  {' · '.join([*names[1:], tenant.id] if names else [])}", style="dim")
    text.append(f" · collected {report.collected_at:%Y-%m-%d %H:%M} UTC", style="dim")
    return text


def _by_check(failed: Iterable[Finding]) -> Iterator[tuple[str, list[Finding]]]:
    """The failures check by check, the worst check first, the worst object first."""
    grouped = {
        id: sorted(findings, key=lambda each: (-each.severity.rank, each.title))
        for id, findings in groupby(sorted(failed, key=lambda each: each.check), key=lambda each: each.check)
    }
    return iter(sorted(grouped.items(), key=lambda item: (-item[1][0].severity.rank, item[0])))


def _show_check(id: str, check: Check | None, findings: list[Finding], console: Console) -> None:
    from rich.table import Table
    from rich.text import Text

    console.print()
    heading = Text(check.documentation.title if check else id, style="bold")
    console.print(heading.append(f"  {id}", style="dim not bold"), highlight=False)
    table = Table(box=None, show_header=False, padding=(0, 1, 0, 2), expand=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold", ratio=2, max_width=34)
    table.add_column(overflow="fold", ratio=5)
    for finding in findings[:SHOWN]:
        said = Text(visible(finding.message, 600))
        if finding.held:
            said.append("  (as last seen: it can't be judged today)", style="dim")
        table.add_row(
            Text(finding.severity, style=_STYLES[finding.severity]), Text(visible(finding.title, 120)), said
        )
    console.print(table)
    if len(findings) > SHOWN:
        console.print(Text(f"  and {len(findings) - SHOWN} more", style="dim"))
    console.print(Text(f"  What to do: o365scan explain {id}", style="dim"), highlight=False)


def _show_blind_spots(report: Report, console: Console) -> None:
    from rich.text import Text

    undecided = [finding for finding in report.findings if finding.verdict is Verdict.OPEN]
    if not (undecided or report.gaps or report.failures):
        return
    console.print()
    console.print(Text("Could not be seen or decided", style="bold magenta"))
    for gap in report.gaps:
        console.print(Text(f"  {gap.dataset}: {visible(gap.detail)}"), highlight=False)
        if gap.hint:
            console.print(Text(f"    {visible(gap.hint)}", style="dim"), highlight=False)
    for finding in undecided:
        about = "" if finding.key == HEADER else f" · {visible(finding.title, 120)}"
        console.print(Text(f"  open  {finding.check}{about}: {visible(finding.message)}"), highlight=False)
    for failure in report.failures:
        console.print(
            Text(
                f"  plugin {visible(failure.plugin)} ({failure.stage}): {visible(failure.message)}",
                style="red",
            ),
            highlight=False,
        )


def _summary(report: Report) -> RenderableType:
    from rich.text import Text

    counted = Counter(finding.verdict for finding in report.findings)
    failed = Counter(finding.severity for finding in report.findings if finding.verdict is Verdict.FAIL)
    text = Text()
    if failed:
        each = ", ".join(f"{failed[severity]} {severity}" for severity in Severity if failed[severity])
        text.append(f"{counted[Verdict.FAIL]} failed ({each})", style="bold red")
    else:
        text.append("Nothing failed", style="bold green" if not counted[Verdict.OPEN] else "bold")
    text.append(f", {counted[Verdict.PASS]} passed")
    if counted[Verdict.NOT_APPLICABLE]:
        text.append(f", {counted[Verdict.NOT_APPLICABLE]} not applicable")
    if counted[Verdict.OPEN]:
        text.append(f", {counted[Verdict.OPEN]} could not be decided", style="bold magenta")
    if report.held:
        text.append(f", {len(report.held)} repeated from an earlier scan", style="magenta")
    checks = len(report.checks)
    return text.append(f" · {checks} check{'' if checks == 1 else 's'}", style="dim")
