"""The cases that nobody has to write: what can't be read, and what is not as the check takes it to be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from o365scan.api import Check, Verdict
from o365scan.testing.case import Case, key_in, patched


def added(check: Check, written: list[Case]) -> Iterator[Case]:
    """Each dataset denied, each strictly read field removed, each list or object of another type."""
    for dataset in check.datasets:
        denied = replace(written[0], name=f"{dataset.name} denied", verdict=Verdict.OPEN)
        yield replace(denied, denied=dataset.name)
    removed, replaced = _Covered(), _Covered()
    for case in written:
        if case.verdict is Verdict.PASS:
            read = _strictly_read(case)
            yield from _without_fields(case, read, removed)
            yield from _of_another_type(case, read, replaced)


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
        index = next(place for place, row in enumerate(rows) if key_in(row, keys[dataset]) == key)
        where = f"/{dataset}/{index}/{path}"
        yield _changed(good, f"{where[1:]} is missing", {"op": "remove", "path": where}, key)


def _of_another_type(good: Case, read: _Reads, covered: _Covered) -> Iterator[Case]:
    """A passing case again, each time with a number for one list in it, or a text for one object."""
    keys, required = _keys(good.check), {dataset.name for dataset in good.check.datasets}
    known = [dataset for dataset in good.records if dataset in keys]
    for dataset, index in ((each, index) for each in known for index in range(len(good.records[each]))):
        row = good.records[dataset][index]
        key = key_in(row, keys[dataset])
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
        records=patched(good.records, [change]),
        verdict=Verdict.OPEN if strict else None,
        object=judged,
        or_fail=True,
    )
