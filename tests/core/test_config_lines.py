"""On which line a key stands, whatever TOML it is written in."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from o365scan.config.lines import Path, lines_of

TEXT = r'''# a = 1 [x]
a = 1 # x = [
"b.c" = """
x = 1
[y]
\"""" # """
[checks."exchange.x-y"] # ]
accept = [ # c
  "a,]", # ]
  'b',
  {z = 1, "q r".s = [1,
2]},
]
d = 2027-01-31 07:32:00
n.m = 'x' # '
n . "m n" = QQQa''bQQQ''

[[tenants]]
name = "a"
[tenants.scan]
checks = []
[[tenants]]
name = "b"
[tenants.checks."x"]
y = ""
[[tenants.sub]]
k = -inf
[[tenants.sub]]
k = {}
[ e . 'f' ]
z = """a""\""""
w = 0x1F'''.replace("QQQ", "'''")


def paths(value: Any, path: Path = ()) -> Iterator[Path]:
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for part, each in parts:
        yield (*path, part)
        yield from paths(each, (*path, part))


@pytest.mark.parametrize(
    "text", [TEXT, TEXT.replace("\n", "\r\n"), "", "\n# nothing\n", "a=1", "a={b=[{c=1}]}"]
)
def test_everything_has_a_line_and_nothing_else(text: str) -> None:
    assert set(lines_of(text)) == set(paths(tomllib.loads(text)))


def test_the_lines_are_right() -> None:
    lines, told = lines_of(TEXT), TEXT.split("\n")
    for path, wanted in {
        ("a",): 2, ("b.c",): 3, ("checks", "exchange.x-y"): 7, ("checks", "exchange.x-y", "accept"): 8,
        ("checks", "exchange.x-y", "accept", 1): 10, ("checks", "exchange.x-y", "accept", 2, "q r", "s", 1): 12,
        ("checks", "exchange.x-y", "n", "m n"): 16, ("tenants",): 18, ("tenants", 0, "scan", "checks"): 21,
        ("tenants", 1): 22, ("tenants", 1, "sub", 1, "k"): 29, ("e", "f", "w"): 32,
    }.items():  # fmt: skip
        assert lines[path] == wanted, path
        assert isinstance(path[-1], int) or path[-1].split(".")[0] in told[wanted - 1] or wanted == 12
