"""The file as it was read, for errors that name file, line and key."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from o365scan.api import OptionsError

from .lines import Path, lines_of

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_AT = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_WORDED = {"Cannot overwrite a value": "the key stands there already"}


@dataclass(frozen=True)
class Source:
    """What the file is called and, where there is one, its text."""

    name: str
    text: str = ""

    def tables(self) -> dict[str, Any]:
        """The text as TOML. Raises OptionsError with line and column."""
        try:
            return tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as cause:
            found = _AT.search(str(cause))
            line, column = found.groups() if found and found[1] else (str(self.text.count("\n") + 1), "")
            where = f"{self.name}:{line}:{column}".rstrip(":")
            said = _AT.sub("", str(cause))
            raise OptionsError(f"{where}: no TOML: {_WORDED.get(said, said)}") from cause
        except RecursionError:
            raise OptionsError(f"{self.name}: it is nested too deep to be read") from None

    def at(self, path: Path) -> str:
        """File and line of a key, or of the nearest that it stands in."""
        while path and path not in self._lines:
            path = path[:-1]
        return f"{self.name}:{self._lines[path]}" if path else self.name

    def refusal(self, path: Path, why: str, *, hint: str | None = None) -> OptionsError:
        """The error that a key, or what it holds, can't be used: "o365scan.toml:12: scan.exclude: …"."""
        return OptionsError(f"{self.at(path)}: {written(path)}: {why}", hint=hint)

    def unknown(self, path: Path, known: Iterable[str], what: str = "not known") -> OptionsError:
        """The error that the last part of the path is none of the known names."""
        names = sorted(known)
        if near := nearest(str(path[-1]), names):
            return self.refusal(path, f"{what}. Did you mean {near}?")
        return self.refusal(path, what, hint=f"Known: {', '.join(names)}." if 0 < len(names) < 30 else None)

    @cached_property
    def _lines(self) -> dict[Path, int]:
        return dict(lines_of(self.text))


UNNAMED = Source("o365scan.toml")
"""Of what stands in no file."""


def nearest(name: str, known: Iterable[str], *, cutoff: float = 0.4) -> str | None:
    """What was probably meant."""
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=cutoff)
    return near[0] if near else None


def written(path: Path) -> str:
    """A path as TOML writes keys: checks."exchange.x-is-y".accept[0]."""
    said = ""
    for part in path:
        if isinstance(part, int):
            said += f"[{part}]"
        else:
            quoted = part if _BARE.fullmatch(part) else f'"{part}"'
            said += f".{quoted}" if said else quoted
    return said
