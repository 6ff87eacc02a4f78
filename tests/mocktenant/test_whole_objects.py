"""What is put into the state can be shown: an object is refused at once, or every service can answer about it."""

from __future__ import annotations

from typing import Any

import pytest

from mocktenant import Tenant
from mocktenant.exchange.cmdlets import CMDLETS
from mocktenant.graph.table import RESOURCES
from mocktenant.shapes import KEYS, NEEDED, ObjectInvalid

from .client import EXCHANGE, GRAPH, Client

LISTS = [(version, row) for row in RESOURCES if row.read and "{" not in row.path for version in row.versions]


def _value(name: str) -> str:
    if name.endswith("DateTime") or name == "Received":
        return "2026-09-01T00:00:00Z"
    if name == "Guid":
        return "00000000-0000-4000-8000-00000000000a"
    return "someone@contoso.com" if name in ("userPrincipalName", "PrimarySmtpAddress") else "something"


def _least(collection: str) -> dict[str, Any]:
    names = (*KEYS[collection].split("/"), *NEEDED.get(collection, ()))
    return {name: _value(name) for name in names}


def test_every_read_answers_whatever_the_state_took(fresh: Client) -> None:
    tenant = fresh.tenant
    for collection in KEYS:
        tenant.put(collection, _least(collection))
    tenant.app_roles |= {role for _, row in LISTS for role in row.read[0].split(" + ")}
    tenant.directory_roles = {"Exchange Administrator", "Global Administrator"}
    graph, exchange = fresh.token(GRAPH), fresh.token(EXCHANGE)
    failed = [
        f"{version}/{row.path}"
        for version, row in LISTS
        if fresh.graph(f"/{version}/{row.path}", token=graph).status_code >= 500
    ]
    for name in CMDLETS:
        if name.startswith("Get-"):
            with fresh.invoke(name, token=exchange, stream=True) as answer:  # a 403 has a body of NULs
                answer.raw.read(decode_content=False)
                failed += [name] if answer.status_code >= 500 else []
    assert failed == []


@pytest.mark.parametrize("collection", sorted(NEEDED))
def test_what_nobody_could_show_is_refused(collection: str) -> None:
    tenant = Tenant(size=1)
    for name in set(NEEDED[collection]) - set(KEYS[collection].split("/")):
        before = len(tenant.collection(collection))
        lacking = {key: value for key, value in _least(collection).items() if key != name}
        with pytest.raises(ObjectInvalid, match=f"{name} is missing"):
            tenant.put(collection, lacking)
        assert len(tenant.collection(collection)) == before


def test_the_control_plane_says_what_is_missing(fresh: Client) -> None:
    answer = fresh.control("PUT", "/state/users", json={"displayName": "Nobody"})
    assert (answer.status_code, answer.json()) == (
        400,
        {"error": "userPrincipalName is missing: users can't be without"},
    )
