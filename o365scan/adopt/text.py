"""Proposals as a commented o365scan.toml: nothing in it is in force until a person takes a # away.

Names and messages are tenant data, chosen by attackers: every value goes through a TOML writer, every comment
through `visible`, and no character that acts is left in either.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence

from o365scan.adopt import Proposal, Proposals, Refusal
from o365scan.api import Check, Finding, Report, Severity, visible
from o365scan.config import toml_text

_WIDTH = 110
_LONGEST = 600
_INTRODUCTION = """\
# Proposed by `o365scan adopt`: what the organisation may want to accept as expected. Nothing here is in force.
# Look at each entry, ask whose it is, and take the # before its value away only if you know. What you don't know is
# better left as a finding. Nothing is proposed that bears a sign of an intruder, or names what bears one: that stands
# at the end, and why. That nothing was seen is no proof: an intruder's thing can look like anybody's. What your
# o365scan.toml has already stays: add to its lists.
"""
_SHOWN = 20
"""Refusals told of one check; a number stands for the others."""
_EVIDENCE = 4
_CAUTION = "Caution: it is {severity} unless somebody answers for it. Ask the owner first, and not by mail."

Reasons = dict[str, list[Proposal]]
"""By what is written of an entry: why it is there."""


def toml_of(found: Proposals, report: Report) -> str:
    """The file, as text."""
    return "\n".join(_lines(found, report)) + "\n"


def _lines(found: Proposals, report: Report) -> Iterator[str]:
    tenant = report.tenant
    yield _INTRODUCTION.rstrip("\n")
    yield from _comment(
        f"Tenant {tenant.name or 'without a readable name'}, {tenant.id}, as of {report.collected_at:%Y-%m-%d %H:%M}."
    )
    if report.gaps:
        names = ", ".join(sorted({gap.dataset for gap in report.gaps}))
        yield from _comment(f"Not everything could be read, so signs may be missing: {names}.")
    checks = {check.id: check for check in report.checks}
    for id, offered in found.by_check.items():
        yield from _check(checks[id], offered)
    if found.refused:
        yield ""
        yield from _comment("Not proposed, and why:")
    for id, refused in found.refused.items():
        yield from _refused(checks[id], refused)
    if found.left:
        yield ""
        yield from _comment(
            f"Findings for which nothing is proposed: {len(found.left)}. `o365scan scan` shows them."
        )


def _check(check: Check, offered: tuple[Proposal, ...]) -> Iterator[str]:
    table = f"checks.{toml_text.key(check.id)}"
    yield ""
    yield from _comment(check.documentation.title)
    yield f"[{table}]"
    for option, values in _lists(offered).items():
        yield f"{toml_text.key(option)} = ["
        for value, because in values.items():
            yield from _because(because, "  ")
            yield f"  #{value},"
        yield "]"
    for option, lines in _tables(offered).items():
        yield f"\n[{table}.{toml_text.key(option)}]"
        for line, because in lines.items():
            yield from _because(because)
            yield f"#{line}"


def _lists(offered: Iterable[Proposal]) -> dict[str, Reasons]:
    """By option, each value once, with all proposals that want it."""
    found: dict[str, Reasons] = {}
    for proposal, option, value in _options(offered):
        for text in () if isinstance(value, Mapping) else value:
            found.setdefault(option, {}).setdefault(toml_text.value(text), []).append(proposal)
    return found


def _tables(offered: Iterable[Proposal]) -> dict[str, Reasons]:
    """By option that is a table, a line a key; what several proposals want of one key is one line."""
    texts: dict[tuple[str, str], dict[str, None]] = {}
    because: dict[tuple[str, str], list[Proposal]] = {}
    for proposal, option, value in _options(offered):
        for key, wanted in value.items() if isinstance(value, Mapping) else ():
            texts.setdefault((option, key), {}).update(dict.fromkeys(wanted))
            because.setdefault((option, key), []).append(proposal)
    found: dict[str, Reasons] = {}
    for (option, key), wanted_of_all in texts.items():
        line = f"{toml_text.key(key)} = [{', '.join(map(toml_text.value, wanted_of_all))}]"
        found.setdefault(option, {})[line] = because[option, key]
    return found


def _options(
    offered: Iterable[Proposal],
) -> Iterator[tuple[Proposal, str, Sequence[str] | Mapping[str, Sequence[str]]]]:
    for proposal in offered:
        for entries in proposal.entries:
            for option, value in entries.items():
                yield proposal, option, value


def _because(proposals: Iterable[Proposal], indent: str = "") -> Iterator[str]:
    for proposal in dict.fromkeys(proposals):
        finding = proposal.finding
        yield from _comment(_said(finding), indent)
        shown = dict.fromkeys(
            f"{each.pointer.lstrip('/')} = {json.dumps(each.value, ensure_ascii=False, default=list)}"
            for problem in finding.problems
            for each in problem.evidence
        )
        if shown:
            yield from _comment("; ".join(list(shown)[:_EVIDENCE]), indent)
        if finding.severity.rank >= Severity.HIGH.rank:
            yield from _comment(_CAUTION.format(severity=finding.severity), indent)


def _refused(check: Check, refused: tuple[Refusal, ...]) -> Iterator[str]:
    yield ""
    yield from _comment(f"{check.id}:")
    for each in refused[:_SHOWN]:
        yield from _comment(f"- {_said(each.finding)}")
        yield from _comment(f"  Not proposed, because {each.because}.")
    if len(refused) > _SHOWN:
        yield from _comment(f"- and {len(refused) - _SHOWN:,} more")


def _said(finding: Finding) -> str:
    return f"{finding.title} ({finding.severity}): {finding.message}"


def _comment(text: str, indent: str = "") -> Iterator[str]:
    start = f"{indent}# "
    yield from textwrap.wrap(
        visible(text, _LONGEST), _WIDTH, initial_indent=start, subsequent_indent=start, break_on_hyphens=False
    )
