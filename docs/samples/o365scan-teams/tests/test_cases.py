"""The case files, and the cases that the runner adds: whatever can't be read must be open, and nothing may crash."""

from pathlib import Path

from o365scan.testing import case_test

test_case = case_test(Path(__file__).with_name("cases"))
