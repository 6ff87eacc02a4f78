"""What a client must have got, from the tenant itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import clients
from clients import Client
from paths import requests

from mocktenant import Tenant
from o365scan.registering.needs import grants_for
from o365scan.registry import load, plan

Truth = Callable[[Tenant, Client], Any]


def _signed_in(how: str) -> Truth:
    return lambda tenant, _client: {"appid": tenant.client_id, "appidacr": how}


def _error(operation: str, code: str) -> Truth:
    return lambda _tenant, client: {"class": client.errors[operation], "code": code}


def _users(tenant: Tenant, _client: Client) -> list[str]:
    return sorted(user["id"] for user in tenant.objects("users"))


def _organization(tenant: Tenant, _client: Client) -> dict[str, Any]:
    return {"got": tenant.objects("organization")[0]["displayName"], "waited": True}


def _registered(tenant: Tenant, _client: Client) -> list[str]:
    """The ids of the app roles that the least is made of, by each API's own list."""
    grants = grants_for(plan(load().checks.values()))
    declared = {
        each["appId"]: each["appRoles"]
        for each in tenant.objects("servicePrincipals")
        if each.get("appRoles")
    }
    return sorted(
        role["id"]
        for api, wanted in grants.app_roles.items()
        for role in declared[grants.resources[api]]
        if role["value"] in wanted
    )


def _models(version: str) -> Truth:
    return lambda tenant, _client: {
        each.path: {"filled": each.filled, "wrong": []} for each in requests(tenant, version)
    }


TRUTHS: Mapping[str, Truth] = {
    clients.SECRET: _signed_in("1"),
    clients.CERTIFICATE: _signed_in("2"),
    clients.SHA256: _signed_in("2"),
    clients.DOMAIN: _signed_in("1"),
    clients.WRONG: _error(clients.WRONG, "AADSTS7000215"),
    clients.USERS: _users,
    clients.THROTTLED: _organization,
    clients.BATCH: lambda _tenant, _client: {"organization": 200, "nobody": 404},
    clients.MISSING: _error(clients.MISSING, "Request_ResourceNotFound"),
    clients.VERDICTS: lambda _tenant, client: {check: ["PASS"] for check in client.probe[1:]},
    clients.ACCOUNT: lambda tenant, _client: tenant.tenant_id,
    clients.REGISTERED: _registered,
    clients.OF_DOMAIN: lambda tenant, _client: tenant.tenant_id,
    clients.MODELS_V1: _models("v1.0"),
    clients.MODELS_BETA: _models("beta"),
}
