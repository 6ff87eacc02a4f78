"""Files of cases: what a check tells apart, written down, with the verdicts on both sides."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from o365scan.api import Check, O365ScanError, Verdict
from o365scan.authoring.program import OF_A_CASE
from o365scan.authoring.remarks import Remark
from o365scan.authoring.subject import Subject
from o365scan.testing.added import added
from o365scan.testing.case import Case
from o365scan.testing.files import CaseFileInvalid, written_in
from o365scan.watchdog import Overdue, bounded

#: Of one check, no more cases than these are told one by one.
_MOST = 5


def files(subject: Subject) -> Iterator[Remark]:
    """Each check has a file with a good record that passes and a case that fails; no file is nobody's."""
    if subject.cases is None:
        if subject.checks:
            what = "No folder of case files is known, so none was looked at."
            yield Remark(
                "cases", what, subject.distribution, "Name it with --cases, or check the sources' folder."
            )
        return
    for check in subject.checks:
        path = file_of(subject.cases, check)
        if not path.is_file():
            to_do = "Write good records, and one-line patches with verdicts: o365scan.testing tells how."
            yield Remark("cases", f"{check.id} has no file of cases.", subject.relative(str(path)), to_do)
    ids = {check.id for check in subject.checks}
    for path in sorted(subject.cases.glob("*.json")):
        if path.stem not in ids:
            where = subject.relative(str(path))
            yield Remark(
                "cases", "It holds the cases of no check of these plugins.", where, "Remove or rename it."
            )


def hold(subject: Subject) -> Iterator[Remark]:
    """Every case is judged as it says, those of the runner's own included."""
    for check, path in present(subject):
        where = subject.relative(str(path))
        try:
            written = written_in(path, {check.id: check})
            if not any(case.verdict is Verdict.FAIL for case in written):
                what = f"{check.id} has no case that fails."
                yield Remark("cases hold", what, where, "Write one: a check that never fails finds nothing.")
            wrong = list(_wrong([*written, *added(check, written)]))
        except CaseFileInvalid as cause:
            yield Remark("cases hold", str(cause), where, cause.hint or "Correct the file.")
            continue
        except (AssertionError, O365ScanError) as cause:  # the good record itself gets no verdict
            wrong = [str(cause)]
        for what in wrong[:_MOST]:
            yield Remark("cases hold", what, where, "Correct the check, or the case.")
        if len(wrong) > _MOST:
            what = f"{check.id}: {len(wrong) - _MOST} more cases are judged otherwise."
            yield Remark("cases hold", what, where, "Correct the first ones and look again.")


def present(subject: Subject) -> Iterator[tuple[Check, Path]]:
    """The checks that have a file of cases, with the file."""
    if subject.cases is not None:
        for check in subject.checks:
            if (path := file_of(subject.cases, check)).is_file():
                yield check, path


def file_of(folder: Path, check: Check) -> Path:
    """Where the cases of a check are."""
    return folder / f"{check.id}.json"


def _wrong(cases: list[Case]) -> Iterator[str]:
    for case in cases:
        try:
            with bounded(OF_A_CASE, case.check.id, "to judge a case"):
                case.run()
        except Overdue as cause:  # the next ones may take as long
            yield f"{case}: {cause}"
            return
        except (AssertionError, O365ScanError) as cause:
            yield str(cause)
