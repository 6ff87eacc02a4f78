"""The hooks a plugin may implement. A plugin is a module (or object) named by an entry point `o365scan`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, TextIO

import pluggy

from .apis import Api
from .changes import Baseline
from .checks import Check
from .datasets import Dataset
from .errors import PluginError
from .findings import Report

PROJECT = "o365scan"
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
hookspec = pluggy.HookspecMarker(PROJECT)
"""Marks a specification of `Hooks`; plugins need `hookimpl`."""
hookimpl = pluggy.HookimplMarker(PROJECT)
"""Marks a plugin's function as a hook; its name says which."""


@dataclass(frozen=True)
class ReporterOption:
    """A choice that a reporter offers as `--<reporter>-<name>`; the first is the default."""

    name: str
    choices: tuple[str, ...]
    help: str


@dataclass(frozen=True, kw_only=True)
class Reporter:
    """A report format, asked for with `--<name> FILE`.

    `write` gets the report, an open text stream (the file appears whole or not at all) and the chosen
    options by name; it raises NothingToReport if it has nothing that it could honestly write.
    `located` reporters point into the evidence tree, which is written with them. `read`, if there is one, reads a
    report of this format as a baseline: it gets the text, returns None if that is no such format at all, and raises
    BaselineError if it is and can't be used.
    """

    name: str
    help: str
    write: Callable[[Report, TextIO, Mapping[str, str]], None]
    located: bool = False
    options: tuple[ReporterOption, ...] = field(default=())
    read: Callable[[str], Baseline | None] | None = None

    def __post_init__(self) -> None:
        for name in (self.name, *(option.name for option in self.options)):
            if not _NAME.fullmatch(name):
                raise PluginError(f"{name!r} can't be an option of the command line: lower case with hyphens")
        if not all(option.choices for option in self.options):
            raise PluginError(f"the reporter {self.name} has an option without choices")


class Hooks(Protocol):
    """Specifications; each returns values, none is called for its effects."""

    @hookspec
    def o365scan_apis(self) -> Iterable[Api]:
        """The other APIs of Microsoft's that the datasets of this plugin are read from."""

    @hookspec
    def o365scan_datasets(self) -> Iterable[Dataset]:
        """The datasets that this plugin can read."""

    @hookspec
    def o365scan_checks(self) -> Iterable[Check]:
        """The checks of this plugin; `checks_in` finds those of a package."""

    @hookspec
    def o365scan_reporters(self) -> Iterable[Reporter]:
        """The report formats of this plugin."""
