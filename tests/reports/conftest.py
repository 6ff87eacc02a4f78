"""Reports of real scans, made once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from mocktenant import Tenant, serve
from o365scan.api import Report
from tests.scans import kept


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Report]:
    """A tenant that was attacked, one with hostile names, and one that shows little: by all checks."""
    folder: Path = tmp_path_factory.mktemp("scans")
    blind = Tenant("vendor-heavy", size=20)
    blind.directory_roles = {"Security Reader"}
    blind.app_roles.discard("AuditLog.Read.All")
    tenants = {
        "attacked": Tenant("oauth-spam-campaign", size=20),
        "hostile": Tenant("hostile", size=20),
        "blind": blind,
    }
    reports = {}
    for name, tenant in tenants.items():
        with serve(tenant) as server:
            reports[name] = kept(server, folder / name)
    return reports
