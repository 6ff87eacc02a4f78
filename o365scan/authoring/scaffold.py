"""Writes a new plugin's package from the files of `template`.

They are filled in by the standard library's string.Template: five words stand in them, none needs a loop or a
condition, and an unknown word is an error. Below `template`, `PACKAGE` in a path stands for the package, `NAME` for the
plugin's name, `dot_` for the dot of a hidden file; each file ends in `.in`, since it is no Python before it is filled.
"""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath
from string import Template

from o365scan import __version__
from o365scan.api import API_VERSION, O365ScanError
from o365scan.files import OutputError

#: It begins ids of checks, names of datasets, and is an entry point and a part of a module's name.
_NAME = re.compile(r"[a-z][a-z0-9]{1,23}")
_PREFIX = re.compile(r"^(o365scan|o365)[-_.]+")


class ScaffoldRefused(O365ScanError):
    """A plugin can't be called so, or there is something in its place already."""


def write_plugin(name: str, folder: Path | None = None) -> tuple[Path, ...]:
    """Write the package of the plugin `name` into a new folder, by default `o365scan-NAME`; returns its files.

    Raises ScaffoldRefused for a name that can't be used and for a folder that is there already, OutputError where
    nothing can be written. What was begun is removed again.
    """
    _refuse_name(name)
    folder = folder or Path(f"o365scan-{name}")
    _refuse_present(folder)
    try:
        folder.mkdir(parents=True)
        return tuple(_written(folder, words_of(name)))
    except OSError as cause:
        shutil.rmtree(folder, ignore_errors=True)
        raise OutputError(folder, cause) from cause


def words_of(name: str) -> dict[str, str]:
    """What the words of the template stand for."""
    return {
        "name": name,
        "distribution": f"o365scan-{name}",
        "package": f"o365scan_{name}",
        "release_range": release_range(__version__),
        "api_range": api_range(API_VERSION),
    }


def release_range(version: str) -> str:
    """The releases of o365scan that a plugin made by this one runs with: up to the next that may break it.

    While the major version is 0, that is the next minor one.
    """
    major, minor = (int(part) for part in version.split(".")[:2])
    return f">={major}.{minor},<{f'0.{minor + 1}' if major == 0 else major + 1}"


def api_range(version: str) -> str:
    """The versions of o365scan.api that a plugin made for this one is written for: up to the next major one."""
    return f">={version},<{int(version.partition('.')[0]) + 1}"


def _refuse_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        near = re.sub(r"[^a-z0-9]", "", _PREFIX.sub("", name.lower())).lstrip("0123456789")
        meant = f"Did you mean {near}? " if _NAME.fullmatch(near) else ""
        raise ScaffoldRefused(
            f"a plugin can't be called {name!r}",
            hint=f"{meant}2 to 24 lower-case letters and digits, a letter first: ids begin with it.",
        )
    for taken in importlib.metadata.entry_points(group="o365scan"):
        if taken.name == name:
            owner = taken.dist.name if taken.dist is not None else taken.value
            raise ScaffoldRefused(
                f"there is a plugin {name!r} already, of {owner}",
                hint="Choose another name: ids of checks and datasets begin with it, and must be nobody else's.",
            )


def _refuse_present(folder: Path) -> None:
    if os.path.lexists(folder):
        raise ScaffoldRefused(
            f"{folder} is there already", hint="Nothing is overwritten: name a new folder with --output."
        )


def _written(folder: Path, words: Mapping[str, str]) -> Iterator[Path]:
    for place, source in template_files():
        path = folder / _path(place, words)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(Template(source.read_text("utf-8")).substitute(words))
        yield path


def template_files() -> Iterator[tuple[PurePosixPath, Traversable]]:
    """The files of the template, each with its path below it, in order."""
    yield from _below(files("o365scan.authoring") / "template", PurePosixPath())


def _below(folder: Traversable, place: PurePosixPath) -> Iterator[tuple[PurePosixPath, Traversable]]:
    for each in sorted(folder.iterdir(), key=lambda found: found.name):
        if each.is_dir():
            yield from _below(each, place / each.name)
        else:
            yield place / each.name, each


def _path(place: PurePosixPath, words: Mapping[str, str]) -> Path:
    text = str(place).removesuffix(".in").replace("PACKAGE", words["package"]).replace("NAME", words["name"])
    return Path(*(re.sub("^dot_", ".", part) for part in PurePosixPath(text).parts))
