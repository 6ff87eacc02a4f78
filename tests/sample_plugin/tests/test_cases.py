"""Each case of the files in `cases`, and those that the runner adds, is a test."""

from pathlib import Path

from o365scan.testing import case_test

test_case = case_test(Path(__file__).with_name("cases"))
