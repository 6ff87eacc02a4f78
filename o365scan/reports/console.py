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
#: Objects shown in all before the rest is counted (a first screen is a page), and of each check at least.
PAGE, LEAST = 30, 3
#: So many checks are shown with their objects, the worst ones; each of the others is a line.
TOLD = 6


def show(report: Report, console: Console, *, everything: bool = False) -> None:
    """Print a report: its first page, or `everything`. Tenant data is made visible, never read as markup."""
    console.print(_heading(report), highlight=False)
    failed = [finding for finding in (*report.findings, *report.held) if finding.verdict is Verdict.FAIL]
    checks = {check.id: check for check in report.checks}
    grouped = list(_by_check(failed))
    told = grouped if everything or len(grouped) <= TOLD + 1 else grouped[:TOLD]
    for id, findings in told:
        limit = len(findings) if everything else max(LEAST, PAGE // len(grouped))
        _show_check(id, checks.get(id), findings, limit, console)
    _show_others(grouped[len(told) :], checks, console)
    _show_blind_spots(report, console, everything=everything)
    console.print()
    console.print(_summary(report), highlight=False)


def _heading(report: Report) -> RenderableType:
    from rich.text import Text

    tenant = report.tenant
    names = [visible(name, 80) for name in (tenant.name, tenant.domain) if name]
    shown = [*names, visible(tenant.id, 80)]
    text = Text(shown[0], style="bold")
    text.append(f"  {' · '.join(shown[1:])}", style="dim")
    text.append(f" · collected {report.collected_at:%Y-%m-%d %H:%M} UTC", style="dim")
    return text


def _by_check(failed: Iterable[Finding]) -> Iterator[tuple[str, list[Finding]]]:
    """The failures check by check, the worst check first, the worst object first."""
    grouped = {
        id: sorted(findings, key=lambda each: (-each.severity.rank, each.title))
        for id, findings in groupby(sorted(failed, key=lambda each: each.check), key=lambda each: each.check)
    }
    return iter(sorted(grouped.items(), key=lambda item: (-item[1][0].severity.rank, item[0])))


def _show_check(id: str, check: Check | None, findings: list[Finding], limit: int, console: Console) -> None:
    from rich.table import Table
    from rich.text import Text

    console.print()
    heading = Text(check.documentation.title if check else id, style="bold")
    console.print(heading.append(f"  {id}", style="dim not bold"), highlight=False)
    table = Table(box=None, show_header=False, padding=(0, 1, 0, 2), expand=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold", ratio=2, max_width=34)
    table.add_column(overflow="fold", ratio=5)
    for finding in findings[:limit]:
        said = Text(visible(finding.message, 600))
        if finding.held:
            said.append("  (as last seen: it can't be judged today)", style="dim")
        table.add_row(
            Text(finding.severity, style=_STYLES[finding.severity]), Text(visible(finding.title, 120)), said
        )
    console.print(table)
    if len(findings) > limit:
        console.print(Text(f"  and {len(findings) - limit} more (--verbose shows them)", style="dim"))
    console.print(Text(f"  What to do: o365scan explain {id}", style="dim"), highlight=False)


def _show_others(
    grouped: list[tuple[str, list[Finding]]], checks: dict[str, Check], console: Console
) -> None:
    """A line a check: how bad, what is wanted, and how many objects fall short of it."""
    from rich.table import Table
    from rich.text import Text

    if not grouped:
        return
    console.print()
    console.print(Text("And also (--verbose shows the objects)", style="bold"))
    table = Table(box=None, show_header=False, padding=(0, 1, 0, 2), expand=False)
    table.add_column(no_wrap=True, min_width=len(Severity.CRITICAL))
    table.add_column(no_wrap=True, min_width=3, justify="right")
    table.add_column(no_wrap=True, overflow="ellipsis")
    table.add_column(no_wrap=True, overflow="ellipsis", style="dim")
    for id, findings in grouped:
        worst, check = findings[0].severity, checks.get(id)
        title = check.documentation.title if check else ""
        table.add_row(Text(worst, style=_STYLES[worst]), Text(str(len(findings))), Text(title), Text(id))
    console.print(table)


def _show_blind_spots(report: Report, console: Console, *, everything: bool) -> None:
    from rich.text import Text

    undecided = [finding for finding in report.findings if finding.verdict is Verdict.OPEN]
    if not (undecided or report.gaps or report.failures):
        return
    console.print()
    console.print(Text("Could not be seen or decided", style="bold magenta"))
    gaps = [gap for gap in report.gaps if gap.parent is None]
    for gap in gaps:
        console.print(Text(f"  {gap.dataset}: {visible(gap.detail)}"), highlight=False)
        if gap.hint:
            console.print(Text(f"    {visible(gap.hint)}", style="dim"), highlight=False)
    if parts := Counter(gap.dataset for gap in report.gaps if gap.parent is not None):
        said = ", ".join(f"{name} of {count}" for name, count in sorted(parts.items()))
        console.print(Text(f"  Parts are missing: {said}"), highlight=False)
    shown = undecided if everything else undecided[: PAGE // 2]
    for finding in shown:
        about = "" if finding.key == HEADER else f" · {visible(finding.title, 120)}"
        console.print(Text(f"  open  {finding.check}{about}: {visible(finding.message)}"), highlight=False)
    if len(shown) < len(undecided):
        console.print(Text(f"  and {len(undecided) - len(shown)} more (--verbose shows them)", style="dim"))
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
