"""o365scan schema."""

from __future__ import annotations

import json

import click

from o365scan.cli.exit_codes import ExitCode


@click.group()
def command() -> None:
    """Print the JSON schemas of what o365scan writes.

    \b
    Example:
      o365scan schema report
    """


@command.command(short_help="Print the schema of the JSON report.")
def report() -> ExitCode:
    """Print the JSON schema (draft 2020-12) of what `scan --json FILE` writes.

    \b
    Example:
      o365scan schema report > report.schema.json
    """
    from o365scan.reports.document import schema

    click.echo(json.dumps(schema(), indent=2))
    return ExitCode.DONE
