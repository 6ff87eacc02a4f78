"""What is looked at: a distribution, the plugins that it brings, and where its files of cases are."""

from __future__ import annotations

import importlib.metadata
import inspect
import json
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import Distribution, EntryPoint
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from o365scan.api import Check, Dataset, O365ScanError, PluginFailure, PluginInfo, PluginNotice
from o365scan.config import allowed
from o365scan.registry import PROJECT, Registry, load


class SubjectUnknown(O365ScanError):
    """There is no such plugin to look at, or not the one that was meant."""


@dataclass(frozen=True)
class Subject:
    """A distribution that brings plugins."""

    distribution: str
    version: str
    entry_points: tuple[EntryPoint, ...]
    folder: Path | None
    """Where its sources are; None for one that was installed from a wheel."""
    cases: Path | None
    """Where its files of cases are, if there is such a folder."""
    vouched: frozenset[str] = frozenset()
    """Permissions that exist by the author's word."""

    @cached_property
    def registry(self) -> Registry:
        """All plugins that o365scan.toml here lets in, loaded when they are first asked for. Raises OptionsError."""
        return load(allowed(None))

    @property
    def names(self) -> frozenset[str]:
        """The names of its plugins."""
        return frozenset(each.name for each in self.entry_points)

    @property
    def plugins(self) -> tuple[PluginInfo, ...]:
        """Its plugins that could be loaded."""
        loaded = self.registry.plugins
        return tuple(each for each in loaded if each.distribution == self.distribution)

    @property
    def failures(self) -> tuple[PluginFailure, ...]:
        """What of its plugins could not be used."""
        return tuple(each for each in self.registry.failures if each.plugin in self.names)

    @property
    def notices(self) -> tuple[PluginNotice, ...]:
        """What their author should know; what they print is for the rule on loading, which knows the line."""
        told = [each for each in self.registry.notices if each not in self.registry.printed]
        return tuple(each for each in told if each.plugin in self.names)

    @property
    def checks(self) -> tuple[Check, ...]:
        """Its checks, ordered by id."""
        ids = sorted(id for plugin in self.plugins for id in plugin.checks)
        return tuple(self.registry.checks[id] for id in ids)

    @property
    def datasets(self) -> tuple[Dataset, ...]:
        """Its datasets, ordered by name."""
        names = sorted(name for plugin in self.plugins for name in plugin.datasets)
        return tuple(self.registry.datasets[name] for name in names)

    def place(self, check: Check) -> str:
        """The file and line of a check, relative to the sources if it is there."""
        file = inspect.getsourcefile(check.function)
        if file is None:
            return check.id
        return f"{self.relative(file)}:{check.function.__code__.co_firstlineno}"

    def relative(self, file: str) -> str:
        """A file's path from the sources' folder, or as it is if it is not in there."""
        path = Path(file).resolve()
        inside = self.folder is not None and path.is_relative_to(self.folder)
        return str(path.relative_to(self.folder)) if inside and self.folder else file


def subject_of(target: str, cases: Path | None = None, vouched: Iterable[str] = ()) -> Subject:
    """The distribution that `target` is: a folder with a pyproject.toml, or the name of what is installed.

    Its cases are those in `cases`, else in `tests/cases` of the folder (of the sources, if it is installed editable).

    Raises SubjectUnknown.
    """
    folder = Path(target).resolve() if _is_folder(target) else None
    found = _installed(_name_in(folder) if folder else target, folder)
    sources = _editable_sources(found)
    if folder is not None and sources != folder:
        raise SubjectUnknown(
            f"{found.name} is installed from elsewhere, so what is in {target} would not be looked at",
            hint=f"pip install --editable {target}",
        )
    if cases is not None and not cases.is_dir():
        raise SubjectUnknown(f"there is no folder {cases}")
    return _with_plugins(found, sources, cases or _usual_cases(sources), frozenset(vouched))


def installed_subject(name: str, cases: Path) -> Subject:
    """An installed distribution, whatever folders are called like it. Raises SubjectUnknown."""
    found = _installed(name, None)
    return _with_plugins(found, _editable_sources(found), cases, frozenset())


def _with_plugins(
    found: Distribution, sources: Path | None, cases: Path | None, vouched: frozenset[str]
) -> Subject:
    entry_points = tuple(each for each in found.entry_points if each.group == PROJECT)
    if not entry_points:
        raise SubjectUnknown(
            f"{found.name} brings no plugin", hint=f"Name its module below [project.entry-points.{PROJECT}]."
        )
    return Subject(found.name, found.version, entry_points, sources, cases, vouched)


def _is_folder(target: str) -> bool:
    """A distribution may be called like a folder that is no project's."""
    path = Path(target)
    return path.is_dir() and ((path / "pyproject.toml").is_file() or target != path.name)


def _name_in(folder: Path) -> str:
    path = folder / "pyproject.toml"
    try:
        name = tomllib.loads(path.read_text("utf-8"))["project"]["name"]
    except OSError as cause:
        raise SubjectUnknown(
            f"can't read {path}: {cause.strerror}", hint="Name a plugin's folder."
        ) from cause
    except (ValueError, KeyError, TypeError) as cause:
        raise SubjectUnknown(f"{path} names no project: {cause}") from cause
    return str(name)


def _installed(name: str, folder: Path | None) -> Distribution:
    try:
        return importlib.metadata.distribution(name)
    except (importlib.metadata.PackageNotFoundError, ValueError) as cause:
        install = f"pip install --editable {folder}" if folder else "It is neither a folder nor installed."
        raise SubjectUnknown(f"{name} is not installed", hint=f"{install}{_others()}") from cause


def _others() -> str:
    found: Iterable[EntryPoint] = importlib.metadata.entry_points(group=PROJECT)
    names = sorted({each.dist.name for each in found if each.dist is not None})
    return f" (Plugins are brought by: {', '.join(names)}.)" if names else ""


def _editable_sources(found: Distribution) -> Path | None:
    """The folder of a distribution that was installed editable (PEP 610)."""
    text = found.read_text("direct_url.json")
    about = json.loads(text) if text else {}
    if not about.get("dir_info", {}).get("editable"):
        return None
    return Path(url2pathname(urlsplit(about["url"]).path)).resolve()


def _usual_cases(sources: Path | None) -> Path | None:
    folder = sources / "tests" / "cases" if sources else None
    return folder if folder and folder.is_dir() else None
