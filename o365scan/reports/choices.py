"""What the organisation chose, for people on a terminal: accepted risks with what became of them, checks left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from o365scan.api import AcceptanceState, AcceptanceUse, Finding, Report, visible

if TYPE_CHECKING:
    from rich.console import RenderableType

#: Acceptances shown on the first page, those first that ask for something to be done.
SHOWN = 8
_STYLES = {
    AcceptanceState.EXPIRED: "bold yellow",
    AcceptanceState.EXCEEDED: "bold yellow",
    AcceptanceState.UNMATCHED: "yellow",
    AcceptanceState.UNDECIDED: "magenta",
    AcceptanceState.USED: "dim",
}


def choices(report: Report, *, everything: bool) -> Iterator[RenderableType]:
    """Nothing that was chosen is silent: a line an acceptance, and one for the checks that are left out."""
    yield from _accepted(report, everything=everything)
    yield from _left_out(report, everything=everything)


def in_order(uses: Iterable[AcceptanceUse]) -> list[AcceptanceUse]:
    """Those first that ask for something to be done."""
    order = list(_STYLES)
    return sorted(uses, key=lambda each: order.index(each.state))


def named(use: AcceptanceUse, report: Report) -> str:
    """The one object's name, where the file has its key, or the pattern and how many it is of."""
    accepted = accepted_by(use, report)
    name = accepted[0].title if len(accepted) == 1 else use.risk.object
    return f"{visible(name, 120)} ({use.count})" if use.count > 1 else visible(name, 120)


def accepted_by(use: AcceptanceUse, report: Report) -> list[Finding]:
    """The failures that it accepts."""
    return [each for each in (*report.findings, *report.held) if each.accepted == use.risk]


def _accepted(report: Report, *, everything: bool) -> Iterator[RenderableType]:
    from rich.table import Table
    from rich.text import Text

    if not report.acceptances:
        return
    uses = in_order(report.acceptances)
    shown = uses if everything else uses[:SHOWN]
    yield ""
    yield Text("Accepted risks", style="bold")
    table = Table(box=None, show_header=False, padding=(0, 1, 0, 2), expand=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for use in shown:
        table.add_row(Text(use.state, style=_STYLES[use.state]), _told(use, report))
        for finding in accepted_by(use, report) if everything else ():
            said = f"{visible(finding.title, 120)}: {visible(finding.message, 600)}"
            table.add_row(Text(finding.severity, style="dim"), Text(said, style="dim"))
    yield table
    if len(shown) < len(uses):
        yield Text(f"  and {len(uses) - len(shown)} more (--verbose shows them)", style="dim")


def _told(use: AcceptanceUse, report: Report) -> RenderableType:
    from rich.text import Text

    risk = use.risk
    text = Text(f"{visible(risk.check, 120)} · {named(use, report)}")
    text.append(
        f"  until {risk.expires}, {visible(risk.owner, 80)}: {visible(risk.reason, 300)}", style="dim"
    )
    if use.because:
        text.append(f"\n{visible(use.because, 600)}", style=_STYLES[use.state])
    return text


def _left_out(report: Report, *, everything: bool) -> Iterator[RenderableType]:
    from rich.text import Text

    if not report.left_out:
        return
    reasons = Counter(each.because for each in report.left_out)
    said = ", ".join(f"{count} by {because}" for because, count in sorted(reasons.items()))
    yield ""
    yield Text(f"Checks left out by the configuration: {said}", style="bold")
    if everything:
        yield Text(f"  {', '.join(each.check for each in report.left_out)}", style="dim")
    else:
        yield Text("  --verbose shows which", style="dim")
