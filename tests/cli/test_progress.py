"""What progress says, by a clock that is set."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from mocktenant import Fault, Tenant
from o365scan.api import GraphList
from o365scan.auth.discovery import tokens_of
from o365scan.cli.progress import Counted, Rate, Reading, names_of, wanted
from o365scan.cloud import GLOBAL
from o365scan.collect import Part
from o365scan.network import Network, Traffic
from o365scan.running import Asides
from o365scan.sign_in import SignIn
from o365scan.transport.service import Service
from tests.cli.test_bad_input import Serving
from tests.sarif.sample import APPS, CONNECTORS, MAILBOXES, app_has_no_secret


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def reading(clock: Clock) -> Reading:
    return Reading(3, Traffic(), names_of(GLOBAL), clock)


def test_datasets_under_way(reading: Reading, clock: Clock) -> None:
    reading.told(CONNECTORS, 0, False, None)
    reading.told(MAILBOXES, 0, False, None)
    for _ in range(40):
        reading.traffic.sent()
    assert list(reading.lines()) == [
        "0 of 3 datasets · 40 requests · 0 objects · 0 s",
        "  exchange.inbound-connectors: 0 objects",
        "  exchange.mailboxes: 0 objects",
    ]
    clock.now = 4
    reading.told(CONNECTORS, 1, True, None)
    reading.told(MAILBOXES, 1200, False, Part(300, 1000))
    assert list(reading.lines()) == [
        "1 of 3 datasets · 40 requests (10/s) · 1,201 objects (300/s) · 4 s",
        "  exchange.mailboxes: 300 of 1,000 · about 9 s left · 1,200 objects (300/s)",
    ]
    clock.now = 400
    reading.told(MAILBOXES, 4000, False, Part(1000, None))
    assert list(reading.lines())[1].startswith("  exchange.mailboxes: 4,000 objects (")
    reading.told(MAILBOXES, 4000, True, None)
    assert next(reading.lines()).endswith(" · 6 min 40 s")


def test_an_end_is_told_only_where_it_is_known(reading: Reading, clock: Clock) -> None:
    reading.told(APPS, 0, False, None)
    clock.now = 60
    reading.told(APPS, 900, False, Part(900))
    assert not any("left" in line for line in reading.lines())


def test_a_rate_is_of_the_last_seconds(clock: Clock) -> None:
    rate = Rate(clock)
    clock.now = 1
    assert rate.of(1000) is None  # a guess
    for clock.now in range(2, 31):
        last = rate.of(1000 + int(clock.now) * 10)
    assert last == pytest.approx(10)


def test_waits(reading: Reading) -> None:
    reading.traffic.waits(GLOBAL.exchange, 60, asked=True)
    reading.traffic.waits("https://api.example.com", 60, asked=False)
    reading.traffic.waits(GLOBAL.graph, 0, asked=True)  # is over
    assert list(reading.lines())[1:] == [
        "  waiting 1 min 00 s: api.example.com is in trouble, and is asked again",
        "  waiting 1 min 00 s: Office 365 Exchange Online asks for patience",
    ]


@pytest.mark.parametrize(("status", "asked"), [(429, True), (503, False)])
def test_a_service_that_asks_for_patience(serving: Serving, status: int, asked: bool) -> None:
    tenant = Tenant("baseline", size=5)
    tenant.faults.add(Fault(path="/v1.0/users*", status=status, retry_after=0 if asked else None))
    noted = list[tuple[str, bool]]()

    class Noting(Traffic):
        def waits(self, origin: str, _seconds: float, *, asked: bool) -> None:
            noted.append((origin, asked))

    network = Network(serving(tenant).environment(), traffic=Noting())
    service = Service(tokens_of(SignIn(), network), GLOBAL, network, first_wait=0.001)
    assert sum(map(len, service.pages(GraphList(path="/users", select=("id",))))) > 5
    assert noted == [(GLOBAL.graph, asked)]
    assert service.traffic.requests == 2


def test_judging(clock: Clock) -> None:
    def judged(*_: object) -> object:
        yield from range(7)

    counted = Counted(judged, 9, clock)  # type: ignore[arg-type]
    running = counted(None, app_has_no_secret, None, Asides("x"))  # type: ignore[arg-type]
    assert len([next(iter(running)) for _ in range(7)]) == 7
    clock.now = 2
    assert list(counted.lines()) == ["Check 1 of 9 · 7 objects (4/s) · 2 s · entra.app-has-no-secret"]


@pytest.mark.parametrize("said", ["", "0", "false"])
def test_ci_may_be_said_to_be_none(monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    monkeypatch.setenv("CI", said)
    assert wanted(quiet=False)
    monkeypatch.setenv("CI", "true")
    assert not wanted(quiet=False)
