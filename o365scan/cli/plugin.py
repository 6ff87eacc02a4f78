"""o365scan plugin."""

from __future__ import annotations

from pathlib import Path

import click

from o365scan.cli.exit_codes import ExitCode


@click.group()
def command() -> None:
    """Write a plugin of your own, and see that it is fit for others."""


@command.command()
@click.argument("name")
@click.option(
    "--output", type=click.Path(path_type=Path), metavar="FOLDER", help="Instead of ./o365scan-NAME; must be new."
)
def new(name: str, output: Path | None) -> ExitCode:
    """Write a complete package for the plugin NAME into a new folder.

    It holds one dataset, one check, its cases, tests against a mock tenant, and a workflow for GitHub Actions; its
    tests pass as they are. NAME is a word such as "teams": ids of checks begin with it.

    \b
    Exit codes: 0 done, 2 the name can't be used or the folder is there already.

    \b
    Example:
      o365scan plugin new contoso && cd o365scan-contoso && pip install -e '.[dev]' && pytest
    """
    from o365scan.authoring.scaffold import write_plugin

    paths = write_plugin(name, output)
    folder = output or Path(f"o365scan-{name}")
    click.echo(f"Wrote {folder} ({len(paths)} files). What to do next:", err=True)
    for line in (f"cd {folder}", "pip install -e '.[dev]'", "pytest", "o365scan plugin check ."):
        click.echo(f"  {line}", err=True)
    return ExitCode.DONE
