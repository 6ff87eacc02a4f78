"""Sentences for GitHub, with tenant data in them that no renderer takes for markup."""

from __future__ import annotations

from o365scan.api import inert


def quoted(title: str, limit: int = 120) -> str:
    """A tenant's name for something, inert and in double quotes that it can't close."""
    return f'"{inert(title, limit).replace(chr(34), chr(39))}"'


def sentence(text: str) -> str:
    """The text, ended as a sentence: GitHub shows the first, and the validator asks for a full stop."""
    return text if text.endswith((".", "!", "?")) else f"{text}."


def shortened(text: str, limit: int) -> str:
    """The text, cut to `limit` characters with an ellipsis as the last."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
