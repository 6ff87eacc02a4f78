from __future__ import annotations

from collections.abc import Iterator

import pytest

from mocktenant import Server, Tenant, serve

from .client import Client


@pytest.fixture
def server() -> Iterator[Server]:
    with serve(Tenant(size=30)) as running:
        yield running


@pytest.fixture(scope="module")
def small() -> Iterator[Server]:
    """A small tenant for all tests of a module; `fresh` takes back what the one before did."""
    with serve(Tenant(size=1)) as running:
        yield running


@pytest.fixture
def fresh(small: Server) -> Iterator[Client]:
    small.tenant.reset()
    made = Client(small)
    yield made
    made.session.close()


@pytest.fixture
def client(server: Server) -> Iterator[Client]:
    made = Client(server)
    yield made
    made.session.close()
