"""JUnit XML, read back by somebody else's reader, and as strict as Jenkins's schema."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pytest
from junitparser import JUnitXml, TestCase

from o365scan.api import Report, Severity, Verdict
from o365scan.cli.exit_codes import ExitCode, code_of_report
from o365scan.cli.fail_on import FailOn
from o365scan.reports.junit import DATASETS, OTHERS, PLUGINS, o365scan_reporters
from tests.reports.sample import CONNECTOR, FAILING, HOSTILE, LICENCE, PASSING, REPORT, hostile, written

(JUNIT,) = o365scan_reporters()

#: Of Jenkins's junit-10.xsd, what is used: element → attributes it must have, may have, and what may stand in it.
ALLOWED: dict[str, tuple[set[str], set[str], set[str]]] = {
    "testsuites": (set(), {"name", "tests", "failures", "errors", "time", "disabled"}, {"testsuite"}),
    "testsuite": (
        {"name", "tests", "failures", "errors"},
        {"skipped", "timestamp", "hostname", "time", "group", "id", "package"},
        {"properties", "testcase", "system-out", "system-err"},
    ),
    "properties": (set(), set(), {"property"}),
    "property": ({"name", "value"}, set(), set()),
    "testcase": (
        {"name"},
        {"classname", "time"},
        {"failure", "error", "skipped", "system-out", "system-err"},
    ),
    "failure": (set(), {"message", "type"}, set()),
    "error": (set(), {"message", "type"}, set()),
    "skipped": (set(), {"message", "type"}, set()),
    "system-out": (set(), set(), set()),
}


def outcome(case: TestCase) -> tuple[str, str]:
    """How a case ended, and what it says."""
    if not case.result:
        return "passed", ""
    (result,) = case.result
    return type(result).__name__.lower(), result.message


def cases(text: str) -> dict[tuple[str, str], TestCase]:
    found = [case for suite in JUnitXml.fromstring(text.encode()) for case in suite]
    named = {(case.classname, case.name): case for case in found}
    assert len(named) == len(found), "two cases of one name: a reader takes one for both"
    return named


def assert_valid(text: str) -> None:
    for element in ElementTree.fromstring(text).iter():
        must, may, within = ALLOWED[element.tag]
        assert must <= set(element.keys()) <= must | may, element.tag
        assert {child.tag for child in element} <= within
        if element.tag == "testsuite":
            inside = Counter(
                (child[0].tag if len(child) and child[0].tag != "system-out" else "passed")
                for child in element.iter("testcase")
            )
            counted = {
                name: int(element.get(name, "")) for name in ("failures", "errors", "skipped", "tests")
            }
            assert counted == {
                "failures": inside["failure"],
                "errors": inside["error"],
                "skipped": inside["skipped"],
                "tests": inside.total(),
            }


def test_verdicts() -> None:
    text = written(JUNIT, REPORT)
    assert_valid(text)
    found = {name: outcome(case) for name, case in cases(text).items()}
    rule, method = "exchange.rule-is-harmless", "exchange.method-is-strong"
    assert found == {
        (CONNECTOR.id, "Partner"): ("failure", "Mail from anywhere is accepted."),
        (CONNECTOR.id, "Relay"): ("error", "Could not be decided: The field Enabled is missing"),
        (CONNECTOR.id, "Off"): ("skipped", "It is switched off."),
        (CONNECTOR.id, OTHERS): ("passed", ""),
        (method, "exchange.licensed as a whole"): (
            "skipped",
            f"Takes {LICENCE}: exchange.licensed could not be read",
        ),
        (rule, "exchange.rules as a whole"): (
            "error",
            "Could not be decided: exchange.rules could not be read: denied",
        ),
        (rule, "Hide, as last seen"): ("failure", "It can't be judged today: A header is removed."),
        (DATASETS, "exchange.inbound-connectors"): ("passed", ""),
        (DATASETS, "exchange.mailboxes"): ("passed", ""),
        (DATASETS, "exchange.rules"): ("error", "Could not be read: 403"),
        (DATASETS, "exchange.licensed"): ("skipped", f"Takes {LICENCE}: no licence"),
        (DATASETS, "exchange.enriching"): ("skipped", "Could not be read, and only enriches: 429"),
        (PLUGINS, "exchange"): ("passed", ""),
        (PLUGINS, "contoso"): ("error", "load: ModuleNotFoundError: no module"),
    }
    whole = JUnitXml.fromstring(text.encode())
    assert (whole.tests, whole.failures, whole.errors) == (14, 2, 4)
    others = cases(text)[CONNECTOR.id, OTHERS]
    assert others.system_out == "5 objects"


def test_each_pass_may_be_a_case() -> None:
    found = cases(written(JUNIT, REPORT, passes="each"))
    assert {name for of, name in found if of == CONNECTOR.id} == {
        "Partner", "Relay", "Off", *(each.title for each in PASSING),
    }  # fmt: skip


def test_failures_say_what_to_do() -> None:
    (result,) = cases(written(JUNIT, REPORT))[CONNECTOR.id, "Partner"].result
    assert result.type == "high"
    assert result.text.splitlines() == [
        "high: Mail from anywhere is accepted.",
        "  exchange.inbound-connectors 1 /Enabled",
        f"What to do: o365scan explain {CONNECTOR.id}",
    ]


def test_objects_of_one_name_stay_apart() -> None:
    """Whoever names a bad object as a good one is called, or as what stands for all that pass, hides nothing."""
    bad = [
        replace(FAILING, key=f"bad{number}", title=title) for number, title in enumerate((OTHERS, "Relay"))
    ]
    found = cases(written(JUNIT, replace(REPORT, findings=(*bad, *REPORT.findings))))
    failing = {
        name for (of, name), case in found.items() if outcome(case)[0] == "failure" and of == CONNECTOR.id
    }
    assert failing == {"Partner", f"{OTHERS} (bad0)", "Relay (bad1)"}


@pytest.mark.parametrize("passes", ["count", "each"])
def test_hostile_names_are_only_names(passes: str) -> None:
    text = written(JUNIT, hostile(), passes=passes)
    text.encode("utf-8")  # as the file will be
    assert_valid(text)
    failed = [case for (of, _), case in cases(text).items() if of == CONNECTOR.id]
    assert [outcome(case)[0] for case in failed] == ["failure"] * len(HOSTILE)
    assert not any(character in text for character in ("\x1b", "\x00", "\u202e", "\ud800", "\ufffe"))


@pytest.mark.parametrize("name", ["attacked", "hostile", "blind"])
def test_real_reports(real: Mapping[str, Report], name: str) -> None:
    report = real[name]
    text = written(JUNIT, report)
    assert_valid(text)
    counted = Counter(
        outcome(case)[0] for (of, _), case in cases(text).items() if of not in (DATASETS, PLUGINS)
    )
    bound = sum(bool(report.licences_wanted(each)) for each in report.findings)
    verdicts = Counter(each.verdict for each in report.findings if not report.licences_wanted(each))
    assert counted["failure"] == verdicts[Verdict.FAIL]
    assert counted["error"] == verdicts[Verdict.OPEN]
    assert counted["skipped"] == verdicts[Verdict.NOT_APPLICABLE] + bound
    assert counted["passed"] == len(set(_checks_that_pass(report)))
    assert (name == "blind") == bool(counted["error"])


@pytest.mark.parametrize(
    "spoilt", [(), ("findings",), ("failures",), ("gaps",), ("held",), ("gaps", "failures")]
)
def test_red_is_what_the_exit_code_tells(real: Mapping[str, Report], spoilt: tuple[str, ...]) -> None:
    """Each thing that makes a scan incomplete or bad makes a red case by itself, and nothing else does."""
    fine = replace(
        REPORT, findings=PASSING, gaps=REPORT.gaps[1:], failures=(), held=()
    )  # what takes a licence, and what only enriches
    reports = [replace(fine, **{name: getattr(REPORT, name) for name in spoilt}), *real.values()]
    for report in reports:
        whole = JUnitXml.fromstring(written(JUNIT, report).encode())
        code = code_of_report(report, fail_on=[FailOn(Severity.LOW)], allow_incomplete=False)
        assert bool(whole.failures + whole.errors) == (code != ExitCode.DONE)
    assert bool(spoilt) == bool(
        JUnitXml.fromstring(written(JUNIT, reports[0]).encode()).errors or "held" in spoilt
    )


def _checks_that_pass(report: Report) -> Iterator[str]:
    yield from (each.check for each in report.findings if each.verdict is Verdict.PASS)


def test_a_hundred_thousand_passes_are_a_few_lines() -> None:
    many = replace(REPORT, findings=(PASSING[0],) * 100_000)
    text = written(JUNIT, many)
    assert len(text) < 20_000
    assert "100000 objects" in text


def test_it_is_written_a_suite_at_a_time() -> None:
    longest = 0

    class Stream(io.StringIO):
        def write(self, text: Any) -> int:
            nonlocal longest
            longest = max(longest, len(text))
            return super().write(text)

    stream = Stream()
    JUNIT.write(REPORT, stream, {})
    assert longest < len(stream.getvalue()) / 2
