"""The scanner's own registration as the directory shows it: it follows `Tenant.app`, whatever a test changes."""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING

from mocktenant import seeds
from mocktenant.permissions import resource_of

if TYPE_CHECKING:
    from mocktenant.base import Base
    from mocktenant.collection import Object
    from mocktenant.tenant import Tenant

RESOURCES: dict[str, str] = {
    "graph": "00000003-0000-0000-c000-000000000000",
    "exchange": "00000002-0000-0ff1-ce00-000000000000",
    "management": "c5393580-f805-4401-95e8-94b7a6ef2fc2",
}
"""Service -> app id of the API that declares its app roles."""

_AGE = timedelta(days=30)
_SECRET_LIFE = timedelta(days=180)


def registered(tenant: Base, collection: str) -> list[Object]:
    """The app's object in `applications` or `servicePrincipals`; nothing in any other collection."""
    if collection == "applications":
        return [_application(tenant)]
    return [_service_principal(tenant)] if collection == "servicePrincipals" else []


def role_assignments(tenant: Tenant) -> list[Object]:
    """The app's directory roles, as now granted."""
    app = tenant.app
    return [
        {
            "id": _opaque(app.object_id, template),
            "directoryScopeId": "/",
            "principalId": app.object_id,
            "roleDefinitionId": template,
        }
        for template in app.template_ids()
    ]


def app_role_assignments(tenant: Tenant) -> list[Object]:
    """The app's app roles, as now granted, of each API whose service principal is in the tenant."""
    apis = {sp.get("appId"): sp for sp in tenant.objects("servicePrincipals")}
    found = []
    for role in sorted(tenant.app.app_roles):
        api = apis.get(RESOURCES[resource_of(role)], {})
        ids = [declared["id"] for declared in api.get("appRoles", []) if declared["value"] == role]
        found += [_assignment(tenant, api, role_id) for role_id in ids]
    return found


def _assignment(tenant: Tenant, api: Object, role_id: str) -> Object:
    return {
        "id": _opaque(tenant.app.object_id, api["id"], role_id),
        "appRoleId": role_id,
        "createdDateTime": _created(tenant),
        "principalId": tenant.app.object_id,
        "resourceId": api["id"],
    }


def _application(tenant: Base) -> Object:
    app = tenant.app
    end = tenant.clock - _AGE + _SECRET_LIFE
    return {
        "id": seeds.guid(seeds.rng(tenant.seed, "app/application")),
        "appId": app.client_id,
        "createdDateTime": _created(tenant),
        "displayName": app.display_name,
        "passwordCredentials": [
            {
                "displayName": "scanner",
                "endDateTime": end.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "hint": app.client_secret[:3],
                "keyId": seeds.guid(seeds.rng(tenant.seed, "app/secret")),
                "startDateTime": _created(tenant),
            }
        ],
        "publisherDomain": tenant.domain,
        "signInAudience": "AzureADMyOrg",
    }


def _service_principal(tenant: Base) -> Object:
    app = tenant.app
    return {
        "id": app.object_id,
        "accountEnabled": True,
        "appDisplayName": app.display_name,
        "appId": app.client_id,
        "appOwnerOrganizationId": tenant.tenant_id,
        "displayName": app.display_name,
        "servicePrincipalNames": [app.client_id],
        "servicePrincipalType": "Application",
        "signInAudience": "AzureADMyOrg",
        "tags": ["WindowsAzureActiveDirectoryIntegratedApp"],
    }


def _created(tenant: Base | Tenant) -> str:
    return (tenant.clock - _AGE).strftime("%Y-%m-%dT%H:%M:%SZ")


def _opaque(*parts: str) -> str:
    """An id in the form of Microsoft's for assignments."""
    digest = hashlib.blake2b("/".join(parts).encode(), digest_size=32).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
