"""What changed since a baseline, in one line; on the terminal with `everything` what is gone, too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC
from typing import TYPE_CHECKING

from o365scan.api import HEADER, Baseline, Change, Finding, Report, visible
from o365scan.reports.tally import counting

if TYPE_CHECKING:
    from rich.console import RenderableType

_SAID = (Change.NEW, Change.GONE, Change.UPDATED, Change.UNCHANGED)


def mark(finding: Finding) -> str:
    """What stands before a failure's message."""
    return "new · " if finding.change is Change.NEW else ""


def named(id: str, findings: list[Finding]) -> str:
    """A check's id, with how many objects fail and how many of them are new, where that is more than one or any."""
    new = sum(1 for each in findings if each.change is Change.NEW)
    said = [str(len(findings))] * (len(findings) > 1) + [f"{new} new"] * (new > 0)
    return f"{id} ({', '.join(said)})" if said else id


def since(report: Report, *, everything: bool) -> Iterator[RenderableType]:
    """The changes; nothing without a baseline."""
    from rich.text import Text

    if report.baseline is None:
        return
    yield ""
    if everything:
        for finding in (*report.gone, *report.unsettled):
            about = "" if finding.key == HEADER else f" · {visible(finding.title, 120)}"
            word = "gone  " if finding.change is Change.GONE else "not judged today  "
            yield Text(
                f"  {word}{visible(finding.check, 120)}{about}: {visible(finding.message, 600)}", style="dim"
            )
    yield Text(line(report, report.baseline))
    if why := why_not(report, report.baseline):
        yield Text(f"  {why}", style="dim")


def line(report: Report, baseline: Baseline) -> str:
    """How many failures are new, gone, updated and unchanged since the baseline, in words of ours."""
    then = baseline.collected_at.astimezone(UTC)
    later = " (which is later than this scan)" if then > report.collected_at else ""
    return f"Since {then:%Y-%m-%d %H:%M} UTC{later}: {_counts(report)}"


def _counts(report: Report) -> str:
    counted = Counter(each.change for each in (*counting(report), *report.gone))
    said = [f"{counted[change]} {change}" for change in _SAID]
    if counted[None]:
        said.append(f"{counted[None]} not comparable")
    if report.unsettled:
        said.append(f"{len(report.unsettled)} of then not judged today")
    return ", ".join(said)


def why_not(report: Report, baseline: Baseline) -> str | None:
    """Why some failures can't be compared, if there are such."""
    if all(each.change is not None for each in counting(report)):
        return None
    if baseline.source != "snapshot":
        return "Not comparable: then not judged, left out, or rolled up. A snapshot tells more than a log."
    return "Not comparable: then not judged, or not decided."
