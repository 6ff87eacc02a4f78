from __future__ import annotations

from collections.abc import Iterator

import pytest

from mocktenant import Server, Tenant, serve

from .client import Client


@pytest.fixture
def server() -> Iterator[Server]:
    with serve(Tenant(size=30)) as running:
        yield running


@pytest.fixture
def client(server: Server) -> Iterator[Client]:
    made = Client(server)
    yield made
    made.session.close()
