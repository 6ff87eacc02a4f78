"""Long lists of names, written as prose."""

from __future__ import annotations


def words(text: str) -> tuple[str, ...]:
    """The words of a text: a table of property names reads better without two hundred quotes."""
    return tuple(text.split())
