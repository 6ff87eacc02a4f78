"""Objects by a part of their key, or by another property: looked up for every parent of a fan-out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mocktenant.shapes import KEYS

if TYPE_CHECKING:
    from mocktenant.collection import Object
    from mocktenant.tenant import Tenant


def those_of(tenant: Tenant, collection: str, by: str, value: str) -> list[Object]:
    """The objects of a collection whose property `by` has a value, in any case."""
    held = tenant.collection(collection)
    keys = KEYS.get(collection) or tenant.declared[collection].key
    if by in keys.split("/"):
        return held.where(by, value)
    return [item for item in held.objects() if str(item.get(by, "")).lower() == value.lower()]
