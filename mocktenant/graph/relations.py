"""Objects grouped by a part of their key: looked up for every parent of a fan-out, so grouped once.

A key never changes in place, and the tenant counts its additions and removals; so a grouping holds as long
as that count and the collection's size do.
"""

from __future__ import annotations

from collections import defaultdict
from weakref import WeakKeyDictionary

from mocktenant.tenant import KEYS, Object, Tenant

_Groups = dict[str, list[Object]]

_made: WeakKeyDictionary[Tenant, dict[tuple[str, str], tuple[tuple[int, int], _Groups]]] = WeakKeyDictionary()


def those_of(tenant: Tenant, collection: str, by: str, value: str) -> list[Object]:
    """The objects of a collection whose property `by` has a value, in any case."""
    if by in KEYS[collection].split("/"):
        return _groups(tenant, collection, by).get(value.lower(), [])
    return [item for item in tenant.objects(collection) if str(item.get(by, "")).lower() == value.lower()]


def _groups(tenant: Tenant, collection: str, by: str) -> _Groups:
    held = _made.setdefault(tenant, {})
    state = (tenant.version, len(tenant.collection(collection)))
    found = held.get((collection, by))
    if found is None or found[0] != state:
        groups: _Groups = defaultdict(list)
        for item in tenant.objects(collection):
            groups[str(item[by]).lower()].append(item)
        found = held[collection, by] = (state, dict(groups))
    return found[1]
