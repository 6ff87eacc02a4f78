"""`mocktenant`: the tenant for people and for other programs."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from types import FrameType
from typing import TYPE_CHECKING, Any

import click

from mocktenant.commands.env import env
from mocktenant.commands.exec import exec_
from mocktenant.commands.serving import serving_options, started
from mocktenant.listen import hosts_lines
from mocktenant_fixtures import scenario, scenario_names

if TYPE_CHECKING:
    from mocktenant.server import Server

_EXAMPLES = """\b
Examples:
  mocktenant serve
  mocktenant serve --scenario oauth-spam-campaign --port 8443
  mocktenant serve --json | jq -r .proxy_url
  mocktenant serve --snapshot tenant.o365scan
  sudo mocktenant serve --listen 127.0.0.1:443
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
@serving_options
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object about the tenant, then serve.")
def serve(as_json: bool, **served: Any) -> None:
    """Serve a tenant until Ctrl-C or SIGTERM.

    Real tokens, Microsoft's own host names and one port for all of them: a client needs HTTPS_PROXY and
    the certificate of the tenant's own authority, nothing else.
    """
    with _until_signalled() as ended, started(**served) as server:
        click.echo(json.dumps(_facts(server)) if as_json else _welcome(server))
        ended.wait()


@main.command()
def scenarios() -> None:
    """List the scenarios, each with its story in a line."""
    width = max(len(name) for name in scenario_names())
    for name in scenario_names():
        click.echo(f"{name:<{width}}  {scenario(name).title}")


main.add_command(exec_)
main.add_command(env)


@contextmanager
def _until_signalled() -> Iterator[threading.Event]:
    """Set by Ctrl-C and SIGTERM, from the very start: a signal while starting must end it as quietly.

    Afterwards they mean what they meant: whoever calls the command from a program wants to interrupt that.
    """
    ended = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        ended.set()

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield ended
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


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
        "dns": server.dns_address,
        "listening": [str(address) for address in server.listening],
        "scenario": tenant.scenario.name,
        "users": tenant.base.accounts,
        "environment": server.environment(),
    }


def _welcome(server: Server) -> str:
    tenant = server.tenant
    exports = "\n".join(f"  export {name}='{value}'" for name, value in server.environment().items())
    return f"""\
{tenant.scenario.title} ({tenant.scenario.name}), {tenant.base.accounts} accounts, seed {tenant.seed}
{tenant.scenario.story}

  Microsoft's hosts   through the proxy {server.proxy_url}
  the same, directly  {server.graph_url} (/v1.0, /adminapi, /{{tenant}}/oauth2)
  control plane       {server.control_url}/
  DNS                 {server.dns_address}, for its own names only
{_mapped(server)}
To scan it, in another terminal:

{exports}
  o365scan scan

Ctrl-C ends it.
"""


def _mapped(server: Server) -> str:
    """How clients that ignore proxies are led to the further addresses, if there are any."""
    if not server.listening:
        return ""
    lines = "\n".join(f"  {line}" for line in hosts_lines(server.listening))
    return f"""
For clients that ignore proxies it listens on {", ".join(map(str, server.listening))}; in /etc/hosts, while it runs:

{lines}
"""
