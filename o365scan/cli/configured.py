"""What the configuration says for one command: which tenant is meant, which checks run, with what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from o365scan.api import AcceptedRisk, Check, OptionsError, Severity
from o365scan.cli.common import F, plugins
from o365scan.selection import Selection, select
from o365scan.snapshot import Snapshot

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from o365scan.config import Config, Limits, Scan, Tenant


def complete_tenant(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """What a shell offers where a tenant of the configuration is wanted."""
    from o365scan.cli.completing import tenants

    return tenants(ctx, param, incomplete)


def choose_tenant_by_name(command: F) -> F:
    """`--tenant`: one of those that the configuration names."""
    return click.option(
        "--tenant", metavar="NAME", shell_complete=complete_tenant,
        help="A tenant of o365scan.toml: as whom, which checks, which options and accepted risks.",
    )(command)  # fmt: skip


def choose_by_kind(command: F) -> F:
    """`--severity` and `--framework`: which checks, beside `--check`."""
    for option in (
        click.option("--framework", "frameworks", multiple=True, metavar="NAME[:ID]",
                     help="Only checks that answer to it: cis, scuba, attack, or ids such as 'scuba:MS.EXO.*'."
                     " May be repeated."),
        click.option("--severity", type=click.Choice([each.value for each in Severity]),
                     help="Only checks that are themselves this grave or graver."),
    ):  # fmt: skip
        command = option(command)
    return command


@dataclass(frozen=True)
class Configured:
    """What holds for one tenant."""

    config: Config
    tenant: Tenant | None

    @classmethod
    def of(
        cls, path: Path | None, name: str | None, *, saved: Path | None, live: bool, named: bool
    ) -> Configured:
        """By the file and the command line; `named` says whether that names a tenant itself (--tenant-id).

        Raises OptionsError for a file that can't be used, UsageError where it isn't clear which tenant is meant.
        """
        from o365scan.config import load

        config = load(path)
        return cls(config, _meant(config, name, saved=saved, live=live, named=named))

    @property
    def limits(self) -> Limits:
        return self.config.limits

    def options(self) -> dict[str, Any]:
        """The options of the checks, typed. Raises OptionsError."""
        return self.config.options(plugins().checks.values(), self.tenant)

    def risks(self) -> tuple[AcceptedRisk, ...]:
        """What is accepted. Raises OptionsError."""
        return self.config.risks(plugins().checks.values(), self.tenant)

    def select(
        self, patterns: tuple[str, ...] = (), severity: str | None = None, frameworks: tuple[str, ...] = ()
    ) -> Selection:
        """The checks that run: what the command line chooses, else what the configuration does.

        Raises UnknownCheck, UsageError or OptionsError for what chooses nothing.
        """
        if not (patterns or severity or frameworks):
            return self._by_file(self.config.scan(self.tenant))
        from o365scan.config import Scan

        def refused(key: str, _: int, why: str) -> click.UsageError:
            return click.UsageError(f"--{key}: {why}.")

        plugins().select(patterns)
        bound = Severity(severity) if severity else None
        wanted = Scan(checks=patterns, min_severity=bound, framework=frameworks)
        chosen = select(plugins().checks.values(), wanted, refused)
        if not chosen.checks:
            raise click.UsageError("No check is all that: --check, --severity and --framework leave none.")
        return replace(chosen, left_out=())  # who chose is who reads the report

    def _by_file(self, wanted: Scan) -> Selection:
        def refused(key: str, place: int, why: str) -> OptionsError:
            where = (*self.config.where_of_scan(key, self.tenant), place)
            return self.config.source.refusal(where, why)

        chosen = select(plugins().checks.values(), wanted, refused)
        if not chosen.checks and chosen.left_out:
            raise self.config.source.refusal(("scan",), "leaves no check: nothing would be judged")
        return chosen

    def needed(self, patterns: tuple[str, ...] = ()) -> tuple[Check, ...]:
        """The checks whose permissions matter: those named, else those that scans of the tenant run, else all.

        Raises as `select`.
        """
        if self.tenant is None:
            return plugins().select(patterns)
        return self.select(patterns).checks

    def sign_in(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The options of a tenant as `service_of` takes them, with what the file says where they are silent."""
        if self.tenant is None:
            return dict(given)
        own = {"base": self.config.sign_in(self.tenant), "own": self.config.environment(self.tenant)}
        return {**given, **own}


def _meant(config: Config, name: str | None, *, saved: Path | None, live: bool, named: bool) -> Tenant | None:
    """The tenant of that name; of a snapshot the one whose id it has; else the only one, unless others are named."""
    if name is not None:
        if named:
            raise click.UsageError("--tenant and --tenant-id are two answers to one question.")
        tenant = config.tenant(name)
        _refuse_anothers(tenant, saved)
        return tenant
    if saved is not None and config.tenants:
        ids = _ids_of(saved)
        return next((each for each in config.tenants if (each.tenant_id or "").casefold() in ids), None)
    if not live or named or not config.tenants:
        return None
    if len(config.tenants) > 1:
        names = ", ".join(each.name for each in config.tenants)
        raise click.UsageError(f"--tenant NAME: {config.source.name} has several: {names}.")
    return config.tenants[0]


def _refuse_anothers(tenant: Tenant, saved: Path | None) -> None:
    """A snapshot of one tenant judged as if it were another's. Names can't be compared, ids can."""
    if saved is None or tenant.tenant_id is None or "." in tenant.tenant_id:
        return
    id, *_ = _ids_of(saved)
    if id != tenant.tenant_id.casefold():
        raise click.UsageError(f"--tenant {tenant.name} is {tenant.tenant_id}, and the snapshot is of {id}.")


def _ids_of(saved: Path) -> list[str]:
    """The tenant's GUID, and its first domain if that could be read."""
    tenant = Snapshot.open(saved).manifest.tenant
    return [each.casefold() for each in (tenant.id, tenant.domain) if each]
