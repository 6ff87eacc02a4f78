"""A local Microsoft 365 tenant that unmodified clients accept.

    from mocktenant import Tenant, serve

    with serve(Tenant("oauth-spam-campaign")) as server:
        os.environ.update(server.environment())

`import mocktenant` loads neither Flask nor Faker, so that a test plugin may import it in an
installation that has no mock tenant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from mocktenant.application import Application
    from mocktenant.apps import App
    from mocktenant.faults import Fault
    from mocktenant.journal import Entry
    from mocktenant.latency import Latency
    from mocktenant.listen import Address
    from mocktenant.server import Server
    from mocktenant.tenant import Tenant
    from mocktenant.throttle import Limits, Throttle
    from mocktenant_fixtures import UnknownScenario

__all__ = [
    "Address",
    "App",
    "Application",
    "Entry",
    "Fault",
    "Latency",
    "Limits",
    "Server",
    "Tenant",
    "Throttle",
    "UnknownScenario",
    "create_app",
    "serve",
]

_HOME = {
    "Address": "mocktenant.listen",
    "App": "mocktenant.apps",
    "Application": "mocktenant.application",
    "Entry": "mocktenant.journal",
    "Fault": "mocktenant.faults",
    "Latency": "mocktenant.latency",
    "Limits": "mocktenant.throttle",
    "Server": "mocktenant.server",
    "Tenant": "mocktenant.tenant",
    "Throttle": "mocktenant.throttle",
    "UnknownScenario": "mocktenant_fixtures",
}


def create_app(tenant: Tenant) -> Application:
    """The tenant as a WSGI application, for any WSGI server that speaks TLS."""
    from mocktenant.application import Application

    return Application(tenant)


def serve(
    tenant: Tenant,
    *,
    port: int = 0,
    ca_file: Path | str | None = None,
    listen: Iterable[Address] = (),
) -> Server:
    """Starts a server for the tenant on 127.0.0.1 and gives it back running.

    Port 0 takes a free one. The certificate authority's certificate is always in a private folder
    that lives as long as the server (`server.ca_file`); with `ca_file` a copy is written there too.
    `listen` are further addresses, for clients that ignore proxies.
    Raises OSError, with the address as its filename, if one is taken.
    """
    from mocktenant.server import Server

    return Server(tenant, port=port, ca_file=ca_file, listen=listen)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'mocktenant' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOME[name]), name)
