"""The report as a page of Markdown: the job summary of GitHub Actions, and whatever else renders Markdown.

What is shown of a tenant is chosen by attackers: it is inert text, or stands in code spans that it can't close.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import TextIO

from o365scan.api import HEADER, Check, Finding, Report, Reporter, Verdict, hookimpl, inert
from o365scan.reports import changes
from o365scan.reports.choices import in_order, named
from o365scan.reports.licences import wanted
from o365scan.reports.tally import Tally, mendable, undecided, unread

LIMIT = 1_000_000
"""Bytes: GitHub takes 1 MiB of a step's summary, and refuses all of a larger one."""
_CLOSING = 300
"""Bytes that are kept for the last line, which says what was left out."""
#: Objects shown of a check, and of what is undecided.
SHOWN, UNDECIDED = 20, 30

_TITLE, _SAID = 120, 600
# What `inert` leaves because sinks of plain text need it: an address, which Markdown makes a link, and what only
# GitHub acts on: formulas and emoji, emphasis by underscores, an issue of another repository.
_ADDRESS = re.compile(r"""[^\s"'(),;]*@[^\s"'(),;]*""")
_GITHUB = str.maketrans({"_": r"\_", "$": "\uff04"})
_EMOJI = re.compile(r":(?=[\w+-]+:)")
_COUNTED = {
    Verdict.PASS: "passed",
    Verdict.NOT_APPLICABLE: "not applicable",
    Verdict.OPEN: "could not be decided",
}


def page(report: Report, limit: int = LIMIT) -> str:
    """The page, of at most `limit` bytes: what does not fit is counted in its last line."""
    lines: list[str] = []
    room = limit - _CLOSING
    rest = iter(_lines(report))
    for line in rest:
        room -= len(line.encode()) + 1
        if room < 0:
            left = sum(1 for each in (line, *rest) if each)
            lines += ["", f"**{left} more lines were left out:** a job summary takes no more."]
            break
        lines.append(line)
    return "\n".join(lines) + "\n"


def _lines(report: Report) -> Iterator[str]:
    failed = _failed(report)
    yield from _heading(report)
    yield from _failures(failed, report.known or report.checks)
    yield from _no_more("Gone since then", report.gone)
    yield from _no_more("Failed then, and could not be judged today", report.unsettled)
    yield from _blind_spots(report)
    yield from _licences(report)
    yield from _chosen(report)
    yield f"_o365scan {code(report.version)}. What to do about a check: `o365scan explain ID`._"


def _failed(report: Report) -> list[Finding]:
    """Failures of today and those held, the worst check first, in it the worst object."""
    failed = mendable(report)
    worst = Counter[str]()
    for each in failed:
        worst[each.check] = max(worst[each.check], each.severity.rank)
    return sorted(failed, key=lambda each: (-worst[each.check], each.check, -each.severity.rank, each.title))


def _heading(report: Report) -> Iterator[str]:
    tenant = report.tenant
    yield f"## {text(tenant.name or tenant.domain or tenant.id, _TITLE)}"
    yield ""
    names = [code(each) for each in (tenant.domain, tenant.id) if each]
    yield f"{' · '.join(names)} · collected {report.collected_at:%Y-%m-%d %H:%M} UTC"
    yield ""
    yield summary(report)
    yield ""
    if report.baseline is not None:
        yield changes.line(report, report.baseline)
        if why := changes.why_not(report, report.baseline):
            yield f"_{why}_"
        yield ""


def summary(report: Report) -> str:
    """How many verdicts there are of each kind, in one line."""
    tally = Tally.of(report)
    failed, counted = tally.by_severity(), tally.verdicts
    parts = [f"**{counted[Verdict.FAIL]} failed** ({failed})" if failed else "**Nothing failed**"]
    parts += [f"{counted[kind]} {said}" for kind, said in _COUNTED.items() if counted[kind]]
    if tally.unread:
        parts.append(f"{tally.unread} dataset{'' if tally.unread == 1 else 's'} not wholly read")
    if tally.accepted:
        parts.append(f"{tally.accepted} accepted")
    if tally.bound:
        parts.append(f"{tally.bound} out of reach without a licence")
    if tally.held:
        parts.append(f"{tally.held} repeated from an earlier scan")
    return f"{', '.join(parts)} · {len(report.checks)} check{'' if len(report.checks) == 1 else 's'}"


def _failures(failed: Iterable[Finding], checks: Iterable[Check]) -> Iterator[str]:
    titles = {check.id: check.documentation.title for check in checks}
    for id, group in groupby(failed, key=lambda each: each.check):
        found = list(group)
        yield f"### {text(titles.get(id, id), _TITLE)}"
        yield ""
        yield code(id)
        yield ""
        yield "| | object | what is wrong |"
        yield "| --- | --- | --- |"
        for each in found[:SHOWN]:
            held = " _(as last seen: it can't be judged today)_" if each.held else ""
            yield f"| {each.severity} | {code(each.title)} | {changes.mark(each)}{text(each.message)}{held} |"
        yield ""
        if len(found) > SHOWN:
            yield f"… and {len(found) - SHOWN} more"
            yield ""


def _chosen(report: Report) -> Iterator[str]:
    """What the organisation chose: no accepted risk and no check that is left out is silent."""
    if report.acceptances:
        yield "### Accepted risks"
        yield ""
        yield "| | check | object | until | owner | why |"
        yield "| --- | --- | --- | --- | --- | --- |"
    for use in in_order(report.acceptances):
        risk, because = use.risk, f" _{text(use.because)}_" if use.because else ""
        why = f"{text(risk.reason)}{because}"
        whose = (
            f"{code(risk.check)} | {code(named(use, report))} | {risk.expires} | {text(risk.owner, _TITLE)}"
        )
        yield f"| {use.state} | {whose} | {why} |"
    if report.acceptances:
        yield ""
    if report.left_out:
        checks = ", ".join(f"{code(each.check)} ({each.because})" for each in report.left_out)
        yield f"Checks left out by the configuration: {checks}"
        yield ""


def _no_more(title: str, findings: Sequence[Finding]) -> Iterator[str]:
    """Failures of the baseline that are none today."""
    if not findings:
        return
    yield f"### {title}"
    yield ""
    for each in findings[:SHOWN]:
        about = "" if each.key == HEADER else f" · {code(each.title)}"
        yield f"- {code(each.check)}{about}: {text(each.message)}"
    if len(findings) > SHOWN:
        yield f"- … and {len(findings) - SHOWN} more"
    yield ""


def _blind_spots(report: Report) -> Iterator[str]:
    unsure, blind = undecided(report), unread(report)
    if not (unsure or blind or report.failures):
        return
    yield "### Could not be seen or decided"
    yield ""
    for gap in (each for each in blind if each.parent is None):
        yield f"- {code(gap.dataset)}: {text(gap.detail)}{f' {text(gap.hint)}' if gap.hint else ''}"
    for name, count in sorted(Counter(gap.dataset for gap in blind if gap.parent is not None).items()):
        yield f"- {code(name)}: {count} parts of it are missing"
    for each in unsure[:UNDECIDED]:
        about = "" if each.key == HEADER else f" · {code(each.title)}"
        yield f"- {code(each.check)}{about}: {text(each.message)}"
    if len(unsure) > UNDECIDED:
        yield f"- … and {len(unsure) - UNDECIDED} more verdicts"
    for failure in report.failures:
        yield f"- plugin {code(failure.plugin)} ({text(failure.stage)}): {text(failure.message)}"
    yield ""


def _licences(report: Report) -> Iterator[str]:
    found = wanted(report)
    if not found:
        return
    yield "### Takes a licence that the tenant hasn't"
    yield ""
    for each in found:
        parts = {
            "can't be mended": {finding.check for finding in each.mended},
            "can't be seen": each.undecided,
            "not read": each.unread,
        }
        said = "; ".join(
            f"{what}: {', '.join(map(code, sorted(names)))}" for what, names in parts.items() if names
        )
        yield f"- {text(each.licence)}: {said}"
    yield ""


def code(said: str, limit: int = _TITLE) -> str:
    """As a code span: nothing in it is acted on, and it can't end it."""
    return f"`{inert(said, limit) or ' '}`"


def text(said: str, limit: int = _SAID) -> str:
    """As prose, with addresses in code spans, where they are no links."""
    parts: list[str] = []
    end = 0
    shown = inert(said, limit)
    for found in _ADDRESS.finditer(shown):
        parts += [_prose(shown[end : found.start()]), f"`{found.group()}`"]
        end = found.end()
    return "".join([*parts, _prose(shown[end:])])


def _prose(said: str) -> str:
    return _EMOJI.sub("\uff1a", said).translate(_GITHUB)


def _write(report: Report, stream: TextIO, _options: Mapping[str, str]) -> None:
    stream.write(page(report))


o365scan_api = ">=1.0,<2"
"""The versions of o365scan.api that it is written for."""


@hookimpl
def o365scan_reporters() -> list[Reporter]:
    """The Markdown report."""
    return [
        Reporter(name="markdown", help="A page of Markdown, as for a job summary on GitHub.", write=_write)
    ]
