"""A program: judge the written cases of a distribution's checks, and say every finding in full.

    python -m o365scan.authoring.judge_probe DISTRIBUTION CASES forward|backward

Backward, the last case comes first, records are added in reverse, and each case is judged twice. Its standard output is
a JSON object: check id and case name → a list of judgings, each a list of findings as text.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import redirect_stdout
from dataclasses import asdict, replace
from pathlib import Path

from o365scan.api import Finding, O365ScanError
from o365scan.authoring.casework import present
from o365scan.authoring.subject import subject_of
from o365scan.testing.case import Case
from o365scan.testing.files import CaseFileInvalid, written_in


def judgings(distribution: str, folder: Path, *, backward: bool) -> dict[str, list[list[str]]]:
    """Every written case, by its name."""
    cases: list[Case] = []
    for check, path in present(subject_of(distribution, folder)):
        try:
            cases += written_in(path, {check.id: check})
        except CaseFileInvalid:
            continue  # the rule on case files tells of it
    if not backward:
        return {str(case): [_judged(case)] for case in cases}
    turned = [
        replace(case, records={name: rows[::-1] for name, rows in case.records.items()})
        for case in reversed(cases)
    ]
    return {str(case): [_judged(case), _judged(case)] for case in turned}


def _judged(case: Case) -> list[str]:
    try:
        return [_text(finding) for finding in case.findings()]
    except O365ScanError as cause:  # options that can't be used: the rule on cases tells of it
        return [str(cause)]


def _text(finding: Finding) -> str:
    return json.dumps(asdict(finding), default=repr)


if __name__ == "__main__":
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as report:
        os.dup2(2, 1)  # what a check prints must not get in between
        with redirect_stdout(sys.stderr):
            found = judgings(sys.argv[1], Path(sys.argv[2]), backward=sys.argv[3] == "backward")
        json.dump(found, report)
