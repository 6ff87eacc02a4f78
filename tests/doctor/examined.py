"""An examination of a served tenant, in this process."""

from __future__ import annotations

from collections.abc import Mapping

from mocktenant import Server
from o365scan.auth.discovery import tokens_of
from o365scan.cloud import GLOBAL
from o365scan.doctor import Diagnosis, examine, sign_in
from o365scan.network import Network
from o365scan.registry import load
from o365scan.sign_in import SignIn
from o365scan.transport.service import Service


def examined(server: Server, *patterns: str, environment: Mapping[str, str] | None = None) -> Diagnosis:
    """What the doctor finds with the tenant's own credentials, or those of another environment."""
    network = Network(dict(environment or server.environment()))
    service = Service(tokens_of(SignIn(), network, first_wait=0.01), GLOBAL, network, first_wait=0.01)
    registry = load()
    return examine(service, sign_in(service), registry.select(patterns), registry.failures)
