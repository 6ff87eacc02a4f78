"""The same snapshot gets the same findings: else alerts would open and close by themselves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from o365scan.api import visible
from o365scan.authoring.program import OF_A_CASE, Stuck, run
from o365scan.authoring.remarks import Remark
from o365scan.authoring.subject import Subject
from o365scan.config import Limits

#: How it is judged, and with which order of sets and dictionaries of texts.
_WAYS = (("forward", "1"), ("backward", "2"))
#: MiB that judging the cases may take: as much as a scan lets a check have.
MEMORY = Limits().memory_mib
_TO_DO = "Sort what comes from a set, keep nothing between calls, and use no clock and no chance but `now`."

Judgings = dict[str, list[str]]


def repeating(subject: Subject) -> Iterator[Remark]:
    """Each written case is judged twice: with other hash seeds, after other cases, with records in another order."""
    if subject.cases is None:
        return
    try:
        with ThreadPoolExecutor() as pool:
            forward, backward = pool.map(lambda way: _judged(subject, *way), _WAYS)
    except Stuck as cause:
        what = f"Judging the cases: {cause}."
        yield Remark(
            "repeating", what, subject.distribution, "Find the check that loops or exits.", ends=True
        )
        return
    for name, first in forward.items():
        if (other := backward[name]) != first:
            what = f"{name}: judged again, it says something else: {_difference(first, other)}"
            yield Remark("repeating", what, _place(subject, name), _TO_DO)


def _judged(subject: Subject, order: str, seed: str) -> Judgings:
    """Raises Stuck, also for a process that a check ended."""
    limits = (str(OF_A_CASE), str(MEMORY))
    done = run(
        "judge_probe",
        subject.distribution,
        str(subject.cases),
        order,
        *limits,
        environment={"PYTHONHASHSEED": seed},
    )
    if done.returncode != 0:
        raise Stuck(f"the process ended with {done.returncode}: {done.stderr.strip()[-300:]}")
    found: Judgings = json.loads(done.stdout)
    return found


def _difference(first: list[str], other: list[str]) -> str:
    if len(first) != len(other):
        return f"{len(first)} findings, then {len(other)}"
    one, two = next((one, two) for one, two in zip(first, other, strict=True) if one != two)
    at = next((place for place, pair in enumerate(zip(one, two, strict=False)) if pair[0] != pair[1]), 0)
    start = max(at - 30, 0)
    return f"…{visible(one[start : at + 50])}…, then …{visible(two[start : at + 50])}…"


def _place(subject: Subject, name: str) -> str:
    return subject.place(subject.registry.checks[name.partition(": ")[0]])
