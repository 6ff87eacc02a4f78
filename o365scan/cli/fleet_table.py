"""The outcomes of a fleet, for people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from o365scan.api import Severity, Verdict, visible

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from o365scan.fleet.task import Outcome

_STYLE = {Severity.CRITICAL: "bold red", Severity.HIGH: "red", Severity.MEDIUM: "yellow"}


def line_of(outcome: Outcome) -> Text:
    """One tenant, in a line."""
    from rich.text import Text

    if outcome.why is not None:
        return Text(
            f"{visible(outcome.tenant)}: {outcome.state}: {visible(outcome.why, 1000)}", style="magenta"
        )
    return Text(f"{visible(outcome.tenant)}: {_failures(outcome)}, {outcome.seconds:.0f} s")


def show(outcomes: Sequence[Outcome], out: Console) -> None:
    """A row a tenant, those that were not scanned last, and what there is in all."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("tenant", overflow="fold")
    for severity in Severity:
        table.add_column(severity.value, justify="right")
    for name in ("new", "undecided", "gaps", "seconds"):
        table.add_column(name, justify="right")
    scanned = [each for each in outcomes if each.why is None]
    for each in sorted(scanned, key=_gravity):
        counts = [_count(each.failed.get(severity, 0), _STYLE.get(severity, "")) for severity in Severity]
        new = Text("" if each.new is None else str(each.new))
        blind = [_count(each.verdicts.get(Verdict.OPEN, 0), "magenta"), _count(each.gaps, "magenta")]
        table.add_row(Text(visible(each.tenant)), *counts, new, *blind, Text(f"{each.seconds:.0f}"))
    if scanned:
        out.print(table)
    for each in outcomes:
        if each.why is not None:
            out.print(line_of(each))
    out.print(Text(f"{len(scanned)} of {len(outcomes)} tenants scanned", style="bold"))


def _gravity(outcome: Outcome) -> tuple[object, ...]:
    return (*(-outcome.failed.get(severity, 0) for severity in Severity), outcome.tenant)


def _count(number: int, style: str) -> Text:
    from rich.text import Text

    return Text(str(number), style=style if number else "dim")


def _failures(outcome: Outcome) -> str:
    told = [f"{number} {severity}" for severity in Severity if (number := outcome.failed.get(severity, 0))]
    return ", ".join(told) or "nothing failed"
