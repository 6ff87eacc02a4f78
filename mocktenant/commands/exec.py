"""`mocktenant exec`: run a program against a tenant that lives as long as the program does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from types import FrameType
from typing import Any

import click

from mocktenant.commands.inherited import inside
from mocktenant.commands.serving import serving_options, started

_EXAMPLES = """\b
Examples:
  mocktenant exec -- o365scan scan
  mocktenant exec --scenario oauth-spam-campaign -- pytest tests/graph
  mocktenant exec -- sh -c 'az login --service-principal -u $AZURE_CLIENT_ID
    -p $AZURE_CLIENT_SECRET -t $AZURE_TENANT_ID --allow-no-subscriptions && az ad user list'
"""

NOT_RUNNABLE, NOT_FOUND, BY_SIGNAL = 126, 127, 128
"""Exit codes as shells give them."""

_PASSED_ON = tuple(
    getattr(signal, name)
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2")
    if hasattr(signal, name)
)
_FROM_TERMINAL = tuple(getattr(signal, name) for name in ("SIGINT", "SIGQUIT") if hasattr(signal, name))


@click.command(
    "exec",
    epilog=_EXAMPLES,
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
@serving_options
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
def exec_(command: tuple[str, ...], **served: Any) -> None:
    """Serve a tenant and run COMMAND in the environment that leads to it.

    Ends with COMMAND, with its exit code, and the tenant with it. Signals are passed on. Proxies and
    Azure credentials of your own environment are kept away from COMMAND.
    """
    relay = _Relay()
    with started(**served) as server:
        code = relay.run(command, inside(os.environ, server.environment()))
    sys.exit(code)


class _Relay:
    """Runs one program and gives it the signals that we get, those included that come before it has begun."""

    def __init__(self) -> None:
        self._early: list[int] = []
        self._child: subprocess.Popen[bytes] | None = None
        for number in _PASSED_ON:
            signal.signal(number, self._pass_on)

    def run(self, command: tuple[str, ...], environment: dict[str, str]) -> int:
        """The program's exit code, or what a shell would say in its stead."""
        try:
            self._child = subprocess.Popen(command, env=environment)  # noqa: S603 - to run it is our purpose
        except FileNotFoundError:
            return _told(NOT_FOUND, f"{command[0]}: command not found")
        except OSError as error:
            return _told(NOT_RUNNABLE, f"{command[0]}: {error.strerror}")
        for number in self._early:
            self._child.send_signal(number)
        code = self._child.wait()
        return code if code >= 0 else BY_SIGNAL - code

    def _pass_on(self, number: int, _frame: FrameType | None) -> None:
        if self._child is None:
            self._early.append(number)
        elif not (number in _FROM_TERMINAL and _in_foreground()):
            self._child.send_signal(number)


def _in_foreground() -> bool:
    """Whether a terminal sends its Ctrl-C to all of our process group, the program among it."""
    with suppress(OSError, ValueError, AttributeError):
        return os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    return False


def _told(code: int, text: str) -> int:
    click.echo(f"mocktenant: {text}", err=True)
    return code
