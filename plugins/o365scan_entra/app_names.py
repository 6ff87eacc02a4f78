"""Names of apps that nobody gives who wants to find the app again."""

from __future__ import annotations

import re
from collections.abc import Collection

# The whole name, numbers at its end and signs left out.
_TRIED = frozenset(
    {
        "a", "aa", "aaa", "abc", "app", "application", "asd", "asdf", "demo", "foo", "myapp", "newapp",
        "newapplication", "new", "qwe", "qwerty", "temp", "test", "testapp", "testapplication", "testing", "untitled",
        "x", "xx", "xxx",
    }
)  # fmt: skip

SIGNS = "nothing but signs"
PERSON = "a person's in this tenant"


def is_disguise(what: str) -> bool:
    """Is it what intruders' tools call an app, rather than what developers do?"""
    return what in (SIGNS, PERSON)


def oddity(name: str, people: Collection[str], domains: Collection[str]) -> str | None:
    """What is odd about the name, for people; None if nothing is. `people` and `domains` are in small letters."""
    plain = name.strip().casefold()
    if not any(each.isalnum() for each in plain):
        return SIGNS
    if plain in people:
        return PERSON
    if re.sub(r"^https?://", "", plain).rstrip("/") in domains:
        return "a domain of this tenant's"
    letters = re.sub(r"[\W_]+", "", plain).rstrip("0123456789")
    return "what one types to try something" if letters in _TRIED or not letters else None
