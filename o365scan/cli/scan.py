"""o365scan scan."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from o365scan.accepted import Acceptances
from o365scan.api import (
    Check,
    PluginFailure,
    Report,
    Reporter,
    ReporterOption,
)
from o365scan.cli import closing
from o365scan.cli.common import (
    TENANT_OPTIONS,
    choose_checks,
    choose_saved,
    choose_tenant,
    console,
    plugins,
    refuse_two_tenants,
    snapshot_of,
)
from o365scan.cli.config_option import choose_config
from o365scan.cli.configured import Configured, choose_by_kind, choose_tenant_by_name
from o365scan.cli.exit_codes import ExitCode, code_of_report
from o365scan.cli.fail_on import FailOn, fail_on_each, offered, refuse_new_without_baseline
from o365scan.cli.judging import Judges, beside
from o365scan.cli.writing import output, written
from o365scan.files import refuse_unwritable
from o365scan.registry import Registry, plan
from o365scan.snapshot import Snapshot

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from o365scan.config import Limits

#: Where a context says that strangers' plugins are wanted for a word that is being completed.
_ALL = "o365scan.all-plugins"
_FILE = click.Path(dir_okay=False, allow_dash=True, path_type=Path)


class _WithReporters(click.Command):
    """Adds `--<name> FILE` and its options for every reporter that a plugin brings."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        own = super().get_params(ctx)
        reporters = usable_reporters(own, _registry(ctx))
        added = [option for reporter in reporters for option in _options_of(reporter)]
        return sorted([*own, *added], key=lambda each: "--help" in each.opts)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem[str]]:
        found = super().shell_complete(ctx, incomplete)
        if not found and incomplete.startswith("--"):  # it may be an option of a stranger's reporter
            ctx.meta[_ALL] = True
            found = super().shell_complete(ctx, incomplete)
        return found


def _registry(ctx: click.Context) -> Registry:
    """All plugins; while a word is completed, our own, unless these did not do. Then nothing is an error."""
    if not ctx.resilient_parsing:
        return plugins()
    from o365scan.cli.completing import all_plugins, own_plugins

    return all_plugins(ctx) if ctx.meta.get(_ALL) else own_plugins()


def usable_reporters(own: list[click.Parameter], registry: Registry) -> list[Reporter]:
    """The reporters whose options are not taken; any other is a failure of its plugin."""
    taken = {name for param in own for name in param.opts} | {"--help"}
    usable = []
    for name, reporter in registry.reporters.items():  # ours first
        options = {flag for option in _options_of(reporter) for flag in option.opts}
        if clash := sorted(taken & options):
            failure = PluginFailure(name, "hook", f"{clash[0]} is already an option of this command")
            if failure not in registry.failures:
                registry.failures.append(failure)
        else:
            taken |= options
            usable.append(reporter)
    return usable


def _options_of(reporter: Reporter) -> list[click.Option]:
    whole = click.Option([f"--{reporter.name}"], type=_FILE, metavar="FILE", help=reporter.help)
    return [whole, *(_choice(reporter, option) for option in reporter.options)]


def _choice(reporter: Reporter, option: ReporterOption) -> click.Option:
    return click.Option(
        [f"--{reporter.name}-{option.name}"],
        type=click.Choice(option.choices),
        default=option.choices[0],
        show_default=True,
        help=option.help,
    )


@click.command(cls=_WithReporters)
@choose_tenant_by_name
@choose_tenant
@choose_saved
@choose_checks
@choose_by_kind
@choose_config
@click.option(
    "--evidence", type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the evidence tree, made to be committed. Default: 'evidence' beside the SARIF file.",
)  # fmt: skip
@click.option(
    "--evidence-uri", metavar="PATH", help="Where that folder stands in the repository.  [its name]"
)
@click.option(
    "--save-snapshot", type=click.Path(path_type=Path, dir_okay=False), help="Keep what was collected."
)
@click.option(
    "--baseline", "previous", type=click.Path(path_type=Path), metavar="PREVIOUS",
    help="Tell what changed since then: a snapshot (file or folder), or a SARIF log of o365scan's.",
)  # fmt: skip
@click.option(
    "--fail-on", callback=fail_on_each, multiple=True, metavar="[new:]SEVERITY", shell_complete=offered,
    help="Exit with 1 for a finding this bad or worse: critical, high, medium, low, info. With 'new:', which needs "
    "--baseline, for one that is new or was less severe. May be repeated.",
)  # fmt: skip
@click.option("--allow-incomplete", is_flag=True, help="Exit with 0 even if something could not be decided.")
@click.option("--verbose", "-v", is_flag=True, help="Every finding on the terminal, not only the first page.")
@click.option("--quiet", "-q", is_flag=True, help="No report on the terminal.")
@click.option(
    "--explain-plan",
    is_flag=True,
    help="Scan nothing: show datasets, sources and the requests expected. Sizes are those of --users, --snapshot"
    " or --mock.",
)
@click.option(
    "--users", type=click.IntRange(min=1), help="With --explain-plan: how many users the tenant has."
)
def command(
    saved: Path | None,
    patterns: tuple[str, ...],
    severity: str | None,
    frameworks: tuple[str, ...],
    config: Path | None,
    tenant: str | None,
    evidence: Path | None,
    evidence_uri: str | None,
    save_snapshot: Path | None,
    previous: Path | None,
    fail_on: tuple[FailOn, ...],
    allow_incomplete: bool,
    verbose: bool,
    quiet: bool,
    explain_plan: bool,
    users: int | None,
    **others: Any,
) -> ExitCode:
    """Judge a tenant: the live one, a mock one, or a snapshot.

    What the organisation chose (tenants, checks, options, accepted risks) is read from o365scan.toml; the command
    line goes before it. Where that file names one tenant, it is the one that is scanned.

    Tenant and app come from AZURE_TENANT_ID and AZURE_CLIENT_ID. The credential is what --auth or another option
    names, else the first of these that is there:

    \b
      client-secret     AZURE_CLIENT_SECRET
      certificate       AZURE_CLIENT_CERTIFICATE_PATH, or the content in
                        AZURE_CLIENT_CERTIFICATE
      federated-token   AZURE_FEDERATED_TOKEN_FILE
      github-oidc       a GitHub job with `permissions: id-token: write`
      managed-identity  where Azure's variables say that there is one;
                        on a virtual machine by --auth
      azure-cli         whoever ran `az login`, if no client id is named

    \b
    Exit codes:
      0  done
      1  findings (see --fail-on)
      2  usage or configuration
      3  something could not be decided or collected
      4  sign-in or network failed, nothing was scanned

    \b
    Examples:
      o365scan scan --mock oauth-spam-campaign
      o365scan scan --sarif out/o365scan.sarif --fail-on high
      o365scan scan --snapshot tenant.o365scan --json - --check 'exchange.*'
      o365scan scan --baseline yesterday.o365scan --fail-on new:high
      o365scan scan --csv findings.csv --junit findings.xml --quiet
      o365scan scan --explain-plan --users 5000
    """
    from o365scan.cli.progress import busy
    from o365scan.reports.evidence_files import place_of

    registry = plugins()
    asked = _Asked(others)
    asked.refuse_contradictions(saved, save_snapshot)
    refuse_new_without_baseline(fail_on, compared=previous is not None)
    chosen = asked.configured(config, tenant, saved)
    selection = chosen.select(patterns, severity, frameworks)
    checks, options, risks = selection.checks, chosen.options(), chosen.risks()
    folder = asked.evidence_folder(evidence)
    asked.refuse_unwritable(save_snapshot, folder and folder / "alerts.json")
    if explain_plan:
        return _explain_plan(saved, checks, asked, users, previous)
    if users is not None:
        raise click.UsageError("--users says how large a tenant is that --explain-plan is asked about.")
    if folder is not None:
        place_of(folder, evidence_uri)
    judges = Judges(
        registry,
        checks,
        options,
        chosen.limits,
        risks,
        selection.left_out,
        chosen.config.secrets,
        quiet=quiet,
    )
    # First: what is wrong with it shows now, and its file may be one that this scan writes anew.
    baseline = judges.baseline(previous)
    with snapshot_of(saved, checks, save_snapshot, asked.tenant, quiet=quiet, verbose=verbose) as snapshot:
        report = judges.report(snapshot, baseline)
        if folder is not None:
            accepting = Acceptances(risks, snapshot.manifest.collected_at)
            with busy("Writing the evidence", quiet=quiet):
                report = _with_evidence(report, snapshot, folder, evidence_uri, accepting)
        report = beside(report, baseline, snapshot)
    report = asked.write(report, chosen.limits)
    if not quiet:
        from o365scan.reports.console import show

        show(report, console(stderr=asked.uses_stdout), everything=verbose)
        sys.stdout.flush()
        closing.tell(
            report, [*asked.files, *([save_snapshot] if save_snapshot else [])], asked.located, folder
        )
    return code_of_report(report, fail_on=fail_on, allow_incomplete=allow_incomplete)


def _explain_plan(
    saved: Path | None, checks: tuple[Check, ...], asked: _Asked, users: int | None, previous: Path | None
) -> ExitCode:
    """Show what a scan would ask for. Signs in to nothing but a mock tenant."""
    from o365scan.cli.plan import show, write
    from o365scan.forecast import ByPeople, BySnapshot, Unknown, forecast

    if previous is not None:
        raise click.UsageError("--explain-plan judges nothing: --baseline has no place beside it.")
    known = saved is not None or asked.tenant["mock"] is not None
    if known and users is not None:
        raise click.UsageError("--users and a tenant that was read are two answers to one question.")
    path = asked.plan_file()
    datasets = plan(checks)
    if known:
        with snapshot_of(saved, checks, None, asked.tenant, quiet=True) as snapshot:
            expected = forecast(datasets, BySnapshot(snapshot))
    else:
        expected = forecast(datasets, Unknown() if users is None else ByPeople(users))
    if path is None:
        show(expected, checks, console())
    else:
        with output(path) as stream:
            write(expected, checks, stream)
    return ExitCode.DONE


class _Asked:
    """The tenant and the reports that were asked for."""

    def __init__(self, others: Mapping[str, Any]) -> None:
        self.tenant = {name: value for name, value in others.items() if name in TENANT_OPTIONS}
        self.reports: list[tuple[Reporter, Path, dict[str, str]]] = []
        for reporter in plugins().reporters.values():
            name = _parameter(reporter.name)
            if name not in TENANT_OPTIONS and isinstance(others.get(name), Path):
                choices = {
                    option.name: others[_parameter(f"{reporter.name}-{option.name}")]
                    for option in reporter.options
                }
                self.reports.append((reporter, others[name], choices))

    def configured(self, config: Path | None, tenant: str | None, saved: Path | None) -> Configured:
        """What the file says; its tenant's sign-in is taken where the command line is silent."""
        named, mock = self.tenant["tenant_id"] is not None, self.tenant["mock"] is not None
        live = saved is None and not mock
        chosen = Configured.of(config, tenant, saved=saved, live=live, named=named)
        if live:
            self.tenant = chosen.sign_in(self.tenant)
        return chosen

    def refuse_contradictions(self, saved: Path | None, save: Path | None) -> None:
        """Options that would silently do nothing. Raises UsageError."""
        refuse_two_tenants(saved, "save_snapshot")
        places = [str(path) for _, path, _ in self.reports] + [str(save)] * (save is not None)
        if len(set(places)) < len(places):
            raise click.UsageError("Two outputs can't go to one place.")

    @property
    def files(self) -> list[Path]:
        """Where reports go, standard output left out."""
        return [path for _, path, _ in self.reports if str(path) != "-"]

    @property
    def located(self) -> list[Path]:
        """The files of reports that point into the evidence."""
        return [path for reporter, path, _ in self.reports if reporter.located and str(path) != "-"]

    @property
    def uses_stdout(self) -> bool:
        return any(str(path) == "-" for _, path, _ in self.reports)

    def refuse_unwritable(self, *paths: Path | None) -> None:
        """Before an hour of scanning, not after."""
        for path in (*(path for _, path, _ in self.reports), *paths):
            if path is not None and str(path) != "-":
                refuse_unwritable(path)

    def evidence_folder(self, given: Path | None) -> Path | None:
        """Where the evidence goes: as said, else beside the first report that points into it."""
        beside = self.located
        if given is None and not beside and any(reporter.located for reporter, _, _ in self.reports):
            raise click.UsageError(
                "A report on standard output that points into the evidence needs --evidence."
            )
        return given or (beside[0].parent / "evidence" if beside else None)

    def plan_file(self) -> Path | None:
        """Where the plan goes as JSON, if so asked. Raises UsageError for any other report: nothing is judged."""
        if strange := [reporter.name for reporter, _, _ in self.reports if reporter.name != "json"]:
            raise click.UsageError(f"--explain-plan judges nothing: --{strange[0]} has no place beside it.")
        return self.reports[0][1] if self.reports else None

    def write(self, report: Report, limits: Limits) -> Report:
        """Write every report; one that can't be written honestly is named in those that follow."""
        for reporter, path, choices in sorted(self.reports, key=lambda each: not each[0].located):
            report = written(reporter, report, path, choices, limits)
        return report


def _parameter(option: str) -> str:
    return option.replace("-", "_")


def _with_evidence(
    report: Report, snapshot: Snapshot, folder: Path, uri: str | None, accepting: Acceptances
) -> Report:
    from o365scan.reports.evidence import write_evidence

    written = write_evidence(
        snapshot,
        tenant=report.tenant.id,
        datasets=report.datasets.values(),
        findings=report.findings,
        gaps=report.gaps,
        ran={check.id for check in report.checks},
        folder=folder,
        prefix=uri,
        accept=accepting.on,
    )
    report = replace(report, evidence=written.evidence, held=written.held, alerts=written.alerts)
    return replace(report, acceptances=accepting.uses(report))
