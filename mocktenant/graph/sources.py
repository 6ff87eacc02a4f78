"""Where the objects of a list come from: the state, or what follows from it."""

from __future__ import annotations

from collections.abc import Callable

from mocktenant.collection import Object
from mocktenant.graph import directory
from mocktenant.graph.relations import those_of
from mocktenant.registration import app_role_assignments, role_assignments
from mocktenant.tenant import Tenant

Source = Callable[[Tenant, str], list[Object]]
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


def granted(by: str) -> Source:
    """App role assignments by their principal or their resource, with the names of both."""

    def source(tenant: Tenant, parent: str) -> list[Object]:
        held = (*tenant.objects("appRoleAssignments"), *app_role_assignments(tenant))
        return [_named(tenant, item) for item in held if item[by].lower() == parent.lower()]

    return source


def mfa_state(tenant: Tenant, user: str) -> list[Object]:
    """The one answer about per-user MFA."""
    return owned("perUserMfaStates", "userId")(tenant, user) or [{"perUserMfaState": "disabled"}]


def newest_sign_ins(tenant: Tenant, _parent: str = "") -> list[Object]:
    """The sign-in log, newest first."""
    return sorted(tenant.objects("signIns"), key=lambda item: str(item["createdDateTime"]), reverse=True)


def interactive(sign_in: Object) -> bool:
    """Whether a person signed in: all that the log shows unless it is asked for another kind."""
    return "interactiveUser" in sign_in.get("signInEventTypes", ["interactiveUser"])


def _named(tenant: Tenant, assignment: Object) -> Object:
    principal = directory.by_id(tenant, assignment["principalId"]) or {}
    resource = directory.by_id(tenant, assignment["resourceId"]) or {}
    kind = str(principal.get("@odata.type", "")).rpartition(".")[2]
    return {
        "principalDisplayName": principal.get("displayName"),
        "principalType": _PRINCIPALS.get(kind),
        "resourceDisplayName": resource.get("displayName"),
        **assignment,
    }
