"""`mocktenant`: the tenant for people and for other programs."""

from __future__ import annotations

import json
import signal
import threading
from importlib.metadata import PackageNotFoundError, version
from types import FrameType
from typing import TYPE_CHECKING

import click

from mocktenant_fixtures import UnknownScenario, scenario, scenario_names

if TYPE_CHECKING:
    from mocktenant.server import Server

_EXAMPLES = """\b
Examples:
  mocktenant serve
  mocktenant serve --scenario oauth-spam-campaign --port 8443
  mocktenant serve --json | jq -r .proxy_url
"""


def _version() -> str:
    try:
        return version("o365scan")
    except PackageNotFoundError:
        return "unknown"


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(_version(), prog_name="mocktenant")
def main() -> None:
    """A local Microsoft 365 tenant that unmodified clients accept."""


@main.command(epilog=_EXAMPLES)
@click.option(
    "--scenario", "name", default="baseline", show_default=True, help="What has happened in the tenant."
)
@click.option("--seed", default=42, show_default=True, help="Decides every name, id and date.")
@click.option(
    "--size", default=200, show_default=True, type=click.IntRange(1, 500_000), help="Number of accounts."
)
@click.option(
    "--port", default=0, type=click.IntRange(0, 65_535), help="Port on 127.0.0.1; a free one if left out."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object about the tenant, then serve.")
def serve(name: str, seed: int, size: int, port: int, as_json: bool) -> None:
    """Serve a tenant until Ctrl-C or SIGTERM.

    Real tokens, Microsoft's own host names and one port for all of them: a client needs HTTPS_PROXY and
    the certificate of the tenant's own authority, nothing else.
    """
    from mocktenant import serve as start
    from mocktenant.tenant import Tenant

    ended = _until_signalled()
    try:
        server = start(Tenant(name, seed=seed, size=size), port=port)
    except UnknownScenario as error:
        raise click.BadParameter(str(error), param_hint="--scenario") from None
    except OSError as error:
        raise click.ClickException(f"can't listen on 127.0.0.1:{port}: {error.strerror}") from None
    with server:
        click.echo(json.dumps(_facts(server)) if as_json else _welcome(server))
        ended.wait()


@main.command()
def scenarios() -> None:
    """List the scenarios, each with its story in a line."""
    width = max(len(name) for name in scenario_names())
    for name in scenario_names():
        click.echo(f"{name:<{width}}  {scenario(name).title}")


def _until_signalled() -> threading.Event:
    """Set by Ctrl-C and SIGTERM, from the very start: a signal while starting must end it as quietly."""
    ended = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        ended.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    return ended


def _facts(server: Server) -> dict[str, object]:
    tenant = server.tenant
    return {
        "tenant_id": tenant.tenant_id,
        "tenant_domain": tenant.domain,
        "client_id": tenant.client_id,
        "client_secret": tenant.client_secret,
        "ca_file": str(server.ca_file),
        "proxy_url": server.proxy_url,
        "login_url": server.login_url,
        "graph_url": server.graph_url,
        "exchange_url": server.exchange_url,
        "control_url": server.control_url,
        "scenario": tenant.scenario.name,
        "users": len(tenant.objects("users")),
    }


def _welcome(server: Server) -> str:
    tenant = server.tenant
    exports = "\n".join(f"  export {name}='{value}'" for name, value in server.environment().items())
    return f"""\
{tenant.scenario.title} ({tenant.scenario.name}), {len(tenant.objects("users"))} accounts, seed {tenant.seed}
{tenant.scenario.story}

  Microsoft's hosts   through the proxy {server.proxy_url}
  the same, directly  {server.graph_url} (/v1.0, /adminapi, /{{tenant}}/oauth2)
  control plane       {server.control_url}/

To scan it, in another terminal:

{exports}
  o365scan scan

Ctrl-C ends it.
"""
