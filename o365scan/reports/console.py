"""The report for people, on a terminal: what was found, what could not be seen, what to do next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from o365scan.api import HEADER, Check, Finding, Report, Severity, Verdict, visible
from o365scan.reports.changes import mark, named, since
from o365scan.reports.choices import choices
from o365scan.reports.licences import Wanted, wanted
from o365scan.reports.tally import Tally, mendable, undecided, unread

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

Group = tuple[str, list[Finding]]
"""A check and what failed of it, the worst first."""

_STYLES = {
    Severity.CRITICAL: "bold white on red",
    Severity.HIGH: "bold red",
    Severity.MEDIUM: "bold yellow",
    Severity.LOW: "cyan",
    Severity.INFO: "dim",
}
#: Lines that a first screen may have, and objects shown of each check at least.
PAGE, LEAST = 70, 3
#: Objects shown in all before the rest is counted, and undecided ones.
OBJECTS, UNDECIDED = 30, 15
#: So many checks at most are shown with their objects, the worst ones; of the others the ids.
TOLD = 6


def show(report: Report, console: Console, *, everything: bool = False) -> None:
    """Print a report: its first page, or `everything`. Tenant data is made visible, never read as markup."""
    grouped = list(_by_check(mendable(report)))
    blind = _blind_spots(report, everything=everything)
    notices = _notices(report)
    changes = since(report, everything=everything)
    chosen = choices(report, everything=everything)
    above = _heading(report)
    below = [*blind, *_licences(wanted(report)), *chosen, *notices, *changes, "", _summary(report)]
    if everything:
        body = _everything(grouped, report, console)
    else:
        body = _page(grouped, report, console, room=PAGE - _lines([above, *below], console))
    for part in (above, *body, *below):
        console.print(part, highlight=False)


def _everything(grouped: list[Group], report: Report, console: Console) -> list[RenderableType]:
    checks = {check.id: check for check in report.known or report.checks}
    return [
        part
        for id, found in grouped
        for part in _of_check(id, checks.get(id), found, len(found), _names(console))
    ]


def _page(grouped: list[Group], report: Report, console: Console, *, room: int) -> list[RenderableType]:
    """As many of the worst checks with their objects as leave room for the ids of the others, one at least."""
    checks = {check.id: check for check in report.known or report.checks}
    limit = max(LEAST, OBJECTS // max(1, len(grouped)))
    most = len(grouped) if len(grouped) <= TOLD + 1 else TOLD
    body: list[RenderableType] = []
    for count in range(most, 0, -1):
        told, others = grouped[:count], grouped[count:]
        body = [
            part
            for id, found in told
            for part in _of_check(id, checks.get(id), found, limit, _names(console))
        ]
        body += _others(others)
        if _lines(body, console) <= room:
            break
    return body


def _lines(parts: Iterable[RenderableType], console: Console) -> int:
    return sum(len(console.render_lines(part, pad=False)) for part in parts)


def _names(console: Console) -> int:
    """Columns for what objects are called: where there is room for it, a name of a common length stays whole."""
    return max(34, console.width * 3 // 8)


def _heading(report: Report) -> RenderableType:
    from rich.text import Text

    tenant = report.tenant
    names = [visible(name, 80) for name in (tenant.name, tenant.domain) if name]
    shown = [*names, visible(tenant.id, 80)]
    text = Text(shown[0], style="bold")
    text.append(f"  {' · '.join(shown[1:])}", style="dim")
    text.append(f" · collected {report.collected_at:%Y-%m-%d %H:%M} UTC", style="dim")
    return text


def _by_check(failed: Iterable[Finding]) -> Iterator[Group]:
    """The failures check by check, the worst check first, the worst object first."""
    grouped = {
        id: sorted(findings, key=lambda each: (-each.severity.rank, each.title))
        for id, findings in groupby(sorted(failed, key=lambda each: each.check), key=lambda each: each.check)
    }
    return iter(sorted(grouped.items(), key=lambda item: (-item[1][0].severity.rank, item[0])))


def _of_check(
    id: str, check: Check | None, findings: list[Finding], limit: int, names: int
) -> Iterator[RenderableType]:
    from rich.table import Table
    from rich.text import Text

    yield ""
    heading = Text(check.documentation.title if check else id, style="bold")
    yield heading.append(f"  {id}", style="dim not bold")
    table = Table(box=None, show_header=False, padding=(0, 1, 0, 2), expand=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold", ratio=2, max_width=names)
    table.add_column(overflow="fold", ratio=5)
    for finding in findings[:limit]:
        said = Text.assemble((mark(finding), "bold"), visible(finding.message, 600))
        if finding.held:
            said.append("  (as last seen: it can't be judged today)", style="dim")
        table.add_row(
            Text(finding.severity, style=_STYLES[finding.severity]), Text(visible(finding.title, 120)), said
        )
    yield table
    if len(findings) > limit:
        yield Text(f"  and {len(findings) - limit} more (--verbose shows them)", style="dim")
    yield Text(f"  What to do: o365scan explain {id}", style="dim")


def _others(grouped: list[Group]) -> Iterator[RenderableType]:
    """The ids of checks, which say what is wanted, by how bad it is; with a number where several objects fall short."""
    from rich.table import Table
    from rich.text import Text

    if not grouped:
        return
    yield ""
    yield Text("And also (--verbose shows the objects)", style="bold")
    table = Table(box=None, show_header=False, padding=(0, 1, 0, 2), expand=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for worst, found in groupby(grouped, key=lambda each: each[1][0].severity):
        ids = [named(id, findings) for id, findings in found]
        table.add_row(Text(worst, style=_STYLES[worst]), Text(", ".join(ids)))
    yield table


def _blind_spots(report: Report, *, everything: bool) -> Iterator[RenderableType]:
    from rich.text import Text

    unsure, blind = undecided(report), unread(report)
    if not (unsure or blind or report.failures):
        return
    yield ""
    yield Text("Could not be seen or decided", style="bold magenta")
    for gap in (each for each in blind if each.parent is None):
        yield Text(f"  {gap.dataset}: {visible(gap.detail)}")
        if gap.hint:
            yield Text(f"    {visible(gap.hint)}", style="dim")
    if parts := Counter(gap.dataset for gap in blind if gap.parent is not None):
        said = ", ".join(f"{name} of {count}" for name, count in sorted(parts.items()))
        yield Text(f"  Parts are missing: {said}")
    shown = unsure if everything else unsure[:UNDECIDED]
    for finding in shown:
        about = "" if finding.key == HEADER else f" · {visible(finding.title, 120)}"
        yield Text(f"  open  {finding.check}{about}: {visible(finding.message)}")
    if len(shown) < len(unsure):
        yield Text(f"  and {len(unsure) - len(shown)} more (--verbose shows them)", style="dim")
    for failure in report.failures:
        said = f"  plugin {visible(failure.plugin)} ({failure.stage}): {visible(failure.message)}"
        yield Text(said, style="red")


def _licences(licences: list[Wanted]) -> Iterator[RenderableType]:
    """A row a licence: what is out of reach without it. Nobody can mend that today, so it is neither loud nor long."""
    from rich.table import Table
    from rich.text import Text

    if not licences:
        return
    yield ""
    yield Text("Takes a licence that the tenant hasn't", style="bold")
    table = Table(box=None, show_header=False, padding=(0, 1, 0, 2), expand=False)
    table.add_column(overflow="fold", min_width=21)
    table.add_column(overflow="fold")
    for each in licences:
        parts = {
            "can't be mended": {finding.check for finding in each.mended},
            "can't be seen": each.undecided,
            "not read": each.unread,
        }
        said = "\n".join(f"{what}: {', '.join(sorted(names))}" for what, names in parts.items() if names)
        table.add_row(Text(visible(each.licence, 80)), Text(said, style="dim"))
    yield table
    yield Text("  Why, and what helps meanwhile: o365scan explain ID", style="dim")


def _notices(report: Report) -> Iterator[RenderableType]:
    """For the authors of plugins: nobody else can do anything, and nothing is missing, so one dim line a plugin."""
    from rich.text import Text

    for plugin, notices in groupby(report.notices, key=lambda each: each.plugin):
        told = [each.message for each in notices]
        more = f" (and {len(told) - 1} more: o365scan plugins)" if len(told) > 1 else ""
        yield Text(f"  plugin {visible(plugin)}, for its author: {visible(told[0])}{more}", style="dim")


def _summary(report: Report) -> RenderableType:
    from rich.text import Text

    tally = Tally.of(report)
    failed, counted = tally.by_severity(), tally.verdicts
    text = Text()
    if failed:
        text.append(f"{counted[Verdict.FAIL]} failed ({failed})", style="bold red")
    else:
        text.append("Nothing failed", style="bold green" if not counted[Verdict.OPEN] else "bold")
    text.append(f", {counted[Verdict.PASS]} passed")
    if counted[Verdict.NOT_APPLICABLE]:
        text.append(f", {counted[Verdict.NOT_APPLICABLE]} not applicable")
    if counted[Verdict.OPEN]:
        text.append(f", {counted[Verdict.OPEN]} could not be decided", style="bold magenta")
    if tally.unread:
        text.append(
            f", {tally.unread} dataset{'' if tally.unread == 1 else 's'} not wholly read", style="magenta"
        )
    if tally.accepted:
        text.append(f", {tally.accepted} accepted")
    if tally.bound:
        text.append(f", {tally.bound} out of reach without a licence")
    if tally.held:
        text.append(f", {tally.held} repeated from an earlier scan", style="magenta")
    checks = len(report.checks)
    return text.append(f" · {checks} check{'' if checks == 1 else 's'}", style="dim")
