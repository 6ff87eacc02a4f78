"""Reads a snapshot, file or folder, with nothing of the scanner's: what was asked, what came, what is missing."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from mocktenant.collection import Object

SCHEMA = 2
"""The version of snapshots that is understood."""

_PARENT = "@o365scan.parent"
_FIELD = re.compile(r"\{(\w+)\}")
_AGAIN = "make it again with this version's o365scan collect"


class SnapshotInvalid(ValueError):
    """A file or folder that is no snapshot, or none that can be served; the message says why."""


@dataclass(frozen=True)
class Missing:
    """What a dataset lacks: all of it, or the answer about one parent."""

    reason: str
    detail: str
    parent: str | None


@dataclass
class Recorded:
    """One dataset: the request that it answers, its records with their parents' keys, and its gaps.

    `source` has `kind` (GraphList, GraphObject, ExchangeCmdlet or DnsLookup) and what the request says; `over` names
    the dataset whose records' fields stand for `{Field}` in it.
    """

    name: str
    key: str
    source: Mapping[str, Any]
    rows: list[tuple[str, Object]] = field(default_factory=list)
    gaps: list[Missing] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)
    """The parents that gave a whole answer, if an empty one."""

    @property
    def is_whole(self) -> bool:
        """Whether all of a list came."""
        return not self.gaps


@dataclass(frozen=True)
class Recording:
    """A whole snapshot."""

    tenant_id: str
    name: str
    domain: str
    collected_at: datetime
    datasets: Mapping[str, Recorded]
    scanner: str | None = None
    """The app id of who recorded it."""

    def parents(self, dataset: Recorded) -> Mapping[str, Object]:
        """The records that a fan-out was asked for, by key."""
        over = self.datasets.get(str(dataset.source.get("over", "")))
        return {} if over is None else {_key(over, row, parent): row for parent, row in over.rows}


def read(path: Path) -> Recording:
    """A snapshot as it was saved or exported. Raises SnapshotInvalid; OSError if it can't be read."""
    try:
        return _from_folder(path) if path.is_dir() else _from_file(path)
    except sqlite3.Error as cause:
        raise SnapshotInvalid(f"{path} is no snapshot: {cause}") from cause
    except (KeyError, TypeError, AttributeError, json.JSONDecodeError) as cause:
        raise SnapshotInvalid(f"{path} is damaged: {cause!r}") from cause


def filled(template: str, parent: Object) -> str:
    """A path, filter or parameter with the parent's fields in the places of their names. Raises KeyError."""
    return _FIELD.sub(lambda found: str(parent[found[1]]), template)


def _from_file(path: Path) -> Recording:
    if not path.is_file():
        raise SnapshotInvalid(f"there is no snapshot {path}")
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    try:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        _demand(path, version)
        (manifest,) = connection.execute("SELECT json FROM manifest ORDER BY rowid DESC").fetchone() or (
            None,
        )
        if manifest is None:
            raise SnapshotInvalid(f"{path} was never completed: {_AGAIN}")
        datasets = {
            name: Recorded(name, key, json.loads(source))
            for name, key, source in connection.execute("SELECT name, key_field, source FROM datasets")
        }
        for name, parent, text in connection.execute("SELECT dataset, parent, json FROM records"):
            datasets[name].rows.append((parent, json.loads(text)))
        for name, parent in connection.execute("SELECT dataset, parent FROM answered"):
            datasets[name].answered.append(parent)
        for name, parent, reason, detail in connection.execute(
            "SELECT dataset, parent, reason, detail FROM gaps"
        ):
            datasets[name].gaps.append(Missing(reason, detail, parent or None))
        return _recording(json.loads(manifest), datasets)
    finally:
        connection.close()


def _from_folder(folder: Path) -> Recording:
    outer = json.loads((folder / "manifest.json").read_text("utf-8"))
    _demand(folder, outer["schema"])
    datasets = {}
    for name, about in outer["datasets"].items():
        lines = (folder / f"{Path(name).name}.jsonl").read_text("utf-8").splitlines()
        datasets[name] = Recorded(
            name, about["key"], about["source"], list(_rows(lines)), answered=about["answered"]
        )
    for gap in outer["gaps"]:
        datasets[gap["dataset"]].gaps.append(Missing(gap["reason"], gap["detail"], gap["parent"]))
    return _recording(outer["manifest"], datasets)


def _rows(lines: list[str]) -> Iterator[tuple[str, Object]]:
    for line in lines:
        row = json.loads(line)
        yield row.pop(_PARENT, ""), row


def _recording(manifest: Object, datasets: dict[str, Recorded]) -> Recording:
    tenant = manifest["tenant"]
    return Recording(
        tenant_id=tenant["id"],
        name=tenant["name"] or tenant["id"],
        domain=tenant["domain"] or f"{tenant['id']}.onmicrosoft.com",
        collected_at=datetime.fromisoformat(manifest["collectedAt"]),
        datasets=datasets,
        scanner=manifest.get("scanner"),
    )


def _demand(path: Path, version: object) -> None:
    if version != SCHEMA:
        raise SnapshotInvalid(f"{path} has schema {version}, not {SCHEMA}: {_AGAIN}")


def _key(dataset: Recorded, row: Object, parent: str) -> str:
    return str(row.get(dataset.key) or "") if dataset.key else parent
