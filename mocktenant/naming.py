"""How objects of the state are named: by their key, or by a name that people know."""

from __future__ import annotations

from collections.abc import Mapping

from mocktenant.collection import Object

NAMES = ("Name", "ConnectorName", "userPrincipalName", "displayName", "UserPrincipalName")
"""Properties by which a scenario or the control plane may name an object instead of by its key."""


class UnknownCollection(LookupError):
    """No collection has this name."""


class UnknownObject(LookupError):
    """No object of the collection has this key or name."""


def key_in(held: Mapping[str, Object], collection: str, key: str) -> str:
    """The key of the object that a key or a name means. Raises UnknownObject."""
    if key in held:
        return key
    for found, item in held.items():
        if key in [item.get(name) for name in NAMES]:
            return found
    raise UnknownObject(f"no object {key!r} in {collection}")
