"""Tables that are data: cut from Microsoft's and others' published lists, which each of them names."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any


@cache
def table(name: str) -> dict[str, Any]:
    """The table of that name, as JSON has it; read once."""
    text = resources.files(__package__).joinpath("data", f"{name}.json").read_text("utf-8")
    content: dict[str, Any] = json.loads(text)
    return content
