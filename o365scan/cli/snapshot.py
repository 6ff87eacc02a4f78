"""o365scan snapshot."""

from __future__ import annotations

from pathlib import Path

import click

from o365scan.cli.exit_codes import ExitCode
from o365scan.files import atomic_path
from o365scan.snapshot import Snapshot


@click.group()
def command() -> None:
    """Turn a snapshot into readable files and back.

    \b
    Examples:
      o365scan snapshot export tenant.o365scan tenant/
      o365scan snapshot import tenant/ tenant.o365scan
    """


@command.command(name="export")
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def export(file: Path, folder: Path) -> ExitCode:
    """Write manifest.json and one .jsonl file a dataset into FOLDER.

    \b
    Example:
      o365scan snapshot export tenant.o365scan tenant/
    """
    Snapshot.open(file).export(folder)
    click.echo(f"Wrote {folder}", err=True)
    return ExitCode.DONE


@command.command(name="import")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def import_(folder: Path, file: Path) -> ExitCode:
    """Make a snapshot FILE of an exported FOLDER.

    \b
    Example:
      o365scan snapshot import tenant/ tenant.o365scan
    """
    with atomic_path(file) as draft:
        Snapshot.open(folder).save(draft)
    click.echo(f"Wrote {file}", err=True)
    return ExitCode.DONE
