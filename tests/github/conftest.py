"""Repositories for the tests of the workflow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from mocktenant import serve

from .hosted import BIN, Hosted, made


@pytest.fixture
def hosted(tmp_path: Path) -> Iterator[Callable[..., Hosted]]:
    """`hosted(tenant)` is a repository whose workflow scans that tenant."""
    if not (BIN / "act").exists():
        pytest.skip("act is there for Linux only")
    with ExitStack() as stack:
        yield lambda tenant: made(tmp_path, stack.enter_context(serve(tenant)))
