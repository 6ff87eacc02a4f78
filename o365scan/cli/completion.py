"""o365scan completion."""

from __future__ import annotations

import click

from o365scan.cli.exit_codes import ExitCode


@click.command(short_help="Print the script by which a shell completes.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> ExitCode:
    """Print the script by which a SHELL completes commands, options, ids of checks, and scenarios.

    bash must be 4.4 or later. Plugins of other distributions are loaded for it only where nothing of o365scan's own
    begins with what was typed.

    \b
    Examples:
      source <(o365scan completion bash)     # in ~/.bashrc
      source <(o365scan completion zsh)      # in ~/.zshrc, after compinit
      o365scan completion fish > ~/.config/fish/completions/o365scan.fish
    """
    from click.shell_completion import ShellComplete, get_completion_class

    kind = get_completion_class(shell)
    if kind is None:  # click knows all of the three
        raise click.UsageError(f"click knows no completion for {shell}")
    # Not bash's own `source`, which runs bash to learn its version: it may not even be here.
    click.echo(ShellComplete.source(kind(click.Group(), {}, "o365scan", "_O365SCAN_COMPLETE")))
    return ExitCode.DONE
