"""TOML that is written: every value through a writer, every character shown for what it is.

Names are tenant data, chosen by attackers: what acts (control, bidirectional, zero width) is written as its number,
which is the same text to TOML.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import tomli_w

from o365scan.api import visible


def value(given: Any) -> str:
    """A value, on one line."""
    if isinstance(given, Mapping):
        return "{" + ", ".join(lines(given)) + "}"
    if isinstance(given, list | tuple):
        return f"[{', '.join(map(value, given))}]"
    return shown(tomli_w.dumps({"x": given}).removeprefix("x = ").removesuffix("\n"))


def key(name: str) -> str:
    """A key, quoted where it must be."""
    return shown(tomli_w.dumps({name: 0}).removesuffix(" = 0\n"))


def lines(table: Mapping[str, Any]) -> list[str]:
    """A table's keys and values, a line each."""
    return [f"{key(name)} = {value(each)}" for name, each in table.items()]


def shown(written: str) -> str:
    """What is written in quotes, with whatever acts as its number."""
    return "".join(each if visible(each) == each else _escaped(each) for each in written)


def _escaped(character: str) -> str:
    number = ord(character)
    return f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"
