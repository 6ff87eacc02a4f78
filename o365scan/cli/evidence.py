"""o365scan evidence."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from o365scan.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from o365scan.git import Author

# Not as in mail: GitHub's robots have brackets in their names.
_AUTHOR = re.compile(r"([^<>\s][^<>\n]*?)\s*<([^<>\s]+@[^<>\s]+)>")

choose_widest = click.option(
    "--widest", type=click.Choice(["private", "internal", "public"]), default="private", show_default=True,
    help="Who may read the repository at most: the evidence describes the tenant.",
)  # fmt: skip


@click.group()
def command() -> None:
    """Keep the evidence tree in a git repository.

    \b
    Example:
      o365scan evidence commit evidence --push
    """


@command.command(name="commit")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--message", "-m", help="Instead of one that names the tenants and the files.")
@click.option("--author", metavar="'NAME <ADDRESS>'", help="Instead of whom git is set up for.")
@click.option("--push", is_flag=True, help="Push it, after commits that came in meanwhile.")
@click.option("--remote", default="origin", show_default=True, help="Where to.")
@click.option("--branch", metavar="NAME", help="Instead of the branch that is checked out.")
@choose_widest
def commit(
    folder: Path,
    message: str | None,
    author: str | None,
    push: bool,
    remote: str,
    branch: str | None,
    widest: str,
) -> ExitCode:
    """Commit FOLDER if anything in it changed.

    Nothing else is committed. Prints the new commit's id. In a job of GitHub Actions nothing is pushed where more
    people could read it than --widest says; elsewhere nobody can be asked.

    \b
    Examples:
      o365scan evidence commit evidence
      o365scan evidence commit evidence --push --author 'Scan <scan@example.com>'
    """
    from o365scan.git import Checkout

    checkout = Checkout.of(folder, _author(author))
    if push and os.environ.get("GITHUB_ACTIONS") == "true":
        _refuse_strangers(widest)
    made = checkout.commit(message)
    if push:
        checkout.push(remote, branch)
        made = made and checkout.head()
    click.echo(f"{'Committed' if made else 'Nothing changed in'} {folder}", err=True)
    if made:
        click.echo(made)
    return ExitCode.DONE


def _refuse_strangers(widest: str) -> None:
    from o365scan.github import Repository, Visibility
    from o365scan.network import Network

    Repository.of(os.environ, Network()).refuse_strangers(Visibility[widest.upper()])


def _author(said: str | None) -> Author | None:
    """Raises UsageError for what is no name with an address."""
    from o365scan.git import Author

    if said is None:
        return None
    found = _AUTHOR.fullmatch(said.strip())
    if found is None:
        raise click.UsageError("--author takes a name and an address: 'o365scan <o365scan@example.com>'.")
    return Author(found[1], found[2])
