"""o365scan diff."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from o365scan.cli.common import console, plugins
from o365scan.cli.exit_codes import ExitCode
from o365scan.files import atomic_text, refuse_unwritable
from o365scan.snapshot import Snapshot

if TYPE_CHECKING:
    from o365scan.diff import Diff


@click.command()
@click.argument("before", metavar="A", type=click.Path(path_type=Path))
@click.argument("after", metavar="B", type=click.Path(path_type=Path))
@click.option(
    "--json", "document", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path), metavar="FILE",
    help="Everything as JSON; - is standard output.",
)  # fmt: skip
@click.option(
    "--dataset", "patterns", multiple=True, metavar="NAME",
    help="Only these datasets; globs such as 'exchange.*'. May be repeated.",
)  # fmt: skip
@click.option("--volatile", is_flag=True, help="Sign-in times, sizes, dates of change and the like, too.")
@click.option("--other-tenant", is_flag=True, help="Compare even two tenants.")
@click.option("--exit-code", is_flag=True, help="Exit with 1 if anything changed.")
@click.option("--allow-incomplete", is_flag=True, help="Exit with 0 even if something can't be compared.")
@click.option("--verbose", "-v", is_flag=True, help="Everything on the terminal, not only the first page.")
def command(
    before: Path,
    after: Path,
    document: Path | None,
    patterns: tuple[str, ...],
    volatile: bool,
    other_tenant: bool,
    exit_code: bool,
    allow_incomplete: bool,
    verbose: bool,
) -> ExitCode:
    """Show what changed in a tenant between two snapshots.

    A is the earlier, B the later: files, or exported folders.

    What was not read in either of them can't be compared: it is named, and never shown as removed.

    \b
    Exit codes:
      0  done                             2  usage
      1  something changed (--exit-code)  3  something can't be compared

    \b
    Examples:
      o365scan diff monday.o365scan tuesday.o365scan
      o365scan diff monday.o365scan tuesday.o365scan --json - --exit-code
    """
    from o365scan.diff import Diff

    if document is not None and str(document) != "-":
        refuse_unwritable(document)
    diff = Diff(
        Snapshot.open(before), Snapshot.open(after), plugins().datasets, patterns, volatile, other_tenant
    )
    if not diff.names():
        raise click.UsageError("Neither snapshot has such a dataset.")
    with _output(document) as stream:
        _tell(diff, stream, verbose=verbose, aside=stream is sys.stdout)
    if exit_code and any(diff.counts.values()):
        return ExitCode.FINDINGS
    return ExitCode.INCOMPLETE if diff.not_comparable and not allow_incomplete else ExitCode.DONE


def _tell(diff: Diff, stream: TextIO | None, *, verbose: bool, aside: bool) -> None:
    """One pass over both snapshots, for everybody who is told."""
    from o365scan.diff.document import Document
    from o365scan.diff.terminal import Terminal

    told: list[Document | Terminal] = [Terminal(console(stderr=aside), everything=verbose)]
    if stream is not None:
        told.append(Document(stream))
    for each in told:
        each.begin(diff)
    for change in diff.changes():
        for each in told:
            each.add(change)
    for each in told:
        each.end(diff)


@contextmanager
def _output(path: Path | None) -> Iterator[TextIO | None]:
    if path is None:
        yield None
    elif str(path) == "-":
        yield sys.stdout
    else:
        with atomic_text(path) as stream:
            yield stream
