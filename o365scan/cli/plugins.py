"""o365scan plugins."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

import click

from o365scan.api import API_VERSION, DNS, EXCHANGE, GRAPH, Dataset, PluginInfo, visible
from o365scan.cli.common import console, plugins
from o365scan.cli.config_option import choose_config_of_plugins
from o365scan.cli.exit_codes import ExitCode
from o365scan.cloud import GLOBAL
from o365scan.registry import Registry

_HOSTS = {
    GRAPH: GLOBAL.graph.removeprefix("https://"),
    EXCHANGE: GLOBAL.exchange.removeprefix("https://"),
    DNS: "the resolver",
}


@click.command(short_help="List the plugins that are installed, and whom they ask.")
@choose_config_of_plugins
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def command(as_json: bool) -> ExitCode:
    """List the plugins that are installed, what they bring, whom they ask, and what is wrong with them.

    Each is shown with the APIs and hosts that its datasets are read from, and the least roles that these ask for: no
    dataset is read from anywhere else. `[plugins]` in o365scan.toml says which plugins are let in:

    \b
      [plugins]
      allow = ["o365scan-teams==1.2.0", "another-distribution"]

    \b
    Exit codes: 0 all is well, 3 a plugin, or a part of it, could not be used.

    \b
    Examples:
      o365scan plugins
      o365scan plugins --json
    """
    registry = plugins()
    if as_json:
        click.echo(json.dumps(_document(registry), indent=2))
    else:
        _show(registry)
    return ExitCode.INCOMPLETE if registry.failures else ExitCode.DONE


def _show(registry: Registry) -> None:
    from rich.padding import Padding
    from rich.text import Text

    out = console()
    for plugin in registry.plugins:
        line = Text(visible(plugin.name), style="bold")
        line.append(f"  {visible(plugin.distribution)} {visible(plugin.version)}", style="not bold")
        line.append(f"  {', '.join(_brings(plugin))}", style="not bold")
        out.print(line, highlight=False)
        for (api, host), datasets in _by_api(plugin, registry).items():
            roles = ", ".join(_least(datasets)) or "no permission"
            said = f"asks {visible(api)} ({host}) with {visible(roles, 4000)}"
            if not datasets:
                said = f"declares {visible(api)} ({host}), and asks it nothing"
            out.print(Padding(Text(said, style="dim"), (0, 0, 0, 2)), highlight=False)
    for failure in registry.failures:
        said = f"plugin {visible(failure.plugin)} ({failure.stage}): {visible(failure.message)}"
        out.print(Text(said, style="red"))
    for notice in registry.notices:
        said = f"plugin {visible(notice.plugin)}, for its author: {visible(notice.message)}"
        out.print(Text(said, style="yellow"))


def _brings(plugin: PluginInfo) -> Iterator[str]:
    for count, what in ((len(plugin.checks), "check"), (len(plugin.datasets), "dataset")):
        if count:
            yield f"{count} {what}{'' if count == 1 else 's'}"
    yield from (f"--{name}" for name in plugin.reporters)


def _document(registry: Registry) -> dict[str, object]:
    return {
        "api": API_VERSION,
        "plugins": [_row(plugin, registry) for plugin in registry.plugins],
        "failures": [
            {"plugin": each.plugin, "stage": each.stage, "message": each.message}
            for each in registry.failures
        ],
        "notices": [{"plugin": each.plugin, "message": each.message} for each in registry.notices],
    }


def _row(plugin: PluginInfo, registry: Registry) -> dict[str, object]:
    return {
        "name": plugin.name,
        "distribution": plugin.distribution,
        "version": plugin.version,
        "api": plugin.wants,
        "checks": plugin.checks,
        "datasets": plugin.datasets,
        "reporters": plugin.reporters,
        "apis": [
            {"name": name, "host": host, "permissions": _permissions(read)}
            for (name, host), read in _by_api(plugin, registry).items()
        ],
    }


def _by_api(plugin: PluginInfo, registry: Registry) -> dict[tuple[str, str], list[Dataset]]:
    """The datasets by the name and host of what they are read from: a declared API, or the core's own."""
    declared = [registry.apis[name] for name in plugin.apis]
    found: dict[tuple[str, str], list[Dataset]] = {(each.name, each.host): [] for each in declared}
    for each in (registry.datasets[name] for name in plugin.datasets):
        host = each.api.host if each.api else _HOSTS[each.service]
        found.setdefault((each.service, host), []).append(each)
    return dict(sorted(found.items()))


def _least(datasets: Iterable[Dataset]) -> list[str]:
    """The least roles that datasets ask for, and what is granted elsewhere."""
    needs = [each.permission for each in datasets]
    roles = {role for need in needs for role in (*need.app_roles[:1], *need.directory_roles[:1])}
    return [*sorted(roles), *sorted({need.elsewhere for need in needs if need.elsewhere})]


def _permissions(datasets: Iterable[Dataset]) -> list[str]:
    return sorted({str(each.permission) for each in datasets})
