"""o365scan checks."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from o365scan.api import Check, visible
from o365scan.cli.common import choose_checks, console, plugins
from o365scan.cli.config_option import choose_config_of_plugins
from o365scan.cli.exit_codes import ExitCode
from o365scan.frameworks import NAMES, Coverage, coverage


@click.command()
@choose_config_of_plugins
@choose_checks
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
@click.option("--markdown", "as_markdown", is_flag=True, help="As a catalogue in Markdown.")
@click.option(
    "--framework", type=click.Choice(NAMES), help="What of a framework they cover, and what they don't."
)
def command(patterns: tuple[str, ...], as_json: bool, as_markdown: bool, framework: str | None) -> ExitCode:
    """List the checks that are installed, or what they cover.

    The frameworks are the SCuBA baselines of CISA, the CIS Microsoft 365 Foundations Benchmark (ids only: its
    text is CIS's) and MITRE ATT&CK.

    \b
    Examples:
      o365scan checks
      o365scan checks --check 'exchange.*' --json
      o365scan checks --framework scuba
      o365scan checks --markdown
    """
    if as_markdown and (as_json or framework):
        raise click.UsageError("--markdown is a form of its own: leave --json and --framework out.")
    checks = plugins().select(patterns)
    if as_markdown:
        from o365scan.catalogue import catalogue

        click.echo(catalogue(checks), nl=False)
    elif framework and as_json:
        click.echo(json.dumps(_coverage(coverage(framework, checks)), indent=2))
    elif framework:
        _show_coverage(coverage(framework, checks))
    elif as_json:
        click.echo(json.dumps([_described(check) for check in checks], indent=2))
    else:
        _show(checks)
    return ExitCode.DONE


def _show(checks: tuple[Check, ...]) -> None:
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading in ("Check", "Severity", "What it wants"):
        table.add_column(heading, overflow="fold")
    for check in checks:
        table.add_row(check.id, check.severity, check.documentation.title)
    console().print(table)


def _described(check: Check) -> dict[str, object]:
    return {
        "id": check.id,
        "title": check.documentation.title,
        "severity": check.severity,
        "reads": [dataset.name for dataset in check.datasets],
        "optional": [dataset.name for dataset in check.optional],
        "attack": check.attack,
        "controls": check.controls,
    }


def _show_coverage(found: Coverage) -> None:
    from rich.table import Table
    from rich.text import Text

    framework, out = found.framework, console()
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("Id", no_wrap=True)
    for heading in ("What it is", "Covered by"):
        table.add_column(heading, overflow="fold")
    for item in found.shown:
        what = f"{item.title or item.note}{f' (next: {item.replacement})' if item.replacement else ''}"
        checks = "\n".join(found.checks.get(item.id, ()))
        table.add_row(item.id, Text(what), Text(checks or "-"))
    out.print(table)
    for each in found.unknown:
        why = "was retired" if each.retired else "is not known to it"
        out.print(Text(f"{visible(each.check)} names {visible(each.id)}, which {why}.", style="red"))
    said = f"{framework.name} {framework.version}: {len(found.covered)} of {len(found.counted)} covered."
    out.print(Text(f"{said}\n{framework.source}\n{framework.licence}"))


def _coverage(found: Coverage) -> dict[str, object]:
    framework = found.framework
    return {
        "framework": framework.name,
        "version": framework.version,
        "source": framework.source,
        "licence": framework.licence,
        "covered": len(found.covered),
        "counted": len(found.counted),
        "items": [{**asdict(item), "checks": found.checks.get(item.id, ())} for item in found.shown],
        "retired": sorted(framework.retired),
        "unknown": [asdict(each) for each in found.unknown],
    }
