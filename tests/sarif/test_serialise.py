"""The serialiser: what is written, what goes without saying, and what is refused."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest
import sarif_om as om

from o365scan_sarif.serialise import plain, write_log


def result(**members: Any) -> om.Result:
    return om.Result(message=om.Message(text="said"), **members)


def test_an_explicit_level_is_kept_though_it_is_the_default() -> None:
    assert plain(result(level="warning"))["level"] == "warning"
    notice = om.Notification(message=om.Message(text="said"), level="warning")
    assert plain(notice)["level"] == "warning"
    assert plain(om.ReportingConfiguration(level="warning")) == {"level": "warning"}


def test_defaults_and_nulls_go_without_saying() -> None:
    assert plain(result(level="error")) == {"message": {"text": "said"}, "kind": "fail", "level": "error"}
    assert plain(om.ToolComponent(name="x")) == {"name": "x"}


def test_a_suppressions_state_is_called_status_in_the_final_schema() -> None:
    assert plain(om.Suppression(kind="external", state="accepted")) == {
        "kind": "external",
        "status": "accepted",
    }


@pytest.mark.parametrize("foreign", [datetime(2026, 3, 1, tzinfo=UTC), {1}, b"raw", object()])
def test_a_foreign_type_is_refused(foreign: object) -> None:
    with pytest.raises(TypeError, match="no place in a SARIF log"):
        plain(result(level="error", properties={"x": [foreign]}))


def test_a_property_that_is_no_text_is_refused() -> None:
    with pytest.raises(TypeError, match="not a text"):
        plain({1: "x"})


def test_not_a_number_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        write_log(log([result(level="error", rank=float("nan"))]), io.StringIO())


def test_one_result_a_line_and_results_are_consumed_as_they_are_written() -> None:
    stream = io.StringIO()
    write_log(log(result(level="note") for _ in range(3)), stream)
    lines = stream.getvalue().splitlines()
    assert sum(line.startswith('{"message"') for line in lines) == 3
    assert len(json.loads(stream.getvalue())["runs"][0]["results"]) == 3


def test_two_runs_and_none_of_the_results() -> None:
    stream = io.StringIO()
    one = log([])
    write_log(om.SarifLog(runs=[*one.runs, *one.runs], version="2.1.0", schema_uri="s"), stream)
    assert [run["results"] for run in json.loads(stream.getvalue())["runs"]] == [[], []]


def log(results: Any) -> om.SarifLog:
    run = om.Run(tool=om.Tool(driver=om.ToolComponent(name="x")), results=results)
    return om.SarifLog(runs=[run], version="2.1.0", schema_uri="s")
