"""Applications, service principals and what they were granted."""

from __future__ import annotations

from functools import partial

from mocktenant.graph import directory, errors
from mocktenant.graph.resources import BETA, FILTER, PAGED, Expansion, Resource, Roles, Write
from mocktenant.graph.sources import Stored, granted, nothing, owned, related
from mocktenant.graph.table import activities
from mocktenant.graph.table.app_roles import (
    APPLICATIONS,
    AUDIT,
    CREDENTIALS,
    GRANTS,
    OWN_APPLICATIONS,
    WRITE_APP_ROLES,
    WRITE_GRANTS,
)
from mocktenant.graph.table.kinds import MOST, P1_REPORT, action, mixed, objects, of, paged, relation, whole
from mocktenant.graph.writes import applications, grants
from mocktenant.graph.writes.groups import adds, drops
from mocktenant.graph.writes.stored import changes, creates, removes

_APPLICATION_OWNERS = related("applicationOwners", "applicationId", "ownerId")
_PRINCIPAL_OWNERS = related("servicePrincipalOwners", "servicePrincipalId", "ownerId")
_GRANTED = Expansion("appRoleAssignment", of(granted("principalId")), most=MOST)
_GIVEN = Expansion("appRoleAssignment", of(granted("resourceId")), most=MOST)
_READ_ONLY = frozenset({"id", "appId", "createdDateTime", "publisherDomain"})
_REMOVE_KEY = {"keyId": "Guid", "proof": "String"}


def _gives(side: str) -> dict[str, Write]:
    """App role assignments from one side."""
    needed = ("principalId", "resourceId", "appRoleId")
    return {
        "POST": Write(
            WRITE_APP_ROLES,
            grants.gives(side),
            takes="appRoleAssignment",
            needed=needed,
            activity=activities.APP_ROLE_GIVEN,
        ),
        "DELETE": Write(WRITE_APP_ROLES, grants.take, activity=activities.APP_ROLE_TAKEN),
    }


def _owners(collection: str, owner: str) -> dict[str, Write]:
    own = partial(applications.owned, "applications" if owner == "applicationId" else "servicePrincipals")
    return {
        "POST $ref": Write(OWN_APPLICATIONS, own(adds(collection, owner, "ownerId", "owners")), takes=""),
        "DELETE $ref": Write(OWN_APPLICATIONS, own(drops(collection))),
    }


def _credentials(collection: str) -> tuple[Resource, ...]:
    """What may be done to the secrets and certificates of an application or a service principal."""
    needed: Roles = OWN_APPLICATIONS
    own = partial(applications.owned, collection)
    activity = activities.CREDENTIAL_CHANGED[collection]
    remove = partial(Write, needed, takes="", parameters=_REMOVE_KEY, needed=("keyId",), activity=activity)
    add = Write(
        needed,
        own(applications.adds_password(collection)),
        takes="",
        parameters={"passwordCredential": "passwordCredential"},
        activity=activity,
    )
    path = f"{collection}/{{id}}"
    return (
        action(f"{path}/addPassword", add),
        action(
            f"{path}/removePassword",
            remove(own(applications.removes_credential(collection, "passwordCredentials"))),
        ),
        action(
            f"{path}/removeKey",
            remove(
                own(applications.removes_credential(collection, "keyCredentials")),
                unconfirmed="the proof of possession is not verified",
            ),
        ),
    )


_APPLICATIONS = (
    objects(
        "applications",
        "application",
        Stored("applications"),
        alternates=("appId", "uniqueName"),
        expands={"owners": relation(_APPLICATION_OWNERS)},
        read=APPLICATIONS,
        writes={
            "POST": Write(
                OWN_APPLICATIONS,
                applications.create,
                takes="application",
                needed=("displayName",),
                activity=activities.APP_ADDED,
                read_only=_READ_ONLY,
            ),
            "PATCH": Write(
                OWN_APPLICATIONS,
                applications.owned("applications", changes("applications")),
                takes="application",
                activity=activities.APP_UPDATED,
                read_only=_READ_ONLY,
            ),
            "DELETE": Write(
                OWN_APPLICATIONS,
                applications.owned("applications", applications.delete),
                activity=activities.APP_DELETED,
            ),
        },
    ),
    mixed(
        "applications/{id}/owners",
        source=_APPLICATION_OWNERS,
        read=APPLICATIONS,
        writes=_owners("applicationOwners", "applicationId"),
    ),
    whole("applications/{id}/extensionProperties", "extensionProperty", nothing, read=APPLICATIONS),
    whole(
        "applications/{id}/federatedIdentityCredentials",
        "federatedIdentityCredential",
        owned("federatedIdentityCredentials", "applicationId"),
        options=FILTER,
        keys=("id", "name"),
        read=CREDENTIALS,
        writes={
            "POST": Write(
                OWN_APPLICATIONS,
                applications.owned(
                    "applications",
                    creates(
                        "federatedIdentityCredentials",
                        derive=applications.of_its_own_name,
                    ),
                ),
                takes="federatedIdentityCredential",
                needed=("name", "issuer", "subject", "audiences"),
            ),
            "DELETE": Write(
                OWN_APPLICATIONS, applications.owned("applications", removes("federatedIdentityCredentials"))
            ),
        },
    ),
    *_credentials("applications"),
)

_PRINCIPALS = (
    objects(
        "servicePrincipals",
        "servicePrincipal",
        Stored("servicePrincipals"),
        alternates=("appId",),
        expands={
            "owners": relation(_PRINCIPAL_OWNERS),
            "appRoleAssignments": _GRANTED,
            "appRoleAssignedTo": _GIVEN,
            "memberOf": relation(directory.member_of),
        },
        read=APPLICATIONS,
        writes={
            "POST": Write(
                OWN_APPLICATIONS,
                applications.create_principal,
                takes="servicePrincipal",
                activity=activities.PRINCIPAL_ADDED,
                needed=("appId",),
            ),
            "PATCH": Write(
                OWN_APPLICATIONS,
                applications.owned("servicePrincipals", changes("servicePrincipals")),
                takes="servicePrincipal",
                activity=activities.PRINCIPAL_UPDATED,
                read_only=frozenset({"id", "appId", "appOwnerOrganizationId"}),
            ),
            "DELETE": Write(
                OWN_APPLICATIONS,
                applications.owned("servicePrincipals", applications.delete_principal),
                activity=activities.PRINCIPAL_DELETED,
            ),
        },
    ),
    mixed(
        "servicePrincipals/{id}/owners",
        source=_PRINCIPAL_OWNERS,
        read=APPLICATIONS,
        writes=_owners("servicePrincipalOwners", "servicePrincipalId"),
    ),
    mixed("servicePrincipals/{id}/ownedObjects", source=directory.owned_by, read=APPLICATIONS),
    mixed("servicePrincipals/{id}/memberOf", source=directory.member_of, read=APPLICATIONS),
    mixed(
        "servicePrincipals/{id}/transitiveMemberOf", source=directory.transitive_member_of, read=APPLICATIONS
    ),
    objects(
        "servicePrincipals/{id}/appRoleAssignments",
        "appRoleAssignment",
        granted("principalId"),
        read=APPLICATIONS,
        writes=_gives("principalId"),
    ),
    objects(
        "servicePrincipals/{id}/appRoleAssignedTo",
        "appRoleAssignment",
        granted("resourceId"),
        read=APPLICATIONS,
        writes=_gives("resourceId"),
    ),
    objects(
        "servicePrincipals/{id}/oauth2PermissionGrants",
        "oAuth2PermissionGrant",
        owned("oauth2PermissionGrants", "clientId"),
        read=GRANTS,
    ),
    whole(
        "servicePrincipals/{id}/delegatedPermissionClassifications",
        "delegatedPermissionClassification",
        owned("delegatedPermissionClassifications", "servicePrincipalId"),
        read=("Policy.Read.PermissionGrant", *APPLICATIONS),
    ),
    paged(
        "reports/servicePrincipalSignInActivities",
        "servicePrincipalSignInActivity",
        Stored("servicePrincipalSignInActivities"),
        versions=BETA,
        denial=errors.permission_missing,
        licence=P1_REPORT,
        read=AUDIT,
    ),
    objects(
        "oauth2PermissionGrants",
        "oAuth2PermissionGrant",
        Stored("oauth2PermissionGrants"),
        options=PAGED - {"$orderby"},
        filterable=frozenset({"clientId", "consentType", "principalId", "resourceId"}),
        read=GRANTS,
        writes={
            "POST": Write(
                WRITE_GRANTS,
                creates("oauth2PermissionGrants"),
                takes="oAuth2PermissionGrant",
                activity=activities.GRANT_GIVEN,
                needed=("clientId", "consentType", "resourceId"),
            ),
            "PATCH": Write(WRITE_GRANTS, changes("oauth2PermissionGrants"), takes="oAuth2PermissionGrant"),
            "DELETE": Write(WRITE_GRANTS, removes("oauth2PermissionGrants"), activity=activities.GRANT_TAKEN),
        },
    ),
    *_credentials("servicePrincipals"),
)

ROWS: tuple[Resource, ...] = (*_APPLICATIONS, *_PRINCIPALS)
