"""A tenant with Teams. The mock tenant knows none: its paths, their permissions and objects are brought here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from mocktenant import Tenant

_HERE = Path(__file__).parent


@pytest.fixture
def declarations() -> dict[str, Any]:
    """Name of a collection -> where Graph serves it, and to whom: what `PUT /_mock/collections/<name>` takes."""
    found: dict[str, Any] = json.loads((_HERE / "collections.json").read_text("utf-8"))
    return found


@pytest.fixture
def objects(mock_tenant: Tenant) -> dict[str, Any]:
    """Name of a collection -> its objects: two teams that are as they should be."""
    text = (_HERE / "objects.json").read_text("utf-8").replace("{@tenant}", mock_tenant.tenant_id)
    found: dict[str, Any] = json.loads(text)
    return found


@pytest.fixture
def teams_tenant(mock_tenant: Tenant, declarations: dict[str, Any], objects: dict[str, Any]) -> Tenant:
    """The mock tenant of the test, with Teams."""
    for name, words in declarations.items():
        mock_tenant.declare(name, **words)
    for name, items in objects.items():
        for item in items:
            mock_tenant.put(name, item)
    return mock_tenant
