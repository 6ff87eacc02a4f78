"""o365scan permissions."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from o365scan.api import Check, Dataset, Permission
from o365scan.cli.common import choose_checks, console
from o365scan.cli.config_option import choose_config
from o365scan.cli.configured import Configured, choose_tenant_by_name
from o365scan.cli.exit_codes import ExitCode
from o365scan.registry import plan


@click.command(short_help="List the permissions that the checks need.")
@choose_config
@choose_tenant_by_name
@choose_checks
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def command(patterns: tuple[str, ...], as_json: bool, config: Path | None, tenant: str | None) -> ExitCode:
    """List the permissions that the checks need, and which check needs them.

    Where several are named any one will do; the first is the least privileged. Roles joined by + are needed
    together. With --tenant those checks count that scans of that tenant run.

    \b
    Examples:
      o365scan permissions
      o365scan permissions --check exchange.transport-rule-is-harmless --json
    """
    checks = Configured.of(config, tenant, saved=None, live=False, named=False).needed(patterns)
    datasets = plan(checks)
    if as_json:
        click.echo(json.dumps([_row(dataset, checks) for dataset in datasets], indent=2))
        return ExitCode.DONE
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("Dataset", no_wrap=True)
    for heading in ("App role", "Directory role", "For"):
        table.add_column(heading, overflow="fold")
    for dataset in datasets:
        need = dataset.permission
        table.add_row(
            dataset.name,
            "\n".join(_app_roles(need)),
            " or ".join(need.directory_roles) or "-",
            "\n".join(_users(dataset, checks)),
        )
    console().print(table)
    return ExitCode.DONE


def _app_roles(need: Permission) -> Iterator[str]:
    if need.app_roles:
        yield " or ".join(need.app_roles)
        yield f"of {need.api}"
    else:
        yield f"none ({need.api})"
    if need.elsewhere:
        yield f"{need.elsewhere}, granted elsewhere"


def _row(dataset: Dataset, checks: Iterable[Check]) -> dict[str, object]:
    return {
        "dataset": dataset.name,
        "source": str(dataset.source),
        "api": dataset.permission.api,
        "appRoles": dataset.permission.app_roles,
        "directoryRoles": dataset.permission.directory_roles,
        "elsewhere": dataset.permission.elsewhere,
        "licence": dataset.licence,
        "reference": dataset.reference,
        "checks": _users(dataset, checks),
    }


def _users(dataset: Dataset, checks: Iterable[Check]) -> list[str]:
    return [check.id for check in checks if dataset in (*check.datasets, *check.optional)]
