"""Directory objects by id, and who belongs to what."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import TYPE_CHECKING

from mocktenant import seeds
from mocktenant.graph.relations import those_of
from mocktenant.graph.schema import PREFIX
from mocktenant.registration import role_assignments
from mocktenant.shapes import BINS

if TYPE_CHECKING:
    from mocktenant.collection import Object
    from mocktenant.tenant import Tenant

KINDS = {
    "users": "user",
    "groups": "group",
    "servicePrincipals": "servicePrincipal",
    "applications": "application",
    "devices": "device",
    "administrativeUnits": "administrativeUnit",
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


def everything(tenant: Tenant, _parent: str = "") -> list[Object]:
    """Every directory object."""
    return [typed(kind, item) for collection, kind in KINDS.items() for item in tenant.objects(collection)]


def buried(tenant: Tenant, _parent: str = "") -> list[Object]:
    """What is in the recycle bin."""
    return [typed(KINDS[name], item) for name, bin_ in BINS.items() for item in tenant.objects(bin_)]


def owned_by(tenant: Tenant, owner: str) -> list[Object]:
    """The groups, applications and service principals that an object owns."""
    relations = (
        ("groupOwners", "groupId"),
        ("applicationOwners", "applicationId"),
        ("servicePrincipalOwners", "servicePrincipalId"),
    )
    keys = [pair[end] for name, end in relations for pair in those_of(tenant, name, "ownerId", owner)]
    return by_ids(tenant, keys)


def transitive_members(tenant: Tenant, group: str) -> list[Object]:
    """Members of a group and of the groups in it, each once; a group that contains itself does no harm."""
    return by_ids(tenant, _closure(tenant, group, "groupId", "memberId"))


def member_of(tenant: Tenant, key: str) -> list[Object]:
    """The groups that an object is a direct member of, and the directory roles assigned to it."""
    groups = _next(tenant, key, "memberId", "groupId")
    return [*by_ids(tenant, groups), *_units(tenant, key), *_roles(tenant, [key])]


def transitive_member_of(tenant: Tenant, key: str) -> list[Object]:
    """Groups through groups too, and the roles assigned to any of them."""
    groups = _closure(tenant, key, "memberId", "groupId")
    return [*by_ids(tenant, groups), *_units(tenant, key), *_roles(tenant, [key, *groups])]


def activated_roles(tenant: Tenant, _parent: str = "") -> list[Object]:
    """The directory roles that somebody holds: a role is activated with its first assignment."""
    held = {assignment["roleDefinitionId"] for assignment in _assignments(tenant)}
    return [_directory_role(tenant, role) for role in _built_in(tenant) if role["id"] in held]


def role_members(tenant: Tenant, role: str) -> list[Object]:
    """Who holds a directory role in the whole tenant."""
    template = next(each["roleTemplateId"] for each in activated_roles(tenant) if each["id"] == role)
    return by_ids(
        tenant,
        [each["principalId"] for each in _assignments(tenant) if each["roleDefinitionId"] == template],
    )


def role_templates(tenant: Tenant, _parent: str = "") -> list[Object]:
    """The built-in roles as templates."""
    names = ("id", "description", "displayName")
    return [{name: role.get(name) for name in names} for role in _built_in(tenant)]


def _built_in(tenant: Tenant) -> list[Object]:
    return [role for role in tenant.objects("roleDefinitions") if role.get("isBuiltIn")]


def _assignments(tenant: Tenant) -> list[Object]:
    """Active assignments at the scope of the whole tenant."""
    held = (*tenant.objects("roleAssignments"), *role_assignments(tenant))
    return [each for each in held if each.get("directoryScopeId", "/") == "/"]


def _units(tenant: Tenant, key: str) -> list[Object]:
    pairs = those_of(tenant, "administrativeUnitMembers", "memberId", key)
    return by_ids(tenant, [pair["unitId"] for pair in pairs])


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
    for assignment in _assignments(tenant):
        definition = definitions.get(assignment["roleDefinitionId"], {})
        if assignment["principalId"].lower() in held and definition.get("isBuiltIn", False):
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
