"""`mocktenant env`: the environment that leads to a tenant which somebody serves already."""

from __future__ import annotations

import http.client
import json
import os
import shlex
from urllib.parse import urlsplit

import click

from mocktenant import hosts
from mocktenant.commands.inherited import misleading

_EXAMPLES = """\b
Examples:
  mocktenant serve --port 8443 &
  eval "$(mocktenant env --port 8443)"
  mocktenant env --port 8443 --json
"""
_SECONDS = 10


@click.command("env", epilog=_EXAMPLES)
@click.option("--port", type=click.IntRange(1, 65_535), help="Port of the tenant on 127.0.0.1.")
@click.option(
    "--control",
    envvar="MOCKTENANT_CONTROL_URL",
    show_envvar=True,
    help="The tenant's control plane, as serve prints it, instead of a port.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object of the variables.")
def env(port: int | None, control: str | None, as_json: bool) -> None:
    """Print the environment that leads clients to a running tenant, for a shell to eval.

    Variables of your own that would lead them past it (proxies, Azure credentials) are unset by it.
    """
    variables = _asked(f"http://127.0.0.1:{port}/_mock" if port else control)
    if as_json:
        click.echo(json.dumps(variables))
        return
    for name in misleading(os.environ):
        if name not in variables:
            click.echo(f"unset {name}")
    for name, value in variables.items():
        click.echo(f"export {name}={shlex.quote(value)}")


def _asked(control: str | None) -> dict[str, str]:
    """The variables, from the server itself; no proxy may stand between."""
    if control is None:
        raise click.UsageError("Which tenant? Say --port, the one that `mocktenant serve --port` was given.")
    parts = urlsplit(control)
    if parts.scheme != "http" or parts.hostname not in hosts.LOOPBACK:
        raise click.BadParameter(f"{control} is not http://127.0.0.1:PORT/_mock", param_hint="--control")
    connection = http.client.HTTPConnection(parts.netloc, timeout=_SECONDS)
    try:
        connection.request("GET", f"{parts.path.rstrip('/')}/environment")
        answer = connection.getresponse()
        body = answer.read()
    except (OSError, http.client.HTTPException) as error:
        raise click.ClickException(f"no tenant answers at {control}: {error}") from None
    finally:
        connection.close()
    if answer.status != http.client.OK:
        raise click.ClickException(f"{control} answers {answer.status}: it is no tenant's control plane")
    variables: dict[str, str] = json.loads(body)
    return variables
