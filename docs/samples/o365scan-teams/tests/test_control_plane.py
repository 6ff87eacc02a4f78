"""The same tenant made over HTTP, as a program in any language would: the control plane under /_mock/."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import requests

from o365scan.testing import assert_findings, scanned

if TYPE_CHECKING:
    from mocktenant import Server, Tenant


def test_teams_over_http(
    mock_tenant: Tenant,
    mock_tenant_server: Server,
    declarations: dict[str, Any],
    objects: dict[str, Any],
) -> None:
    with requests.Session() as session:
        session.trust_env = False  # the fixture's proxy is for Microsoft's hosts

        def put(path: str, body: dict[str, Any]) -> None:
            answer = session.put(f"{mock_tenant_server.control_url}/{path}", json=body)
            assert answer.status_code == 200, answer.text

        for name, words in declarations.items():
            put(f"collections/{name}", words)
        for name, items in objects.items():
            for item in items:
                put(f"state/{name}", item)
    assert "Channel.ReadBasic.All" in mock_tenant.app_roles
    report = scanned("teams.*")
    assert_findings(report.findings, [])
    assert not report.failures
