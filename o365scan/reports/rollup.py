"""Many alerts of one rule are one alert: more than 25 become one on the dataset, until fewer than 10 are left.

The gap between the two numbers keeps a tenant that stands near one of them from flapping; what is rolled up is
kept with the evidence.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import groupby

from o365scan.api import HEADER, Evidence, Finding, Problem

ROLL_UP_ABOVE, UNROLL_BELOW = 25, 10
#: Objects named in the one alert, and pointed to as evidence.
_NAMED = 10

#: A check and a dataset: alerts that roll up together.
Group = tuple[str, str]


def group_of(finding: Finding) -> Group:
    """What the finding rolls up with."""
    return finding.check, finding.dataset


def rolled_up(
    failures: Iterable[Finding], before: Collection[Group]
) -> tuple[tuple[Finding, ...], set[Group]]:
    """The alerts to show, ordered by check, dataset and key, and the groups that are now rolled up."""
    ordered = sorted(failures, key=lambda each: (*group_of(each), each.key))
    shown: list[Finding] = []
    groups: set[Group] = set()
    for group, members in groupby(ordered, key=group_of):
        findings = list(members)
        if len(findings) > ROLL_UP_ABOVE or (group in before and len(findings) >= UNROLL_BELOW):
            groups.add(group)
            shown.append(_one(findings))
        else:
            shown.extend(findings)
    return tuple(shown), groups


def _one(findings: list[Finding]) -> Finding:
    """The alert on the dataset that stands for all of its objects."""
    worst = sorted(findings, key=lambda each: (-each.severity.rank, each.key))
    first = worst[0]
    names = ", ".join(f'"{each.title}"' for each in worst[:_NAMED])
    message = f"{len(findings)} objects fail, such as {names}. The worst: {first.message}"
    problem = Problem(message, tuple(_evidence(worst[:_NAMED])), first.severity)
    return Finding(
        check=first.check,
        dataset=first.dataset,
        key=HEADER,
        title=first.dataset,
        verdict=first.verdict,
        severity=first.severity,
        problems=(problem,),
        held=all(each.held for each in findings),
    )


def _evidence(findings: Iterable[Finding]) -> Iterator[Evidence]:
    for finding in findings:
        for problem in finding.problems[:1]:
            yield from problem.evidence[:1]
