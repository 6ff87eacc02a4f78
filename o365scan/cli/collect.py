"""o365scan collect."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import click

from o365scan.api import Gap, visible
from o365scan.cli.common import choose_checks, choose_tenant, console, plugins, service_of
from o365scan.cli.config_option import choose_config_of_plugins, noted
from o365scan.cli.configured import Configured, choose_tenant_by_name
from o365scan.cli.exit_codes import ExitCode
from o365scan.files import atomic_path, refuse_unwritable
from o365scan.registry import plan, with_needs
from o365scan.snapshot import Snapshot


@click.command(short_help="Read a tenant into a snapshot file, to be judged later.")
@choose_config_of_plugins
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@choose_tenant_by_name
@choose_tenant
@choose_checks
@click.option(
    "--all", "everything", is_flag=True, help="Every dataset that a plugin knows, not only what checks read."
)
@click.option("--verbose", "-v", is_flag=True, help="Every dataset with the number of its objects.")
@click.option("--quiet", "-q", is_flag=True, help="Say nothing but what is missing.")
def command(
    file: Path,
    patterns: tuple[str, ...],
    everything: bool,
    verbose: bool,
    quiet: bool,
    tenant: str | None,
    **asked: Any,
) -> ExitCode:
    """Read a tenant into a snapshot FILE, to be judged later, elsewhere, or by other plugins.

    The file holds configuration and personal data of the tenant: keep it as safe as a backup.

    \b
    Exit codes: 0 all was read, 3 something could not be,
    4 sign-in or network failed.

    \b
    Examples:
      o365scan collect tenant.o365scan
      o365scan collect contoso.o365scan --mock oauth-spam-campaign --all
    """
    from o365scan.cli.progress import reading
    from o365scan.scan import take

    registry = plugins()
    if everything and patterns:
        raise click.UsageError("--all reads every dataset: --check has no place beside it.")
    live, named = asked["mock"] is None, asked["tenant_id"] is not None
    chosen = Configured.of(noted(), tenant, saved=None, live=live, named=named)
    if live:
        asked = chosen.sign_in(asked)
    checks = registry.select(patterns)
    datasets = with_needs(registry.datasets.values()) if everything else plan(checks)
    refuse_unwritable(file)
    with atomic_path(file) as draft, service_of(**asked) as service:
        snapshot = Snapshot.create(draft)
        with reading(service, len(datasets), quiet=quiet) as told:
            take(service, datasets, registry, snapshot, told)
        gaps = snapshot.gaps()
        counts = {dataset.name: snapshot.count(dataset.name) for dataset in datasets}
        snapshot.close()
    _show(counts, gaps, everything=verbose)
    if not quiet:
        said = f"Wrote {file}: {sum(counts.values()):,} objects of {len(counts)} datasets"
        click.echo(said + (f", {len(gaps)} gaps" if gaps else ""), err=True)
    return ExitCode.INCOMPLETE if gaps or registry.failures else ExitCode.DONE


def _show(counts: Mapping[str, int], gaps: Iterable[Gap], *, everything: bool) -> None:
    """What is missing, and how much was read of each dataset if so asked."""
    from rich.text import Text

    out = console(stderr=True)
    for name, count in sorted(counts.items()) if everything else ():
        out.print(Text(f"  {name}: {count:,}"))
    for gap in gaps:
        of = f" of {visible(gap.parent)}" if gap.parent else ""
        out.print(Text(f"  missing  {gap.dataset}{of}: {visible(gap.detail)}", style="magenta"))
        if gap.hint:
            out.print(Text(f"           {visible(gap.hint)}", style="dim"))
