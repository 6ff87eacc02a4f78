"""What the control plane does to a tenant's objects."""

from __future__ import annotations

from typing import Any

from mocktenant.collection import Object
from mocktenant.control.bodies import BodyInvalid, an_object
from mocktenant.declared import Declared
from mocktenant.naming import UnknownObject
from mocktenant.tenant import Tenant

_WORDS = {"key": str, "path": str, "app_roles": list, "of": str}
"""What a declaration may say."""


def collections(tenant: Tenant) -> dict[str, Any]:
    """Every collection, its key property and how many objects it holds."""
    return {name: {"key": key, "count": len(tenant.collection(name))} for name, key in tenant.keys.items()}


def declare(tenant: Tenant, name: str, body: Any) -> Declared:
    """Declares a collection. Raises BodyInvalid, DeclarationInvalid."""
    given = an_object(body)
    for word, value in given.items():
        if word not in _WORDS:
            raise BodyInvalid(f"{word}: no such field; known are {', '.join(_WORDS)}")
        if not isinstance(value, _WORDS[word]):
            raise BodyInvalid(f"{word}: must be {'a list of roles' if word == 'app_roles' else 'text'}")
    if not all(isinstance(role, str) for role in given.get("app_roles", [])):
        raise BodyInvalid("app_roles: must be a list of roles")
    return tenant.declare(name, **given)


def put(tenant: Tenant, collection: str, key: str | None, body: Any) -> Object:
    """Adds or replaces an object; a key in the path must agree with one in the body.

    Raises BodyInvalid, ObjectInvalid.
    """
    item = an_object(body)
    tenant.collection(collection)
    if key is not None:
        proper = _parts(tenant, collection, key)
        item = proper | item
        if any(item[name] != value for name, value in proper.items()):
            raise BodyInvalid(f"{tenant.keys[collection]} in the body is not the key in the path")
    return tenant.put(collection, item)


def patch(tenant: Tenant, collection: str, key: str, body: Any) -> Object:
    """Changes properties of an object, but never its key. Raises BodyInvalid, UnknownObject."""
    changes = an_object(body)
    keys = tenant.keys.get(collection, "")
    if not set(keys.split("/")).isdisjoint(changes):
        raise BodyInvalid(f"{keys} is the key and can't change")
    return tenant.patch(collection, key, changes)


def _parts(tenant: Tenant, collection: str, key: str) -> Object:
    """The key properties of an object named by key or name; of a new one as the path has them."""
    keys = tenant.keys[collection]
    names = keys.split("/")
    try:
        found = tenant.get(collection, key)
    except UnknownObject:
        values = key.split("/", len(names) - 1)
        if len(values) < len(names):
            raise BodyInvalid(f"the key of {collection} is {keys}") from None
        return dict(zip(names, values, strict=True))
    return {name: found[name] for name in names}
