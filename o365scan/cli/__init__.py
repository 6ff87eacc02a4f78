"""The command line: arguments and exit codes only; one file a command, loaded when it is asked for."""

from __future__ import annotations

import importlib
import io
import os
import signal
import sys
from typing import TextIO

import click

from o365scan import __version__
from o365scan.api import O365ScanError, visible
from o365scan.cli import config_option
from o365scan.cli.exit_codes import ExitCode, code_of

#: Command → the module that holds it as `command`.
_COMMANDS = {
    "scan": "scan",
    "fleet": "fleet",
    "collect": "collect",
    "diff": "diff",
    "adopt": "adopt",
    "accept": "accept",
    "config": "config",
    "checks": "checks",
    "explain": "explain",
    "plugins": "plugins",
    "plugin": "plugin",
    "permissions": "permissions",
    "setup": "setup",
    "doctor": "doctor",
    "snapshot": "snapshot",
    "evidence": "evidence",
    "github": "github",
    "schema": "schema",
    "completion": "completion",
}


class _Lazy(click.Group):
    """Imports a command only when it is run or its help is asked for: `--version` is instant."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        config_option.note(ctx, args)
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(f"o365scan.cli.{_COMMANDS[cmd_name]}")
        command: click.Command = module.command
        return command


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="o365scan")
def cli() -> None:
    """Is our Microsoft 365 tenant safe, and has someone been in it?

    \b
    Examples:
      o365scan scan --mock oauth-spam-campaign    try it on a mock tenant
      o365scan permissions                        what the app must be granted
      o365scan setup --repo OWNER/NAME            print how to register the app
      o365scan doctor                             is everything granted?
      o365scan scan --sarif out/o365scan.sarif    the tenant of AZURE_TENANT_ID
    """


def main() -> None:
    """Run the command line; every failure is one clear line and a documented exit code."""
    _prepare_process()
    try:
        code = cli.main(standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as cause:
        cause.show()
        code = ExitCode.USAGE
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted: no output is left half-written.", err=True)
        code = ExitCode.INTERRUPTED
    except O365ScanError as cause:
        tell(cause)
        code = code_of(cause)
    except BrokenPipeError:
        _silence(sys.stdout)  # the reader went away (| head): nobody is left to tell
        code = ExitCode.DONE
    except OSError as cause:
        _silence(sys.stdout)
        click.echo(f"o365scan: can't write the output: {cause.strerror}", err=True)
        code = ExitCode.USAGE
    sys.exit(code or ExitCode.DONE)


def _prepare_process() -> None:
    """SIGTERM ends a scan as Ctrl-C does, and a terminal of any encoding shows any name."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _silence(stream: TextIO) -> None:
    """Let the interpreter's own flush at exit go nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def tell(cause: O365ScanError) -> None:
    """Say on stderr what happened and what to do next, in two lines."""
    click.echo(f"o365scan: {visible(str(cause), 1000)}", err=True)
    if cause.hint:
        click.echo(f"  {visible(cause.hint, 1000)}", err=True)
