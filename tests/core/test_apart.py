"""Functions of plugins that run while the tenant is read: what they do there costs their own dataset alone."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from mocktenant import Server, Tenant
from o365scan.apart import Apart, Raised
from o365scan.api import (
    Api,
    ApiRead,
    ApiSession,
    Dataset,
    FanOut,
    Gap,
    GraphList,
    Permission,
    Record,
    Request,
    ServiceError,
)
from o365scan.collect import collect
from o365scan.snapshot import Snapshot
from o365scan.watchdog import VARIABLE, Overdue
from tests.core.test_collect import Pages
from tests.core.test_transport import rows, service_of
from tests.core.things import dataset, friends, things

MANAGEMENT = Api(name="Office 365 Management APIs", origin="https://manage.office.com")
FEED = "/api/v1.0/{@tenant}/activity/feed"


class Odd(BaseException):
    """What no `except Exception` catches."""


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "0.2")


def loop(*_: object) -> Any:
    while True:
        pass


def wait(*_: object) -> Any:
    threading.Event().wait()


def raising(cause: BaseException) -> Callable[..., Any]:
    def function(*_: object) -> Any:
        raise cause

    return function


RAISED = [
    (raising(KeyboardInterrupt("nobody pressed it")), "raised KeyboardInterrupt: nobody pressed it"),
    (raising(Odd("x")), "raised Odd: x"),
    (raising(SystemExit(0)), "raised SystemExit: 0"),
    (raising(MemoryError("x")), "raised MemoryError: x"),
]
STOPPED = [(each, "was stopped: it took longer than 0.2 seconds") for each in (loop, wait)]


@pytest.fixture
def ended() -> Iterator[None]:
    """What a test starts is gone in the end; it may take a moment."""
    before = set(threading.enumerate())
    yield
    for each in set(threading.enumerate()) - before:
        each.join(10)
        assert not each.is_alive(), each.name


class Parts(Pages):
    """Whose batches hold twenty requests; none is ever asked for."""

    def batch_size(self, request: Request) -> int:  # noqa: ARG002 - as BatchReader has it
        return 20


@pytest.mark.usefixtures("ended")
def test_items_come_in_order_and_their_number_has_no_bound() -> None:
    assert list(Apart[int]().items(lambda: range(5_000))) == list(range(5_000))


def test_what_it_raises_comes_after_what_it_gave() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise Odd("x")

    given = Apart[int]().items(items)
    assert next(given) == 1
    with pytest.raises(Raised) as raised:
        next(given)
    assert isinstance(raised.value.what, Odd)


@pytest.mark.usefixtures("impatient", "ended")
def test_a_loop_is_told_and_ends() -> None:
    with pytest.raises(Overdue, match=r"longer than 0\.2 seconds"):
        list(Apart[int]().items(loop))


@pytest.mark.usefixtures("impatient", "ended")
def test_items_that_nobody_fetches_keep_no_thread() -> None:
    items = Apart[int]().items(lambda: iter(int, 1))  # noughts without end
    assert next(items) == 0
    items.close()  # type: ignore[attr-defined]


@pytest.mark.usefixtures("impatient")
def test_an_errand_is_not_hurried_and_is_done_by_whoever_waits() -> None:
    apart = Apart[tuple[str, str]]()

    def errand() -> str:
        time.sleep(0.4)  # longer than the function has
        return threading.current_thread().name

    def items() -> Iterator[tuple[str, str]]:
        yield threading.current_thread().name, apart.ask(errand)

    assert list(apart.items(items)) == [("apart", threading.current_thread().name)]


def test_errands_of_several_threads_get_their_own_answers() -> None:
    apart = Apart[list[int]]()

    def items() -> Iterator[list[int]]:
        with ThreadPoolExecutor(4) as pool:
            yield list(pool.map(lambda number: apart.ask(lambda: number * number), range(50)))

    assert list(apart.items(items)) == [[number * number for number in range(50)]]


def test_an_errand_that_fails_fails_where_it_was_asked_for() -> None:
    apart = Apart[str]()

    def items() -> Iterator[str]:
        try:
            apart.ask(raising(ServiceError("not there")))
        except ServiceError as cause:
            yield str(cause)

    assert list(apart.items(items)) == ["not there"]


def chosen(where: Callable[..., Any]) -> Snapshot:
    """What is read of two things and their friends, who are chosen by `where`; and of what comes after."""
    source = FanOut(over=things, request=GraphList(path="/things/{Id}/parts"), where=where)
    parts = Dataset(
        name="test.parts", source=source, key="Id", title="Id", type="part", permission=things.permission,
        reference="https://example.com/",
    )  # fmt: skip
    last = dataset("test.last")
    snapshot = Snapshot.create()
    table: dict[str, Any] = {
        f"GET /v1.0/{each}": [[{"Id": "a"}, {"Id": "b"}]] for each in ("things", "friends", "last")
    }
    collect([things, parts, friends, last], Parts(table), snapshot)
    return snapshot


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(("where", "why"), [*RAISED, *STOPPED])
def test_a_choice_that_has_an_accident_is_a_gap_and_the_rest_is_read(
    where: Callable[..., Any], why: str
) -> None:
    snapshot = chosen(where)
    (gap,) = snapshot.gaps()
    assert (gap.dataset, gap.parent) == ("test.parts", None)
    assert f"`where` {why}" in gap.detail
    assert [snapshot.count(f"test.{each}") for each in ("things", "friends", "last")] == [2, 2, 2]


def test_one_choice_that_has_an_accident_is_a_gap_of_that_parent() -> None:
    def where(thing: Record, _: object) -> bool:
        if thing.key == "a":
            raise KeyboardInterrupt
        return False

    (gap,) = chosen(where).gaps()
    assert gap.parent == "a"


@pytest.fixture
def tenant() -> Tenant:
    tenant = Tenant("baseline", size=5)
    tenant.app_roles.add("ActivityFeed.Read")
    tenant.put("activitySubscriptions", {"contentType": "Audit.Exchange"})
    return tenant


def read_by(function: Callable[..., Any]) -> Dataset:
    source = ApiRead(api=MANAGEMENT, path=FEED, read=function)
    return Dataset(
        name="activity.things", source=source, key="contentType", title="contentType", type="x",
        permission=Permission(api=MANAGEMENT.name, app_roles=("ActivityFeed.Read",)),
        reference="https://example.com/",
    )  # fmt: skip


@pytest.mark.parametrize(("function", "why"), [*RAISED, *STOPPED])
def test_a_function_that_has_an_accident_is_a_gap(
    tenant: Tenant,
    serving: Callable[[Tenant], Server],
    monkeypatch: pytest.MonkeyPatch,
    function: Callable[..., Any],
    why: str,
) -> None:
    service = service_of(serving(tenant))
    service.claims()  # signing in is not the function's time
    monkeypatch.setenv(VARIABLE, "0.2")
    snapshot = Snapshot.create()
    collect([read_by(function)], service, snapshot)
    (gap,) = snapshot.gaps()
    assert isinstance(gap, Gap)
    assert f"`read` {why}" in gap.detail


def test_a_session_is_of_no_use_afterwards(tenant: Tenant, serving: Callable[[Tenant], Server]) -> None:
    kept: list[ApiSession] = []

    def function(session: ApiSession, path: str, query: object) -> Any:
        kept.append(session)
        return session.get(f"{path}/subscriptions/list").json()  # type: ignore[union-attr]

    (row,) = rows(service_of(serving(tenant)).pages(read_by(function).source))
    assert row["contentType"] == "Audit.Exchange"
    with pytest.raises(SystemExit):
        kept[0].get(f"{FEED}/subscriptions/list".replace("{@tenant}", kept[0].tenant))
