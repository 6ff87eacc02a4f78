"""App role assignments and delegated grants: given and taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mocktenant.graph import directory, errors
from mocktenant.graph.calls import Reply
from mocktenant.graph.sources import named
from mocktenant.graph.writes.stored import Act, now
from mocktenant.registration import app_role_assignments

if TYPE_CHECKING:
    from mocktenant.collection import Object
    from mocktenant.graph.calls import Call

_DEFAULT_ACCESS = "00000000-0000-0000-0000-000000000000"
_EXISTS = "Permission being assigned already exists on the object"


def gives(side: str) -> Act:
    """An app role to a principal; `side` is the end of it that the path names."""

    def act(call: Call) -> Reply:
        wanted = {name: str(call.body[name]).lower() for name in ("principalId", "resourceId", "appRoleId")}
        if wanted[side] != call.parents[0]["id"].lower():
            raise errors.bad_value("The principal or resource in the body is not the one in the path.")
        _demand_role(call, wanted)
        if any(_same(wanted, each) for each in _assignments(call, wanted["principalId"])):
            raise errors.bad_value(_EXISTS)
        made = call.tenant.put("appRoleAssignments", {**wanted, "createdDateTime": now(call)})
        return Reply(201, named(call.tenant, made))

    return act


def take(call: Call) -> Reply:
    """An app role back, from either side; some are those of an app that signs in, and kept with it."""
    found = call.one
    if found["id"] in call.tenant.collection("appRoleAssignments"):
        call.tenant.delete("appRoleAssignments", found["id"])
    for app in call.tenant.apps.values():
        if app.object_id == found["principalId"]:
            app.app_roles.discard(_value(call, found))
    return Reply()


def _assignments(call: Call, principal: str) -> list[Object]:
    held = (*call.tenant.objects("appRoleAssignments"), *app_role_assignments(call.tenant))
    return [each for each in held if each["principalId"].lower() == principal]


def _same(wanted: Object, held: Object) -> bool:
    return all(str(held[name]).lower() == value for name, value in wanted.items())


def _demand_role(call: Call, wanted: Object) -> None:
    """Principal and resource exist, and the resource declares the role. Raises GraphRefused."""
    resource = call.tenant.collection("servicePrincipals").get(wanted["resourceId"])
    for end, found in (
        ("resourceId", resource),
        ("principalId", directory.by_id(call.tenant, wanted["principalId"])),
    ):
        if found is None:
            raise errors.no_object(wanted[end])
    if wanted["appRoleId"] != _DEFAULT_ACCESS and not _value(call, wanted):
        text = f"Permission being assigned was not found on application '{(resource or {}).get('appId')}'"
        raise errors.bad_value(text)


def _value(call: Call, assignment: Object) -> str:
    """The name of the role that is assigned, "" if the resource declares none of that id."""
    resource = call.tenant.collection("servicePrincipals").get(assignment["resourceId"], {})
    declared = {
        str(role["id"]).lower(): str(role.get("value") or role["id"]) for role in resource.get("appRoles", [])
    }
    return declared.get(str(assignment["appRoleId"]).lower(), "")
