"""The pages of the plugin API are made from its docstrings and signatures, and are kept fresh.

`make api-pages` (`python -m tests.test_api_pages`) writes them anew.
"""

from __future__ import annotations

import logging
import re
from pathlib import Path

import griffe
import pytest
from griffe2md import ConfigDict, render_object_docs

FOLDER = Path(__file__).parents[1] / "docs" / "api"
PAGES = {
    "plugins.md": "o365scan.api",
    "testing.md": "o365scan.testing",
    "fixtures.md": "mocktenant.pytest_plugin",
}
"""Page → the module whose public names it documents."""

_HEAD = "<!-- Made from docstrings and signatures by `make api-pages`. -->\n\n"
_SETTINGS = ConfigDict(
    inherited_members=True,
    line_length=100,
    members_order="alphabetical",
    show_object_full_path=False,
    show_root_members_full_path=False,
    show_signature_annotations=True,
    show_submodules=False,
    summary={"attributes": True, "functions": True, "classes": True, "modules": False},
)
_HEADING = re.compile(r"^(#{3,4}) `(\w+)`$", re.MULTILINE)
_LINK = re.compile(r"\[([^\[\]]+)\]\(#([\w.]+)\)")


def loaded(module: str) -> griffe.Module:
    """A module as its source has it."""
    found = griffe.load(module, resolve_aliases=True)
    assert isinstance(found, griffe.Module)
    return found


def public(module: griffe.Module) -> list[str]:
    """The names of a module that are promised: those that it exports, or its fixtures."""
    if module.exports is not None:
        return sorted(map(str, module.exports))
    return sorted(
        name
        for name, each in module.functions.items()
        if any("pytest.fixture" in str(d.value) for d in each.decorators)
    )


def page(name: str) -> str:
    """The page of a module, as Markdown."""
    module = loaded(name)
    text = render_object_docs(module, ConfigDict(**_SETTINGS, members=public(module)))
    text = "\n".join(line.rstrip() for line in text.splitlines())
    return _HEAD + _linked(text, name).strip() + "\n"


def _linked(text: str, module: str) -> str:
    """Anchors where GitHub would make none that are told apart, and no link to what is on no page."""
    above, anchors = "", set[str]()

    def anchored(found: re.Match[str]) -> str:
        nonlocal above
        above = above if len(found[1]) > 3 else found[2]
        anchors.add(anchor := f"{module}.{above}" + (f".{found[2]}" if len(found[1]) > 3 else ""))
        return f'<a id="{anchor}"></a>\n{found[0]}'

    text = _HEADING.sub(anchored, text)
    return _LINK.sub(lambda found: found[0] if found[2] in anchors else found[1], text)


@pytest.mark.parametrize(("name", "module"), PAGES.items())
def test_a_page_is_fresh(name: str, module: str) -> None:
    assert (FOLDER / name).read_text("utf-8") == page(module), "make api-pages"


@pytest.mark.parametrize(("name", "module"), PAGES.items())
def test_every_public_name_is_there_with_its_docstring(name: str, module: str) -> None:
    text = (FOLDER / name).read_text("utf-8")
    found = loaded(module)
    for each in public(found):
        assert f'<a id="{module}.{each}"></a>' in text, f"{each} is not on the page"
        assert found[each].docstring is not None, f"{each} has no docstring"


def main() -> None:
    logging.disable()
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, module in PAGES.items():
        (FOLDER / name).write_text(page(module), "utf-8")


if __name__ == "__main__":
    main()
