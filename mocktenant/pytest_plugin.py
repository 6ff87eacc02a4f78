"""Fixtures for pytest: a tenant of its own for each test, served where unmodified clients look for Microsoft.

    @pytest.mark.mock_tenant("oauth-spam-campaign", seed=7, size=100, licence="P1")
    def test_what_my_plugin_finds(mock_tenant):
        mock_tenant.app_roles.discard("User.Read.All")
        ...                                    # any client; the environment leads it to the tenant
        assert mock_tenant.journal[-1].status == 403

pytest loads this module wherever the package is installed, so it imports nothing but pytest: Flask and Faker
come with the first test that asks for a tenant, and may be missing where none does.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from mocktenant.server import Server
    from mocktenant.tenant import Tenant

_MARKER = (
    "mock_tenant(scenario='baseline', *, seed=42, size=50, licence=None): "
    "the tenant of the fixture mock_tenant; what a test leaves out its class or module may say"
)
_SIZE = 50
_MISLEADING = frozenset({"http_proxy", "https_proxy", "all_proxy", "no_proxy", "ssl_cert_dir"})
"""Variables that in either case would lead a client past the tenant; many prefer https_proxy to HTTPS_PROXY."""
_CREDENTIALS = "azure_"


def pytest_configure(config: pytest.Config) -> None:
    """Makes the marker known."""
    config.addinivalue_line("markers", _MARKER)


@pytest.fixture
def mock_tenant(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, mock_tenant_server: Server
) -> Tenant:
    """A served tenant with a state of its own; the environment leads every client to it until the test ends."""
    tenant = _tenant(_wanted(request.node))
    mock_tenant_server.use(tenant)
    _enter(monkeypatch, mock_tenant_server.environment())
    return tenant


@pytest.fixture(scope="session")
def mock_tenant_server() -> Iterator[Server]:
    """The server behind `mock_tenant`: its URLs and the file of its authority, the same for all tests."""
    with _serving({"size": 1}) as server:
        yield server


@pytest.fixture(scope="session")
def mock_tenant_options() -> Mapping[str, Any]:
    """What `mock_tenant_session` is made of: override it in a conftest.py to choose scenario, seed, size, licence."""
    return {}


@pytest.fixture(scope="session")
def mock_tenant_session(mock_tenant_options: Mapping[str, Any]) -> Iterator[Tenant]:
    """One served tenant for the whole session, for tests that only read; what a test changes stays changed."""
    with _serving(mock_tenant_options) as server, pytest.MonkeyPatch.context() as patch:
        _enter(patch, server.environment())
        yield server.tenant


def _wanted(node: pytest.Item) -> dict[str, Any]:
    """What the markers say, the nearest word first."""
    wanted: dict[str, Any] = {}
    for marker in node.iter_markers("mock_tenant"):
        if len(marker.args) > 1:
            raise pytest.UsageError(f"{node.nodeid}: the marker mock_tenant takes one name and keywords")
        said = {**dict(zip(("scenario",), marker.args, strict=False)), **marker.kwargs}
        wanted = {**said, **wanted}
    return wanted


def _serving(options: Mapping[str, Any]) -> Server:
    from mocktenant import serve

    return serve(_tenant(options))


def _tenant(options: Mapping[str, Any]) -> Tenant:
    try:
        import faker  # noqa: F401 - the extra's two stones
        import flask  # noqa: F401
    except ImportError as cause:
        pytest.fail(f"{cause.name} is missing; install it with: pip install 'o365scan[mock]'", pytrace=False)
    from mocktenant.tenant import Tenant

    return Tenant(**{"size": _SIZE, **options})


def _enter(patch: pytest.MonkeyPatch, environment: Mapping[str, str]) -> None:
    for name in list(os.environ):
        if name.lower() in _MISLEADING or name.lower().startswith(_CREDENTIALS):
            patch.delenv(name)
    for name, value in environment.items():
        patch.setenv(name, value)
