"""What the control plane does to a tenant."""

from __future__ import annotations

from typing import Any

from mocktenant.collection import Object
from mocktenant.naming import UnknownObject
from mocktenant.shapes import KEYS
from mocktenant.tenant import Tenant


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
    """Adds or replaces an object; a key in the path must agree with one in the body.

    Raises StateInvalid, ObjectInvalid.
    """
    item = _object(body)
    tenant.collection(collection)
    if key is not None:
        proper = _parts(tenant, collection, key)
        item = proper | item
        if any(item[name] != value for name, value in proper.items()):
            raise StateInvalid(f"{KEYS[collection]} in the body is not the key in the path")
    return tenant.put(collection, item)


def patch(tenant: Tenant, collection: str, key: str, body: Any) -> Object:
    """Changes properties of an object, but never its key. Raises StateInvalid, UnknownObject."""
    changes = _object(body)
    if not set(KEYS.get(collection, "").split("/")).isdisjoint(changes):
        raise StateInvalid(f"{KEYS[collection]} is the key and can't change")
    return tenant.patch(collection, key, changes)


def _object(body: Any) -> Object:
    if not isinstance(body, dict):
        raise StateInvalid("the body must be a JSON object")
    return body


def _parts(tenant: Tenant, collection: str, key: str) -> Object:
    """The key properties of an object named by key or name; of a new one as the path has them."""
    names = KEYS[collection].split("/")
    try:
        found = tenant.get(collection, key)
    except UnknownObject:
        values = key.split("/", len(names) - 1)
        if len(values) < len(names):
            raise StateInvalid(f"the key of {collection} is {KEYS[collection]}") from None
        return dict(zip(names, values, strict=True))
    return {name: found[name] for name in names}
