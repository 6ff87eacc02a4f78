"""Users: made, changed, blocked, deleted; their sessions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mocktenant.graph import errors
from mocktenant.graph.calls import Reply
from mocktenant.graph.skus import subscribed_skus
from mocktenant.graph.writes import admins
from mocktenant.graph.writes.deleted import bury
from mocktenant.graph.writes.stored import change, now
from mocktenant.mirroring import delete_mailbox, show_in_exchange

if TYPE_CHECKING:
    from mocktenant.collection import Object
    from mocktenant.graph.calls import Call

_SENSITIVE = frozenset(
    {
        "accountEnabled",
        "businessPhones",
        "mobilePhone",
        "onPremisesImmutableId",
        "otherMails",
        "userPrincipalName",
    }
)
_SHORTEST = 8
_CLASSES = (r"[a-z]", r"[A-Z]", r"\d", r"[^a-zA-Z\d]")
_TOO_SIMPLE = (
    "The specified password does not comply with password complexity requirements. Please provide a different "
    "password."
)
_BAD_DOMAIN = (
    "The domain portion of the userPrincipalName property is invalid. You must use one of the verified domain "
    "names in your organization."
)
_TAKEN = "Another object with the same value for property userPrincipalName already exists."


def create(call: Call) -> Reply:
    """A user; the password is checked and forgotten."""
    body = dict(call.body)
    _demand_free_name(call, body["userPrincipalName"])
    profile = _profile(body.pop("passwordProfile"))
    made = call.tenant.put(
        "users",
        {
            "userType": "Member",
            "createdDateTime": now(call),
            "lastPasswordChangeDateTime": now(call),
            "signInSessionsValidFromDateTime": now(call),
            "passwordProfile": profile,
            "assignedLicenses": [],
            "businessPhones": [],
            **body,
        },
    )
    return Reply(201, made)


def update(call: Call) -> Reply:
    """Properties of a user; a new password ends every session."""
    body, user = dict(call.body), call.one
    if _SENSITIVE & body.keys():
        admins.demand_over(call, user)
    new_name = body.get("userPrincipalName")
    if new_name is not None and new_name.lower() != user["userPrincipalName"].lower():
        _demand_free_name(call, new_name)
    if "passwordProfile" in body:
        admins.demand_over_password(call, user)
        body["passwordProfile"] = _profile(body["passwordProfile"] or {})
        body |= {"lastPasswordChangeDateTime": now(call), "signInSessionsValidFromDateTime": now(call)}
    change(call, "users", user, body)
    show_in_exchange(call.tenant, user["id"], body)
    return Reply()


def delete(call: Call) -> Reply:
    """A user, to the deleted items."""
    admins.demand_over(call, call.one)
    bury(call, "users", call.one)
    delete_mailbox(call.tenant, call.one["id"])
    return Reply()


def revoke_sessions(call: Call) -> Reply:
    """Every refresh token and browser session issued so far is void."""
    names = ("signInSessionsValidFromDateTime", "refreshTokensValidFromDateTime")  # the latter is beta's
    change(call, "users", call.parents[0], dict.fromkeys(names, now(call)))
    return Reply(200, body={"@odata.context": f"{call.base}/$metadata#Edm.Boolean", "value": True})


def assign_licence(call: Call) -> Reply:
    """Licences given and taken; whether there are any left is not looked at."""
    user = call.parents[0]
    gone = {str(sku).lower() for sku in call.body["removeLicenses"]}
    new = [{"disabledPlans": [], **each} for each in call.body["addLicenses"]]
    known = {each["skuId"] for each in subscribed_skus(call.tenant)}
    for each in new:
        if each["skuId"] not in known:
            raise errors.bad_value(f"License {each['skuId']} does not correspond to a valid company License.")
    replaced = gone | {each["skuId"] for each in new}
    kept = [each for each in user.get("assignedLicenses", []) if each["skuId"] not in replaced]
    return Reply(200, change(call, "users", user, {"assignedLicenses": [*kept, *new]}), type_name="user")


def set_manager(call: Call) -> Reply:
    """Who a user's manager is."""
    user = call.parents[0]
    manager = str(call.body.get("@odata.id", "")).rpartition("/")[2]
    if call.tenant.collection("users").get(manager.lower()) is None:
        raise errors.no_object(manager)
    call.tenant.put("userManagers", {"userId": user["id"], "managerId": manager.lower()})
    return Reply()


def remove_manager(call: Call) -> Reply:
    """That a user has a manager."""
    call.tenant.delete("userManagers", call.parents[0]["id"])
    return Reply()


def _profile(given: Object) -> Object:
    """What is kept of a new password: everything but itself. Raises GraphRefused."""
    password = given.get("password")
    if password is not None:
        classes = sum(bool(re.search(one, password)) for one in _CLASSES)
        if len(password) < _SHORTEST or classes < len(_CLASSES) - 1:
            raise errors.bad_value(_TOO_SIMPLE)
    return {
        "forceChangePasswordNextSignIn": True,
        "forceChangePasswordNextSignInWithMfa": False,
        **{name: value for name, value in given.items() if name != "password"},
    }


def _demand_free_name(call: Call, name: str) -> None:
    if name.partition("@")[2].lower() not in call.tenant.domains:
        raise errors.bad_value(_BAD_DOMAIN)
    if any(name.lower() == user["userPrincipalName"].lower() for user in call.tenant.objects("users")):
        raise errors.bad_value(_TAKEN)
