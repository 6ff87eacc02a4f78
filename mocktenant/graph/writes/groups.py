"""Groups, and references to members and owners of anything that has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mocktenant.graph import directory, errors
from mocktenant.graph.bodies import plain
from mocktenant.graph.calls import Reply
from mocktenant.graph.writes.deleted import bury
from mocktenant.graph.writes.stored import Act, now

if TYPE_CHECKING:
    from mocktenant.collection import Object
    from mocktenant.graph.calls import Call

_BOUND = {"members@odata.bind": ("groupMembers", "memberId"), "owners@odata.bind": ("groupOwners", "ownerId")}
_ROLES = "RoleManagement.ReadWrite.Directory"


def create(call: Call) -> Reply:
    """A group, with the members and owners that the body binds."""
    if call.body.get("isAssignableToRole"):
        _demand_roles(call)
    linked = {name: [_linked(call, link) for link in call.body.get(name) or []] for name in _BOUND}
    made = call.tenant.put(
        "groups",
        {
            "createdDateTime": now(call),
            "renewedDateTime": now(call),
            "groupTypes": [],
            "visibility": "Private",
            "mail": _mail(call),
            **plain(call.body),
        },
    )
    for name, (collection, end) in _BOUND.items():
        for item in linked[name]:
            call.tenant.put(collection, {"groupId": made["id"], end: item["id"]})
    return Reply(201, made)


def delete(call: Call) -> Reply:
    """A group: one of Microsoft 365 to the deleted items, others for good (since changed, unconfirmed)."""
    if "Unified" in call.one.get("groupTypes", []):
        bury(call, "groups", call.one)
    else:
        call.tenant.delete("groups", call.one["id"])
    return Reply()


def adds(collection: str, owner: str, end: str, name: str) -> Act:
    """One object more at the end of a relation."""

    def act(call: Call) -> Reply:
        parent = call.parents[0]
        _demand_over(call, parent)
        item = _linked(call, call.body.get("@odata.id"))
        pair = {owner: parent["id"], end: item["id"]}
        if f"{parent['id']}/{item['id']}" in call.tenant.collection(collection):
            raise errors.bad_value(
                "One or more added object references already exist for the following modified properties: "
                f"'{name}'."
            )
        call.tenant.put(collection, pair)
        return Reply()

    return act


def drops(collection: str) -> Act:
    """One object less at the end of a relation; the object itself stays."""

    def act(call: Call) -> Reply:
        parent = call.parents[0]
        _demand_over(call, parent)
        call.tenant.delete(collection, f"{parent['id']}/{call.one['id']}")
        return Reply()

    return act


def _linked(call: Call, link: Any) -> Object:
    """The directory object that a link leads to. Raises GraphRefused."""
    if not isinstance(link, str) or "/" not in link:
        raise errors.bad_request("The '@odata.id' of a reference must be the URL of an object.")
    key = link.rstrip("/").rpartition("/")[2]
    found = directory.by_id(call.tenant, key)
    if found is None:
        raise errors.no_object(key)
    return found


def _demand_over(call: Call, parent: Object) -> None:
    if parent.get("isAssignableToRole"):
        _demand_roles(call)


def _demand_roles(call: Call) -> None:
    """Groups that can hold directory roles are a matter of roles. Raises GraphRefused."""
    if _ROLES not in call.caller.roles:
        raise errors.denied()


def _mail(call: Call) -> str | None:
    enabled = bool(call.body.get("mailEnabled"))
    return f"{call.body['mailNickname']}@{call.tenant.domain}" if enabled else None
