"""Collecting: every dataset ends whole, or with a gap that says what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from o365scan.api import Dataset, Gap, GapReason, ServiceError, Source, Unlicensed
from o365scan.collect import collect
from o365scan.snapshot import Snapshot
from o365scan.transport.errors import AccessDenied, NotLicensed

from .things import dataset, friends, things

Page = list[Mapping[str, Any]]


class Pages:
    """Answers sources from a table; an exception among the pages is raised in its turn."""

    def __init__(self, table: Mapping[str, list[Page | ServiceError]]) -> None:
        self.table = table

    def pages(self, source: Source) -> Iterator[Page]:
        for page in self.table[str(source)]:
            if isinstance(page, ServiceError):
                raise page
            yield page


def collected(table: Mapping[str, Any], *datasets: Dataset) -> Snapshot:
    snapshot = Snapshot.create()
    collect(datasets, Pages(table), snapshot)
    return snapshot


def test_whole_datasets_have_no_gap() -> None:
    snapshot = collected(
        {"GET /v1.0/things": [[{"Id": "a"}], [{"Id": "b"}]], "GET /v1.0/friends": [[]]}, things, friends
    )
    assert snapshot.gaps() == ()
    assert (snapshot.count("test.things"), snapshot.count("test.friends")) == (2, 0)
    assert snapshot.names() == {"test.things", "test.friends"}


def test_nothing_collected_is_lost_and_the_rest_is_a_gap() -> None:
    snapshot = collected({"GET /v1.0/things": [[{"Id": "a"}], AccessDenied("403")]}, things)
    assert snapshot.count("test.things") == 1
    (gap,) = snapshot.gaps()
    assert gap == Gap(
        dataset="test.things",
        reason=GapReason.DENIED,
        detail="403",
        hint="Reading it needs Thing.Read.All (Microsoft Graph).",
    )


def test_records_without_their_key_are_a_gap() -> None:
    snapshot = collected({"GET /v1.0/things": [[{"Id": "a"}, {"Name": "x"}]]}, things)
    assert [gap.detail for gap in snapshot.gaps()] == ["1 record(s) came without Id"]
    assert snapshot.count("test.things") == 2


@pytest.mark.parametrize(("meaning", "gaps"), [(Unlicensed.EMPTY, 0), (Unlicensed.UNKNOWN, 1)])
def test_without_a_licence_it_depends(meaning: Unlicensed, gaps: int) -> None:
    licensed = dataset("test.licensed", licence="Microsoft Entra ID P2", unlicensed=meaning)
    snapshot = collected({"GET /v1.0/licensed": [NotLicensed("400")]}, licensed)
    assert len(snapshot.gaps()) == gaps
    assert snapshot.names() == {"test.licensed"}
    assert all(gap.hint == "Reading it needs Microsoft Entra ID P2." for gap in snapshot.gaps())


def test_progress_is_told() -> None:
    told: list[tuple[str, int, bool]] = []
    snapshot = Snapshot.create()
    pages = Pages({"GET /v1.0/things": [[{"Id": "a"}], [{"Id": "b"}]]})
    collect(
        [things], pages, snapshot, lambda each, count, complete: told.append((each.name, count, complete))
    )
    assert told == [("test.things", 1, False), ("test.things", 2, False), ("test.things", 2, True)]


def test_nothing_to_collect() -> None:
    assert collected({}).names() == frozenset()
