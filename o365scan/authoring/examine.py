"""All rules over one distribution."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence, Sized
from dataclasses import dataclass

from o365scan.authoring import casework, documentation, importing, naming, reading, repeating
from o365scan.authoring.remarks import Remark, Rule
from o365scan.authoring.subject import Subject


def _plugins(subject: Subject) -> Sized:
    return subject.entry_points


def _checks(subject: Subject) -> Sized:
    return subject.checks


def _datasets(subject: Subject) -> Sized:
    return subject.datasets


def _files(subject: Subject) -> Sized:
    return list(casework.present(subject))


RULES = (
    # First, and in processes of its own: a plugin that ends its process would end this one.
    Rule("importing", "nothing happens when it is loaded", importing.importing, _plugins),
    Rule("loads", "the plugin can be loaded, and brings something", naming.loads, _plugins),
    Rule("names", "ids and names begin with the plugin's, and agree with files", naming.names, _plugins),
    Rule("documentation", "checks say why, what to do, and on what they rest", documentation.documentation, _checks),
    Rule("frameworks", "ids of ATT&CK, SCuBA and CIS exist", naming.frameworks, _checks),
    Rule("permissions", "app and directory roles exist, and the least reads only", reading.permissions, _datasets),
    Rule("licences", "licences are named as they are bought", reading.licences, _datasets),
    Rule("references", "datasets link to Microsoft's own pages", reading.references, _datasets),
    Rule("cases", "each check has a file of cases, and each file a check", casework.files, _checks),
    # In processes of its own too, before this one judges.
    Rule("repeating", "the same snapshot gets the same findings, in any order", repeating.repeating, _files),
    Rule("cases hold", "each case is judged as it says, and one of each check fails", casework.hold, _files),
)  # fmt: skip


@dataclass(frozen=True)
class Result:
    """What a rule found."""

    rule: Rule
    remarks: tuple[Remark, ...]
    holds: bool | None
    """None: there was nothing to look at."""


def examine(
    subject: Subject, rules: Sequence[Rule] = RULES, begun: Callable[[Rule], None] = lambda _: None
) -> Iterator[Result]:
    """The result of each rule, as it is done with; `begun` is told of each before, since some take a while."""
    ended = False
    for rule in rules:
        if ended:
            yield Result(rule, (), None)
            continue
        begun(rule)
        remarks = tuple(rule.look(subject))
        ended = any(remark.ends for remark in remarks)
        holds = None if not remarks and not rule.over(subject) else not remarks
        yield Result(rule, remarks, holds)
