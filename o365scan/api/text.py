"""Tenant data made safe to show: names are chosen by attackers."""

from __future__ import annotations

import unicodedata

#: Categories that act instead of showing: control, format (bidirectional overrides, zero width), surrogates,
#: private use, unassigned, line and paragraph separators.
_ACTING = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def visible(text: str, limit: int = 400) -> str:
    """`text` on one line with every acting character written out (`\\x1b`, `\\u202e`), cut at `limit`.

    For any sink that shows text; a sink with a markup of its own escapes that besides.
    """
    if len(text) <= limit and text.isprintable():  # as most is: no character of these categories is printable
        return text
    shown = "".join(_shown(character) for character in text[: limit + 1])
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


def _shown(character: str) -> str:
    if unicodedata.category(character) not in _ACTING:
        return character
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")
