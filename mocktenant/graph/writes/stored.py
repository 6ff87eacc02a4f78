"""Objects of a collection made, changed and taken away, where there is no more to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from mocktenant.graph.bodies import plain
from mocktenant.graph.calls import Reply
from mocktenant.shapes import KEYS, key_of

if TYPE_CHECKING:
    from datetime import datetime

    from mocktenant.collection import Object
    from mocktenant.graph.calls import Call

Act = Callable[["Call"], Reply]
Fill = Callable[["Call"], "Object"]


def now(call: Call) -> str:
    """The data's now, as Graph writes it."""
    return stamp(call.tenant.clock)


def stamp(moment: datetime) -> str:
    """A moment as Graph writes it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def nothing(_call: Call) -> Object:
    """No properties that the service fills in."""
    return {}


def dated(call: Call) -> Object:
    """When it was made."""
    return {"createdDateTime": now(call)}


def creates(collection: str, *, fill: Fill = nothing, derive: Fill = nothing) -> Act:
    """An object from the body. `fill` is what the body may override, `derive` what it may not."""

    def act(call: Call) -> Reply:
        made = call.tenant.put(collection, {**fill(call), **plain(call.body), **derive(call)})
        return Reply(201, made)

    return act


def changes(collection: str, *, derive: Fill = nothing, status: int = 204) -> Act:
    """Properties of the object that the path names."""

    def act(call: Call) -> Reply:
        found = change(call, collection, call.one, plain(call.body) | derive(call))
        return Reply(status, found if status != 204 else None)

    return act


def change(call: Call, collection: str, item: Object, properties: Mapping[str, Any]) -> Object:
    """Changes an object; a part that is an object itself keeps what is not spoken of (unconfirmed)."""
    new = {name: _merged(item.get(name), value) for name, value in properties.items()}
    return call.tenant.patch(collection, key_of(KEYS[collection], item), new)


def removes(collection: str) -> Act:
    """The object that the path names."""

    def act(call: Call) -> Reply:
        call.tenant.delete(collection, key_of(KEYS[collection], call.one))
        return Reply()

    return act


def forget(call: Call, collection: str, *, where: Callable[[Object], bool]) -> None:
    """Takes away all objects of a collection that fit."""
    for item in call.tenant.objects(collection):
        if where(item):
            call.tenant.delete(collection, key_of(KEYS[collection], item))


def _merged(old: Any, new: Any) -> Any:
    if not isinstance(old, dict) or not isinstance(new, dict):
        return new
    return {**old, **{name: _merged(old.get(name), value) for name, value in new.items()}}
