"""o365scan checks."""

from __future__ import annotations

import json

import click

from o365scan.api import Check
from o365scan.cli.common import choose_checks, console, plugins
from o365scan.cli.exit_codes import ExitCode


@click.command()
@choose_checks
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
@click.option("--markdown", "as_markdown", is_flag=True, help="As a catalogue in Markdown.")
def command(patterns: tuple[str, ...], as_json: bool, as_markdown: bool) -> ExitCode:
    """List the checks that are installed.

    \b
    Examples:
      o365scan checks
      o365scan checks --check 'exchange.*' --json
      o365scan checks --markdown
    """
    if as_json and as_markdown:
        raise click.UsageError("--json and --markdown are two forms of one output: choose one.")
    checks = plugins().select(patterns)
    if as_markdown:
        from o365scan.catalogue import catalogue

        click.echo(catalogue(checks), nl=False)
        return ExitCode.DONE
    if as_json:
        click.echo(json.dumps([_described(check) for check in checks], indent=2))
        return ExitCode.DONE
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading in ("Check", "Severity", "What it wants"):
        table.add_column(heading, overflow="fold")
    for check in checks:
        table.add_row(check.id, check.severity, check.documentation.title)
    console().print(table)
    return ExitCode.DONE


def _described(check: Check) -> dict[str, object]:
    return {
        "id": check.id,
        "title": check.documentation.title,
        "severity": check.severity,
        "reads": [dataset.name for dataset in check.datasets],
        "optional": [dataset.name for dataset in check.optional],
        "attack": check.attack,
        "controls": check.controls,
    }
