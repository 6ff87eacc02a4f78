"""Conditional Access: what a new policy or location must have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mocktenant.graph import errors
from mocktenant.graph.bodies import plain
from mocktenant.graph.calls import Reply
from mocktenant.graph.writes.stored import change, now

if TYPE_CHECKING:
    from mocktenant.graph.calls import Call

_LOCATIONS = ("#microsoft.graph.ipNamedLocation", "#microsoft.graph.countryNamedLocation")


def create_policy(call: Call) -> Reply:
    """A policy; one that asks for nothing is refused (in what words is unconfirmed)."""
    if not (call.body.get("grantControls") or call.body.get("sessionControls")):
        raise errors.bad_request("Policy must contain grantControls or sessionControls.")
    made = call.tenant.put(
        "conditionalAccessPolicies",
        {"modifiedDateTime": None, "createdDateTime": now(call), **plain(call.body)},
    )
    return Reply(201, made)


def update_policy(call: Call) -> Reply:
    """Properties of a policy."""
    change(call, "conditionalAccessPolicies", call.one, plain(call.body) | {"modifiedDateTime": now(call)})
    return Reply()


def create_location(call: Call) -> Reply:
    """A location, which says its type."""
    if call.body.get("@odata.type") not in _LOCATIONS:
        raise errors.bad_request("A namedLocation must say its @odata.type.")  # wording unconfirmed
    made = call.tenant.put(
        "namedLocations", {"createdDateTime": now(call), "modifiedDateTime": now(call), **plain(call.body)}
    )
    return Reply(201, made)


def update_location(call: Call) -> Reply:
    """Properties of a location."""
    change(call, "namedLocations", call.one, plain(call.body) | {"modifiedDateTime": now(call)})
    return Reply()
