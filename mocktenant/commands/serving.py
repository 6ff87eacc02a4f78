"""Options that say which tenant is served and where, for every command that serves one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from mocktenant.listen import Address, AddressInvalid
from mocktenant_fixtures import UnknownScenario

if TYPE_CHECKING:
    from mocktenant.server import Server

Command = Callable[..., None]


class ListenAddress(click.ParamType[Address]):
    """ADDRESS:PORT of this machine alone."""

    name = "address:port"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Address:
        if isinstance(value, Address):
            return value
        try:
            return Address.parse(value)
        except AddressInvalid as error:
            self.fail(str(error), param, ctx)


_OPTIONS = (
    click.option(
        "--scenario", default="baseline", show_default=True, help="What has happened in the tenant."
    ),
    click.option("--seed", default=42, show_default=True, help="Decides every name, id and date."),
    click.option(
        "--size", default=200, show_default=True, type=click.IntRange(1, 500_000), help="Number of accounts."
    ),
    click.option(
        "--port", default=0, type=click.IntRange(0, 65_535), help="Port on 127.0.0.1; a free one if left out."
    ),
    click.option(
        "--listen",
        multiple=True,
        type=ListenAddress(),
        help="A further loopback address, such as 127.0.0.1:443, for clients that ignore proxies. Repeatable.",
    ),
)


def serving_options(command: Command) -> Command:
    """Gives a command the options that `started` takes."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def started(*, scenario: str, seed: int, size: int, port: int, listen: tuple[Address, ...]) -> Server:
    """A server that runs. Ends the command in a line if it can't."""
    from mocktenant import serve
    from mocktenant.tenant import Tenant

    try:
        return serve(Tenant(scenario, seed=seed, size=size), port=port, listen=listen)
    except UnknownScenario as error:
        raise click.BadParameter(str(error), param_hint="--scenario") from None
    except OSError as error:
        raise click.ClickException(f"can't listen on {error.filename}: {error.strerror}") from None
