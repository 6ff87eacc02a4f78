"""What differs between two versions of an object, property by property.

The members of a list are told apart by their ids, or, where they have none, by all they are: what a reader sees is
what was added and removed, and never that everything after it moved. Their order is not compared. That is what no
library does in one go: jsonpatch and dictdiffer compare lists by position (and dictdiffer takes 1 for true), deepdiff
leaves the order out or matches members by id, not both, at 0.1 s for an object of 200 properties.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from o365scan.api.redaction import REDACTED, redacted

ABSENT: Any = type("Absent", (), {"__repr__": lambda _self: "ABSENT"})()
"""Stands for the value of a property that is not there."""

# What Microsoft calls the id of an object in a list, the surest first.
_IDS = (
    "id", "keyId", "Guid", "ExternalDirectoryObjectId", "servicePlanId", "skuId", "resourceAppId", "claimId",
    "Identity", "name",
)  # fmt: skip

Skip = Callable[[str], bool]


@dataclass(frozen=True)
class PropertyChange:
    """A property that differs: its JSON Pointer, into the later version where it is in that.

    Of most the values `before` and `after`, ABSENT where there is none; of a list the members `added` and `removed`.
    """

    pointer: str
    before: Any = ABSENT
    after: Any = ABSENT
    added: tuple[Any, ...] = ()
    removed: tuple[Any, ...] = ()


def changes_of(
    before: dict[str, Any], after: dict[str, Any], secrets: Sequence[str], skip: Skip
) -> list[PropertyChange]:
    """What differs, without the properties that are to be skipped, and with credentials hidden.

    Of a credential it says that it is another, and shows neither.
    """
    shown = list(_differences("", redacted(before, secrets), redacted(after, secrets), skip))
    told = {_plain(change.pointer) for change in shown}
    hidden = [
        PropertyChange(change.pointer, REDACTED, REDACTED)
        for change in _differences("", before, after, skip)
        if change.pointer not in told
    ]
    return sorted([*shown, *hidden], key=lambda change: change.pointer)


def _plain(pointer: str) -> str:
    """Redaction sets a record's own "@id" apart from the evidence tree's, as "@@id"."""
    return pointer.replace("/@@", "/@")


def _differences(pointer: str, before: Any, after: Any, skip: Skip) -> Iterator[PropertyChange]:
    if text_of(before) == text_of(after):
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for name in sorted(before.keys() | after.keys()):
            if not skip(name):
                below = f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}"
                yield from _differences(below, before.get(name, ABSENT), after.get(name, ABSENT), skip)
    elif isinstance(before, list) and isinstance(after, list):
        yield from _of_lists(pointer, before, after, skip)
    else:
        yield PropertyChange(pointer, before, after)


def _of_lists(pointer: str, before: list[Any], after: list[Any], skip: Skip) -> Iterator[PropertyChange]:
    named = _id_of([*before, *after], before, after)
    if named is not None:
        yield from _of_objects(pointer, _by(named, before), _by(named, after), skip)
    elif len(before) == len(after) == 1 and isinstance(before[0], dict | list):
        yield from _differences(f"{pointer}/0", before[0], after[0], skip)
    else:
        yield from _members(pointer, _less(before, after), _less(after, before))


def _of_objects(
    pointer: str, before: dict[str, tuple[int, Any]], after: dict[str, tuple[int, Any]], skip: Skip
) -> Iterator[PropertyChange]:
    yield from _members(
        pointer,
        [value for id, (_, value) in before.items() if id not in after],
        [value for id, (_, value) in after.items() if id not in before],
    )
    for id, (index, value) in after.items():
        if id in before:
            yield from _differences(f"{pointer}/{index}", before[id][1], value, skip)


def _members(pointer: str, removed: list[Any], added: list[Any]) -> Iterator[PropertyChange]:
    if removed or added:
        yield PropertyChange(pointer, added=tuple(added), removed=tuple(removed))


def _id_of(members: list[Any], *lists: list[Any]) -> str | None:
    """The property that tells the members of each list apart; None if they are no objects, or none does."""
    if not all(isinstance(each, dict) for each in members):
        return None
    for name in _IDS:
        if all(isinstance(each.get(name), str) for each in members) and all(
            len({each[name] for each in one}) == len(one) for one in lists
        ):
            return name
    return None


def _by(name: str, members: list[Any]) -> dict[str, tuple[int, Any]]:
    return {each[name]: (index, each) for index, each in enumerate(members)}


def _less(members: list[Any], others: list[Any]) -> list[Any]:
    """The members that the others lack, each as often as it does."""
    rest = Counter(map(text_of, others))
    lacking = []
    for each in members:
        text = text_of(each)
        if rest[text]:
            rest[text] -= 1
        else:
            lacking.append(each)
    return lacking


def text_of(value: Any) -> str:
    """A value as text that no other value has: true is not 1."""
    return "" if value is ABSENT else json.dumps(value, ensure_ascii=True, sort_keys=True)
