"""For authors of checks: the runner of case files, and the assertion that findings are exactly those expected.

A case file holds good records, and one-line patches (RFC 6902) with the verdict that each must cause:

    {"check": "area.condition",
     "records": {"area.things": [{...}]},
     "cases": [{"name": "switched off", "verdict": "fail", "severity": "high",
                "patch": [{"op": "replace", "path": "/area.things/0/Enabled", "value": false}]},
               {"name": "without the licence", "verdict": "open", "unlicensed": ["area.things"]}]}

`options` beside `records` are those of every case without some of its own.

`unlicensed` names datasets that the service says the tenant has no licence for, and `licence` what a problem is then
to name. Where lacking the licence means that there are no such objects, the dataset is empty.
Where a problem says by which options it is accepted, these must accept it. The runner adds cases of its own: each
dataset denied, and each strictly read field removed or, if it is a list or an object, of another type, must be `open`.
No case may crash the check.

`python -m o365scan.testing FOLDER [CHECK...]` judges the cases that are written down and lists them with their
verdicts.
"""

from __future__ import annotations

import copy
import json
import os
import sys
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from o365scan.api import (
    HEADER,
    Check,
    Dataset,
    Finding,
    Gap,
    GapReason,
    ReadObserver,
    Report,
    TenantInfo,
    Unlicensed,
    Verdict,
)
from o365scan.auth.environment import from_environment
from o365scan.cloud import GLOBAL
from o365scan.config import options_of, with_entries
from o365scan.evaluate import Evaluation, evaluate
from o365scan.network import Network
from o365scan.registry import load, plan
from o365scan.scan import judge, take
from o365scan.snapshot import Manifest, Snapshot, key_of
from o365scan.transport.service import Service

NOW = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
"""When the records of every case were collected, UTC."""
TENANT = TenantInfo("00000000-0000-4000-8000-000000000001", "Contoso", "contoso.onmicrosoft.com")
"""Whose the records of every case are."""
SCANNER = "00000000-0000-4000-8000-000000000002"
"""The app id that the records of every case were read as."""

Records = Mapping[str, list[dict[str, Any]]]
#: Names the parent of a fan-out's record, as in the folder form of a snapshot.
PARENT = "@o365scan.parent"


@dataclass(frozen=True)
class Case:
    """One thing that a check must get right; `run` raises AssertionError if it does not."""

    check: Check
    name: str
    records: Records
    verdict: Verdict | None
    """None: any, as long as the check does not crash."""
    severity: str | None = None
    message: str | None = None
    object: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    denied: str | None = None
    """A dataset that could not be read."""
    unlicensed: tuple[str, ...] = ()
    """Datasets that the tenant has no licence for."""
    licence: str | None = None
    """What the problems are to say that it takes to mend them."""
    or_fail: bool = False
    """A problem that is proven all the same will do: anything but a pass."""

    def __str__(self) -> str:
        return f"{self.check.id}: {self.name}"

    def run(self) -> None:
        """Judge the records and compare."""
        evaluation = self._evaluation()
        assert not evaluation.failures, f"{self}: {evaluation.failures[0].message}"
        self._refuse_vain_acceptance(evaluation)
        if self.verdict is None:
            return
        finding = self._chosen(evaluation.findings)
        said = f"{self}: {finding.verdict} {finding.severity} {finding.message!r}"
        allowed = {self.verdict, Verdict.FAIL} if self.or_fail else {self.verdict}
        assert finding.verdict in allowed, f"{said}, not {self.verdict}"
        if self.severity is not None:
            assert finding.severity == self.severity, f"{said}, not {self.severity}"
        if self.licence is not None:
            named = {each.licence for each in finding.problems}
            assert named == {self.licence}, f"{said} takes {named}, not {self.licence}"
        if self.message is not None:
            assert self.message in finding.message, f"{said} does not say {self.message!r}"

    def _refuse_vain_acceptance(self, evaluation: Evaluation) -> None:
        """What a problem says it is accepted by, must be an option that accepts it."""
        for finding in evaluation.findings:
            offered = [each for each in finding.problems if each.accept is not None]
            options = with_entries(self.options, (each.accept.entries for each in offered if each.accept))
            left = replace(self, options=options)._evaluation().findings if offered else []
            still = {
                each.message for other in left for each in other.problems
                if (other.dataset, other.key) == (finding.dataset, finding.key) and each.accept is not None
            }  # fmt: skip
            vain = [each.message for each in offered if each.message in still]
            assert not vain, f"{self}: {options} does not accept {vain[0]!r}"

    def finding(self, observer: ReadObserver | None = None) -> Finding:
        """The verdict on the object that the case is about."""
        return self._chosen(self._evaluation(observer).findings)

    def findings(self) -> list[Finding]:
        """The verdicts on all objects."""
        return self._evaluation().findings

    def _evaluation(self, observer: ReadObserver | None = None) -> Evaluation:
        tables = {"checks": {self.check.id: dict(self.options)}} if self.options else {}
        options = options_of([self.check], tables)
        return evaluate(self._snapshot(observer), [self.check], options)

    def _chosen(self, findings: list[Finding]) -> Finding:
        key = self._key()
        for finding in findings:
            if finding.key == key:
                return finding
        for finding in findings:
            if (
                finding.key == HEADER
            ):  # a gap withdraws every pass: the header's verdict stands for the object
                return finding
        if self.or_fail and findings:  # what is missing may leave a named object open, and none in general
            return next((each for each in findings if each.verdict is not Verdict.PASS), findings[0])
        raise AssertionError(f"{self}: no verdict on {key!r}, only on {[each.key for each in findings]}")

    def _key(self) -> str:
        if self.object is not None or self.check.each is None:
            return self.object or HEADER
        return _key(self.records[self.check.each.name][0], self.check.each.key)

    def _snapshot(self, observer: ReadObserver | None) -> Snapshot:
        snapshot = Snapshot.create(observer=observer)
        for dataset in (*self.check.datasets, *self.check.optional):
            if dataset.name not in self.records:
                continue
            if (gap := self._gap(dataset)) is not None:
                snapshot.add_gap(gap)
            elif dataset.name not in self.unlicensed:
                for record in self.records[dataset.name]:
                    fields = {name: value for name, value in record.items() if name != PARENT}
                    snapshot.add(dataset, [fields], parent=record.get(PARENT, ""))
            snapshot.finish(dataset)
        snapshot.seal(Manifest(tenant=TENANT, collected_at=NOW, version="test", scanner=SCANNER))
        return snapshot

    def _gap(self, dataset: Dataset) -> Gap | None:
        if dataset.name == self.denied:
            return Gap(dataset=dataset.name, reason=GapReason.DENIED, detail="403")
        if dataset.name in self.unlicensed and dataset.unlicensed is Unlicensed.UNKNOWN:
            said = "403: the tenant is not licensed"
            return Gap(dataset=dataset.name, reason=GapReason.NOT_LICENSED, detail=said)
        return None


def cases(folder: Path, checks: Iterable[Check] | None = None, *, added: bool = True) -> list[Case]:
    """All cases of the files in `folder`, and those the runner adds; by default for the installed checks."""
    known = {check.id: check for check in (checks if checks is not None else load().checks.values())}
    found: list[Case] = []
    for path in sorted(folder.glob("*.json")):
        file = json.loads(path.read_text("utf-8"))
        assert path.stem == file["check"], f"{path.name} holds the cases of {file['check']}"
        assert file["check"] in known, f"{path.name}: there is no check {file['check']}"
        written = list(_written(known[file["check"]], file))
        found += [*written, *(_added(known[file["check"]], written) if added else ())]
    return found


def listing(folder: Path, ids: Collection[str] = ()) -> Iterator[str]:
    """Lines for people: each check (of `ids`, if any are given), and the verdict on each of its written cases.

    Raises AssertionError at a case that is judged otherwise.
    """
    check = None
    for case in cases(folder, added=False):
        if ids and case.check.id not in ids:
            continue
        if case.check is not check:
            check = case.check
            yield check.id
        case.run()
        severity = case.finding().severity if case.verdict is Verdict.FAIL else ""
        yield f"  {case.verdict:<5} {severity:<8}  {case.name}"


def _added(check: Check, written: list[Case]) -> Iterator[Case]:
    for dataset in check.datasets:
        denied = replace(written[0], name=f"{dataset.name} denied", verdict=Verdict.OPEN)
        yield replace(denied, denied=dataset.name)
    removed, replaced = _Covered(), _Covered()
    for case in written:
        if case.verdict is Verdict.PASS:
            read = _strictly_read(case)
            yield from _without_fields(case, read, removed)
            yield from _of_another_type(case, read, replaced)


def _written(check: Check, file: Mapping[str, Any]) -> Iterator[Case]:
    usual = file.get("options", {})
    yield Case(check, "the good record", file["records"], Verdict.PASS, options=usual)
    for each in file["cases"]:
        yield Case(
            check,
            each["name"],
            _patched(file["records"], each.get("patch", [])),
            Verdict(each["verdict"]),
            severity=each.get("severity"),
            message=each.get("message"),
            object=each.get("object"),
            options=each.get("options", usual),
            unlicensed=tuple(each.get("unlicensed", ())),
            licence=each.get("licence"),
        )


#: Dataset and field of what another case was tried without: it is not tried again.
_Covered = set[tuple[str, str]]
#: Dataset, key and path.
_Reads = dict[tuple[str, str, str], None]


def _strictly_read(good: Case) -> _Reads:
    """What judging the case reads strictly, in order."""
    read: _Reads = {}
    good.finding(lambda *where: read.setdefault(where))
    return read


def _keys(check: Check) -> dict[str, str]:
    return {dataset.name: dataset.key for dataset in (*check.datasets, *check.optional)}


def _key(row: Mapping[str, Any], field: str) -> str:
    """What a snapshot knows a record by."""
    fields = {name: value for name, value in row.items() if name != PARENT}
    return key_of(fields, field, str(row.get(PARENT, ""))) or ""


def _without_fields(good: Case, read: _Reads, covered: _Covered) -> Iterator[Case]:
    """A passing case again, each time without one field that judging it read strictly."""
    keys, required = _keys(good.check), {dataset.name for dataset in good.check.datasets}
    before = frozenset(covered)
    for dataset, key, path in read:
        # Without its key a record is a gap, not a case.
        if dataset not in required or path == keys[dataset] or (dataset, path) in before:
            continue
        covered.add((dataset, path))
        rows = good.records[dataset]
        index = next(place for place, row in enumerate(rows) if _key(row, keys[dataset]) == key)
        where = f"/{dataset}/{index}/{path}"
        yield _changed(good, f"{where[1:]} is missing", {"op": "remove", "path": where}, key)


def _of_another_type(good: Case, read: _Reads, covered: _Covered) -> Iterator[Case]:
    """A passing case again, each time with a number for one list in it, or a text for one object."""
    keys, required = _keys(good.check), {dataset.name for dataset in good.check.datasets}
    known = [dataset for dataset in good.records if dataset in keys]
    for dataset, index in ((each, index) for each in known for index in range(len(good.records[each]))):
        row = good.records[dataset][index]
        key = _key(row, keys[dataset])
        for path, shape, wrong in _wrong(row):
            if (dataset, shape) in covered:
                continue
            covered.add((dataset, shape))
            strict = dataset in required and any(
                each[:2] == (dataset, key) and f"{each[2]}/".startswith(f"{path}/") for each in read
            )
            where = f"/{dataset}/{index}/{path}"
            change = {"op": "replace", "path": where, "value": wrong}
            yield _changed(good, f"{where[1:]} is {wrong!r}", change, key, strict=strict)


def _wrong(value: Any, path: str = "", shape: str = "") -> Iterator[tuple[str, str, object]]:
    """Each list and object below a value: where it is, the same for all elements of a list, what it can't be."""
    if isinstance(value, dict):
        members = [(name.replace("~", "~0").replace("/", "~1"), member) for name, member in value.items()]
        below = [(f"{path}{name}", f"{shape}{name}", member) for name, member in members]
    else:
        below = [(f"{path}{index}", f"{shape}-", member) for index, member in enumerate(value)]
    for place, name, member in below:
        if isinstance(member, dict | list):
            yield place, name, "x" if isinstance(member, dict) else 7
            yield from _wrong(member, f"{place}/", f"{name}/")


def _changed(good: Case, how: str, change: dict[str, Any], key: str, *, strict: bool = True) -> Case:
    """The case with a change to the record of that key; not `strict`: that judging may not notice."""
    dataset = change["path"].split("/")[1]
    judged = key if good.check.each is not None and dataset == good.check.each.name else good.object
    return replace(
        good,
        name=f"{good.name}, {how}",
        records=_patched(good.records, [change]),
        verdict=Verdict.OPEN if strict else None,
        object=judged,
        or_fail=True,
    )


def _patched(records: Records, patch: list[dict[str, Any]]) -> Records:
    import jsonpatch

    patched: Records = jsonpatch.apply_patch(copy.deepcopy(dict(records)), patch)
    return patched


def assert_findings(findings: Iterable[Finding], expected: Iterable[Mapping[str, Any]]) -> None:
    """The findings that are no pass are exactly the `expected`: none missing, none more.

    Each expected row has `check`, `object` (what people call it), `verdict` and `severity`.
    """
    kept = (Verdict.FAIL, Verdict.OPEN)
    have = Counter(
        (each.check, each.title, each.verdict.value, each.severity.value)
        for each in findings
        if each.verdict in kept
    )
    want = Counter((row["check"], row["object"], row["verdict"], row["severity"]) for row in expected)
    lines = [f"missing: {row}" for row in (want - have).elements()]
    lines += [f"not expected: {row}" for row in (have - want).elements()]
    assert not lines, "\n".join(lines)


def scanned(
    *checks: str,
    environment: Mapping[str, str] | None = None,
    options: Mapping[str, Any] | None = None,
) -> Report:
    """A live scan by the checks that any of the glob patterns names, by all without patterns.

    The environment (this process's own, unless told otherwise) says where the tenant is and who asks; the
    fixture `mock_tenant` leads it to a tenant of the test's own. `options` are tables as in o365scan.toml,
    by check id. Raises UnknownCheck, CredentialsMissing, SignInFailed, Unreachable.
    """
    registry = load()
    chosen = registry.select(checks)
    network = Network(dict(os.environ) if environment is None else environment)
    service = Service(from_environment(GLOBAL, network), GLOBAL, network)
    snapshot = Snapshot.create()
    take(service, plan(chosen), registry, snapshot)
    return judge(snapshot, chosen, registry, options_of(chosen, {"checks": dict(options or {})}))


__all__ = ["NOW", "SCANNER", "TENANT", "Case", "assert_findings", "cases", "listing", "scanned"]


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("usage: python -m o365scan.testing FOLDER [CHECK...]")
    for line in listing(Path(sys.argv[1]), sys.argv[2:]):
        print(line)
