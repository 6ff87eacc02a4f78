"""The recycle bin of the directory: what goes in, comes back, or is gone for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mocktenant.graph.calls import Reply
from mocktenant.graph.schema import PREFIX
from mocktenant.graph.writes import admins
from mocktenant.graph.writes.stored import now
from mocktenant.mirroring import restore_mailbox
from mocktenant.shapes import BINS

if TYPE_CHECKING:
    from mocktenant.collection import Object
    from mocktenant.graph.calls import Call


def bury(call: Call, collection: str, item: Object) -> None:
    """Moves an object to the deleted items."""
    call.tenant.put(BINS[collection], {**item, "deletedDateTime": now(call)})
    call.tenant.delete(collection, item["id"])


def restore(call: Call) -> Reply:
    """Brings an object back as it was."""
    home, item = _home(call, call.parents[0])
    if home == "users":
        admins.demand_over(call, item)
    call.tenant.delete(BINS[home], item["id"])
    alive = {name: value for name, value in item.items() if name not in ("deletedDateTime", "@odata.type")}
    back = call.tenant.put(home, alive)
    if home == "users":
        restore_mailbox(call.tenant, item["id"])
    return Reply(200, back, type_name=_type(item))


def destroy(call: Call) -> Reply:
    """Takes an object out of the bin, for good."""
    home, item = _home(call, call.one)
    call.tenant.delete(BINS[home], item["id"])
    return Reply()


def _type(item: Object) -> str:
    return str(item["@odata.type"]).removeprefix(PREFIX)


def _home(call: Call, item: Object) -> tuple[str, Object]:
    """The collection that a deleted object came from."""
    home = next(name for name, bin_ in BINS.items() if item["id"] in call.tenant.collection(bin_))
    return home, item
