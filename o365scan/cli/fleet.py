"""o365scan fleet."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import fields, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

import click

from o365scan import __version__
from o365scan.api import OptionsError
from o365scan.cli.common import console, plugins
from o365scan.cli.config_option import choose_config
from o365scan.cli.configured import complete_tenant
from o365scan.cli.exit_codes import ExitCode
from o365scan.cli.fail_on import FailOn, fail_on_each, refuse_new_without_baseline
from o365scan.cli.fleet_table import line_of, show
from o365scan.cli.progress import wanted
from o365scan.files import atomic_text
from o365scan.fleet.places import SUMMARY, folder_of, is_url

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from o365scan.config import Config
    from o365scan.fleet.task import Outcome

_JSON = click.Path(dir_okay=False, allow_dash=True, path_type=Path)


@click.command()
@choose_config
@click.option(
    "--tenant",
    "names",
    multiple=True,
    metavar="NAME",
    shell_complete=complete_tenant,
    help="Only these tenants of the configuration; globs. May be repeated.",
)
@click.option(
    "--output",
    "-o",
    "place",
    required=True,
    metavar="FOLDER",
    help="Where each tenant's results go, a folder each: a folder here, or a URL that fsspec knows.",
)
@click.option(
    "--report",
    "reports",
    multiple=True,
    metavar="NAME",
    help="Which reports of each tenant besides JSON: sarif, csv, junit, ….  [sarif]",
)
@click.option(
    "--jobs",
    type=click.IntRange(1, 64),
    default=4,
    show_default=True,
    help="How many tenants are scanned at once on this machine.",
)
@click.option(
    "--dask",
    "scheduler",
    metavar="ADDRESS",
    help="Scan on a Dask cluster instead: its scheduler, such as tcp://scheduler.example.com:8786.",
)
@click.option("--since-last", is_flag=True, help="Compare each tenant with its last snapshot in --output.")
@click.option(
    "--fail-on",
    callback=fail_on_each,
    multiple=True,
    metavar="[new:]SEVERITY",
    help="As of scan: exit with 1 for a finding this bad or worse in any tenant. With 'new:', which needs"
    " --since-last, for one that is new; to a tenant's first scan all is.",
)
@click.option(
    "--allow-incomplete", is_flag=True, help="As of scan: what could not be decided is no reason for 3."
)
@click.option(
    "--json", "document", type=_JSON, metavar="FILE", help="The summary as JSON; - is standard output."
)
@click.option("--quiet", "-q", is_flag=True, help="No summary on the terminal.")
def command(
    config: Path | None,
    names: tuple[str, ...],
    place: str,
    reports: tuple[str, ...],
    jobs: int,
    scheduler: str | None,
    since_last: bool,
    fail_on: tuple[FailOn, ...],
    allow_incomplete: bool,
    document: Path | None,
    quiet: bool,
) -> ExitCode:
    """Scan all tenants that o365scan.toml names, several at once.

    Each is scanned by a process of its own, with its own credentials, snapshot, evidence and log; where one fails, the
    others don't notice. Credentials are found where the tenant is scanned (see `scan`): none is sent anywhere.

    \b
    Exit codes:
      0  all done                   3  a tenant was not scanned, or not seen whole
      1  findings (see --fail-on)   4  no tenant was scanned
      2  usage or configuration

    \b
    Examples:
      o365scan fleet -o results
      o365scan fleet -o results --tenant 'customer-*' --jobs 8
      o365scan fleet -o results --since-last --fail-on new:high
      o365scan fleet -o abfs://scans/daily --dask tcp://scheduler.example.com:8786
    """
    from o365scan.config import load
    from o365scan.fleet.places import place_of
    from o365scan.fleet.run import outcomes
    from o365scan.fleet.summary import exit_code
    from o365scan.fleet.task import Task

    refuse_new_without_baseline(fail_on, compared=since_last, option="--since-last")
    found = load(config)
    chosen = _chosen(found, names)
    _refuse_shared_folders(found)
    if scheduler is not None:
        _refuse_relative_files(found)
    place_of(place, chosen[0])  # what is wrong with it shows now
    alike = Task(
        tenant="",
        config=found.source.text,
        place=_absolute(place),
        version=__version__,
        config_file=str(Path(found.source.name).absolute()) if scheduler is None else None,
        reports=_reports(reports),
        fail_on=tuple(f"{'new:' if each.new else ''}{each.severity}" for each in fail_on),
        allow_incomplete=allow_incomplete,
        since_last=since_last,
        alone=len(found.tenants) == 1,
    )
    tasks = [replace(alike, tenant=name) for name in chosen]
    done: list[Outcome] = []
    with _executor(scheduler, jobs) as executor, _progress(len(tasks), quiet=quiet) as told:
        for outcome in outcomes(tasks, executor):
            done.append(outcome)
            told(outcome)
    if not quiet:
        show(done, console(stderr=str(document) == "-"))
    _write(done, place, document)
    return ExitCode(exit_code(done))


def _chosen(config: Config, patterns: Sequence[str]) -> list[str]:
    """The tenants' names. Raises OptionsError where there are none, UsageError for a glob that is none's."""
    names = [tenant.name for tenant in config.tenants]
    if not names:
        raise OptionsError(
            f"{config.source.name} names no tenant",
            hint="[[tenants]] adds one: o365scan config init shows how.",
        )
    for pattern in patterns:
        if not any(fnmatchcase(name, pattern) for name in names):
            raise click.UsageError(
                f"--tenant {pattern}: no tenant is called that. Known: {', '.join(names)}."
            )
    return [name for name in names if not patterns or any(fnmatchcase(name, each) for each in patterns)]


def _refuse_shared_folders(config: Config) -> None:
    """Two tenants' results in one folder, some file systems' letters being alike. Raises OptionsError."""
    taken = {SUMMARY: "the summary"}
    for number, tenant in enumerate(config.tenants):
        whose = taken.setdefault(folder_of(tenant.name).casefold(), tenant.name)
        if whose != tenant.name:
            raise config.source.refusal(
                ("tenants", number, "name"),
                f"{tenant.name!r} would have its results where {whose} has",
                hint="Choose another name: a blank becomes '_' in that of a folder.",
            )


def _refuse_relative_files(config: Config) -> None:
    """On another machine they would be meant from nowhere. Raises OptionsError."""
    for number, tenant in enumerate(config.tenants):
        for each in fields(tenant):
            value = getattr(tenant, each.name)
            if each.name.endswith("_file") and value is not None and not Path(value).is_absolute():
                raise config.source.refusal(
                    ("tenants", number, each.name),
                    "a file on the machines of a cluster is named by its whole path",
                )


def _reports(asked: Sequence[str]) -> tuple[str, ...]:
    """The reporters, of which JSON is always one: the summary is made of it. Raises UsageError."""
    known = plugins().reporters
    for name in asked:
        if name not in known:
            raise click.UsageError(f"--report {name}: there is no such report. Known: {', '.join(known)}.")
    return tuple(dict.fromkeys(("json", *(asked or ("sarif",)))))


def _executor(scheduler: str | None, jobs: int) -> AbstractContextManager[Executor]:
    from o365scan.fleet.executors import dask, threads

    return threads(jobs) if scheduler is None else dask(scheduler, lambda said: click.echo(said, err=True))


def _absolute(place: str) -> str:
    """A worker may stand elsewhere."""
    return place if is_url(place) else str(Path(place).resolve())


@contextmanager
def _progress(total: int, *, quiet: bool) -> Iterator[Callable[[Outcome], None]]:
    """A line on stderr as each tenant ends: on a terminal only, never in CI."""
    if not wanted(quiet=quiet):
        yield lambda _: None
        return
    out = console(stderr=True)
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("Tenants"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=out, transient=True) as bars:
        bar = bars.add_task("tenants", total=total)

        def told(outcome: Outcome) -> None:
            bars.console.print(line_of(outcome))
            bars.advance(bar)

        yield told


def _write(outcomes: Sequence[Outcome], place: str, document: Path | None) -> None:
    """The summary where the results are, and where it was asked for. Raises O365ScanError."""
    from o365scan.fleet.places import publish_text
    from o365scan.fleet.summary import write

    text = io.StringIO()
    write(outcomes, text)
    if str(document) == "-":
        click.echo(text.getvalue(), nl=False)
    elif document is not None:
        with atomic_text(document) as stream:
            stream.write(text.getvalue())
    publish_text(_absolute(place), SUMMARY, text.getvalue())
