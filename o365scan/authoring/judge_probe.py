"""A program: judge the written cases of a distribution's checks, and say every finding in full.

    python -m o365scan.authoring.judge_probe DISTRIBUTION CASES forward|backward SECONDS MEMORY

Backward, the last case comes first, and records are added in reverse: what a check kept from earlier cases is another.
Its standard output is a JSON object: check id and case name → the findings, each as text. A case may take so many
seconds, and the program so many MiB more than it has: else it ends with the code STUCK, and says which case it was.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from contextlib import redirect_stdout
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import NoReturn

from o365scan.api import Finding, O365ScanError, visible
from o365scan.authoring.casework import present
from o365scan.authoring.program import STUCK
from o365scan.authoring.subject import installed_subject
from o365scan.containment.worker import limit_memory
from o365scan.testing.case import Case
from o365scan.testing.files import CaseFileInvalid, written_in
from o365scan.watchdog import Overdue, bounded

#: What the engine says of a check that was refused memory.
_NO_MEMORY = "the check crashed: MemoryError"


def judgings(distribution: str, folder: Path, *, backward: bool, seconds: float) -> dict[str, list[str]]:
    """Every written case, by its name."""
    cases: list[Case] = []
    for check, path in present(installed_subject(distribution, folder)):
        try:
            cases += written_in(path, {check.id: check})
        except CaseFileInvalid:
            continue  # the rule on case files tells of it
    if backward:
        cases = [
            replace(case, records={name: rows[::-1] for name, rows in case.records.items()})
            for case in reversed(cases)
        ]
    return {str(case): _judged(case, seconds) for case in cases}


def _judged(case: Case, seconds: float) -> list[str]:
    """Ends the program where the check is stuck: it would hold up whoever judges next, too."""
    try:
        with bounded(seconds, case.check.id, "to judge a case"):
            found = [_text(finding) for finding in case.findings()]
    except Overdue as cause:
        _stuck(f"{case}: {cause}")
    except (AssertionError, O365ScanError) as cause:  # no case to judge: the rule on cases tells of it
        return [str(cause)]
    if any(_NO_MEMORY in each for each in found):
        _stuck(f"{case}: it ran out of memory")
    return found


def _stuck(said: str) -> NoReturn:
    print(visible(said, 500), file=sys.stderr)
    sys.exit(STUCK)


def _text(finding: Finding) -> str:
    return json.dumps(finding, default=_plain)


def _plain(value: object) -> object:
    """Of what JSON doesn't know: its fields, its items, or what it calls itself (a record its dataset and key)."""
    if is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    return dict(value) if isinstance(value, Mapping) else repr(value)


if __name__ == "__main__":
    name, cases, order, seconds, memory = sys.argv[1:]
    limit_memory(int(memory))
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as report:
        os.dup2(2, 1)  # what a check prints must not get in between
        with redirect_stdout(sys.stderr):
            found = judgings(name, Path(cases), backward=order == "backward", seconds=float(seconds))
        json.dump(found, report)
