"""The JSON report and its schema, which says exactly what may be in it."""

from __future__ import annotations

import copy
import dataclasses
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator, FormatChecker

from o365scan import api
from o365scan.api import Report
from o365scan.reports import document
from o365scan.reports.json import o365scan_reporters
from tests.conftest import Run
from tests.reports.sample import HELD, REPORT, hostile, written

ROOT = Path(__file__).parents[2]
(JSON,) = o365scan_reporters()

#: Types of the API, and the parts of the document that show them.
SHOWN = {
    api.Report: document.Document,
    api.TenantInfo: document.TenantPart,
    api.Finding: document.FindingPart,
    api.Problem: document.ProblemPart,
    api.Evidence: document.EvidencePart,
    api.Gap: document.GapPart,
    api.PluginFailure: document.FailurePart,
    api.PluginNotice: document.NoticePart,
    api.Baseline: document.BaselinePart,
}
#: What they have and the document has not, and why.
LEFT_OUT = {
    ("Report", "datasets"): "o365scan permissions --json lists them",
    ("Report", "plugins"): "o365scan plugins --json lists them",
    ("Report", "known"): "o365scan checks --json lists them",
    ("Baseline", "tenant_id"): "it is that of the report",
    ("Baseline", "findings"): "what became of them stands with the findings of today",
    ("Baseline", "unsure"): "change is null where it matters",
    ("Baseline", "digests"): "they are for comparing only",
    ("Report", "held"): "they stand among the findings, marked as held",
    ("Report", "evidence"): "places in files are for reports that point into them",
    ("Report", "alerts"): "findings, rolled up for code scanning",
    ("Problem", "at"): "the finding is about that object",
    ("Problem", "accept"): "o365scan adopt proposes it",
    ("Problem", "signs"): "o365scan adopt tells them",
}


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    Draft202012Validator.check_schema(document.schema())
    return Draft202012Validator(document.schema(), format_checker=FormatChecker())


def parsed(report: Report) -> dict[str, Any]:
    text = written(JSON, report)
    assert text.isascii()
    found: dict[str, Any] = json.loads(text)
    return found


def test_every_field_of_a_report_is_in_the_document_or_left_out_for_a_reason() -> None:
    for kind, part in SHOWN.items():
        has = {field.name for field in dataclasses.fields(kind)}
        left_out = {name for of, name in LEFT_OUT if of == kind.__name__}
        shows = set(part.__struct_fields__)
        assert has - left_out - shows == set(), (
            f"{kind.__name__} has fields that the JSON report lacks: add them to {part.__name__} in"
            " o365scan/reports/document.py and to docs/reports.md, or to LEFT_OUT here"
        )
        assert left_out <= has - shows, "LEFT_OUT names what is not left out"


def test_real_reports_are_as_the_schema_says(
    real: Mapping[str, Report], validator: Draft202012Validator
) -> None:
    documents = {name: parsed(report) for name, report in real.items()}
    for each in documents.values():
        validator.validate(each)
    assert {each["verdict"] for each in documents["attacked"]["findings"]} >= {"pass", "fail"}
    assert any("\x1b" in each["title"] for each in documents["hostile"]["findings"])
    assert {each["reason"] for each in documents["blind"]["gaps"]} >= {"denied"}
    assert any(each["verdict"] == "open" and each["reasons"] for each in documents["blind"]["findings"])


def test_a_report_of_everything(validator: Draft202012Validator) -> None:
    whole = parsed(REPORT)
    validator.validate(whole)
    assert whole["formatVersion"] == document.FORMAT
    assert [each["key"] for each in whole["findings"] if each["held"]] == [HELD.key]
    (bound,) = [each for each in whole["findings"] if each["licences"]]
    assert (bound["verdict"], bound["licences"]) == ("open", ["Microsoft Entra ID P1"])
    assert [len(whole[name]) for name in ("gaps", "failures", "notices")] == [3, 1, 1]
    assert whole["baseline"]["collectedAt"] < whole["collectedAt"]
    assert [each["change"] for each in whole["gone"]] == ["gone"]
    assert [len(whole[name]) for name in ("gone", "unsettled")] == [1, 1]
    validator.validate(parsed(hostile()))


def test_the_schema_is_strict(validator: Draft202012Validator) -> None:
    """Whatever is taken away, added or of another type is refused, wherever it stands."""
    whole = parsed(REPORT)
    tried = 0
    for spoil in (_taken_away, _renamed, _of_another_type):
        for path, spoilt in _spoilt(whole, spoil):
            assert not validator.is_valid(spoilt), (spoil.__name__, path)
            tried += 1
    assert tried > 300
    for key, value in (("verdict", "warn"), ("severity", "moderate")):
        spoilt = copy.deepcopy(whole)
        spoilt["findings"][0][key] = value
        assert not validator.is_valid(spoilt)
    assert not validator.is_valid({**whole, "formatVersion": "2.0"})
    assert not validator.is_valid({**whole, "collectedAt": "yesterday"})


Spoil = Callable[[dict[str, Any], str], None]


def _spoilt(whole: dict[str, Any], spoil: Spoil) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in _objects(whole):
        for key in _at(whole, path):
            spoilt = copy.deepcopy(whole)
            spoil(_at(spoilt, path), key)
            if not (key == "value" and spoil is _of_another_type):  # any JSON value may stand there
                yield f"{path} {key}", spoilt


def _objects(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    if isinstance(value, dict):
        yield path
    for key, each in inner:
        yield from _objects(each, (*path, key))


def _at(value: Any, path: tuple[str | int, ...]) -> Any:
    for key in path:
        value = value[key]
    return value


def _taken_away(part: dict[str, Any], key: str) -> None:
    del part[key]


def _renamed(part: dict[str, Any], key: str) -> None:
    part[key.upper()] = part[key]


def _of_another_type(part: dict[str, Any], key: str) -> None:
    part[key] = 7


def test_the_schema_is_printed_shipped_and_told(o365scan: Run) -> None:
    result = o365scan("schema", "report")
    assert result.returncode == 0
    assert result.stdout == (ROOT / "docs" / "report.schema.json").read_text(), "run: make schema"
    assert json.loads(result.stdout)["$schema"].endswith("2020-12/schema")
    told = (ROOT / "docs" / "reports.md").read_text()
    for part in SHOWN.values():
        for field in msgspec.structs.fields(part):
            assert f"`{field.encode_name}`" in told, (part, field.encode_name)
