"""Commands run in this process, with the exit code that `main` would end with: quicker than a program of their own."""

from __future__ import annotations

from collections.abc import Mapping

import click
from click.testing import CliRunner, Result

from o365scan.cli import cli


def here(*arguments: str, env: Mapping[str, str] | None = None) -> Result:
    """Run a command; whatever is no usage error goes through."""
    result = CliRunner().invoke(cli, arguments, env=dict(env or {}), standalone_mode=False)
    if isinstance(result.exception, click.ClickException):
        result.exit_code = result.exception.exit_code
    elif result.exception is not None:
        raise result.exception
    else:
        result.exit_code = int(result.return_value or 0)
    return result
