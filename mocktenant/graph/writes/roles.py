"""Directory roles: assigned, taken away, requested through Privileged Identity Management."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mocktenant.graph import directory, errors
from mocktenant.graph.bodies import plain
from mocktenant.graph.calls import Reply
from mocktenant.graph.writes.stored import Act, forget, now
from mocktenant.permissions import DIRECTORY_ROLES
from mocktenant.registration import role_assignments

if TYPE_CHECKING:
    from mocktenant.collection import Object
    from mocktenant.graph.calls import Call

_CONFLICT = (
    "A conflicting object with one or more of the specified property values is present in the directory."
)
_NAMES = {template: name for name, template in DIRECTORY_ROLES.items()}


def assign(call: Call) -> Reply:
    """An active assignment."""
    body = {"directoryScopeId": "/", **plain(call.body)}
    _demand_ends(call, body)
    _demand_new(call, body)
    return Reply(201, _assigned(call, body))


def unassign(call: Call) -> Reply:
    """An active assignment less; some are those of an app that signs in, and kept with it."""
    _remove(call, call.one)
    return Reply()


def add_member(call: Call) -> Reply:
    """A member of an activated role."""
    key = str(call.body.get("@odata.id", "")).rstrip("/").rpartition("/")[2].lower()
    body = {
        "directoryScopeId": "/",
        "principalId": key,
        "roleDefinitionId": call.parents[0]["roleTemplateId"],
    }
    _demand_ends(call, body)
    _demand_new(call, body)
    _assigned(call, body)
    return Reply()


def remove_member(call: Call) -> Reply:
    """A member less."""
    wanted = (call.one["id"], call.parents[0]["roleTemplateId"])
    for held in _all(call):
        if (held["principalId"], held["roleDefinitionId"]) == wanted:
            _remove(call, held)
    return Reply()


def requests(kind: str) -> Act:
    """A request about eligible or active assignments: granted or withdrawn at once, no approver is asked.

    `kind` is Eligibility or Assignment.
    """
    collection = f"role{kind}ScheduleInstances"

    def act(call: Call) -> Reply:
        body = {"directoryScopeId": "/", **plain(call.body)}
        _demand_ends(call, body)
        removes = body["action"] == "adminRemove"
        if removes:
            forget(call, collection, where=lambda held: _same(held, body))
        else:
            call.tenant.put(collection, {**_instance(call, body), **_type_of(kind, body)})
        answer = {
            "id": call.tenant.next_guid("request"),
            "createdDateTime": now(call),
            "completedDateTime": now(call),
            "status": "Revoked" if removes else "Provisioned",
            **body,
        }
        return Reply(201, answer)

    return act


def _type_of(kind: str, body: Object) -> Object:
    """An assignment says whether it was activated; an eligibility says no such thing."""
    if kind != "Assignment":
        return {}
    return {"assignmentType": "Activated" if body["action"] == "selfActivate" else "Assigned"}


def _instance(call: Call, body: Object) -> Object:
    plan = body.get("scheduleInfo") or {}
    return {
        "id": call.tenant.next_guid("instance"),
        "principalId": body["principalId"],
        "roleDefinitionId": body["roleDefinitionId"],
        "directoryScopeId": body["directoryScopeId"],
        "memberType": "Direct",
        "startDateTime": plan.get("startDateTime") or now(call),
        "endDateTime": (plan.get("expiration") or {}).get("endDateTime"),
    }


def _assigned(call: Call, body: Object) -> Object:
    return call.tenant.put("roleAssignments", body)


def _remove(call: Call, held: Object) -> None:
    if held["id"] in call.tenant.collection("roleAssignments"):
        call.tenant.delete("roleAssignments", held["id"])
    for app in call.tenant.apps.values():
        if app.object_id == held["principalId"]:
            app.directory_roles.discard(_NAMES.get(held["roleDefinitionId"], ""))


def _all(call: Call) -> list[Object]:
    return [*call.tenant.objects("roleAssignments"), *role_assignments(call.tenant)]


def _same(held: Object, body: Object) -> bool:
    names = ("principalId", "roleDefinitionId")
    return all(held[name].lower() == body[name].lower() for name in names) and held.get(
        "directoryScopeId", "/"
    ) == body.get("directoryScopeId", "/")


def _demand_new(call: Call, body: Object) -> None:
    if any(_same(held, body) for held in _all(call)):
        raise errors.bad_value(_CONFLICT)


def _demand_ends(call: Call, body: Object) -> None:
    """Principal and role exist. Raises GraphRefused."""
    if directory.by_id(call.tenant, body["principalId"]) is None:
        raise errors.no_object(body["principalId"])
    if body["roleDefinitionId"] not in call.tenant.collection("roleDefinitions"):
        raise errors.no_object(body["roleDefinitionId"])
