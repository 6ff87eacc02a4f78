"""Options that say which tenant is served and where, for every command that serves one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mocktenant.licences import PRESETS, USUAL
from mocktenant.listen import Address, AddressInvalid
from mocktenant_fixtures import UnknownScenario

if TYPE_CHECKING:
    from mocktenant.server import Server
    from mocktenant.tenant import Tenant

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
        "--size",
        default=200,
        show_default=True,
        type=click.IntRange(1, 500_000),
        help="Number of accounts; the fourteen that every tenant has are among them.",
    ),
    click.option(
        "--licence",
        default=None,
        show_default=f"the scenario's, else {USUAL}",
        type=click.Choice(list(PRESETS), case_sensitive=False),
        help="What the tenant has bought.",
    ),
    click.option(
        "--snapshot",
        type=click.Path(path_type=Path),
        help="Answer as the tenant did of which o365scan made this snapshot; read-only.",
    ),
    click.option(
        "--with",
        "files",
        multiple=True,
        type=click.Path(path_type=Path),
        help="JSON that the tenant has beside: by collection, where it is served, or its objects. Repeatable.",
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


def started(*, port: int, listen: tuple[Address, ...], files: tuple[Path, ...], **wanted: Any) -> Server:
    """A server that runs. Ends the command in a line if it can't."""
    from mocktenant import serve

    if files and wanted["snapshot"] is not None:
        raise click.UsageError("--with adds to no tenant that was recorded: leave it out")
    tenant = _tenant(**wanted)
    _bring(tenant, files)
    try:
        return serve(tenant, port=port, listen=listen)
    except OSError as error:
        raise click.ClickException(f"can't listen on {error.filename}: {error.strerror}") from None


def _bring(tenant: Tenant, files: tuple[Path, ...]) -> None:
    from mocktenant.brought import BroughtInvalid, bring

    try:
        for each in files:
            bring(tenant, each)
    except BroughtInvalid as error:
        raise click.BadParameter(str(error), param_hint="--with") from None


def _tenant(*, scenario: str, seed: int, size: int, licence: str | None, snapshot: Path | None) -> Tenant:
    from mocktenant.recorded.reading import SnapshotInvalid
    from mocktenant.tenant import Tenant

    if snapshot is None:
        try:
            return Tenant(scenario, seed=seed, size=size, licence=licence)
        except UnknownScenario as error:
            raise click.BadParameter(str(error), param_hint="--scenario") from None
    context = click.get_current_context()
    for name in ("scenario", "seed", "size", "licence"):
        if context.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE:
            raise click.UsageError(f"--{name} says nothing of a tenant that was recorded: leave it out")
    try:
        return Tenant.recorded(snapshot)
    except (SnapshotInvalid, OSError) as error:
        raise click.BadParameter(str(error), param_hint="--snapshot") from None
