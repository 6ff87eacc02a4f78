"""What a scan says last, on stderr: where things were written, and what to do next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from o365scan.api import GapReason, Report, visible
from o365scan.reports.tally import mendable

#: Characters of a path that are shown.
_LONGEST = 1_000


def tell(report: Report, written: Sequence[Path], located: Sequence[Path], evidence: Path | None) -> None:
    """Two lines at most. `written` are the files, of which `located` point into the `evidence` tree."""
    files = [_name(path) for path in written if path.exists()]
    if evidence is not None and report.evidence is not None:
        count = len(report.evidence) + 1  # and the alerts that are open
        files.append(f"{_name(evidence)} ({count} files)")
    if files:
        click.echo(f"Wrote {', '.join(files)}", err=True)
    if said := _next(report, [path for path in located if path.exists()], evidence):
        click.echo(f"Next: {said}", err=True)


def _next(report: Report, located: Iterable[Path], evidence: Path | None) -> str | None:
    """What matters most: first to see all, then to keep what was seen, then to mend it."""
    if report.failures:
        return "o365scan plugins tells what is wrong with them"
    if any(gap.reason is GapReason.DENIED for gap in report.gaps):
        return "o365scan doctor tells which permissions are missing"
    if evidence is not None and (logs := [_name(path) for path in located]):
        return f"commit {_name(evidence)} to a private repository, then upload {' and '.join(logs)}"
    if failed := mendable(report):
        worst = min(failed, key=lambda each: (-each.severity.rank, each.check))
        return f"o365scan explain {worst.check}"
    return None


def _name(path: Path) -> str:
    return visible(str(path), _LONGEST)
