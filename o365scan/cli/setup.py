"""o365scan setup."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from o365scan.cli.common import choose_checks, plugins
from o365scan.cli.config_option import choose_config_of_plugins
from o365scan.cli.exit_codes import ExitCode
from o365scan.registry import plan
from o365scan.sign_in import CloudName

if TYPE_CHECKING:
    from o365scan.registering.github import Workflow

_BASH, _POWERSHELL, _BOTH = "azure-cli", "powershell", "both"
_GITHUB, _CERTIFICATE = "github", "certificate"
_ENVIRONMENT = "m365-readonly"
"""That of the documented workflow."""


@click.command(short_help="Print scripts that register the app; run nothing.")
@choose_config_of_plugins
@choose_checks
@click.option("--repo", metavar="OWNER/NAME", help="The GitHub repository whose workflow scans.")
@click.option("--environment", metavar="NAME", help="Trust its jobs in this environment. [m365-readonly]")
@click.option("--branch", metavar="NAME", help="Trust its jobs on this branch instead, in no environment.")
@click.option("--owner-id", type=click.IntRange(min=1), help="With --repository-id: the ids that GitHub's tokens"
              " name them by. Else the script asks gh.")  # fmt: skip
@click.option(
    "--repository-id", type=click.IntRange(min=1), help="gh api repos/OWNER/NAME --jq '.owner.id, .id'"
)
@click.option(
    "--by-name", is_flag=True, help="The repository's tokens name it without ids, and gh need not be asked."
)
@click.option("--name", default="o365scan", show_default=True, help="What the app is called.")
@click.option(
    "--cloud", type=click.Choice([each.value for each in CloudName]), default="global", show_default=True
)
@click.option(
    "--format", "form", type=click.Choice([_BASH, _POWERSHELL, _BOTH]), default=_BOTH, show_default=True
)
@click.option("--credential", type=click.Choice([_GITHUB, _CERTIFICATE]), default=_GITHUB, show_default=True,
              help="How the app proves who it is.")  # fmt: skip
def command(
    patterns: tuple[str, ...],
    repo: str | None,
    environment: str | None,
    branch: str | None,
    owner_id: int | None,
    repository_id: int | None,
    by_name: bool,
    name: str,
    cloud: str,
    form: str,
    credential: str,
) -> ExitCode:
    """Print the registration of an app that may do what the chosen checks need and no more. Nothing is run.

    The scripts are for an administrator to read and run: they make the app, grant its app roles and directory roles,
    and let the jobs of one GitHub repository sign in as it without any secret. Without a network.

    \b
    Examples:
      o365scan setup --repo contoso/tenant-scan --format azure-cli > register.sh
      o365scan setup --repo contoso/tenant-scan --branch main --check 'exchange.*'
      o365scan setup --credential certificate --format powershell
    """
    from o365scan.cloud import CLOUDS
    from o365scan.registering import azure_cli, powershell
    from o365scan.registering.clouds import AZURE_CLI
    from o365scan.registering.needs import grants_for
    from o365scan.registering.plan import Registration

    if form != _POWERSHELL and cloud not in AZURE_CLI:
        raise click.UsageError(
            f"The Azure CLI does not reach Graph in the cloud {cloud}: --format powershell."
        )
    checks = plugins().select(patterns)
    of_github = (repo, environment, branch, owner_id, repository_id, by_name or None)
    workflow = None
    if credential == _GITHUB:
        workflow = _workflow(repo, environment, branch, owner_id, repository_id, by_name=by_name)
    elif any(each is not None for each in of_github):
        raise click.UsageError("A certificate is trusted whoever holds it: leave the options of GitHub out.")
    registration = Registration(
        name=name,
        cloud=CLOUDS[cloud],
        grants=grants_for(plan(checks), CLOUDS[cloud].name),
        workflow=workflow,
        checks=len(checks),
    )
    scripts = {_BASH: azure_cli.script, _POWERSHELL: powershell.script}
    if form == _BOTH:
        for title, script in scripts.items():
            click.echo(f"# ---- {title} ----\n{script(registration)}")
    else:
        click.echo(scripts[form](registration), nl=False)
    return ExitCode.DONE


def _workflow(
    repo: str | None,
    environment: str | None,
    branch: str | None,
    owner_id: int | None,
    repository_id: int | None,
    *,
    by_name: bool,
) -> Workflow:
    from o365scan.registering.github import Workflow

    if repo is None:
        raise click.UsageError("Whose jobs may sign in? --repo OWNER/NAME, or --credential certificate.")
    if environment is not None and branch is not None:
        raise click.UsageError("GitHub names a job by its environment or by its branch: choose one.")
    if (owner_id is None) != (repository_id is None):
        raise click.UsageError("--owner-id and --repository-id belong together.")
    ids = None if owner_id is None or repository_id is None else (owner_id, repository_id)
    if by_name and ids:
        raise click.UsageError("With --by-name there are no ids in the subject.")
    return Workflow(
        repository=repo,
        environment=environment or (None if branch is not None else _ENVIRONMENT),
        branch=branch,
        ids=ids,
        by_name=by_name,
    )
