"""Collecting: every dataset ends whole, or with a gap that says what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from o365scan.api import (
    Data,
    Dataset,
    ExchangeCmdlet,
    FanOut,
    Gap,
    GapReason,
    GraphList,
    IncompleteDataset,
    MissingField,
    PluginError,
    Record,
    Request,
    ServiceError,
    Unlicensed,
)
from o365scan.collect import Part, collect
from o365scan.fan_out import filled
from o365scan.snapshot import Snapshot
from o365scan.transport.errors import AccessDenied, NotFound, NotLicensed, Throttled, UnexpectedAnswer
from o365scan.views import DeclaredData

from .things import dataset, friends, things

Page = list[Mapping[str, Any]]


class Pages:
    """Answers sources from a table; an exception among the pages is raised in its turn."""

    def __init__(self, table: Mapping[str, list[Page | ServiceError]]) -> None:
        self.table = table

    def pages(self, request: Request) -> Iterator[Page]:
        for page in self.table[str(request)]:
            if isinstance(page, ServiceError):
                raise page
            yield page

    def batch_size(self, request: Request) -> int:
        raise NotImplementedError

    def answers(self, requests: Sequence[Request]) -> Iterator[tuple[int, Page | ServiceError]]:
        raise NotImplementedError


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
    told: list[tuple[str, int, bool, Part | None]] = []
    snapshot = Snapshot.create()
    pages = Pages({"GET /v1.0/things": [[{"Id": "a"}], [{"Id": "b"}]]})
    collect([things], pages, snapshot, lambda each, *how: told.append((each.name, *how)))
    steps = [(0, False), (1, False), (2, False), (2, True)]
    assert told == [("test.things", *step, None) for step in steps]


def test_nothing_to_collect() -> None:
    assert collected({}).names() == frozenset()


class Answers(Pages):
    """Answers fan-outs too: by what each request asks, in batches of two; notes the batches."""

    def __init__(self, table: Mapping[str, Any], answers: Mapping[str, Any]) -> None:
        super().__init__(table)
        self.by_request = answers
        self.batches: list[list[str]] = []

    @property
    def asked(self) -> list[str]:
        return [request for batch in self.batches for request in batch]

    def batch_size(self, _request: Request) -> int:
        return 2

    def answers(self, requests: Sequence[Request]) -> Iterator[tuple[int, Page | ServiceError]]:
        self.batches.append([str(each) for each in requests])
        for place, request in reversed(list(enumerate(requests))):
            yield place, self.by_request[str(request)]


def fan_out(name: str = "test.parts", **kwargs: Any) -> Dataset:
    source = FanOut(
        over=things, request=GraphList(path="/things/{Id}/parts", filter="of eq '{Name}'"), **kwargs
    )
    return replace(dataset(name), source=source)


PARENTS = [{"Id": key, "Name": f"It's {key}"} for key in "abcd"]


def fanned(parts: Dataset, answers: Mapping[str, Any], *pages: Any) -> tuple[Snapshot, Answers]:
    reader = Answers({"GET /v1.0/things": pages or [PARENTS]}, answers)
    snapshot = Snapshot.create()
    collect(plan_of(parts), reader, snapshot)
    return snapshot, reader


def plan_of(*wanted: Dataset) -> list[Dataset]:
    return [*wanted, *(need for each in wanted for need in each.needs)]


def part(key: str) -> str:
    return f"GET /v1.0/things/{key}/parts"


def test_a_fan_out_asks_once_for_every_parent() -> None:
    parts = fan_out()
    snapshot, reader = fanned(parts, {part(key): [{"Id": f"{key}1"}, {"Id": f"{key}2"}] for key in "abcd"})
    assert sorted(reader.asked) == [part(key) for key in "abcd"]
    assert [len(batch) for batch in reader.batches] == [2, 2]
    assert [(each.parent, each.key) for each in snapshot.records(parts)] == [
        (key, f"{key}{number}") for key in "abcd" for number in "12"
    ]
    assert [each.key for each in snapshot.records(parts, parent="b")] == ["b1", "b2"]
    assert snapshot.gaps() == ()


def test_what_can_not_be_read_of_one_parent_is_its_gap() -> None:
    answers: dict[str, Any] = {part(key): [{"Id": key}] for key in "abcd"}
    answers[part("c")] = Throttled("busy")
    snapshot, _ = fanned(fan_out(), answers)
    assert [(gap.parent, gap.reason) for gap in snapshot.gaps()] == [("c", GapReason.THROTTLED)]
    assert snapshot.count("test.parts") == 3


def test_a_first_batch_that_is_refused_stops_the_fan_out() -> None:
    snapshot, reader = fanned(fan_out(), {part(key): AccessDenied("403") for key in "abcd"})
    assert len(reader.batches) == 1
    (gap,) = snapshot.gaps()
    assert (gap.parent, gap.reason) == (None, GapReason.DENIED)
    assert gap.detail == "403 (the first 2 of 4 requests; the others were not sent)"
    assert gap.hint == "Reading it needs Thing.Read.All (Microsoft Graph)."


def test_a_failure_of_all_is_one_gap() -> None:
    snapshot, _ = fanned(fan_out(), {part(key): Throttled("busy") for key in "abcd"})
    (gap,) = snapshot.gaps()
    assert gap.parent is None
    assert gap.detail.startswith("all 4 requests failed, the first with: busy")


def test_parents_are_chosen_and_what_can_not_be_chosen_is_a_gap() -> None:
    parents = [*PARENTS, {"Id": "e"}]
    parts = fan_out(where=lambda thing, _: thing.text("Name") != "It's b")
    snapshot, reader = fanned(parts, {part(key): [] for key in "acd"}, parents)
    assert sorted(reader.asked) == [part(key) for key in "acd"]
    assert [(gap.parent, gap.detail) for gap in snapshot.gaps()] == [
        ("e", "not asked for: test.things: the field 'Name' is missing")
    ]


def test_parents_may_be_chosen_by_another_dataset() -> None:
    first = fan_out("test.first")
    second = fan_out(
        "test.second", reads=(first,), where=lambda thing, data: any(True for _ in data[first].of(thing))
    )
    reader = Answers(
        {"GET /v1.0/things": [PARENTS]}, {part(key): [{"Id": key}] if key in "ac" else [] for key in "abcd"}
    )
    snapshot = Snapshot.create()
    collect([second, first, things], reader, snapshot)
    assert [each.key for each in snapshot.records(second)] == ["a", "c"]
    assert len(reader.asked) == 6


@pytest.mark.parametrize("again", [False, True])
def test_progress_of_a_fan_out_says_how_far_it_is(again: bool) -> None:
    """Of how many is known from the first answer on, unless what is read decides who else is asked for."""
    parts = fan_out(where=lambda thing, _: thing["Name"] != "It's d", again=again)
    pages: list[Any] = [[*PARENTS[:3], {"Id": "nameless"}]]
    answers = {part(key): [{"Id": key}] for key in "abc"}
    told = list[Part]()

    def tell(each: Dataset, _count: int, _complete: bool, far: Part | None) -> None:
        if each is parts and far is not None:
            told.append(far)

    collect(plan_of(parts), Answers({"GET /v1.0/things": pages}, answers), Snapshot.create(), tell)
    assert [far.answered for far in told] == [1, 2, 3, 4]
    assert [far.parents for far in told[1:]] == [None if again else 4] * 3


def test_parents_may_be_chosen_again_by_what_was_read_of_others() -> None:
    """a holds b and c, b holds a, c holds nothing; nobody holds d."""

    def where(thing: Record, data: Data) -> bool:
        return thing.key == "a" or thing.key in {each.text("Id") for each in data[within]}

    within = fan_out("test.within", where=where, again=True)
    answers = {part("a"): [{"Id": "b"}, {"Id": "c"}], part("b"): [{"Id": "a"}], part("c"): []}
    snapshot, reader = fanned(within, answers)
    assert sorted(reader.asked) == [part(key) for key in "abc"]
    assert [(each.parent, each.key) for each in snapshot.records(within)] == [
        ("b", "a"),
        ("a", "b"),
        ("a", "c"),
    ]
    assert snapshot.gaps() == ()


def test_what_was_read_below_an_incomplete_fan_out_can_be_looked_at_and_no_more() -> None:
    """Of b it is not known what it has, so neither is who has bits; of a's and c's parts it is."""
    parts = fan_out()
    source = FanOut(over=parts, request=GraphList(path="/things/{@parent}/parts/{Id}/bits"))
    bits = replace(dataset("test.bits"), source=source)
    answers = {
        **{part(key): [{"Id": f"{key}1"}] for key in "acd"},
        part("b"): Throttled("busy"),
        **{f"GET /v1.0/things/{key}/parts/{key}1/bits": [{"Id": f"{key}2"}] for key in "ac"},
        "GET /v1.0/things/d/parts/d1/bits": Throttled("busy"),
    }
    reader = Answers({"GET /v1.0/things": [PARENTS]}, answers)
    snapshot = Snapshot.create()
    collect([bits, parts, things], reader, snapshot)
    view = DeclaredData(snapshot, "test", [bits])[bits]
    known = {each.key: each for each in snapshot.records(parts)}
    assert [[bit.key for bit in view.of(known[key])] for key in ("a1", "c1")] == [["a2"], ["c2"]]
    for look in (
        lambda: view.of(known["d1"]),
        lambda: view.of(Record(parts, "b1", {})),
        lambda: view.get("a2"),
        lambda: iter(view),
    ):
        with pytest.raises(IncompleteDataset):
            look()


def test_below_a_fan_out_of_which_nothing_was_read_there_is_nothing_to_look_at() -> None:
    parts = fan_out()
    snapshot, _ = fanned(parts, {part(key): Throttled("busy") for key in "abcd"})
    with pytest.raises(IncompleteDataset):
        DeclaredData(snapshot, "test", [parts])[parts]


def test_what_could_not_be_read_is_not_asked_again() -> None:
    within = fan_out("test.within", where=lambda thing, _: thing.key == "a", again=True)
    snapshot, reader = fanned(within, {part("a"): Throttled("busy")})
    assert reader.asked == [part("a")]
    assert [gap.parent for gap in snapshot.gaps()] == ["a"]


def test_an_answer_may_say_that_the_parent_has_none() -> None:
    answers: dict[str, Any] = {part(key): [] for key in "abd"}
    answers[part("c")] = NotFound("404 no such mailbox", code="MailboxNotEnabledForRESTAPI")
    assert fanned(fan_out(absent=("MailboxNotEnabledForRESTAPI",)), answers)[0].gaps() == ()
    assert len(fanned(fan_out(), answers)[0].gaps()) == 1
    # The code counts, not a text that a tenant's names may hold.
    answers[part("c")] = UnexpectedAnswer("500 on MailboxNotEnabledForRESTAPI")
    assert len(fanned(fan_out(absent=("MailboxNotEnabledForRESTAPI",)), answers)[0].gaps()) == 1


def test_chosen_parents_that_all_fail_are_gaps_of_their_own() -> None:
    parts = fan_out(where=lambda thing, _: thing.key in "ab")
    snapshot, _ = fanned(parts, {part(key): Throttled("busy") for key in "ab"})
    assert [gap.parent for gap in snapshot.gaps()] == ["a", "b"]


def test_unknown_parents_leave_a_gap() -> None:
    snapshot, _ = fanned(fan_out(), {part(key): [] for key in "abcd"}, PARENTS, Throttled("busy"))
    assert [(gap.dataset, gap.parent) for gap in snapshot.gaps()] == [
        ("test.parts", None),
        ("test.things", None),
    ]
    assert snapshot.gaps()[0].detail == "not wholly asked for, since test.things is incomplete"


def test_without_a_licence_a_fan_out_is_empty() -> None:
    parts = replace(fan_out(), unlicensed=Unlicensed.EMPTY)
    assert fanned(parts, {part(key): NotLicensed("400") for key in "abcd"})[0].gaps() == ()


def test_without_a_licence_a_fan_out_over_some_is_empty() -> None:
    parts = replace(fan_out(where=lambda thing, _: thing.key in "ab"), unlicensed=Unlicensed.EMPTY)
    assert fanned(parts, {part(key): NotLicensed("400") for key in "ab"})[0].gaps() == ()
    mixed = {part("a"): NotLicensed("400"), part("b"): Throttled("busy")}
    assert len(fanned(parts, mixed)[0].gaps()) == 2


@pytest.mark.parametrize("other", [[{"Id": "x"}], AccessDenied("403"), Throttled("busy")])
def test_a_licence_that_some_answers_deny_proves_nothing(other: Any) -> None:
    parts = replace(fan_out(), unlicensed=Unlicensed.EMPTY)
    answers: dict[str, Any] = {part(key): NotLicensed("400") for key in "abc"}
    snapshot, _ = fanned(parts, {**answers, part("d"): other})
    assert {gap.parent for gap in snapshot.gaps()} >= {"a", "b", "c"}


def test_a_licence_denied_after_a_page_is_a_gap() -> None:
    licensed = dataset("test.licensed", unlicensed=Unlicensed.EMPTY)
    snapshot = collected({"GET /v1.0/licensed": [[{"Id": "a"}], NotLicensed("400")]}, licensed)
    assert len(snapshot.gaps()) == 1


def test_a_where_that_raises_is_a_gap_of_that_parent() -> None:
    def where(thing: Record, _: object) -> bool:
        return {"a": True, "b": True, "c": True}[thing.key]

    snapshot, _ = fanned(fan_out(where=where), {part(key): [] for key in "abc"})
    assert [(gap.parent, gap.detail) for gap in snapshot.gaps()] == [
        ("d", "not asked for: `where` raised KeyError: 'd'")
    ]


def test_a_parent_that_is_not_collected_is_refused() -> None:
    with pytest.raises(PluginError, match="needs datasets that are not collected"):
        collect([fan_out()], Answers({}, {}), Snapshot.create())


def test_an_answer_without_an_id_has_its_parents_key() -> None:
    parts = replace(fan_out(), key="")
    snapshot, _ = fanned(parts, {part(key): [{"state": key}] for key in "abcd"})
    assert [(each.key, each["state"]) for each in snapshot.records(parts)] == [(key, key) for key in "abcd"]


def test_fields_of_the_parent_are_escaped_where_they_go() -> None:
    parent = Record(things, "1", {"Id": "a/b c", "Name": "O'Neil"})
    request = filled(GraphList(path="/things/{Id}", filter="name eq '{Name}'"), parent)
    assert isinstance(request, GraphList)
    assert (request.path, request.filter) == ("/things/a%2Fb%20c", "name eq 'O''Neil'")
    cmdlet = filled(ExchangeCmdlet(cmdlet="Get-Part", parameters={"Of": "{Name}", "All": True}), parent)
    assert isinstance(cmdlet, ExchangeCmdlet)
    assert cmdlet.parameters == {"Of": "O'Neil", "All": True}


def test_whose_the_parent_is_goes_into_a_nested_path() -> None:
    parent = Record(things, "1", {"Id": "19:b@c"}, parent="a/b")
    nested = GraphList(path="/things/{@parent}/parts/{Id}/bits", filter="of eq '{@parent}'")
    request = filled(nested, parent)
    assert isinstance(request, GraphList)
    assert (request.path, request.filter) == ("/things/a%2Fb/parts/19%3Ab%40c/bits", "of eq 'a/b'")
    with pytest.raises(MissingField, match="@parent"):
        filled(nested, Record(things, "1", {"Id": "1"}))
