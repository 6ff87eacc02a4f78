"""The snapshot: datasets as they were collected, each whole or with its gaps, in one SQLite file.

Before it there is only I/O, after it only pure functions. A folder form (`manifest.json` and one
`<dataset>.jsonl` a dataset) is for people and for other tools; `Snapshot.open` takes either.
"""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from o365scan.api import (
    WHOLE,
    Api,
    Dataset,
    FanOut,
    Gap,
    GapReason,
    ReadObserver,
    Record,
    SnapshotError,
    TenantInfo,
)
from o365scan.files import atomic_text, private_folder
from o365scan.held import ROOM, Table

SCHEMA_VERSION = 2
MANIFEST = "manifest.json"
"""The file by which a folder is an exported snapshot."""
_RECOLLECT = "Collect the tenant again, or fetch an undamaged copy of the file."
#: In the folder form, the member that names the parent of a fan-out's record.
_PARENT = "@o365scan.parent"
#: The key of the one object of a dataset whose objects have no id.
_ONLY = "the"
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DATASET_NAME = re.compile(r"[a-z0-9]+(\.[a-z0-9-]+)+")

_SCHEMA = f"""
PRAGMA user_version = {SCHEMA_VERSION};
CREATE TABLE manifest (json TEXT NOT NULL, digest TEXT NOT NULL);
CREATE TABLE datasets (
    name TEXT PRIMARY KEY, key_field TEXT NOT NULL, source TEXT NOT NULL, digest TEXT NOT NULL
);
CREATE TABLE answered (
    dataset TEXT NOT NULL, parent TEXT NOT NULL, PRIMARY KEY (dataset, parent)
) WITHOUT ROWID;
CREATE TABLE records (
    dataset TEXT NOT NULL, parent TEXT NOT NULL, key TEXT NOT NULL, json TEXT NOT NULL,
    PRIMARY KEY (dataset, parent, key)
) WITHOUT ROWID;
CREATE TABLE gaps (
    dataset TEXT NOT NULL, parent TEXT NOT NULL, reason TEXT NOT NULL, detail TEXT NOT NULL, hint TEXT
);
"""


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What the snapshot is of: the tenant, the service's own time, and what collected it."""

    tenant: TenantInfo
    collected_at: datetime
    version: str
    plugins: Mapping[str, str] = field(default_factory=dict)
    scanner: str | None = None
    """The app id that signed in; None in a snapshot that doesn't say."""

    def to_json(self) -> str:
        plain = {
            "tenant": asdict(self.tenant),
            "collectedAt": self.collected_at.isoformat(),
            "version": self.version,
            "plugins": dict(self.plugins),
        }
        if self.scanner is not None:
            plain["scanner"] = self.scanner
        return _canonical(plain)

    @classmethod
    def from_json(cls, text: str) -> Self:
        try:
            plain = json.loads(text)
            return cls(
                tenant=_tenant(**plain["tenant"]),
                collected_at=datetime.fromisoformat(plain["collectedAt"]),
                version=plain["version"],
                plugins=plain["plugins"],
                scanner=_scanner(plain.get("scanner")),
            )
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as cause:
            raise SnapshotError("the snapshot's manifest is damaged", hint=_RECOLLECT) from cause


@dataclass(frozen=True)
class Asked:
    """How a dataset was read: the field that is its key, what was asked as JSON, and the digest of its records."""

    key_field: str
    source: str
    digest: str


class Snapshot:
    """Datasets of one tenant at one time. Safe to write from several threads."""

    def __init__(self, connection: sqlite3.Connection, *, observer: ReadObserver | None = None) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        self._observer = observer
        #: By dataset, None for one that is too large; none at all while the snapshot is being written.
        self._tables: dict[Dataset, Table | None] | None = None
        self._room = ROOM

    @classmethod
    def create(cls, path: Path | None = None, *, observer: ReadObserver | None = None) -> Self:
        """A new, empty snapshot; in memory without a path."""
        try:
            if path is not None:
                path.touch(mode=0o600, exist_ok=False)
            connection = sqlite3.connect(path or ":memory:", check_same_thread=False, isolation_level=None)
            # The file is thrown away if its making is interrupted, so durability would only cost time.
            connection.executescript(
                f"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; BEGIN; {_SCHEMA} COMMIT"
            )
        except (OSError, sqlite3.Error) as cause:
            raise SnapshotError(f"can't write the snapshot {path}: {cause}") from cause
        return cls(connection, observer=observer)

    @classmethod
    def open(cls, path: Path) -> Self:
        """Read a saved snapshot, file or folder, and verify it.

        Raises SnapshotError if it is absent, damaged, incomplete or of another version.
        """
        if path.is_dir():
            return cls._from_folder(path)
        if not path.is_file():
            raise SnapshotError(f"there is no snapshot {path}", hint="Make one with: o365scan collect FILE")
        try:
            connection = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode=ro", uri=True, check_same_thread=False, isolation_level=None
            )
            snapshot = cls(connection)
            snapshot._verify()
            snapshot._tables = {}
        except sqlite3.Error as cause:
            raise SnapshotError(f"{path} is not a whole snapshot: {cause}", hint=_RECOLLECT) from cause
        except SnapshotError as cause:
            raise SnapshotError(f"{path}: {cause}", hint=cause.hint) from cause
        return snapshot

    @classmethod
    def again(cls, path: Path) -> Self:
        """Read a file that was opened, and verified, before: by the process that this one works for."""
        address = f"{path.absolute().as_uri()}?mode=ro"
        snapshot = cls(sqlite3.connect(address, uri=True, check_same_thread=False, isolation_level=None))
        snapshot._tables = {}
        return snapshot

    # -- writing -------------------------------------------------------------------------------

    def add(self, dataset: Dataset, records: Iterable[Mapping[str, Any]], *, parent: str = "") -> list[str]:
        """Keep records; returns what is wrong with them, for the caller to make a gap of.

        Nothing that was collected is lost: a record without its key, or with another record's, is kept under
        a digest of its content. The same record twice (pages shift while they are read) is one.
        """
        without_key = of_another = 0
        rows: dict[str, str] = {}
        for record in records:
            text = _canonical(record)
            key = key_of(record, dataset.key, parent)
            without_key += key is None
            if key is not None and (rows.get(key) or self._held(dataset.name, parent, key)) not in (
                None,
                text,
            ):
                of_another += 1
                key = f"{key}{_fallback_key(text)}"
            rows[key or _fallback_key(text)] = text
        kept = [(dataset.name, parent, key, text) for key, text in rows.items()]
        self._write("INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?)", *kept)
        wrong = [f"{without_key} record(s) came without {dataset.key}"] if without_key else []
        return wrong + ([f"{of_another} record(s) share the {dataset.key} of another"] if of_another else [])

    def _held(self, dataset: str, parent: str, key: str) -> str | None:
        query = "SELECT json FROM records WHERE dataset = ? AND parent = ? AND key = ?"
        row = self._query(query, dataset, parent, key).fetchone()
        return None if row is None else str(row[0])

    def add_gap(self, gap: Gap) -> None:
        """Say that a dataset, or a part of it, is missing."""
        self._write(
            "INSERT INTO gaps VALUES (?, ?, ?, ?, ?)",
            (gap.dataset, gap.parent or "", gap.reason.value, gap.detail, gap.hint),
        )

    def finish(self, dataset: Dataset, answered: Iterable[str] = ()) -> None:
        """The dataset has been read to its end, or to its gap.

        `answered` are the parents of a fan-out that were asked for and gave a whole answer, if an empty one: what
        belongs to any other parent is not known.
        """
        parents = [(dataset.name, parent) for parent in answered]
        self._write("INSERT OR REPLACE INTO answered VALUES (?, ?)", *parents)
        row = (dataset.name, dataset.key, _canonical(_described(dataset)), self._digest(dataset.name))
        self._write("INSERT OR REPLACE INTO datasets VALUES (?, ?, ?, ?)", row)

    def seal(self, manifest: Manifest) -> None:
        """Write the manifest: the snapshot is complete."""
        text = manifest.to_json()
        self._write("INSERT INTO manifest VALUES (?, ?)", (text, self._seal_of(text)))
        self._tables = {}

    def close(self) -> None:
        self._connection.close()

    # -- reading -------------------------------------------------------------------------------

    @property
    def manifest(self) -> Manifest:
        """Raises SnapshotError if the snapshot was never completed."""
        row = self._query("SELECT json FROM manifest ORDER BY rowid DESC").fetchone()
        if row is None:
            raise SnapshotError("the snapshot was not completed", hint=_RECOLLECT)
        return Manifest.from_json(row[0])

    @property
    def seal_digest(self) -> str:
        """What tells this snapshot from any other."""
        row = self._query("SELECT digest FROM manifest ORDER BY rowid DESC").fetchone()
        return str(row[0])

    @property
    def file(self) -> Path | None:
        """The file that it is read from; None if it is in memory."""
        name = self._query("PRAGMA database_list").fetchone()[2]
        return Path(name) if name else None

    def names(self) -> frozenset[str]:
        """The datasets that were collected, whole or not."""
        return frozenset(name for (name,) in self._query("SELECT name FROM datasets"))

    def records(self, dataset: Dataset, *, parent: str | None = None) -> Iterator[Record]:
        """The records of a dataset (of one parent of a fan-out), ordered by key; those of a large one are streamed."""
        if (table := self._table(dataset)) is not None:
            yield from table.records if parent is None else table.of_parent(parent)
            return
        query = "SELECT key, json, parent FROM records WHERE dataset = ?"
        if parent is None:
            rows = self._query(f"{query} ORDER BY key, parent", dataset.name)
        else:
            rows = self._query(f"{query} AND parent = ? ORDER BY key", dataset.name, parent)
        for row in rows:
            yield self._decoded(dataset, *row)

    def texts(self, dataset: str) -> Iterator[tuple[str, str, str]]:
        """Key, parent and canonical JSON of a dataset's records, ordered by key and parent, streamed."""
        yield from self._query(
            "SELECT key, parent, json FROM records WHERE dataset = ? ORDER BY key, parent", dataset
        )

    def asked(self, dataset: str) -> Asked | None:
        """How a dataset was read; None if it was not."""
        query = "SELECT key_field, source, digest FROM datasets WHERE name = ?"
        row = self._query(query, dataset).fetchone()
        return None if row is None else Asked(*row)

    def record(self, dataset: Dataset, key: str) -> Record | None:
        """The record of that key, None if there is none."""
        return next(self.everywhere(dataset, key), None)

    def record_of(self, dataset: Dataset, key: str, parent: str) -> Record | None:
        """The record of that key which was read for that parent, None if there is none."""
        text = self._held(dataset.name, parent, key)
        if text is None:
            return None
        return self._decoded(dataset, key, text, parent)

    def everywhere(self, dataset: Dataset, key: str) -> Iterator[Record]:
        """The records of that key: one for each parent of a fan-out that has it."""
        if (table := self._table(dataset)) is not None:
            yield from table.of_key(key)
            return
        query = "SELECT json, parent FROM records WHERE dataset = ? AND key = ? ORDER BY parent"
        for text, parent in self._query(query, dataset.name, key):
            yield self._decoded(dataset, key, text, parent)

    def count(self, dataset: str) -> int:
        """How many records a dataset holds."""
        row = self._query("SELECT count(*) FROM records WHERE dataset = ?", dataset).fetchone()
        return int(row[0])

    def gaps(self) -> tuple[Gap, ...]:
        """All gaps, ordered by dataset and parent."""
        return tuple(
            _gap(*row)
            for row in self._query(
                "SELECT dataset, parent, reason, detail, hint FROM gaps ORDER BY 1, 2, 3, 4"
            )
        )

    def gaps_of(self, dataset: Dataset) -> tuple[Gap, ...]:
        """What is missing from a dataset; a dataset that was not collected is one gap."""
        if self._query("SELECT 1 FROM datasets WHERE name = ?", dataset.name).fetchone() is None:
            detail = "the snapshot was made without it"
            return (
                Gap(dataset=dataset.name, reason=GapReason.NOT_COLLECTED, detail=detail, hint=_RECOLLECT),
            )
        query = "SELECT dataset, parent, reason, detail, hint FROM gaps WHERE dataset = ? ORDER BY 2, 3, 4"
        return tuple(_gap(*row) for row in self._query(query, dataset.name))

    def was_answered(self, dataset: Dataset, parent: str | None = None) -> bool:
        """Whether a parent of a fan-out gave a whole answer; without a parent, whether any did."""
        if parent is None:
            found = self._query("SELECT 1 FROM answered WHERE dataset = ? LIMIT 1", dataset.name)
        else:
            query = "SELECT 1 FROM answered WHERE dataset = ? AND parent = ?"
            found = self._query(query, dataset.name, parent)
        return found.fetchone() is not None

    # -- the folder form -----------------------------------------------------------------------

    def export(self, folder: Path) -> None:
        """Write `manifest.json` and one `<dataset>.jsonl` a dataset (one record a line, ordered by key)."""
        private_folder(folder)
        datasets = self._query(
            "SELECT name, key_field, source, digest FROM datasets ORDER BY name"
        ).fetchall()
        for name, *_ in datasets:
            with atomic_text(folder / f"{name}.jsonl") as stream:
                query = "SELECT parent, json FROM records WHERE dataset = ? ORDER BY key, parent"
                for parent, text in self._query(query, name):
                    stream.write((_with_parent(text, parent) if parent else text) + "\n")
        manifest = {
            "schema": SCHEMA_VERSION,
            "manifest": json.loads(self.manifest.to_json()),
            "datasets": {
                name: {
                    "key": key,
                    "source": json.loads(source),
                    "digest": digest,
                    "answered": self._answered(name),
                }
                for name, key, source, digest in datasets
            },
            "gaps": [asdict(gap) for gap in self.gaps()],
            "digest": self.seal_digest,
        }
        with atomic_text(folder / MANIFEST) as stream:
            stream.write(json.dumps(manifest, indent=2, sort_keys=True) + "\n")

    def save(self, path: Path) -> None:
        """Write the file form."""
        copy = type(self).create(path)
        try:
            self._connection.backup(copy._connection)
        except sqlite3.Error as cause:
            raise SnapshotError(f"can't write the snapshot: {cause}", hint="Is the disk full?") from cause
        copy.close()

    @classmethod
    def _from_folder(cls, folder: Path) -> Self:
        snapshot = cls.create()
        try:
            outer = json.loads((folder / MANIFEST).read_text("utf-8"))
            if outer["schema"] != SCHEMA_VERSION:
                raise SnapshotError(f"the snapshot has schema {outer['schema']}, not {SCHEMA_VERSION}")
            for name, about in outer["datasets"].items():
                if not _DATASET_NAME.fullmatch(name):  # it becomes a path
                    raise SnapshotError(f"{name!r} is no name of a dataset")
                with (folder / f"{name}.jsonl").open(encoding="utf-8") as lines:
                    rows = [_row(name, about["key"], line) for line in lines]
                snapshot._write("INSERT INTO records VALUES (?, ?, ?, ?)", *rows)
                about_source = _canonical(about["source"])
                row = (name, about["key"], about_source, about["digest"])
                snapshot._write("INSERT INTO datasets VALUES (?, ?, ?, ?)", row)
                parents = [(name, parent) for parent in about["answered"]]
                snapshot._write("INSERT INTO answered VALUES (?, ?)", *parents)
            for gap in outer["gaps"]:
                snapshot.add_gap(Gap(**{**gap, "reason": GapReason(gap["reason"])}))
            text = Manifest.from_json(json.dumps(outer["manifest"])).to_json()
            snapshot._write("INSERT INTO manifest VALUES (?, ?)", (text, outer["digest"]))
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as cause:
            raise SnapshotError(f"{folder} is not a whole snapshot: {cause}", hint=_RECOLLECT) from cause
        snapshot._verify()
        snapshot._tables = {}
        return snapshot

    def forget(self) -> None:
        """Decode anew from now on: records that a stranger's code had in its hands are for nobody else."""
        if self._tables is not None:
            self._tables, self._room = {}, ROOM

    # -- inside --------------------------------------------------------------------------------

    def _table(self, dataset: Dataset) -> Table | None:
        """The dataset's records, decoded once; None while they may change, and for a dataset that is too large."""
        if self._tables is None:
            return None
        if dataset not in self._tables:
            self._tables[dataset] = self._table_of(dataset)
        return self._tables[dataset]

    def _table_of(self, dataset: Dataset) -> Table | None:
        rows: list[tuple[str, str, str]] = []
        room = self._room
        query = "SELECT key, json, parent FROM records WHERE dataset = ? ORDER BY key, parent"
        for row in self._query(query, dataset.name):
            room -= len(row[1])
            if room < 0:
                return None
            rows.append(row)
        self._room = room
        return Table(self._decoded(dataset, *row) for row in rows)

    def _decoded(self, dataset: Dataset, key: str, text: str, parent: str) -> Record:
        return Record(dataset, key, json.loads(text), parent=parent, observer=self._observer)

    def _query(self, sql: str, *values: str) -> sqlite3.Cursor:
        # A cursor of its own each time: records stream while a check looks others up.
        return self._connection.cursor().execute(sql, values)

    def _write(self, sql: str, *rows: tuple[str | None, ...]) -> None:
        self._tables = None
        if not rows:
            return
        try:
            with self._lock:
                self._connection.execute("BEGIN")
                self._connection.executemany(sql, rows)
                self._connection.execute("COMMIT")
        except sqlite3.Error as cause:
            raise SnapshotError(f"can't write the snapshot: {cause}", hint="Is the disk full?") from cause

    def _answered(self, dataset: str) -> list[str]:
        query = "SELECT parent FROM answered WHERE dataset = ? ORDER BY parent"
        return [parent for (parent,) in self._query(query, dataset)]

    def _digest(self, dataset: str) -> str:
        digest = hashlib.sha256()
        query = "SELECT parent, key, json FROM records WHERE dataset = ? ORDER BY key, parent"
        for row in self._query(query, dataset):
            digest.update(_canonical(row).encode())
        digest.update(_canonical(self._answered(dataset)).encode())
        return digest.hexdigest()

    def _seal_of(self, manifest: str) -> str:
        """A digest of what the records' digests leave out: a lost gap would be a pass."""
        about = [manifest]
        about += [_canonical(row) for row in self._query("SELECT * FROM datasets ORDER BY name")]
        about += [_canonical(row) for row in self._query("SELECT * FROM gaps ORDER BY 1, 2, 3, 4, 5")]
        return hashlib.sha256("\n".join(about).encode()).hexdigest()

    def _verify(self) -> None:
        (version,) = self._query("PRAGMA user_version").fetchone()
        if version != SCHEMA_VERSION:
            raise SnapshotError(
                f"it has schema version {version}, this o365scan reads {SCHEMA_VERSION}",
                hint="Use the o365scan that made it, or collect again.",
            )
        (sound,) = self._query("PRAGMA quick_check(1)").fetchone()
        if sound != "ok":
            raise SnapshotError("it is damaged or incomplete", hint=_RECOLLECT)
        _ = self.manifest
        (text, seal) = self._query("SELECT json, digest FROM manifest ORDER BY rowid DESC").fetchone()
        if seal != self._seal_of(text):
            raise SnapshotError("its list of datasets and gaps is damaged", hint=_RECOLLECT)
        for name, digest in self._query("SELECT name, digest FROM datasets").fetchall():
            if self._digest(name) != digest:
                raise SnapshotError(f"the records of {name} are damaged or incomplete", hint=_RECOLLECT)


def _described(dataset: Dataset) -> dict[str, Any]:
    """Where a dataset came from, so that a snapshot tells by itself what was asked: the request as JSON.

    `kind` is the request's class, `over` the dataset whose records' fields stand for `{Field}` in it.
    """
    source, request = dataset.source, dataset.request
    said = {each.name: getattr(request, each.name) for each in fields(request)}
    plain = {
        name: asdict(value)
        if isinstance(value, Api)
        else dict(value)
        if isinstance(value, Mapping)
        else value
        for name, value in said.items()
        if value and not callable(value)  # what a plugin works out is no part of the request
    }
    over = {"over": source.over.name} if isinstance(source, FanOut) else {}
    return {"kind": type(request).__name__, **plain, **over}


def key_of(record: Mapping[str, Any], field: str, parent: str = "") -> str | None:
    """A record's key by its dataset's `key`, None if it came without."""
    if not field:
        return parent or _ONLY
    if field == WHOLE:
        return _fallback_key(_canonical(record))
    value = record.get(field)
    return value if isinstance(value, str) and value else None


def _gap(dataset: str, parent: str, reason: str, detail: str, hint: str | None) -> Gap:
    return Gap(dataset=dataset, parent=parent or None, reason=GapReason(reason), detail=detail, hint=hint)


def _tenant(id: str, name: str | None, domain: str | None) -> TenantInfo:
    if not _GUID.fullmatch(id):  # it becomes a path
        raise ValueError("the tenant id is not a GUID")
    return TenantInfo(id, name, domain)


def _scanner(app_id: object) -> str | None:
    if not isinstance(app_id, str | None):
        raise TypeError("the scanner is not an app id")
    return app_id


def _fallback_key(text: str) -> str:
    return "~" + hashlib.sha256(text.encode()).hexdigest()[:32]


def _with_parent(text: str, parent: str) -> str:
    return _canonical({_PARENT: parent, **json.loads(text)})


def _row(dataset: str, key_field: str, line: str) -> tuple[str, str, str, str]:
    record = json.loads(line)
    parent = record.pop(_PARENT, "")
    text = _canonical(record)
    return dataset, parent, key_of(record, key_field, parent) or _fallback_key(text), text


# ASCII: names hold characters that steer terminals, and lone surrogates that no file can hold.
_canonical = json.JSONEncoder(ensure_ascii=True, sort_keys=True, separators=(",", ":")).encode
