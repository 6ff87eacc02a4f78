"""On which line of a TOML file a key stands: errors name it, and Python's own reader doesn't tell.

A scan of text that the reader has taken, so nothing here judges: keys are read by `tomllib` itself, values are only
skipped. (tomlkit keeps no positions, spanned-toml has been left alone since 2022.)
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Any

Path = tuple[str | int, ...]
"""Keys and places in lists, from the top of the file."""

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_STRING = re.compile(
    r'"""(?:\\.|(?!""")[^\\])*"""{1,3}'
    r"|'''.*?'''{1,3}"
    r'|"(?:\\.|[^"\\])*"'
    r"|'[^']*'",
    re.DOTALL,
)
_SCALAR = re.compile(r"[^,\]}#\n]+")
_BARE = re.compile(r"[A-Za-z0-9_-]+")


def lines_of(text: str) -> Mapping[Path, int]:
    """The line, counted from 1, of each key, table and element of a list in a file that is TOML.

    A table's is the line of its header; one that has none begins with its first key.
    """
    return _Scan(text).lines


class _Scan:
    def __init__(self, text: str) -> None:
        self._text, self._at = text, 0
        self._counted, self._line = 0, 1
        self._last: dict[Path, int] = {}
        """Of each list of tables, which of them the next keys are of."""
        self.lines: dict[Path, int] = {}
        table: Path = ()
        self._skip(_BLANK)
        while self._at < len(text):
            if text[self._at] == "[":
                table = self._header()
            else:
                self._pair(table)
            self._skip(_BLANK)

    def _skip(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self._text, self._at)
        if found is None:
            raise AssertionError(f"no TOML at character {self._at}, which the reader took")
        self._at = found.end()
        return found.group()

    def _is(self, start: str) -> bool:
        return self._text.startswith(start, self._at)

    def _header(self) -> Path:
        line, brackets = self._line_here(), 2 if self._is("[[") else 1
        self._at += brackets
        *above, name = self._names()
        self._skip(_SPACE)
        self._at += brackets
        table = (*self._resolved(above), name)
        if brackets == 2:
            self._last[table] = self._last.get(table, -1) + 1
            self._note(table, line)
        table = self._resolved((*above, name))
        self._note(table, line)
        return table

    def _resolved(self, names: tuple[str, ...] | list[str]) -> Path:
        """A header's path: a name that is a list of tables means its last one."""
        path: Path = ()
        for name in names:
            path = (*path, name)
            if path in self._last:
                path = (*path, self._last[path])
        return path

    def _pair(self, table: Path) -> None:
        line = self._line_here()
        path = (*table, *self._names())
        self._note(path, line)
        self._skip(_SPACE)
        self._at += 1  # the equals sign
        self._skip(_SPACE)
        self._value(path)

    def _names(self) -> tuple[str, ...]:
        """A key, which may be dotted."""
        self._skip(_SPACE)
        start = self._at
        while True:
            self._skip(_STRING if self._text[self._at] in "\"'" else _BARE)
            end = self._at
            self._skip(_SPACE)
            if not self._is("."):
                break
            self._at += 1
            self._skip(_SPACE)
        self._at = end
        return tuple(_nested(tomllib.loads(f"{self._text[start:end]} = 0")))

    def _value(self, path: Path) -> None:
        if self._is("["):
            self._list(path)
        elif self._is("{"):
            self._inline(path)
        else:
            self._skip(_STRING if self._text[self._at] in "\"'" else _SCALAR)

    def _list(self, path: Path) -> None:
        self._at += 1
        self._skip(_BLANK)
        place = 0
        while not self._is("]"):
            self._note((*path, place), self._line_here())
            self._value((*path, place))
            self._next()
            place += 1
        self._at += 1

    def _inline(self, path: Path) -> None:
        self._at += 1
        self._skip(_BLANK)
        while not self._is("}"):
            self._pair(path)
            self._next()
        self._at += 1

    def _next(self) -> None:
        self._skip(_BLANK)
        if self._is(","):
            self._at += 1
            self._skip(_BLANK)

    def _note(self, path: Path, line: int) -> None:
        """Where something stands, and whatever it stands in that has no place of its own."""
        for length in range(1, len(path) + 1):
            self.lines.setdefault(path[:length], line)

    def _line_here(self) -> int:
        self._line += self._text.count("\n", self._counted, self._at)
        self._counted = self._at
        return self._line


def _nested(table: Any) -> list[str]:
    names = []
    while isinstance(table, dict):
        ((name, table),) = table.items()
        names.append(name)
    return names
