"""The report as JUnit XML: a test suite for each check, so that whatever shows tests shows what fails.

What can't be decided is an error: red, as a failure is, and never a pass. What is skipped is what nobody could pass.

GitLab takes the first of two cases of one name and class and forgets the other, shows an error's text and not its
message, and refuses files above 30 MB or of very many elements (docs.gitlab.com/ci/testing/unit_test_reports): hence
keys where names are the same, a text in each, and passes as a count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TextIO

from o365scan.api import (
    HEADER,
    AcceptanceState,
    Check,
    Finding,
    Gap,
    Report,
    Reporter,
    ReporterOption,
    Verdict,
    hookimpl,
    visible,
)

from .required import required

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

#: The elements by which a test case is counted; what has none passed.
_COUNTED = {"failure": "failures", "error": "errors", "skipped": "skipped"}
_NAME, _TEXT = 300, 4_000
#: The suites of what is not a check.
DATASETS, PLUGINS, CHOSEN = "o365scan.datasets", "o365scan.plugins", "o365scan.configuration"
#: The name of the case that stands for all objects that pass.
OTHERS = "the objects that pass"


@dataclass(frozen=True)
class _Case:
    """A test case: `how` is failure, error, skipped, or None where it passed."""

    name: str
    how: str | None = None
    message: str = ""
    type: str | None = None
    text: str = ""


@dataclass(frozen=True)
class _Suite:
    name: str
    cases: list[_Case]
    properties: Mapping[str, str] = field(default_factory=dict)

    def counts(self) -> Counter[str]:
        found = Counter(_COUNTED[case.how] for case in self.cases if case.how)
        return Counter(tests=len(self.cases), failures=0, errors=0, skipped=0) + found


def _write(report: Report, stream: TextIO, options: Mapping[str, str]) -> None:
    from xml.etree.ElementTree import Element, tostring

    each = options.get("passes") == "each"
    total = sum((suite.counts() for suite in _suites(report, each=each)), Counter[str]())
    whole = Element("testsuites", {"name": "o365scan", **_attributes(total, "tests", "failures", "errors")})
    opening = tostring(whole, encoding="unicode", short_empty_elements=False).removesuffix("</testsuites>")
    # A suite at a time: there may be a hundred thousand cases.
    stream.write(f'<?xml version="1.0" encoding="UTF-8"?>\n{opening}\n')
    for suite in _suites(report, each=each):
        stream.write(tostring(_element(suite, report), encoding="unicode") + "\n")
    stream.write("</testsuites>\n")


def _suites(report: Report, *, each: bool) -> Iterator[_Suite]:
    checks = {check.id: check for check in report.checks}
    found: dict[str, list[Finding]] = {id: [] for id in checks}
    for finding in (*report.findings, *report.held):
        found.setdefault(finding.check, []).append(finding)
    for id, findings in sorted(found.items()):
        yield _Suite(id, _cases(findings, report, each=each), _about(checks.get(id)))
    yield _Suite(DATASETS, _datasets(report))
    yield _Suite(PLUGINS, _plugins(report))
    if report.acceptances or report.left_out:
        yield _Suite(CHOSEN, list(_chosen(report)))


def _about(check: Check | None) -> dict[str, str]:
    return {"title": check.documentation.title, "severity": check.severity} if check else {}


def _cases(findings: list[Finding], report: Report, *, each: bool) -> list[_Case]:
    """One an object; those that pass are one together, unless `each` is asked for."""
    told = [finding for finding in findings if each or finding.verdict is not Verdict.PASS]
    passed = sum(finding.verdict is Verdict.PASS for finding in findings) if not each else 0
    names = Counter([OTHERS, *map(_name, told)])
    cases = [_case(finding, report, twice=names[_name(finding)] > 1) for finding in told]
    if passed:
        cases.append(_Case(OTHERS, text=f"{passed} object{'s' if passed > 1 else ''}"))
    return cases


def _name(finding: Finding) -> str:
    """What is held is a case beside today's on the same object, which could not be judged."""
    name = f"{finding.dataset} as a whole" if finding.key == HEADER else visible(finding.title, _NAME)
    return f"{name}, as last seen" if finding.held else name


def _case(finding: Finding, report: Report, *, twice: bool) -> _Case:
    """`twice`: another object is called the same, so the key tells them apart."""
    name = f"{_name(finding)} ({visible(finding.key, _NAME)})" if twice else _name(finding)
    if (risk := finding.accepted) is not None:
        said = f"Accepted by {risk.owner} until {risk.expires}: {risk.reason}"
        return _Case(name, "skipped", f"{said} What is wrong: {finding.message}")
    if licences := report.licences_wanted(finding):
        return _Case(name, "skipped", f"Takes {', '.join(licences)}: {finding.message}")
    match finding.verdict:
        case Verdict.FAIL:
            problems = "\n".join(_problems(finding))
            seen = "It can't be judged today: " if finding.held else ""
            return _Case(name, "failure", seen + finding.message, finding.severity, problems)
        case Verdict.OPEN:
            reasons = "\n".join(visible(each.reason, _TEXT) for each in finding.reasons)
            return _Case(name, "error", f"Could not be decided: {finding.message}", "open", reasons)
        case Verdict.NOT_APPLICABLE:
            return _Case(name, "skipped", finding.message or "Nothing is there that could be judged.")
        case Verdict.PASS:
            return _Case(name)


def _problems(finding: Finding) -> Iterator[str]:
    for problem in finding.problems:
        yield f"{problem.severity or finding.severity}: {visible(problem.message, _TEXT)}"
        for each in problem.evidence:
            yield f"  {each.dataset} {visible(each.key)} {visible(each.pointer)}"
    yield f"What to do: o365scan explain {finding.check}"


def _datasets(report: Report) -> list[_Case]:
    """One a dataset that was wanted: what is missing of it is an error if a check can't do without."""
    gaps: dict[str, list[Gap]] = {name: [] for name in report.datasets}
    for gap in report.gaps:
        gaps.setdefault(gap.dataset, []).append(gap)
    needed = required(report)
    return [_dataset(name, found, report, needed=name in needed) for name, found in sorted(gaps.items())]


def _dataset(name: str, gaps: list[Gap], report: Report, *, needed: bool) -> _Case:
    if not gaps:
        return _Case(name)
    first, text = gaps[0], "\n".join(_lines(gaps))
    if licence := report.licence_wanted_for(name):
        return _Case(name, "skipped", f"Takes {licence}: {first.detail}", text=text)
    if not needed:
        return _Case(name, "skipped", f"Could not be read, and only enriches: {first.detail}", text=text)
    return _Case(name, "error", f"Could not be read: {first.detail}", first.reason, text)


def _lines(gaps: Iterable[Gap]) -> Iterator[str]:
    for gap in gaps:
        of = f" of {visible(gap.parent)}" if gap.parent else ""
        yield f"{gap.reason}{of}: {visible(gap.detail, _TEXT)}"
        if gap.hint:
            yield f"  {visible(gap.hint, _TEXT)}"


def _plugins(report: Report) -> list[_Case]:
    """One a plugin, or a part of one that could not be used."""
    broken: dict[str, list[str]] = {plugin.name: [] for plugin in report.plugins}
    for failure in report.failures:
        broken.setdefault(failure.plugin, []).append(f"{failure.stage}: {failure.message}")
    return [
        _Case(
            visible(name, _NAME), "error", said[0], "plugin", "\n".join(visible(each, _TEXT) for each in said)
        )
        if said
        else _Case(visible(name, _NAME))
        for name, said in sorted(broken.items())
    ]


def _chosen(report: Report) -> Iterator[_Case]:
    """Accepted risks, with what became of them, and the checks that don't run: nothing that was chosen is silent."""
    for number, use in enumerate(report.acceptances, start=1):
        risk = use.risk
        name = f"accepted {number}: {risk.check}, {visible(risk.object, _NAME)}"
        said = f"{risk.owner} until {risk.expires}: {risk.reason}"
        if use.state is AcceptanceState.USED:
            yield _Case(name, text=f"{use.count} accepted by {visible(said, _TEXT)}")
        else:
            yield _Case(name, "skipped", f"{use.state}: {use.because} ({said})")
    for left in report.left_out:
        yield _Case(f"left out: {left.check}", "skipped", f"Left out by {left.because}.")


def _element(suite: _Suite, report: Report) -> Element:
    from xml.etree.ElementTree import Element, SubElement

    element = Element(
        "testsuite",
        {
            "name": suite.name,
            **_attributes(suite.counts()),
            "timestamp": f"{report.collected_at:%Y-%m-%dT%H:%M:%S}",
            "hostname": visible(report.tenant.domain or report.tenant.id, _NAME),
        },
    )
    properties = SubElement(element, "properties")
    for name, value in {**suite.properties, "tenant": report.tenant.id, "version": report.version}.items():
        SubElement(properties, "property", name=name, value=visible(value, _TEXT))
    for case in suite.cases:
        _add_case(SubElement(element, "testcase", classname=suite.name, name=case.name), case)
    return element


def _add_case(element: Element, case: _Case) -> None:
    from xml.etree.ElementTree import SubElement

    if case.how is None:
        if case.text:
            SubElement(element, "system-out").text = case.text
        return
    said = {"message": visible(case.message, _TEXT)} | ({"type": case.type} if case.type else {})
    SubElement(element, case.how, said).text = case.text or None


def _attributes(counts: Mapping[str, int], *names: str) -> dict[str, str]:
    return {name: str(counts[name]) for name in names or ("tests", "failures", "errors", "skipped")}


o365scan_api = ">=1.0,<2"
"""The versions of o365scan.api that it is written for."""


@hookimpl
def o365scan_reporters() -> list[Reporter]:
    """JUnit XML."""
    passes = ReporterOption("passes", ("count", "each"), "Objects that pass: one case a check, or one each.")
    return [Reporter(name="junit", help="All verdicts as JUnit XML.", write=_write, options=(passes,))]
