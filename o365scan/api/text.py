"""Tenant data made safe to show: names are chosen by attackers."""

from __future__ import annotations

import re
import unicodedata

#: Categories that act instead of showing: control, format (bidirectional overrides, zero width), surrogates,
#: private use, unassigned, line and paragraph separators.
_ACTING = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})

_UNSAFE = re.compile(
    # Controls (line ends included), surrogates, and what reorders or hides the text around it.
    "[\x00-\x1f\x7f-\x9f\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u180e"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufeff\uffa0\ufff9-\ufffb\U000110bd"
    "\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_MARKUP = re.compile(
    r"[\[\]<>{}\\|*~]"  # links, images, HTML, placeholders, escapes, tables, emphasis
    r"|(?<=:)//"  # links that need no markup
    r"|(?<=\bwww)\.(?=\S)"
    r"|(?<![A-Za-z0-9_])@(?=\w)"  # mentions; an address has a name before its @
    r"|#(?=\d)"  # references to issues
    r"|&(?=#?\w+;)",  # character references
    re.IGNORECASE,
)
_FULL_WIDTH = 0xFEE0
_BLANKS = re.compile(r"\s+")


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


def inert(text: str, limit: int = 1000) -> str:
    """One line of at most `limit` characters that reads as `text` and that no renderer of Markdown acts on.

    For sinks that GitHub renders, where `[text](1)` is a link. Whatever could begin a link, an image, HTML, a mention,
    a reference, a cell or a code span is replaced by its full-width twin: as readable, and inert. Invisible and
    control characters show as U+FFFD, so that a reader sees that there was something.
    """
    spaced = _BLANKS.sub(" ", text[: 4 * limit]).strip()
    shown = _MARKUP.sub(_widen, _UNSAFE.sub("\ufffd", spaced).replace("`", "'"))
    return shown if len(shown) <= limit else shown[: limit - 1].rstrip() + "…"


def _widen(match: re.Match[str]) -> str:
    return "".join(chr(ord(character) + _FULL_WIDTH) for character in match.group())
