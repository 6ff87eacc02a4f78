"""The one promise to third parties, pinned: names, signatures and fields of o365scan.api, of o365scan.testing, and
the fixtures for pytest.

After a deliberate change write the new surface with `python -m tests.core.test_api_surface` and say so in
CHANGELOG.md.
"""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from types import ModuleType

from mocktenant import pytest_plugin
from o365scan import api, testing

PINNED = Path(__file__).with_name("api_surface.txt")


def surface() -> str:
    fixtures = [
        f"fixture {name}{inspect.signature(inspect.unwrap(value))}"
        for name, value in sorted(vars(pytest_plugin).items())
        if name.startswith("mock_tenant")
    ]
    lines = [*_of_module(api), "", "o365scan.testing", *_of_module(testing), "", "pytest", *fixtures]
    return "".join(f"{line}\n" for line in lines)


def _of_module(module: ModuleType) -> Iterator[str]:
    for name in sorted(module.__all__):
        yield from _lines(name, getattr(module, name))


def _lines(name: str, value: object) -> Iterator[str]:
    if isinstance(value, type) and issubclass(value, Enum):
        yield f"enum {name}: {', '.join(f'{each.name}={each.value}' for each in value)}"
    elif isinstance(value, type):
        yield f"class {name}({', '.join(base.__name__ for base in value.__bases__)})"
        if dataclasses.is_dataclass(value):
            yield from (f"  {field.name}: {field.type}" for field in dataclasses.fields(value))
        yield from _methods(value)
    elif inspect.isfunction(value):
        yield f"def {name}{inspect.signature(value)}"
    else:
        yield f"{name} = {value if isinstance(value, str) else type(value).__name__}"


def _methods(value: type) -> Iterator[str]:
    for name, member in sorted(vars(value).items()):
        if name.startswith("_") and name not in ("__getitem__", "__contains__", "__iter__", "__init__"):
            continue
        function = getattr(member, "__func__", member)
        generated = name == "__init__" and (
            dataclasses.is_dataclass(value) or getattr(value, "_is_protocol", False)
        )
        if inspect.isfunction(function) and not generated:
            yield f"  def {name}{inspect.signature(function)}"
        elif isinstance(member, property):
            yield f"  property {name}"


def test_the_surface_is_the_one_that_was_promised() -> None:
    assert surface() == PINNED.read_text()


if __name__ == "__main__":
    PINNED.write_text(surface())
