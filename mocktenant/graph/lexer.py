"""$filter cut into words: texts, numbers, dates, GUIDs, names and signs, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mocktenant.graph import errors

_GUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![\w-])"
_DATE = r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,12})?)?(?:Z|[+-]\d\d:\d\d)?)?(?![\w-])"
_WORD = re.compile(
    rf"""(?P<space>\s+)
    |(?P<text>'(?:[^']|'')*')
    |(?P<guid>{_GUID})
    |(?P<date>{_DATE})
    |(?P<number>-?\d+(?:\.\d+)?(?:[lmdf](?!\w))?(?![\w]))
    |(?P<enum>microsoft\.graph\.\w+'[^']*')
    |(?P<name>[@$]?[a-z_]\w*(?:\.\w+)*)
    |(?P<sign>[(),/:])""",
    re.IGNORECASE | re.VERBOSE,
)


@dataclass(frozen=True)
class Word:
    """One word of a filter: its kind, how it is written, and where it begins."""

    kind: str
    text: str
    at: int

    def says(self, *keywords: str) -> bool:
        """Whether it is one of some names or signs, in any case."""
        return self.kind in ("name", "sign") and self.text.lower() in keywords


def words(text: str) -> list[Word]:
    """All words, and one of kind "end". Raises GraphRefused at a place where none begins."""
    return [*_words(text), Word("end", "", len(text))]


def _words(text: str) -> Iterator[Word]:
    at = 0
    while at < len(text):
        found = _WORD.match(text, at)
        if found is None:
            what = "There is an unterminated string literal" if text[at] == "'" else "Syntax error"
            raise errors.bad_request(f"Invalid filter clause: {what} at position {at} in '{text}'.")
        if found.lastgroup != "space":
            yield Word(str(found.lastgroup), found.group(), at)
        at = found.end()
