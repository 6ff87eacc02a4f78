"""o365scan plugin."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from o365scan.api import visible
from o365scan.cli.common import console
from o365scan.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from o365scan.authoring.examine import Result
    from o365scan.authoring.remarks import Remark
    from o365scan.authoring.subject import Subject

#: By whether a rule holds; None where there was nothing to look at.
_MARKS = {True: ("✓", "green"), False: ("✗", "red"), None: ("-", "dim")}


@click.group(short_help="Write a plugin of your own, and see that it is fit.")
def command() -> None:
    """Write a plugin of your own, and see that it is fit for others.

    \b
    Examples:
      o365scan plugin new contoso
      o365scan plugin check
    """


@command.command()
@click.argument("name")
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Instead of ./o365scan-NAME; must be new.",
)
def new(name: str, output: Path | None) -> ExitCode:
    """Write a complete package for the plugin NAME into a new folder.

    It holds one dataset, one check, its cases, tests against a mock tenant, and a workflow for GitHub Actions; its
    tests pass as they are. NAME is a word such as "teams": ids of checks begin with it.

    \b
    Exit codes: 0 done, 2 the name can't be used or the folder is there already.

    \b
    Example:
      o365scan plugin new contoso
      cd o365scan-contoso && pip install -e '.[dev]' && pytest
    """
    from o365scan.authoring.scaffold import write_plugin

    paths = write_plugin(name, output)
    folder = output or Path(f"o365scan-{name}")
    click.echo(f"Wrote {folder} ({len(paths)} files). What to do next:", err=True)
    for line in (f"cd {folder}", "pip install -e '.[dev]'", "pytest", "o365scan plugin check ."):
        click.echo(f"  {line}", err=True)
    return ExitCode.DONE


@command.command(short_help="See that a plugin is fit for others.")
@click.argument("target", default=".", metavar="[PATH or DISTRIBUTION]")
@click.option(
    "--cases",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Instead of tests/cases of the sources.",
)
@click.option(
    "--vouch", multiple=True, metavar="PERMISSION",
    help="A permission that exists though the list that o365scan ships lacks it. May be repeated.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def check(target: str, cases: Path | None, vouch: tuple[str, ...], as_json: bool) -> ExitCode:
    """See that a plugin is fit for others: names, documentation, permissions, cases, and what loading it does.

    PATH is a folder with a pyproject.toml that is installed editable, by default this one; DISTRIBUTION the name of
    what is installed. The plugin's code is run.

    \b
    Exit codes: 0 all is well, 1 something is to be mended,
    2 there is no such plugin.

    \b
    Examples:
      o365scan plugin check
      o365scan plugin check o365scan-contoso --cases tests/cases --json
    """
    from o365scan.authoring.examine import examine
    from o365scan.authoring.subject import subject_of
    from o365scan.cli.progress import busy
    from o365scan.testing.files import demand_patches

    subject = subject_of(target, cases, vouch)
    if subject.cases is not None:
        demand_patches()
    with busy("Looking at the plugin") as come_to:
        results = list(examine(subject, begun=lambda rule: come_to(f"Looking whether {rule.asks}")))
    if as_json:
        click.echo(json.dumps(_plain(subject, results), indent=2))
    else:
        _show(subject, results)
    return ExitCode.FINDINGS if any(each.remarks for each in results) else ExitCode.DONE


def _show(subject: Subject, results: Sequence[Result]) -> None:
    from rich.text import Text

    out = console()
    out.print(Text(visible(f"{subject.distribution} {subject.version}: {', '.join(sorted(subject.names))}")))
    for each in results:
        mark, style = _MARKS[each.holds]
        idle = ": not looked at" if each.holds is None else ""
        out.print(Text(f"{mark} {each.rule.asks}{idle}", style=style))
        for line in _lines(each.remarks):
            out.print(line, soft_wrap=True)
    total = [remark for each in results for remark in each.remarks]
    out.print(Text(f"{_count(total, 'thing')} to mend." if total else "All is well."))


def _lines(remarks: Sequence[Remark]) -> Iterator[Any]:
    from rich.text import Text

    for remark in remarks:
        yield Text(f"    {visible(remark.what, 500)}", style="bold")
        yield Text(f"      where  {visible(remark.where, 500)}")
        yield Text(f"      to do  {visible(remark.to_do, 500)}")


def _count(things: Sequence[object], name: str) -> str:
    return f"{len(things)} {name}{'' if len(things) == 1 else 's'}"


def _plain(subject: Subject, results: Sequence[Result]) -> dict[str, Any]:
    return {
        "distribution": subject.distribution,
        "version": subject.version,
        "plugins": sorted(subject.names),
        "rules": [{"rule": each.rule.name, "asks": each.rule.asks, "holds": each.holds} for each in results],
        "remarks": [
            {"rule": each.rule, "what": each.what, "where": each.where, "toDo": each.to_do}
            for result in results
            for each in result.remarks
        ],
    }
