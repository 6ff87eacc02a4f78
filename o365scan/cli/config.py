"""o365scan config."""

from __future__ import annotations

import json

import click

from o365scan.cli.common import plugins
from o365scan.cli.config_option import choose_config_of_plugins
from o365scan.cli.exit_codes import ExitCode


@click.group(invoke_without_command=True, short_help="Print a commented o365scan.toml, or its JSON schema.")
@choose_config_of_plugins
@click.option("--schema", is_flag=True, help="The same as the command schema.")
@click.pass_context
def command(ctx: click.Context, schema: bool) -> ExitCode | None:
    """What o365scan.toml may say: a commented file to begin with, and a schema for editors and gates.

    Both hold the options of all checks that are installed, and go to standard output.

    \b
    Examples:
      o365scan config init > o365scan.toml
      o365scan config schema > o365scan.schema.json
    """
    if schema and ctx.invoked_subcommand:
        raise click.UsageError("--schema is a command of its own here.")
    if schema:
        return _schema()
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
    return ExitCode.DONE


@command.command()
@choose_config_of_plugins
def schema() -> ExitCode:
    """Print the JSON schema (draft 2020-12) of o365scan.toml.

    \b
    Example:
      o365scan config schema > o365scan.schema.json
    """
    return _schema()


@command.command(short_help="Print a commented file: all that it may say.")
@choose_config_of_plugins
def init() -> ExitCode:
    """Print a commented o365scan.toml: all that it may say, none of it in force.

    \b
    Example:
      o365scan config init > o365scan.toml
    """
    from o365scan.config.template import template

    click.echo(template(plugins().checks.values()), nl=False)
    return ExitCode.DONE


def _schema() -> ExitCode:
    from o365scan.config.schema import schema_of

    click.echo(json.dumps(schema_of(plugins().checks.values()), indent=2))
    return ExitCode.DONE
