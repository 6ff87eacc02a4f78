"""Many alerts of one rule are one alert: more than 25 become one on the dataset, until fewer than 10 are left.

So do the largest groups of 10 or more where there are more than 60 alerts in all: a list that nobody reads to its end
helps nobody. Such a group stays rolled up until fewer than 5 are left, or no more than 50 failures in all. The gap
between the numbers keeps a tenant that stands near one of them from flapping; what is rolled up is kept with the
evidence.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import groupby

from o365scan.api import HEADER, Evidence, Finding, Problem

ROLL_UP_ABOVE, UNROLL_BELOW = 25, 10
#: So many alerts are read; of more, the largest groups of so many are rolled up.
READ, LARGE = 60, 10
#: Where so many failures are left in all, a group stays rolled up until fewer than so many of its own are.
CROWD, FEW = 50, 5
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
    members = {group: list(found) for group, found in groupby(ordered, key=group_of)}
    unroll_below = FEW if len(ordered) > CROWD else UNROLL_BELOW
    groups = {
        group
        for group, found in members.items()
        if len(found) > ROLL_UP_ABOVE or (group in before and len(found) >= unroll_below)
    }
    groups.update(_largest({group: len(found) for group, found in members.items()}, groups))
    shown: list[Finding] = []
    for group, findings in members.items():
        shown.extend([_one(findings)] if group in groups else findings)
    return tuple(shown), groups


def _largest(sizes: Mapping[Group, int], already: Collection[Group]) -> Iterator[Group]:
    """The groups that are rolled up too where there are too many alerts in all."""
    total = sum(1 if group in already else size for group, size in sizes.items())
    rest = [group for group in sizes if group not in already and sizes[group] >= LARGE]
    for group in sorted(rest, key=lambda each: (-sizes[each], each)):
        if total <= READ:
            return
        total -= sizes[group] - 1
        yield group


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
