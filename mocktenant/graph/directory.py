"""Directory objects by id, and who belongs to what."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from mocktenant import seeds
from mocktenant.collection import Object
from mocktenant.graph.relations import those_of
from mocktenant.graph.schema import PREFIX
from mocktenant.registration import role_assignments
from mocktenant.tenant import Tenant

KINDS = {
    "users": "user",
    "groups": "group",
    "servicePrincipals": "servicePrincipal",
    "applications": "application",
}
"""Collection -> type of its objects; where an id is looked for."""


def typed(kind: str, item: Object) -> Object:
    """A shallow copy that says its type, as lists of several types need it."""
    return {"@odata.type": f"{PREFIX}{kind}", **item}


def by_id(tenant: Tenant, key: str) -> Object | None:
    """A directory object, with its type; None if there is none."""
    for collection, kind in KINDS.items():
        found = tenant.collection(collection).get(key.lower())
        if found is not None:
            return typed(kind, found)
    return None


def by_ids(tenant: Tenant, keys: Iterable[str]) -> list[Object]:
    """Those of the ids that exist, in their order."""
    return [found for key in keys if (found := by_id(tenant, key)) is not None]


def transitive_members(tenant: Tenant, group: str) -> list[Object]:
    """Members of a group and of the groups in it, each once; a group that contains itself does no harm."""
    return by_ids(tenant, _closure(tenant, group, "groupId", "memberId"))


def member_of(tenant: Tenant, key: str) -> list[Object]:
    """The groups that an object is a direct member of, and the directory roles assigned to it."""
    groups = _next(tenant, key, "memberId", "groupId")
    return [*by_ids(tenant, groups), *_roles(tenant, [key])]


def transitive_member_of(tenant: Tenant, key: str) -> list[Object]:
    """Groups through groups too, and the roles assigned to any of them."""
    groups = _closure(tenant, key, "memberId", "groupId")
    return [*by_ids(tenant, groups), *_roles(tenant, [key, *groups])]


def _next(tenant: Tenant, key: str, start: str, end: str) -> list[str]:
    return [pair[end].lower() for pair in those_of(tenant, "groupMembers", start, key)]


def _closure(tenant: Tenant, key: str, start: str, end: str) -> list[str]:
    """All that is reached from an object, each once, nearest first."""
    found: dict[str, None] = {}
    waiting = deque([key])
    while waiting:
        for one in _next(tenant, waiting.popleft(), start, end):
            if one not in found:
                found[one] = None
                waiting.append(one)
    return list(found)


def _roles(tenant: Tenant, principals: list[str]) -> list[Object]:
    """Directory roles held at tenant scope; scoped and custom ones are no memberships, as on the service."""
    held = {key.lower() for key in principals}
    definitions = tenant.collection("roleDefinitions")
    found: dict[str, Object] = {}
    for assignment in (*tenant.objects("roleAssignments"), *role_assignments(tenant)):
        definition = definitions.get(assignment["roleDefinitionId"], {})
        whole = assignment.get("directoryScopeId", "/") == "/"
        if assignment["principalId"].lower() in held and whole and definition.get("isBuiltIn", False):
            found[definition["id"]] = _directory_role(tenant, definition)
    return list(found.values())


def _directory_role(tenant: Tenant, definition: Object) -> Object:
    """The role as an object of this tenant: its id is the tenant's own, its template's is everyone's."""
    own = seeds.guid(seeds.rng(tenant.seed, f"directoryRole/{definition['id']}"))
    role = {
        "id": own,
        "description": definition.get("description"),
        "displayName": definition.get("displayName"),
        "roleTemplateId": definition["id"],
    }
    return typed("directoryRole", role)
