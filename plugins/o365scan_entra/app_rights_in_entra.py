"""What Microsoft Entra lets apps do: application permissions, delegated ones, directory roles."""

from __future__ import annotations

from o365scan.api import Data, Evidence, Record, Undecidable

from . import roles
from .app_credentials import moment
from .app_evidence import shown
from .app_permissions import (
    DEFAULT_ACCESS,
    Reach,
    application_permission,
    is_grave_when_delegated,
    of_resource,
)
from .app_right import Found, Right, over_the_tenant, within
from .app_roles_of_exchange import writes_exchange
from .applications import app_role_assignments
from .directory import role_assignable_group_members, role_assignable_groups, role_definitions


def permissions(resource: Record, data: Data) -> Found:
    """The application permissions of one API, by who holds them."""
    for assignment in data[app_role_assignments].of(resource):
        if assignment.text("principalType") != "ServicePrincipal":
            continue
        id, api = assignment.text("appRoleId"), resource.text("appId")
        if id == DEFAULT_ACCESS:
            continue
        permission = application_permission(api, id)
        name = permission.value if permission else id
        evidence = (assignment.at("appRoleId"), *shown(assignment, "createdDateTime"))
        reach = permission.reach if permission else Reach.UNKNOWN
        since = moment(assignment.get("createdDateTime"))
        right = Right(name, of_resource(name, api), reach, evidence, since=since)
        yield assignment.text("principalId"), right


def delegated(grant: Record, principals: dict[str, Record]) -> Found:
    """What one consent for everybody lets an app do."""
    if grant.text("consentType") != "AllPrincipals":
        return
    resource = principals.get(grant.text("resourceId"))
    if resource is None:
        return  # an API that has been removed, and with it what could be done there
    api = resource.text("appId")
    for scope in (grant.text("scope", nullable=True) or "").split():
        if is_grave_when_delegated(api, scope):
            evidence = (grant.at("scope"), grant.at("consentType"))
            token = f"{of_resource(scope, api)} (delegated)"
            yield grant.text("clientId"), Right(scope, token, Reach.DELEGATED, evidence)


def directory_roles(assignment: Record, data: Data, principals: dict[str, Record]) -> Found:
    """The apps that one role assignment is for, directly or through a group."""
    holder = assignment.text("principalId")
    if holder in principals:
        yield holder, _directory_role(assignment, data, ())
        return
    group = data[role_assignable_groups].get(holder)
    if group is None:
        return  # a person
    for member in data[role_assignable_group_members].of(group):
        if member.key in principals:
            yield member.key, _directory_role(assignment, data, (group.at("id"), member.at("id")))


def _directory_role(assignment: Record, data: Data, way: tuple[Evidence, ...]) -> Right:
    id, scope = assignment.text("roleDefinitionId"), assignment.text("directoryScopeId")
    definition = data[role_definitions].get(id)
    if definition is None:
        raise Undecidable(f"The directory role {id} of {assignment.key} is not among the role definitions.")
    level, limited = roles.level(definition), scope != "/"
    # A role of the tenant's own may be called like a permission.
    role = f"{'the role ' if definition.get('isBuiltIn') is False else ''}{definition.title}"
    return Right(
        definition.title,
        within(role, scope) if limited else over_the_tenant(role),
        Reach.CONFIGURATION if limited and level is roles.Level.TENANT else _REACH[level],
        (assignment.at("roleDefinitionId"), assignment.at("directoryScopeId"), *way),
        writes_exchange=writes_exchange(id) and not limited,
        reads_exchange=level is roles.Level.READER,
        limited=limited,
        way=" through a group" if way else "",
    )


_REACH = {
    roles.Level.TENANT: Reach.CONTROL,
    roles.Level.SERVICE: Reach.CONFIGURATION,
    roles.Level.READER: Reach.NONE,
    roles.Level.NONE: Reach.NONE,
}
