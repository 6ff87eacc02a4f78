"""Slow answers, and the clock they go by."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from mocktenant import Latency, Tenant
from mocktenant.latency import Latencies
from mocktenant.matching import Asked, FaultInvalid

from .client import GRAPH, Client

USERS = Asked("graph.microsoft.com", "GET", "/v1.0/users")


def test_a_stopped_clock_shows_how_long_it_would_have_taken(fresh: Client) -> None:
    timer = fresh.tenant.timer
    timer.stop()
    fresh.tenant.latencies.add(Latency(path="/v1.0/domains", seconds=3))
    token = fresh.tenant.forge()
    began = timer.monotonic()
    assert fresh.graph("/v1.0/domains", token=token).status_code == 200
    assert timer.monotonic() - began == pytest.approx(3)
    fresh.graph("/v1.0/organization", token=token)
    assert timer.monotonic() - began == pytest.approx(3)


def test_items_of_a_batch_take_no_time_of_their_own(fresh: Client) -> None:
    timer = fresh.tenant.timer
    timer.stop()
    fresh.tenant.latencies.add(Latency(seconds=1))
    items = [{"id": str(number), "method": "GET", "url": "/domains"} for number in range(5)]
    bearer = {"Authorization": f"Bearer {fresh.tenant.forge()}"}
    began = timer.monotonic()
    fresh.session.post(f"{GRAPH}/v1.0/$batch", json={"requests": items}, headers=bearer)
    assert timer.monotonic() - began == pytest.approx(1)


def test_the_first_that_matches_counts_and_reset_drops_them() -> None:
    tenant = Tenant(size=1)
    tenant.latencies.add(Latency(method="get", seconds=0.5))
    tenant.latencies.add(Latency(seconds=2))
    assert tenant.latencies.drawn(USERS) == 0.5
    assert tenant.latencies.drawn(Asked("graph.microsoft.com", "POST", "/x")) == 2
    tenant.reset()
    assert list(tenant.latencies) == []
    assert tenant.latencies.drawn(USERS) == 0


@pytest.mark.parametrize("distribution", ["normal", "lognormal"])
def test_draws_vary_are_bounded_and_come_again(distribution: Any) -> None:
    def draws(seed: int) -> list[float]:
        set_ = Latencies(seed)
        set_.add(Latency(seconds=0.2, spread=0.5, distribution=distribution, longest=0.4))
        return [set_.drawn(USERS) for _ in range(200)]

    first = draws(1)
    assert first == draws(1) != draws(2)
    assert len(set(first)) > 20
    assert all(0 <= taken <= 0.4 for taken in first)


def test_an_absurd_spread_stays_a_number() -> None:
    wild = Latency(seconds=100, spread=120, distribution="lognormal", longest=0.01)
    source = Random(1)
    assert all(0 <= wild.drawn(source) <= 0.01 for _ in range(50))
    assert Latency(distribution="lognormal").drawn(source) == 0


@pytest.mark.parametrize(
    ("data", "word"),
    [
        ({"seconds": -1}, "seconds"),
        ({"seconds": 10**6}, "seconds"),
        ({"distribution": "cauchy"}, "distribution"),
        ({"status": 500}, "status"),
        ("x", "JSON object"),
    ],
)
def test_latencies_that_cannot_be_meant(data: object, word: str) -> None:
    with pytest.raises(FaultInvalid, match=word):
        Latency.from_json(data)


def test_mailboxes_may_be_slow(client: Client) -> None:
    mailbox = client.tenant.objects("mailboxes")[0]
    timer = client.tenant.timer
    timer.stop()
    client.tenant.latencies.add(Latency(mailbox=mailbox["PrimarySmtpAddress"], seconds=7))
    token = client.tenant.forge(service="exchange")
    began = timer.monotonic()
    assert client.invoke("Get-InboxRule", {"Mailbox": mailbox["Guid"]}, token=token).status_code == 200
    client.invoke("Get-Mailbox", token=token)
    assert timer.monotonic() - began == pytest.approx(7)
