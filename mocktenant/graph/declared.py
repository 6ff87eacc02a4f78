"""Collections that a test declared, served as Graph serves lists: paged, filtered, counted, one by its key.

Nobody said which properties their objects have, so the objects do: a property that all have as truth values can
be filtered by as such, and what stands inside an object is sent as it is. A list may belong to an object of
another, as the channels of a team do.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from mocktenant.declared import DeclarationInvalid
from mocktenant.graph import schema
from mocktenant.graph.resources import PAGED, Resource
from mocktenant.graph.sources import Stored, owned
from mocktenant.graph.table import BY_PATTERN, Pattern

if TYPE_CHECKING:
    from mocktenant.collection import Object
    from mocktenant.declared import Declared
    from mocktenant.tenant import Tenant

_ID = "{id}"
_PAGE, _LARGEST = 100, 999
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?Z")
_NUMBERS = {"Int64", "Double"}


def demand_room(tenant: Tenant, new: Declared) -> None:
    """Raises DeclarationInvalid for a collection that nothing could tell from another, or that nothing leads to."""
    others = [one for one in tenant.declared.values() if one != new]
    if any(one.name == new.name for one in others):
        raise DeclarationInvalid(f"{new.name} is declared already, in other words")
    if new.path is None:
        return
    if any(_segments(new.path) in rows for rows in BY_PATTERN.values()):
        raise DeclarationInvalid(f"{new.path} is served from the state already: write into that")
    served = {_segments(one.path) for one in others if one.path is not None}
    if _segments(new.path) in served:
        raise DeclarationInvalid(f"another collection is served at {new.path}")
    if new.above is not None and _segments(new.above) not in served | _lists():
        raise DeclarationInvalid(f"nothing is listed at {new.above}: declare that first")


def _lists() -> set[Pattern]:
    """The lists of Graph's own table that both versions have."""
    return set.intersection(
        *(
            {row.pattern for row in rows.values() if not (row.is_action or row.singleton)}
            for rows in BY_PATTERN.values()
        )
    )


def rows(tenant: Tenant, parts: list[str]) -> list[Resource]:
    """The rows of the collections with whose path the parts of a path begin."""
    asked = [part.lower() for part in parts]
    held = [one for one in tuple(tenant.declared.values()) if one.path is not None]
    return [_row(tenant, one) for one in held if _begins(asked, _segments(str(one.path)))]


def _begins(asked: list[str], path: Pattern) -> bool:
    return len(asked) >= len(path) and all(one in (_ID, part) for one, part in zip(path, asked, strict=False))


def _segments(path: str) -> Pattern:
    return tuple(path.lower().split("/"))


def _row(tenant: Tenant, one: Declared) -> Resource:
    keys = one.key.split("/")
    return Resource(
        str(one.path),
        _type(tenant.objects(one.name), [key for key in keys if key != one.of], one.of),
        Stored(one.name) if one.of is None else owned(one.name, one.of),
        read=one.app_roles,
        page=_PAGE,
        largest=_LARGEST,
        options=PAGED,
        keys=(keys[-1],),
    )


def _type(objects: Iterable[Object], keys: list[str], hidden: str | None) -> str:
    """The name of a type with the properties that the objects show: the same for the same properties."""
    seen: dict[str, set[str]] = {key: {"String"} for key in keys}
    for item in objects:
        for name, value in item.items():
            if name == hidden:
                continue
            seen.setdefault(name, set()).update(_kinds(value))
    properties = {name: _one(kinds) for name, kinds in sorted(seen.items())}
    name = f"declared{hashlib.blake2b(json.dumps(properties).encode(), digest_size=6).hexdigest()}"
    schema.learn(name, properties)
    return name


def _kinds(value: Any) -> set[str]:
    """What a value may be; nothing for null."""
    match value:
        case bool():
            return {"Boolean"}
        case int():
            return {"Int64"}
        case float():
            return {"Double"}
        case str():
            return {"DateTimeOffset" if _TIME.fullmatch(value) else "String"}
        case list():
            return {f"[{kind}]" for one in value for kind in _kinds(one)} or {"[String]"}
        case dict():
            return {schema.UNKNOWN}
    return set()


def _one(kinds: set[str]) -> str:
    """The kind of a property by those of its values: text where they differ."""
    if len(kinds) == 1:
        return next(iter(kinds))
    if kinds and kinds <= _NUMBERS:
        return "Double"
    return "[String]" if kinds and all(kind.startswith("[") for kind in kinds) else "String"
