"""Where the objects of a list come from: the state, or what follows from it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from mocktenant.graph import directory
from mocktenant.graph.relations import those_of
from mocktenant.graph.schema import type_of
from mocktenant.registration import app_role_assignments, role_assignments

if TYPE_CHECKING:
    from mocktenant.collection import Object
    from mocktenant.tenant import Tenant

Source = Callable[["Tenant", str], "list[Object]"]
"""A list, from the tenant and the id of the object that the path names before it ("" if none)."""

_PRINCIPALS = {"user": "User", "group": "Group", "servicePrincipal": "ServicePrincipal"}


class Stored:
    """A collection, whole; one of its objects costs no more than a look."""

    def __init__(self, collection: str) -> None:
        self.collection = collection

    def __call__(self, tenant: Tenant, _parent: str = "") -> list[Object]:
        return tenant.objects(self.collection)

    def by_key(self, tenant: Tenant, key: str) -> Object | None:
        """The object of a key as the state spells it, or in lower case."""
        held = tenant.collection(self.collection)
        return held.get(key) or held.get(key.lower())


def owned(collection: str, by: str) -> Source:
    """Those of a collection whose property names the parent."""
    return lambda tenant, parent: list(those_of(tenant, collection, by, parent))


def related(collection: str, by: str, end: str) -> Source:
    """The directory objects that a relation leads to from the parent."""
    return lambda tenant, parent: directory.by_ids(
        tenant, [pair[end] for pair in those_of(tenant, collection, by, parent)]
    )


def directory_role_assignments(tenant: Tenant, _parent: str = "") -> list[Object]:
    """Active assignments; without a scope they are the whole tenant's."""
    held = (*tenant.objects("roleAssignments"), *role_assignments(tenant))
    return [{"directoryScopeId": "/", **item} for item in held]


def scheduled(collection: str) -> Source:
    """Schedule instances of roles, with the scope that is meant where none is said."""
    return lambda tenant, _parent: [{"directoryScopeId": "/", **item} for item in tenant.objects(collection)]


def assigned(tenant: Tenant, _parent: str = "") -> list[Object]:
    """Active assignments as Privileged Identity Management shows them: each assignment, lasting unless said else."""
    stored = scheduled("roleAssignmentScheduleInstances")(tenant, "")
    known = {_given(item) for item in stored}
    return stored + [
        _lasting(item) for item in directory_role_assignments(tenant) if _given(item) not in known
    ]


def _given(item: Object) -> tuple[str, ...]:
    return tuple(item[name].lower() for name in ("principalId", "roleDefinitionId", "directoryScopeId"))


def _lasting(assignment: Object) -> Object:
    return {
        "appScopeId": None,
        "assignmentType": "Assigned",
        "endDateTime": None,
        "memberType": "Direct",
        "roleAssignmentOriginId": assignment["id"],
        "roleAssignmentScheduleId": assignment["id"],
        "startDateTime": None,
        **assignment,
    }


def granted(by: str) -> Source:
    """App role assignments by their principal or their resource, with the names of both."""

    def source(tenant: Tenant, parent: str) -> list[Object]:
        held = (*tenant.objects("appRoleAssignments"), *app_role_assignments(tenant))
        return [named(tenant, item) for item in held if item[by].lower() == parent.lower()]

    return source


def nothing(_tenant: Tenant, _parent: str = "") -> list[Object]:
    """No objects."""
    return []


def newest(collection: str) -> Source:
    """A log, the latest first."""
    return lambda tenant, _parent: sorted(
        tenant.objects(collection), key=lambda item: str(item.get("createdDateTime")), reverse=True
    )


def audits(tenant: Tenant, _parent: str = "") -> list[Object]:
    """The directory's own log, the latest first."""
    return sorted(
        tenant.objects("directoryAudits"), key=lambda item: str(item["activityDateTime"]), reverse=True
    )


def is_interactive(sign_in: Object) -> bool:
    """Whether a person signed in at a screen: what a sign-in is that says nothing else."""
    return "interactiveUser" in sign_in.get("signInEventTypes", ["interactiveUser"])


def interactive_sign_ins(tenant: Tenant, _parent: str = "") -> list[Object]:
    """What v1.0 shows of the sign-ins."""
    return list(filter(is_interactive, newest("signIns")(tenant, "")))


def manager(tenant: Tenant, user: str) -> list[Object]:
    """To whom a user reports."""
    held = tenant.collection("userManagers").get(user)
    return directory.by_ids(tenant, [held["managerId"]] if held else [])


def reports(tenant: Tenant, user: str) -> list[Object]:
    """Who reports to a user."""
    pairs = those_of(tenant, "userManagers", "managerId", user)
    return directory.by_ids(tenant, [pair["userId"] for pair in pairs])


def methods(kind: str) -> Source:
    """A user's authentication methods of one type."""

    def source(tenant: Tenant, user: str) -> list[Object]:
        held = those_of(tenant, "authenticationMethods", "userId", user)
        return [item for item in held if type_of(item, "") == kind]

    return source


def sign_in_activity(tenant: Tenant, user: Object) -> Object | None:
    """When a user signed in last; None for who never did."""
    return tenant.collection("signInActivities").get(user["id"])


def schedules(collection: str) -> Source:
    """The schedules behind the instances of a collection, one for each."""
    return lambda tenant, _parent: [_schedule(item) for item in tenant.objects(collection)]


def role_policies(tenant: Tenant, _parent: str = "") -> list[Object]:
    """The policies that are assigned to roles."""
    return [
        item["policy"] for item in tenant.objects("roleManagementPolicyAssignments") if item.get("policy")
    ]


def part_of(collection: str, name: str) -> Source:
    """A list inside the object that the path names, or inside the one that there is."""

    def source(tenant: Tenant, parent: str) -> list[Object]:
        held = tenant.objects(collection)
        owners = [item for item in held if item["id"] == parent] if parent else held[:1]
        return [each for owner in owners for each in owner.get(name) or []]

    return source


def mfa_state(tenant: Tenant, user: str) -> list[Object]:
    """The one answer about per-user MFA."""
    return owned("perUserMfaStates", "userId")(tenant, user) or [{"perUserMfaState": "disabled"}]


def _schedule(instance: Object) -> Object:
    end = instance.get("endDateTime")
    until = {"type": "afterDateTime" if end else "noExpiration", "endDateTime": end, "duration": None}
    return {
        "directoryScopeId": "/",
        "createdUsing": instance["id"],
        "createdDateTime": instance.get("startDateTime"),
        "memberType": "Direct",
        "modifiedDateTime": instance.get("startDateTime"),
        "status": "Provisioned",
        "scheduleInfo": {"startDateTime": instance.get("startDateTime"), "expiration": until},
        **{name: value for name, value in instance.items() if name not in ("startDateTime", "endDateTime")},
    }


def named(tenant: Tenant, assignment: Object) -> Object:
    """An app role assignment with the names of both ends."""
    principal = directory.by_id(tenant, assignment["principalId"]) or {}
    resource = directory.by_id(tenant, assignment["resourceId"]) or {}
    kind = str(principal.get("@odata.type", "")).rpartition(".")[2]
    return {
        "principalDisplayName": principal.get("displayName"),
        "principalType": _PRINCIPALS.get(kind),
        "resourceDisplayName": resource.get("displayName"),
        **assignment,
    }
