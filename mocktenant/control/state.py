"""What the control plane does to a tenant."""

from __future__ import annotations

from typing import Any

from mocktenant.tenant import KEYS, Object, Tenant, UnknownObject


class StateInvalid(ValueError):
    """A body that can't become part of the state; the message says why."""


def about(tenant: Tenant) -> dict[str, Any]:
    """The scenario and the findings that it must cause."""
    told = tenant.scenario
    return {
        "name": told.name,
        "title": told.title,
        "story": told.story,
        "sources": list(told.sources),
        "expected": list(told.expected),
        "seed": tenant.seed,
        "size": tenant.size,
    }


def collections(tenant: Tenant) -> dict[str, Any]:
    """Every collection, its key property and how many objects it holds."""
    return {name: {"key": key, "count": len(tenant.objects(name))} for name, key in KEYS.items()}


def put(tenant: Tenant, collection: str, key: str | None, body: Any) -> Object:
    """Adds or replaces an object; a key in the path must agree with one in the body. Raises StateInvalid."""
    item = _object(body)
    tenant.collection(collection)
    if key is not None:
        item = {KEYS[collection]: _proper(tenant, collection, key)} | item
        if item[KEYS[collection]] != _proper(tenant, collection, key):
            raise StateInvalid(f"{KEYS[collection]} in the body is not the key in the path")
    return tenant.put(collection, item)


def patch(tenant: Tenant, collection: str, key: str, body: Any) -> Object:
    """Changes properties of an object, but never its key. Raises StateInvalid, UnknownObject."""
    changes = _object(body)
    if KEYS.get(collection) in changes:
        raise StateInvalid(f"{KEYS[collection]} is the key and can't change")
    return tenant.patch(collection, key, changes)


def _object(body: Any) -> Object:
    if not isinstance(body, dict):
        raise StateInvalid("the body must be a JSON object")
    return body


def _proper(tenant: Tenant, collection: str, key: str) -> str:
    """The key of an object named by key or name; a new one as it stands."""
    try:
        return str(tenant.find(collection, key)[KEYS[collection]])
    except UnknownObject:
        return key
