"""The case files, and the cases that the runner adds: whatever can't be read must be open, and nothing may crash."""

from __future__ import annotations

from pathlib import Path

import pytest

from o365scan.testing import Case, cases

CASES = Path(__file__).parent / "cases"


@pytest.mark.parametrize("case", cases(CASES), ids=str)
def test_case(case: Case) -> None:
    case.run()
