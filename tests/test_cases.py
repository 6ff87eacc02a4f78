"""The case files of our checks, and the cases that the runner adds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from o365scan.testing import Case, cases, listing

CASES = Path(__file__).parent / "cases"


@pytest.mark.parametrize("case", cases(CASES), ids=str)
def test_case(case: Case) -> None:
    case.run()


def test_the_listing_says_how_each_written_case_is_judged() -> None:
    lines = list(listing(CASES, ["exchange.inbound-connector-is-expected"]))
    assert lines[:3] == [
        "exchange.inbound-connector-is-expected",
        "  pass            the good record",
        "  fail  high      relay by address alone, for every domain",
    ]
    written = json.loads((CASES / f"{lines[0]}.json").read_text("utf-8"))["cases"]
    assert len(lines) == 2 + len(written)  # and none of the cases that the runner adds


def test_the_listing_stops_at_a_case_that_is_judged_otherwise(tmp_path: Path) -> None:
    name = "exchange.inbound-connector-is-expected.json"
    file = json.loads((CASES / name).read_text("utf-8"))
    file["cases"] = [file["cases"][0] | {"verdict": "pass"}]
    (tmp_path / name).write_text(json.dumps(file), "utf-8")
    with pytest.raises(AssertionError, match="relay by address alone"):
        list(listing(tmp_path))
