"""Authentication methods: registered for a user, taken away, passwords reset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mocktenant.graph import errors
from mocktenant.graph.bodies import plain
from mocktenant.graph.calls import Reply
from mocktenant.graph.schema import PREFIX
from mocktenant.graph.writes import admins
from mocktenant.graph.writes.stored import Act, change, now

if TYPE_CHECKING:
    from mocktenant.graph.calls import Call

PASSWORD = "28c10230-6103-485e-b985-444c60001490"  # noqa: S105 - the id of everybody's password as a method


def registers(kind: str) -> Act:
    """A method of one type."""

    def act(call: Call) -> Reply:
        user = call.parents[0]
        admins.demand_over(call, user)
        made = call.tenant.put(
            "authenticationMethods",
            {
                **plain(call.body),
                "userId": user["id"],
                "@odata.type": f"{PREFIX}{kind}",
                "createdDateTime": now(call),
            },
        )
        return Reply(201, made)

    return act


def remove(call: Call) -> Reply:
    """A method of the user less; the report of registrations is made by night and says so later."""
    user = call.parents[0]
    admins.demand_over(call, user)
    call.tenant.delete("authenticationMethods", f"{user['id']}/{call.one['id']}")
    return Reply()


def reset_password(call: Call) -> Reply:
    """A new password, set in the background; one that the service makes is told in the answer."""
    user, method = call.parents
    admins.demand_over_password(call, user)
    if method["id"] != PASSWORD:
        raise errors.bad_request("Only a password can be reset.")  # wording unconfirmed
    change(
        call,
        "users",
        user,
        {"lastPasswordChangeDateTime": now(call), "signInSessionsValidFromDateTime": now(call)},
    )
    place = f"{call.base}/users/{user['id']}/authentication/operations/{call.tenant.next_guid('operation')}"
    made = (
        None
        if call.body.get("newPassword")
        else {"newPassword": f"Mock{call.tenant.next_guid('password')[:8]}!"}
    )
    context = {"@odata.context": f"{call.base}/$metadata#microsoft.graph.passwordResetResponse"}
    return Reply(202, body=None if made is None else context | made, headers={"Location": place})
