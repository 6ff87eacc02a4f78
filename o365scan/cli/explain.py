"""o365scan explain."""

from __future__ import annotations

import dataclasses

import click

from o365scan.api import ATTACK_VERSION, Check
from o365scan.cli.common import complete_check, console, plugins
from o365scan.cli.config_option import choose_config_of_plugins
from o365scan.cli.exit_codes import ExitCode


@click.command(short_help="Explain a check: what, why, what to do, what it needs.")
@choose_config_of_plugins
@click.argument("id", shell_complete=complete_check)
def command(id: str) -> ExitCode:
    """Explain a check: what it looks at, why it matters, what to do, what it needs.

    \b
    Example:
      o365scan explain exchange.inbound-connector-is-expected
    """
    from rich.markdown import Markdown

    check = plugins().check(id)
    out = console()
    out.print(f"{check.id}  ({check.severity})", style="bold", highlight=False)
    out.print()
    out.print(Markdown(check.documentation.markdown))
    out.print()
    for line in _needs(check):
        out.print(line, highlight=False, markup=False)
    return ExitCode.DONE


def _needs(check: Check) -> list[str]:
    lines = [f"Reads {dataset.name} ({dataset.source}): {dataset.permission}" for dataset in check.datasets]
    lines += [
        f"Reads if it may {dataset.name} ({dataset.source}): {dataset.permission}"
        for dataset in check.optional
    ]
    if check.options is not None:
        lines.append(f"Options: {', '.join(field.name for field in dataclasses.fields(check.options))}")
    if check.attack:
        lines.append(f"MITRE ATT&CK {ATTACK_VERSION}: {', '.join(check.attack)}")
    if check.controls:
        lines.append(f"Controls: {', '.join(check.controls)}")
    return lines
