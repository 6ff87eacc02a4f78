"""The case files of our checks, and the cases that the runner adds."""

from __future__ import annotations

from pathlib import Path

import pytest

from o365scan.testing import Case, cases


@pytest.mark.parametrize("case", cases(Path(__file__).parent / "cases"), ids=str)
def test_case(case: Case) -> None:
    case.run()
