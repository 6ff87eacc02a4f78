from __future__ import annotations

from mocktenant.graph.coverage import PAGE, page
from mocktenant.graph.table import RESOURCES


def test_the_page_is_fresh() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run python -m mocktenant.graph.coverage"


def test_every_row_and_every_doubt_is_on_it() -> None:
    text = page()
    for row in RESOURCES:
        assert f"`/{row.path}" in text
        assert row.unconfirmed in text
