"""The differences as one JSON document, written as they are found, one object a line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TextIO

from o365scan.diff.objects import Diff, ObjectChange
from o365scan.diff.properties import ABSENT, PropertyChange
from o365scan.snapshot import Manifest


class Document:
    """Call `begin`, `add` for each object, `end`."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._separator = "\n"

    def begin(self, diff: Diff) -> None:
        self._stream.write(f'{{"before": {_json(_about(diff.before.manifest))},\n')
        self._stream.write(f'"after": {_json(_about(diff.after.manifest))},\n"objects": [')

    def add(self, change: ObjectChange) -> None:
        self._stream.write(self._separator + _json(_object(change)))
        self._separator = ",\n"

    def end(self, diff: Diff) -> None:
        rest = {
            "datasets": {name: dict(counted) for name, counted in diff.counts.items() if counted},
            "volatileOnly": dict(sorted(diff.quiet.items())),
            "notComparable": [
                {"dataset": each.dataset, "parent": each.parent or None, "reason": each.reason}
                for each in diff.not_comparable
            ],
            "askedOtherwise": diff.asked_otherwise,
        }
        said = ",\n".join(f"{_json(name)}: {_json(value)}" for name, value in rest.items())
        self._stream.write(f"\n],\n{said}}}\n")


def _about(manifest: Manifest) -> Mapping[str, Any]:
    return {
        "tenant": manifest.tenant.id,
        "collectedAt": manifest.collected_at.isoformat(),
        "version": manifest.version,
    }


def _object(change: ObjectChange) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "dataset": change.dataset.name,
        "key": change.key,
        "title": change.title,
        "change": change.kind,
    }
    if change.parent:
        plain |= {"parent": change.parent, "parentTitle": change.parent_title}
    if change.record is not None:
        plain["record"] = change.record
    if change.properties:
        plain["properties"] = [_property(each) for each in change.properties]
    return plain


def _property(change: PropertyChange) -> dict[str, Any]:
    """`before` and `after`, of which one may be absent; of a list, `added` and `removed`."""
    if change.added or change.removed:
        return {"pointer": change.pointer, "added": change.added, "removed": change.removed}
    values = {"before": change.before, "after": change.after}
    return {"pointer": change.pointer} | {
        name: value for name, value in values.items() if value is not ABSENT
    }


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True)
