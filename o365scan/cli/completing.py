"""What a shell offers for a word that is being typed. A prompt is no place for errors: then it offers nothing."""

from __future__ import annotations

import functools

import click
from click.shell_completion import CompletionItem

from o365scan.admission import AllowList
from o365scan.api import O365ScanError
from o365scan.cli.common import plugins
from o365scan.cli.config_option import noted
from o365scan.registry import Registry, load

Items = list[CompletionItem[str]]


@functools.cache
def own_plugins() -> Registry:
    """o365scan's own plugins: no code of anybody else is run for a key that was pressed."""
    return load(AllowList("", ()))


def check_ids(ctx: click.Context, _param: click.Parameter, incomplete: str) -> Items:
    """The ids of checks, with their titles; of strangers' where none of our own begins like that."""
    return _beginning(own_plugins(), incomplete) or _beginning(all_plugins(ctx), incomplete)


def scenarios(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> Items:
    """The scenarios of the mock tenant; none where it is not installed."""
    from o365scan.mock import scenario_names

    try:
        return [CompletionItem(name) for name in scenario_names() if name.startswith(incomplete)]
    except O365ScanError:
        return []


def tenants(ctx: click.Context, _param: click.Parameter, incomplete: str) -> Items:
    """The tenants of the configuration; none where it can't be read."""
    from o365scan.config import load as configuration

    try:
        with ctx.scope(cleanup=False):  # where the command line's --config is noted
            named = configuration(noted()).tenants
    except O365ScanError:
        return []
    return [CompletionItem(each.name) for each in named if each.name.startswith(incomplete)]


def all_plugins(ctx: click.Context) -> Registry:
    """All plugins that the configuration lets in; our own where it can't be read."""
    try:
        with ctx.scope(cleanup=False):  # where the command line's --config is noted
            return plugins()
    except O365ScanError:
        return own_plugins()


def _beginning(registry: Registry, incomplete: str) -> Items:
    return [
        CompletionItem(id, help=check.documentation.title)
        for id, check in sorted(registry.checks.items())
        if id.startswith(incomplete)
    ]
