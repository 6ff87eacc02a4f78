"""o365scan doctor."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from o365scan.cli.common import choose_checks, choose_tenant, console, plugins, service_of
from o365scan.cli.config_option import choose_config
from o365scan.cli.configured import Configured, choose_tenant_by_name
from o365scan.cli.exit_codes import ExitCode, code_of

if TYPE_CHECKING:
    from o365scan.doctor import Diagnosis, Door
    from o365scan.doctor.probes import Progress


@click.command(short_help="Sign in, and say what is missing.")
@choose_config
@choose_tenant_by_name
@choose_tenant
@choose_checks
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def command(
    patterns: tuple[str, ...], as_json: bool, config: Path | None, tenant: str | None, **asked: Any
) -> ExitCode:
    """Sign in, try to read a little of everything that the checks need, and say what is missing.

    Told are the app roles and directory roles that are missing, each with the checks that need it and the command
    that grants it; what is granted and without effect; licences that were not bought; by which credential the app
    signs in, until when, and as which subject in a GitHub job; this machine's clock; whether the tenant's audit log
    is on; and whom DNS is asked of. It changes nothing.

    Of a tenant of o365scan.toml those checks count that its scans run.

    \b
    Exit codes: 0 nothing is missing, 3 something is,
    4 sign-in or network failed.

    \b
    Examples:
      o365scan doctor
      o365scan doctor --check 'exchange.*' --json
      o365scan doctor --tenant contoso
      o365scan doctor --mock baseline
    """
    from o365scan.doctor import examine, sign_in

    registry = plugins()
    live, named = asked["mock"] is None, asked["tenant_id"] is not None
    chosen = Configured.of(config, tenant, saved=None, live=live, named=named)
    checks = chosen.needed(patterns)
    with service_of(**(chosen.sign_in(asked) if live else asked)) as service:
        door = sign_in(service)
        if door.refused is not None:
            return _turned_away(door, as_json=as_json)
        with _progress(quiet=as_json) as told:
            found = examine(service, door, checks, registry.failures, told)
    _show(found, as_json=as_json)
    return ExitCode.DONE if found.is_well else ExitCode.INCOMPLETE


def _show(found: Diagnosis, *, as_json: bool) -> None:
    if as_json:
        from o365scan.doctor.json import of_diagnosis

        click.echo(json.dumps(of_diagnosis(found), indent=2))
        return
    from o365scan.doctor.console import show

    show(found, console())


def _turned_away(door: Door, *, as_json: bool) -> ExitCode:
    """What can be told all the same: the credential, the subject that was shown, the clock."""
    from o365scan.cli import tell
    from o365scan.doctor.console import show_door
    from o365scan.doctor.json import of_door

    if door.refused is None:
        return ExitCode.DONE
    if as_json:
        click.echo(json.dumps({"well": False, **of_door(door)}, indent=2))
    else:
        show_door(door, console())
    tell(door.refused)
    return code_of(door.refused)


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Progress]:
    """How many sources were tried, on stderr: on a terminal only, never in CI."""
    from o365scan.cli.progress import wanted

    if not wanted(quiet=quiet):
        yield lambda *_: None
        return
    from rich.progress import Progress as Bars

    with Bars(console=console(stderr=True), transient=True) as bars:
        task = bars.add_task("Trying", total=None)
        yield lambda done, total: bars.update(task, completed=done, total=total)
