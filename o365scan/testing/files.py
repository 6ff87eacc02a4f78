"""Files of cases: read strictly, so that a misspelt word is an error and not a case that tests nothing."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from o365scan.api import Check, O365ScanError, PluginError, Severity, Verdict
from o365scan.registry import Registry, load
from o365scan.testing.added import added as added_to
from o365scan.testing.case import Case, patched


class CaseFileInvalid(PluginError):
    """A file of cases that can't be used; the message names the file and what is wrong in it, `hint` what to do."""


class _WrittenCase(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    verdict: Verdict
    patch: list[dict[str, Any]] = []
    severity: Severity | None = None
    message: str | None = None
    object: str | None = None
    options: dict[str, Any] | None = None
    unlicensed: tuple[str, ...] = ()
    licence: str | None = None


class _CaseFile(msgspec.Struct, forbid_unknown_fields=True):
    check: str
    records: dict[str, list[dict[str, Any]]]
    cases: list[_WrittenCase]
    options: dict[str, Any] = {}


def cases(folder: Path, checks: Iterable[Check] | None = None, *, added: bool = True) -> list[Case]:
    """All cases of the files in `folder`, and those the runner adds; by default for the installed checks.

    Raises CaseFileInvalid.
    """
    return _cases(sorted(folder.glob("*.json")), checks, added=added)


def _cases(paths: Iterable[Path], checks: Iterable[Check] | None, *, added: bool) -> list[Case]:
    registry = load() if checks is None else Registry()
    known = {check.id: check for check in checks or registry.checks.values()}
    broken = [f"Plugin {each.plugin} ({each.stage}): {each.message}" for each in registry.failures]
    found: list[Case] = []
    for path in paths:
        written = written_in(path, known, broken)
        found += [*written, *(added_to(written[0].check, written) if added else ())]
    return found


def written_in(path: Path, checks: Mapping[str, Check], broken: Sequence[str] = ()) -> list[Case]:
    """The good record and the cases of one file, which is called after its check. Raises CaseFileInvalid.

    `broken` may be why a check is not among the `checks`.
    """
    file = _read(path)
    if path.stem != file.check:
        raise CaseFileInvalid(
            f"{path.name} holds the cases of {file.check}", hint=f"Call it {file.check}.json."
        )
    if file.check not in checks:
        near = difflib.get_close_matches(file.check, checks, n=1)
        meant = [f"Did you mean {each}?" for each in near] or ["Is the plugin installed?"]
        raise CaseFileInvalid(f"{path.name}: there is no check {file.check}", hint=" ".join(broken or meant))
    check = checks[file.check]
    _refuse_unread(path, file, check)
    _refuse_doubles(path, file)
    good = Case(check, "the good record", file.records, Verdict.PASS, options=file.options)
    return [good, *(_case(path, file, check, each) for each in file.cases)]


def case_test(folder: Path, checks: Iterable[Check] | None = None) -> Callable[[Case], None]:
    """A test for pytest that runs once for each case of `cases(folder, checks)`, and says which:

        test_case = case_test(Path(__file__).with_name("cases"))

    Raises CaseFileInvalid, also for a folder without a case: a test of nothing would be no test.
    """
    import pytest

    found = cases(folder, checks)
    if not found:
        raise CaseFileInvalid(
            f"there is no file of cases in {folder}", hint="Each is called <check id>.json."
        )

    @pytest.mark.parametrize("case", found, ids=str)
    def test_case(case: Case) -> None:
        case.run()

    return test_case


def listing(folder: Path, ids: Collection[str] = ()) -> Iterator[str]:
    """Lines for people: each check (of `ids`, if any are given), and the verdict on each of its written cases.

    Raises AssertionError at a case that is judged otherwise, and CaseFileInvalid.
    """
    check = None
    paths = [path for path in sorted(folder.glob("*.json")) if not ids or path.stem in ids]
    for case in _cases(paths, None, added=False):
        if case.check is not check:
            check = case.check
            yield check.id
        case.run()
        severity = case.finding().severity if case.verdict is Verdict.FAIL else ""
        yield f"  {case.verdict:<5} {severity:<8}  {case.name}"


def _read(path: Path) -> _CaseFile:
    try:
        return msgspec.json.decode(path.read_bytes(), type=_CaseFile)
    except (msgspec.DecodeError, UnicodeDecodeError) as cause:  # a ValidationError is a DecodeError
        raise CaseFileInvalid(f"{path.name}: {cause}") from cause
    except OSError as cause:
        raise CaseFileInvalid(f"{path.name} can't be read: {cause.strerror}") from cause


def _refuse_unread(path: Path, file: _CaseFile, check: Check) -> None:
    """Records of a dataset that the check does not read would test nothing."""
    known = {dataset.name for dataset in (*check.datasets, *check.optional)}
    if unread := sorted(file.records.keys() - known):
        raise CaseFileInvalid(f"{path.name}: {check.id} does not read {', '.join(unread)}")
    if check.each is not None and not file.records.get(check.each.name):
        raise CaseFileInvalid(f"{path.name}: there is no record of {check.each.name} to judge")


def _refuse_doubles(path: Path, file: _CaseFile) -> None:
    names = [each.name for each in file.cases]
    if doubled := sorted({name for name in names if names.count(name) > 1}):
        raise CaseFileInvalid(f"{path.name}: two cases are called {doubled[0]!r}")


def demand_patches() -> None:
    """Raises O365ScanError where what applies the patches of cases is not installed."""
    try:
        import jsonpatch  # noqa: F401
    except ImportError as cause:
        raise O365ScanError(
            f"cases can't be judged ({cause.name} is missing)",
            hint="Install it with: pip install 'o365scan[mock]'",
        ) from cause


def _case(path: Path, file: _CaseFile, check: Check, written: _WrittenCase) -> Case:
    import jsonpatch
    import jsonpointer

    try:
        records = patched(file.records, written.patch)
    except (jsonpatch.JsonPatchException, jsonpointer.JsonPointerException, KeyError, TypeError) as cause:
        raise CaseFileInvalid(f"{path.name}: the patch of {written.name!r} does not fit: {cause}") from cause
    return Case(
        check,
        written.name,
        records,
        written.verdict,
        severity=written.severity,
        message=written.message,
        object=written.object,
        options=file.options if written.options is None else written.options,
        unlicensed=written.unlicensed,
        licence=written.licence,
    )
