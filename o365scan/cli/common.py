"""What several commands share: plugins, consoles, the options that say which tenant."""

from __future__ import annotations

import functools
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.core import ParameterSource

from o365scan.admission import OWN
from o365scan.api import Check, PluginNotice, visible
from o365scan.cli.config_option import noted
from o365scan.files import atomic_path
from o365scan.printed import hushed
from o365scan.registry import Registry, load, plan
from o365scan.sign_in import CloudName, Kind, SignIn
from o365scan.snapshot import Snapshot

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem
    from rich.console import Console

    from o365scan.network import Network
    from o365scan.transport.service import Service

F = TypeVar("F", bound=Callable[..., Any])


@functools.cache
def plugins() -> Registry:
    """All plugins that the configuration lets in, loaded once a process. Raises OptionsError."""
    from o365scan.config import allowed

    return load(allowed(noted()))


def console(*, stderr: bool = False) -> Console:
    """A console: as wide as the terminal, as COLUMNS says, or 120 columns; plain in CI.

    rich honours NO_COLOR, FORCE_COLOR and TERM=dumb, and writes no colour where it is no terminal.
    """
    from rich.console import Console as Rich

    class Console(Rich):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError  # rich would exit with 1, which says "findings" here

    plain = in_ci() and not os.environ.get("FORCE_COLOR")
    return Console(
        stderr=stderr,
        width=None if is_terminal(stderr=stderr) or _columns() else 120,
        soft_wrap=False,
        force_terminal=False if plain else None,
    )


def is_terminal(*, stderr: bool = False) -> bool:
    """Whether a person is there to read it. FORCE_COLOR says how to write, and nothing of who reads."""
    return (sys.stderr if stderr else sys.stdout).isatty()


def in_ci() -> bool:
    """Whether this is a job of continuous integration: they all set CI."""
    return os.environ.get("CI", "").lower() not in ("", "0", "false")


def _columns() -> bool:
    """Whether the width was said: rich goes by COLUMNS if it is not told a width."""
    return os.environ.get("COLUMNS", "").isdecimal()


def complete_check(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """What a shell offers where the id of a check is wanted."""
    from o365scan.cli.completing import check_ids

    return check_ids(ctx, param, incomplete)


def _scenarios(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    from o365scan.cli.completing import scenarios

    return scenarios(ctx, param, incomplete)


def choose_checks(command: F) -> F:
    """`--check`: which checks."""
    return click.option(
        "--check", "patterns", multiple=True, metavar="ID", shell_complete=complete_check,
        help="Only these checks; globs such as 'exchange.*'. May be repeated.",
    )(command)  # fmt: skip


def choose_saved(command: F) -> F:
    """`--snapshot`: a saved snapshot instead of a tenant; `snapshot_of` takes it."""
    return click.option(
        "--snapshot", "saved", type=click.Path(path_type=Path),
        help="Judge a saved snapshot (file or folder) instead.",
    )(command)  # fmt: skip


#: The parameters that `choose_tenant` adds and `service_of` takes.
TENANT_OPTIONS = frozenset(
    {
        "mock",
        "mock_size",
        "mock_seed",
        "mock_with",
        "tenant_id",
        "client_id",
        "auth",
        "cloud",
        "client_secret_file",
        "client_certificate",
        "certificate_password_file",
        "federated_token_file",
        "resolver",
        "no_dns",
    }
)


def choose_tenant(command: F) -> F:
    """The options that say which tenant, and as whom; `service_of` takes them."""
    for option in reversed(
        (
            click.option("--mock", metavar="SCENARIO", shell_complete=_scenarios,
                         help="A mock tenant, started in this process."),
            click.option("--mock-size", type=click.IntRange(1, 100_000), default=200, show_default=True,
                         help="How many users the mock tenant has."),
            click.option("--mock-seed", type=int, default=42, show_default=True,
                         help="The same seed and size make the same tenant."),
            click.option("--mock-with", multiple=True, type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
                         help="JSON that the mock tenant has beside, for a plugin that reads more. May be repeated."),
            click.option("--tenant-id", metavar="ID", help="Instead of AZURE_TENANT_ID: GUID or domain."),
            click.option("--client-id", metavar="ID", help="Instead of AZURE_CLIENT_ID."),
            click.option("--auth", metavar="KIND", type=click.Choice([each.value for each in Kind]),
                         help="Which credential, instead of the first that is found: "
                         f"{', '.join(Kind)}."),
            click.option("--cloud", metavar="NAME", type=click.Choice([each.value for each in CloudName]),
                         default=CloudName.GLOBAL.value, show_default=True,
                         help=f"Which of Microsoft's clouds the tenant is in: {', '.join(CloudName)}."),
            click.option("--client-secret-file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
                         help="Instead of AZURE_CLIENT_SECRET; - is standard input."),
            click.option("--client-certificate", metavar="FILE",
                         type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
                         help="Instead of AZURE_CLIENT_CERTIFICATE_PATH: PEM or PFX, with the private key; - is"
                         " standard input."),
            click.option("--certificate-password-file", metavar="FILE",
                         type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
                         help="Instead of AZURE_CLIENT_CERTIFICATE_PASSWORD; - is standard input."),
            click.option("--federated-token-file", metavar="FILE",
                         type=click.Path(dir_okay=False, path_type=Path),
                         help="Instead of AZURE_FEDERATED_TOKEN_FILE: a token of another issuer, read for every"
                         " request."),
            click.option("--resolver", metavar="ADDRESS[:PORT]",
                         help="Whom to ask for SPF, DMARC and MX, instead of O365SCAN_RESOLVER or the system's."),
            click.option("--no-dns", is_flag=True,
                         help="Ask no resolver: what rests on DNS stays undecided."),
        )
    ):  # fmt: skip
        command = option(command)
    return command


@contextmanager
def service_of(
    *,
    mock: str | None,
    mock_size: int,
    mock_seed: int,
    mock_with: tuple[Path, ...],
    resolver: str | None,
    no_dns: bool,
    base: SignIn | None = None,
    own: Mapping[str, str] | None = None,
    **sign_in: Any,
) -> Iterator[Service]:
    """The tenant that the options name; `sign_in` are those that say as whom, `base` what holds where they are silent.

    `own` are environment variables of this tenant alone.

    Raises CredentialsMissing, CredentialUnusable, or O365ScanError for an unknown mock or a resolver that is no
    address.
    """
    from o365scan.auth.discovery import tokens_of
    from o365scan.cli.own_environment import overlaid
    from o365scan.cloud import CLOUDS, GLOBAL
    from o365scan.transport.service import Service

    if no_dns and resolver:
        raise click.UsageError("--no-dns asks no resolver: --resolver has no place beside it.")
    if mock is None:
        if mock_with:
            raise click.UsageError("--mock-with says what a mock tenant has: it has no place without --mock.")
        network = _network(overlaid(os.environ, own or {}), resolver, no_dns=no_dns)
        how = _sign_in(base or SignIn(), **sign_in)
        yield Service(tokens_of(how, network), CLOUDS[how.cloud], network)
        return
    if any(value for name, value in sign_in.items() if name != "cloud") or resolver or _chose("cloud"):
        raise click.UsageError("--mock brings its own tenant, credentials and DNS; leave those options out.")
    from o365scan.mock import mock_tenant

    with mock_tenant(mock, seed=mock_seed, size=mock_size, files=mock_with) as environment:
        network = _network(environment, None, no_dns=no_dns)
        yield Service(tokens_of(SignIn(), network), GLOBAL, network)


def _sign_in(
    base: SignIn,
    *,
    tenant_id: str | None,
    client_id: str | None,
    auth: str | None,
    cloud: str,
    client_secret_file: Path | None,
    client_certificate: Path | None,
    certificate_password_file: Path | None,
    federated_token_file: Path | None,
) -> SignIn:
    """What the options say, else what the base does; a credential of theirs goes before all that it says of one."""
    whom = {"tenant_id": tenant_id, "client_id": client_id}
    for name, value in whom.items():
        if value is not None and not value.strip():  # a variable that is not set; no word for "whichever"
            raise click.UsageError(f"--{name.replace('_', '-')} says nothing.")
    credential = {
        "auth": Kind(auth) if auth else None,
        "client_secret_file": _text(client_secret_file),
        "certificate_file": _text(client_certificate),
        "certificate_password_file": _text(certificate_password_file),
        "federated_token_file": _text(federated_token_file),
    }
    if any(credential.values()):
        base = SignIn(tenant_id=base.tenant_id, client_id=base.client_id, cloud=base.cloud)
    given: dict[str, Any] = {
        name: value for name, value in {**whom, **credential}.items() if value is not None
    }
    return replace(base, **given, cloud=CloudName(cloud) if _chose("cloud") else base.cloud)


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)


def _chose(name: str) -> bool:
    return click.get_current_context().get_parameter_source(name) is ParameterSource.COMMANDLINE


def _network(environment: Mapping[str, str], resolver: str | None, *, no_dns: bool) -> Network:
    """What the environment says, and the options that go before it. Raises O365ScanError for a bad resolver."""
    from o365scan.network import NO_DNS, RESOLVER, Network

    asked = NO_DNS if no_dns else resolver
    network = Network({**environment, **({RESOLVER: asked} if asked else {})})
    _ = network.resolver  # refused now, not after everything else was read
    return network


def refuse_two_tenants(saved: Path | None, *others: str) -> None:
    """A tenant's options (and `others`) beside a snapshot would silently do nothing. Raises UsageError."""
    source = click.get_current_context().get_parameter_source
    given = [
        name for name in (*sorted(TENANT_OPTIONS), *others) if source(name) is ParameterSource.COMMANDLINE
    ]
    if saved is not None and given:
        name = given[0].replace("_", "-")
        raise click.UsageError(f"--snapshot judges what was saved: --{name} has no place beside it.")


@contextmanager
def snapshot_of(
    saved: Path | None,
    checks: tuple[Check, ...],
    keep: Path | None,
    tenant: dict[str, Any],
    *,
    quiet: bool,
    verbose: bool = False,
) -> Iterator[Snapshot]:
    """The saved snapshot, or one taken now, kept if so asked; `verbose` says on stderr as whom."""
    if saved is not None:
        yield Snapshot.open(saved)
        return
    from o365scan.cli.progress import reading
    from o365scan.scan import take

    with tempfile.TemporaryDirectory(prefix="o365scan-") as folder:
        path = keep or Path(folder, "snapshot")
        with atomic_path(path) as draft, service_of(**tenant) as service:
            if verbose and not quiet:
                click.echo(f"Signing in by {visible(str(service.tokens.how))}", err=True)
            snapshot, datasets = Snapshot.create(draft), plan(checks)
            with reading(service, len(datasets), quiet=quiet) as told, strangers_hushed():
                take(service, datasets, plugins(), snapshot, told)
            snapshot.close()
        yield Snapshot.open(path)


@contextmanager
def strangers_hushed() -> Iterator[None]:
    """While a tenant is read: what plugins print is for their authors, and on standard output would be in a report."""
    registry = plugins()
    names = [each.name for each in registry.plugins if each.distribution != OWN and each.datasets]
    if not names:
        yield
        return

    def told(said: str) -> None:
        registry.printed.append(PluginNotice(" or ".join(names), f"{said} (while the tenant was read)"))

    with hushed(told, ("stdout",)):
        yield
