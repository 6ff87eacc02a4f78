"""Snapshots: whole, or refused with a word that says why."""

from __future__ import annotations

import json
import os
import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from o365scan.api import WHOLE, ExchangeCmdlet, FanOut, Gap, GapReason, SnapshotError, TenantInfo
from o365scan.snapshot import Manifest, Snapshot

from .things import friends, things

MANIFEST = Manifest(
    tenant=TenantInfo("11111111-2222-4333-8444-555555555555", "Contoso", "contoso.onmicrosoft.com"),
    collected_at=datetime(2026, 1, 1, 12, tzinfo=UTC),
    version="0.1",
    plugins={"a": "b 1"},
)
GAP = Gap(dataset="test.friends", reason=GapReason.DENIED, detail="403", hint="grant it", parent="p")
BIG = 2**63 + 1


def made(path: Path | None = None) -> Snapshot:
    snapshot = Snapshot.create(path)
    snapshot.add(things, [{"Id": "b", "Big": BIG}, {"Id": "a", "Name": "Ünï\u202e"}])
    snapshot.add(things, [{"Id": "c"}], parent="p")
    snapshot.add_gap(GAP)
    snapshot.finish(things)
    snapshot.finish(friends)
    snapshot.seal(MANIFEST)
    return snapshot


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    made(tmp_path / "s.o365scan").close()
    return tmp_path / "s.o365scan"


def content(snapshot: Snapshot) -> object:
    rows = [(record.key, record.plain()) for record in snapshot.records(things)]
    return rows, snapshot.gaps(), snapshot.names(), snapshot.manifest


def test_what_was_saved_is_read_again(saved: Path) -> None:
    snapshot = Snapshot.open(saved)
    assert content(snapshot) == content(made())
    assert [record.key for record in snapshot.records(things)] == ["a", "b", "c"]
    record = snapshot.record(things, "b")
    assert record is not None
    assert record["Big"] == BIG
    assert snapshot.record(things, "nobody") is None
    assert snapshot.count("test.things") == 3


def test_the_file_is_for_its_owner_alone(saved: Path) -> None:
    assert saved.stat().st_mode & 0o777 == 0o600


def test_the_folder_form_holds_the_same(saved: Path, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    Snapshot.open(saved).export(folder)
    lines = (folder / "test.things.jsonl").read_text("utf-8").splitlines()
    assert json.loads(lines[0]) == {"Id": "a", "Name": "Ünï\u202e"}
    assert json.loads(lines[2]) == {"@o365scan.parent": "p", "Id": "c"}
    again = Snapshot.open(folder)
    assert content(again) == content(made())
    again.save(tmp_path / "again")
    assert content(Snapshot.open(tmp_path / "again")) == content(made())
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


def test_it_tells_what_was_asked(tmp_path: Path) -> None:
    """So that whoever has the file alone, a mock tenant for one, can give each answer its place."""
    request = ExchangeCmdlet(cmdlet="Get-Friend", parameters={"Of": "{Id}"})
    fan_out = replace(friends, name="test.each", source=FanOut(over=things, request=request))
    snapshot = made()
    snapshot.finish(fan_out)
    snapshot.seal(MANIFEST)
    snapshot.export(tmp_path / "folder")
    outer = json.loads((tmp_path / "folder" / "manifest.json").read_text("utf-8"))
    assert {name: about["source"] for name, about in outer["datasets"].items()} == {
        "test.things": {"kind": "GraphList", "path": "/things", "version": "v1.0"},
        "test.friends": {"kind": "GraphList", "path": "/friends", "version": "v1.0"},
        "test.each": {
            "kind": "ExchangeCmdlet",
            "cmdlet": "Get-Friend",
            "parameters": {"Of": "{Id}"},
            "over": "test.things",
        },
    }
    assert Snapshot.open(tmp_path / "folder").names() == outer["datasets"].keys()


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_a_snapshot_cut_short_is_refused(saved: Path, part: float) -> None:
    os.truncate(saved, int(saved.stat().st_size * part))
    with pytest.raises(SnapshotError):
        Snapshot.open(saved)


def test_a_changed_record_is_refused(saved: Path) -> None:
    raw = saved.read_bytes()
    assert b"\\u00dcn" in raw
    saved.write_bytes(raw.replace(b"\\u00dcn", b"\\u00dcm"))
    with pytest.raises(SnapshotError, match=r"the records of test\.things are damaged"):
        Snapshot.open(saved)


def test_a_lost_gap_is_refused(saved: Path) -> None:
    import sqlite3

    connection = sqlite3.connect(saved)
    connection.execute("DELETE FROM gaps")
    connection.commit()
    connection.close()
    with pytest.raises(SnapshotError, match="datasets and gaps"):
        Snapshot.open(saved)


def test_no_file_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match="there is no snapshot") as caught:
        Snapshot.open(tmp_path / "nothing")
    assert caught.value.hint is not None
    assert "collect" in caught.value.hint


def test_an_unfinished_snapshot_is_refused(tmp_path: Path) -> None:
    Snapshot.create(tmp_path / "s").close()
    with pytest.raises(SnapshotError, match="not completed"):
        Snapshot.open(tmp_path / "s")


def test_another_schema_version_is_refused(saved: Path) -> None:
    import sqlite3

    connection = sqlite3.connect(saved)
    connection.execute("PRAGMA user_version=99")
    connection.close()
    with pytest.raises(SnapshotError, match="schema version 99"):
        Snapshot.open(saved)


def test_a_snapshot_says_who_read_the_tenant_or_that_it_does_not_know() -> None:
    told = replace(MANIFEST, scanner="b0000000-0000-4000-8000-000000000005")
    assert Manifest.from_json(told.to_json()) == told
    # One that was taken before it said so keeps its text, over which its digest goes.
    assert "scanner" not in MANIFEST.to_json()
    assert Manifest.from_json(MANIFEST.to_json()).scanner is None


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / "test.things.jsonl").unlink(),
        lambda folder: (folder / "test.things.jsonl").write_text('{"Id": "a"}\n'),
        lambda folder: (folder / "test.things.jsonl").write_text("{"),
        lambda folder: (folder / "manifest.json").write_text("[]"),
        lambda folder: _edit(folder, lambda outer: outer.update(schema=99)),
        lambda folder: _edit(
            folder, lambda outer: outer["datasets"].update({"../x": {"key": "a", "source": {}, "digest": ""}})
        ),
        lambda folder: _edit(folder, lambda outer: outer["manifest"].pop("tenant")),
        lambda folder: _edit(folder, lambda outer: outer["manifest"]["tenant"].update(id="../../x")),
        lambda folder: _edit(folder, lambda outer: outer["manifest"].update(scanner=["x"])),
        lambda folder: _edit(folder, lambda outer: outer["manifest"].update(scanner="somebody else")),
        lambda folder: _edit(folder, lambda outer: outer.update(datasets=[])),
        lambda folder: (folder / "test.things.jsonl").write_text('"x"\n'),
        lambda folder: (folder / "test.things.jsonl").write_text("[" * 100_000),
        lambda folder: _edit(folder, lambda outer: outer["gaps"][0].update(reason="bored")),
        lambda folder: _edit(folder, lambda outer: outer["gaps"].clear()),
        lambda folder: _edit(folder, lambda outer: outer["datasets"].pop("test.friends")),
    ],
)
def test_a_damaged_folder_is_refused(saved: Path, tmp_path: Path, damage: object) -> None:
    folder = tmp_path / "folder"
    Snapshot.open(saved).export(folder)
    damage(folder)  # type: ignore[operator]
    with pytest.raises(SnapshotError):
        Snapshot.open(folder)


def _edit(folder: Path, change: object) -> None:
    outer = json.loads((folder / "manifest.json").read_text())
    change(outer)  # type: ignore[operator]
    (folder / "manifest.json").write_text(json.dumps(outer))


def test_the_same_record_twice_is_one() -> None:
    snapshot = Snapshot.create()
    assert snapshot.add(things, [{"Id": "a", "Name": "x"}]) == []
    assert snapshot.add(things, [{"Name": "x", "Id": "a"}]) == []
    assert snapshot.count("test.things") == 1


def test_two_records_of_one_key_are_both_kept_and_told() -> None:
    snapshot = Snapshot.create()
    assert snapshot.add(things, [{"Id": "a", "Name": "bad"}, {"Id": "a", "Name": "good"}]) == [
        "1 record(s) share the Id of another"
    ]
    assert sorted(record["Name"] for record in snapshot.records(things)) == ["bad", "good"]


def test_records_without_a_key_are_kept_and_counted() -> None:
    snapshot = Snapshot.create()
    assert snapshot.add(things, [{"Name": "x"}, {"Id": None, "Name": "y"}, {"Id": "a"}]) == [
        "2 record(s) came without Id"
    ]
    assert sorted(str(record.get("Name")) for record in snapshot.records(things)) == ["None", "x", "y"]


def test_rows_that_nothing_tells_apart_are_kept_by_their_content() -> None:
    rows = replace(things, key=WHOLE)
    snapshot = Snapshot.create()
    both = {"Id": "a", "Right": "read"}, {"Id": "a", "Right": "send"}
    assert snapshot.add(rows, [*both, both[0]]) == []
    assert sorted(record["Right"] for record in snapshot.records(rows)) == ["read", "send"]


def test_an_unwritable_place_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "s").touch()
    with pytest.raises(SnapshotError, match="can't write the snapshot"):
        Snapshot.create(tmp_path / "s")


def test_many_threads_may_write(tmp_path: Path) -> None:
    snapshot = Snapshot.create(tmp_path / "s")

    def add(start: int) -> None:
        for number in range(start, start + 50):
            snapshot.add(things, [{"Id": f"{number:04}"}])

    threads = [threading.Thread(target=add, args=(50 * n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    snapshot.finish(things)
    snapshot.seal(MANIFEST)
    snapshot.close()
    assert Snapshot.open(tmp_path / "s").count("test.things") == 200


def test_a_large_dataset_is_streamed_and_reads_as_a_small_one(
    saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Snapshot.open(saved)
    monkeypatch.setattr("o365scan.snapshot.ROOM", 10)
    streamed = Snapshot.open(saved)
    assert content(streamed) == content(held)
    assert held.record(things, "b") is held.record(things, "b")
    assert streamed.record(things, "b") is not streamed.record(things, "b")
    for snapshot in (held, streamed):
        assert [each.key for each in snapshot.records(things, parent="p")] == ["c"]
        assert [each.parent for each in snapshot.everywhere(things, "c")] == ["p"]
        assert snapshot.record(things, "nobody") is None
        assert list(snapshot.records(things, parent="nobody")) == []


def test_what_is_added_after_reading_is_read() -> None:
    snapshot = made()
    assert len(list(snapshot.records(things))) == 3
    snapshot.add(things, [{"Id": "d"}])
    assert [each.key for each in snapshot.records(things)] == ["a", "b", "c", "d"]


def test_what_is_forgotten_is_decoded_anew() -> None:
    snapshot = made()
    first = snapshot.record(things, "a")
    snapshot.forget()
    again = snapshot.record(things, "a")
    assert first is not None
    assert again is not None
    assert again is not first
    assert again.plain() == first.plain()
