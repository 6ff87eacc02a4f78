"""Every command says how it is used, on a terminal of 80 columns."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest

from o365scan.cli import cli
from tests.cli.in_process import here


def commands(group: click.Group = cli, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        yield (*before, name)
        if isinstance(command, click.Group):
            yield from commands(command, (*before, name))


@pytest.mark.parametrize("command", [(), *commands()], ids=" ".join)
def test_every_command_has_examples_of_itself(command: tuple[str, ...]) -> None:
    shown = here(*command, "--help", env={"COLUMNS": "80"}).output
    assert max(map(len, shown.splitlines())) <= 80
    _, found, examples = shown.partition("Example")
    assert found
    example = examples.partition("\n\n")[0]
    assert f"o365scan {' '.join(command)}".strip() in example
    if "Options:" in shown:
        assert shown.rstrip().splitlines()[-1].strip()
        listed = shown.partition("Options:")[2].partition("\n\n")[0]
        assert listed.rstrip().splitlines()[-1].split()[:2] == ["-h,", "--help"]
    assert "..." not in shown.partition("Commands:")[2], "a short help does not fit in a line"


def test_there_are_commands_at_all() -> None:
    found = set(commands())
    assert {
        ("scan",),
        ("snapshot", "export"),
        ("plugin", "check"),
        ("schema", "report"),
        ("completion",),
    } <= found
