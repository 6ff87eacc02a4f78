"""Fixtures of the core's tests."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.core.shelf import Shelf


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shelf]:
    """An empty shelf of the path. Its modules are forgotten when the test ends."""
    shelf = Shelf(tmp_path / "shelf")
    shelf.folder.mkdir()
    monkeypatch.syspath_prepend(str(shelf.folder))
    yield shelf
    for each in shelf.folder.glob("*_module.py"):
        sys.modules.pop(each.stem, None)
