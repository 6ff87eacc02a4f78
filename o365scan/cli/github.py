"""o365scan github: the steps of action.yml that take more than a line."""

from __future__ import annotations

import os
from pathlib import Path

import click

from o365scan.cli.evidence import choose_widest
from o365scan.cli.exit_codes import ExitCode


@click.group()
def command() -> None:
    """The steps of the action for GitHub.

    \b
    Example:
      o365scan github check --upload auto >> "$GITHUB_OUTPUT"
    """


@command.command(name="check")
@choose_widest
@click.option(
    "--upload", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True,
    help="auto: where the repository has code scanning.",
)  # fmt: skip
def check(widest: str, upload: str) -> ExitCode:
    """Refuse a repository that too many can read.

    Says whether it takes alerts, too: prints visibility and upload (true, false) as
    $GITHUB_OUTPUT takes them. Needs GITHUB_TOKEN.

    \b
    Exit codes: 0 it is fit, 2 it is not, 4 GitHub did not say.

    \b
    Example:
      o365scan github check --upload auto >> "$GITHUB_OUTPUT"
    """
    from o365scan.github import Repository, Visibility
    from o365scan.network import Network

    repository = Repository.of(os.environ, Network())
    visibility = repository.refuse_strangers(Visibility[widest.upper()])
    why = repository.why_no_code_scanning(visibility) if upload == "auto" else None
    if why is not None:
        click.echo(f"{repository.name} takes no alerts, so nothing is uploaded: {why}", err=True)
    click.echo(f"visibility={visibility.word}")
    click.echo(f"upload={'true' if upload != 'never' and why is None else 'false'}")
    return ExitCode.DONE


@command.command(name="counts")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def counts(folder: Path) -> ExitCode:
    """Add up the JSON reports in FOLDER.

    Prints failed, open and held (failures of earlier scans, repeated) as $GITHUB_OUTPUT takes them;
    nothing if there is no report, since then nobody looked.

    \b
    Example:
      o365scan github counts reports >> "$GITHUB_OUTPUT"
    """
    from o365scan.reports import many

    reports = sorted(folder.glob("*.json"))
    if not reports:
        click.echo(f"There is no JSON report in {folder}: nothing is counted", err=True)
    for name, count in many.counts(reports).items() if reports else ():
        click.echo(f"{name}={count}")
    return ExitCode.DONE


@command.command(name="summary")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def summary(folder: Path) -> ExitCode:
    """Print the Markdown reports in FOLDER in a row.

    As many as a job summary takes; the others are named.

    \b
    Example:
      o365scan github summary reports >> "$GITHUB_STEP_SUMMARY"
    """
    from o365scan.reports.many import pages

    click.echo(pages(sorted(folder.glob("*.md"))), nl=False)
    return ExitCode.DONE
