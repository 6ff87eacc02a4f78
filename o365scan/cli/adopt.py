"""o365scan adopt."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from o365scan.cli.common import choose_saved, choose_tenant, plugins, refuse_two_tenants, snapshot_of
from o365scan.cli.config_option import choose_config
from o365scan.cli.configured import Configured, choose_tenant_by_name
from o365scan.cli.exit_codes import ExitCode, code_of_report
from o365scan.files import atomic_text, refuse_unwritable


@click.command(short_help="Propose what a tenant is expected to have, for review.")
@choose_tenant_by_name
@choose_tenant
@choose_saved
@choose_config
@click.option(
    "--output", "-o", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path), default="-",
    help="Instead of standard output.",
)  # fmt: skip
@click.option("--quiet", "-q", is_flag=True, help="No progress on the terminal.")
def command(
    saved: Path | None, config: Path | None, output: Path, quiet: bool, tenant: str | None, **asked: Any
) -> ExitCode:
    """Propose what a tenant is expected to have, as a commented o365scan.toml for a person to review.

    Connectors, apps, forwards, delegates, identity providers, partners and break-glass accounts: whatever a check can
    be told to expect. Every entry is commented out, with the finding that it accepts and its evidence above it, and
    silences that finding alone. What bears a sign of an intruder, or has to do with what bears one, is not proposed:
    it stands at the end of the file, and why.

    Take the # before a value away once you know whose it is, and put the tables into o365scan.toml.

    \b
    Exit codes: 0 done, 2 usage or configuration, 3 something could not be decided
    or collected, 4 sign-in or network failed.

    \b
    Examples:
      o365scan adopt --snapshot tenant.o365scan -o proposed.toml
      o365scan scan --snapshot tenant.o365scan --config proposed.toml  # as taken
      o365scan adopt --config o365scan.toml > more.toml      # what is left
      o365scan adopt --mock vendor-heavy
    """
    from o365scan.adopt import proposals
    from o365scan.adopt.text import toml_of
    from o365scan.cli.progress import busy, counting
    from o365scan.containment.judging import Containment
    from o365scan.scan import judge

    registry = plugins()
    refuse_two_tenants(saved)
    checks = registry.select(())  # any check may see the sign that forbids a proposal
    live = saved is None and asked["mock"] is None
    named = asked["tenant_id"] is not None
    chosen = Configured.of(config, tenant, saved=saved, live=live, named=named)
    options, tables = chosen.options(), {"checks": chosen.config.check_tables(chosen.tenant)}
    if live:
        asked = chosen.sign_in(asked)
    if str(output) != "-":
        refuse_unwritable(output)
    with (
        snapshot_of(saved, checks, None, asked, quiet=quiet) as snapshot,
        Containment(registry, chosen.limits, chosen.config.secrets) as judging,
    ):
        with counting(judging, len(checks), quiet=quiet) as counted:
            report = judge(snapshot, checks, registry, options, counted)
        with busy("Looking for what can be expected", quiet=quiet):
            found = proposals(snapshot, checks, report.findings, tables, judging)
            text = toml_of(found, report)
    if str(output) == "-":
        click.echo(text, nl=False)
    else:
        with atomic_text(output) as stream:
            stream.write(text)
    return code_of_report(report, fail_on=(), allow_incomplete=False)
