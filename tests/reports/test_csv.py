"""The table, as spreadsheets and Python's own reader take it."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path

import pytest

from o365scan.api import Report
from o365scan.reports.csv import cell, o365scan_reporters
from tests.conftest import Run
from tests.reports.sample import HINT, HOSTILE, LICENCE, REPORT, hostile, written

(CSV,) = o365scan_reporters()


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_a_row_for_each_verdict_and_for_what_was_not_seen() -> None:
    found = rows(written(CSV, REPORT))
    assert [(each["row"], each["verdict"], each["object"] or each["dataset"]) for each in found] == [
        ("finding", "fail", "Partner"),
        ("held", "fail", "Hide"),
        ("finding", "open", "Relay"),
        ("finding", "open", "exchange.rules"),
        ("finding", "open", "exchange.licensed"),
        ("gap", "open", "exchange.rules"),
        ("gap", "open", "exchange.licensed"),
        ("gap", "open", "exchange.enriching"),
        ("failure", "open", "contoso"),
        ("finding", "notApplicable", "Off"),
        *[("finding", "pass", f"Good {number}") for number in range(5)],
    ]
    by_dataset = {each["dataset"]: each for each in found if each["row"] == "gap"}
    assert by_dataset["exchange.rules"]["hint"] == HINT
    assert by_dataset["exchange.licensed"]["licence"] == LICENCE
    assert by_dataset["exchange.enriching"]["key"] == "7"
    assert found[0]["severity"] == "high"
    assert found[2]["message"] == "The field Enabled is missing"
    assert {each["tenant"] for each in found} == {REPORT.tenant.id}


def test_what_is_not_seen_never_passes(real: Mapping[str, Report]) -> None:
    report = real["blind"]
    found = rows(written(CSV, report))
    assert len(found) == sum(map(len, (report.findings, report.held, report.gaps, report.failures)))
    unread = {gap.dataset for gap in report.gaps}
    assert {each["dataset"] for each in found if each["row"] == "gap"} == unread
    assert {each["verdict"] for each in found if each["row"] == "gap"} == {"open"}


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_no_cell_is_a_formula_whatever_the_separator(separator: str) -> None:
    """A spreadsheet of another country takes ";" for the separator, and the quotes around it for text."""
    text = written(CSV, hostile(), bom="no")
    assert len(rows(text)) == 3 * len(HOSTILE) + 1  # a failure, a gap and a plugin of each, and what was held
    begun = [field for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) for field in row]
    for field in begun:
        bare = re.sub(r"^[\s\"]+", "", field)
        assert unicodedata.normalize("NFKC", bare)[:1] not in {*"=+-@\u2212", "\t", "\r"}, field
        assert len(field) <= 32_767 * (1 if separator == "," else 20)


def test_cells_say_what_was_there() -> None:
    assert cell("=1+1") == "'=1+1"
    assert cell(" \u3000\uff1d1") == "' \u3000\uff1d1"
    assert cell("\u200b=1") == "\\u200b=1"
    assert cell("a;=1") == "a;'=1"
    assert cell('a; "=1"') == 'a;\' "=1"'
    assert cell("\tx\n=1") == "\\tx\\n=1"
    for harmless in ("a=1", "sales@contoso.com", "a-b", "a, -5", "It is 3; 4 were expected."):
        assert cell(harmless) == harmless


def test_the_file(o365scan: Run, tmp_path: Path) -> None:
    """UTF-8 with the mark that Excel wants, or without; LF alone; names of all scripts."""
    only, mock = ("--check", "*transport*", "-q"), ("--mock", "hostile", "--mock-size", "5")
    assert o365scan("scan", *only, *mock, "--csv", "a.csv", "--save-snapshot", "s").returncode == 0
    data = (tmp_path / "a.csv").read_bytes()
    assert data.startswith(b'\xef\xbb\xbf"verdict","severity"')
    assert b"\r" not in data
    assert data.count(b"\n") == len(rows(data.decode("utf-8"))) + 1
    bare = o365scan("scan", *only, "--snapshot", "s", "--csv", "-", "--csv-bom", "no")
    assert bare.stdout == data.decode("utf-8-sig")
