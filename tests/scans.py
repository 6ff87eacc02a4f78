"""A live scan whose snapshot is kept."""

from __future__ import annotations

from pathlib import Path

from mocktenant import Server
from o365scan.api import Report
from o365scan.auth.discovery import tokens_of
from o365scan.cloud import GLOBAL
from o365scan.network import Network
from o365scan.registry import load, plan
from o365scan.scan import judge, take
from o365scan.sign_in import SignIn
from o365scan.snapshot import Snapshot
from o365scan.transport.service import Service


def kept(server: Server, file: Path) -> Report:
    """Scans a served tenant by all checks, into a snapshot file."""
    registry = load()
    network = Network(server.environment())
    service = Service(tokens_of(SignIn(), network), GLOBAL, network)
    checks = registry.select([])
    snapshot = Snapshot.create(file)
    take(service, plan(checks), registry, snapshot)
    report = judge(snapshot, checks, registry, {})
    snapshot.close()
    return report
