"""`--config`, read before anything else: it says which plugins are loaded, and these add options of their own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

#: Where a command line keeps the file that was named.
_NOTED = "o365scan.config"
_HELP = "Instead of ./o365scan.toml."
_FILE = click.Path(dir_okay=False, path_type=Path)


def note(ctx: click.Context, arguments: list[str]) -> None:
    """Keep the file that `--config` names anywhere among the arguments of a command."""
    finder = click.Command(
        "config",
        params=[click.Option(["--config"], type=_FILE)],
        add_help_option=False,
        context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
    )
    found = finder.make_context("config", list(arguments), resilient_parsing=True)
    ctx.meta[_NOTED] = found.params["config"]


def noted() -> Path | None:
    """The file that the command line names, None for the usual one."""
    ctx = click.get_current_context(silent=True)
    path: Path | None = None if ctx is None else ctx.meta.get(_NOTED)
    return path


def choose_config(command: F) -> F:
    """`--config`: which options of checks, and which plugins."""
    return click.option("--config", type=_FILE, help=_HELP)(command)


def choose_config_of_plugins(command: F) -> F:
    """The same for a command that takes no more from it than which plugins there are."""
    return click.option("--config", type=_FILE, expose_value=False, help=_HELP)(command)
