"""o365scan plugins."""

from __future__ import annotations

import click

from o365scan.api import visible
from o365scan.cli.common import console, plugins
from o365scan.cli.exit_codes import ExitCode


@click.command()
def command() -> ExitCode:
    """List the plugins that are installed, what they bring, and what is wrong with them.

    \b
    Exit codes: 0 all is well, 3 a plugin, or a part of it, could not be used.

    \b
    Example:
      o365scan plugins
    """
    from rich.table import Table
    from rich.text import Text

    registry = plugins()
    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading in ("Plugin", "Distribution", "Brings"):
        table.add_column(heading, overflow="fold")
    for plugin in registry.plugins:
        brings = [
            f"{len(plugin.checks)} checks" if plugin.checks else "",
            f"{len(plugin.datasets)} datasets" if plugin.datasets else "",
            ", ".join(f"--{name}" for name in plugin.reporters),
        ]
        table.add_row(
            visible(plugin.name),
            visible(f"{plugin.distribution} {plugin.version}"),
            ", ".join(filter(None, brings)),
        )
    out = console()
    out.print(table)
    for failure in registry.failures:
        said = f"plugin {visible(failure.plugin)} ({failure.stage}): {visible(failure.message)}"
        out.print(Text(said, style="red"))
    return ExitCode.INCOMPLETE if registry.failures else ExitCode.DONE
