"""Tenant data as text that no renderer takes for markup.

Names, addresses and subjects are chosen by attackers. GitHub turns `[text](1)` in a message into a link to a
related location and may render the rest as Markdown, so whatever could begin a link, an image, HTML, a
mention or a reference is replaced by its full-width twin: as readable, and inert.
"""

from __future__ import annotations

import re

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


def inert(text: str, limit: int = 1000) -> str:
    """One line of at most `limit` characters that reads as `text` and does nothing.

    Invisible and control characters show as U+FFFD, so that a reader sees that there was something.
    """
    spaced = _BLANKS.sub(" ", text[: 4 * limit]).strip()
    visible = _UNSAFE.sub("\ufffd", spaced).replace("`", "'")
    return shortened(_MARKUP.sub(_widen, visible), limit)


def quoted(title: str, limit: int = 120) -> str:
    """A tenant's name for something, inert and in double quotes that it can't close."""
    return f'"{inert(title, limit).replace(chr(34), chr(39))}"'


def sentence(text: str) -> str:
    """The text, ended as a sentence: GitHub shows the first, and the validator asks for a full stop."""
    return text if text.endswith((".", "!", "?")) else f"{text}."


def shortened(text: str, limit: int) -> str:
    """The text, cut to `limit` characters with an ellipsis as the last."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def _widen(match: re.Match[str]) -> str:
    return "".join(chr(ord(character) + _FULL_WIDTH) for character in match.group())
