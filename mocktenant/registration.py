"""The apps that may sign in as the directory shows them: their grants follow `Tenant.app`, whatever a test changes."""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from mocktenant.permissions import resource_of

if TYPE_CHECKING:
    from mocktenant.apps import App
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
    """The scanner's object in `applications` or `servicePrincipals`; nothing in any other collection."""
    if collection == "applications":
        return [application(tenant.app, tenant.clock, tenant.domain)]
    if collection == "servicePrincipals":
        return [service_principal(tenant.app, tenant.tenant_id)]
    return []


def role_assignments(tenant: Tenant) -> list[Object]:
    """The apps' own directory roles, as now granted."""
    return [
        {
            "id": _opaque(app.object_id, template),
            "directoryScopeId": "/",
            "principalId": app.object_id,
            "roleDefinitionId": template,
        }
        for app in _present(tenant)
        for template in app.template_ids()
    ]


def app_role_assignments(tenant: Tenant) -> list[Object]:
    """The apps' own app roles, as now granted, of each API whose service principal is in the tenant."""
    apis = {sp.get("appId"): sp for sp in tenant.objects("servicePrincipals")}
    found = []
    for app in _present(tenant):
        for role in sorted(app.app_roles):
            api = apis.get(RESOURCES[resource_of(role)], {})
            ids = [declared["id"] for declared in api.get("appRoles", []) if declared["value"] == role]
            found += [_assignment(app, tenant.clock, api, role_id) for role_id in ids]
    return found


def application(app: App, now: datetime, domain: str) -> Object:
    """The application object of an app of this tenant."""
    return {
        "id": app.application_id,
        "appId": app.client_id,
        "createdDateTime": _created(now),
        "displayName": app.display_name,
        "passwordCredentials": [
            {
                "displayName": "scanner",
                "endDateTime": (now - _AGE + _SECRET_LIFE).strftime("%Y-%m-%dT%H:%M:%SZ"),
                "hint": app.client_secret[:3],
                "keyId": app.secret_key,
                "startDateTime": _created(now),
            }
        ],
        "publisherDomain": domain,
        "signInAudience": "AzureADMyOrg",
    }


def service_principal(app: App, tenant_id: str) -> Object:
    """The service principal of an app of this tenant."""
    return {
        "id": app.object_id,
        "accountEnabled": True,
        "appDisplayName": app.display_name,
        "appId": app.client_id,
        "appOwnerOrganizationId": tenant_id,
        "displayName": app.display_name,
        "servicePrincipalNames": [app.client_id],
        "servicePrincipalType": "Application",
        "signInAudience": "AzureADMyOrg",
        "tags": ["WindowsAzureActiveDirectoryIntegratedApp"],
    }


def _present(tenant: Tenant) -> list[App]:
    """The apps whose service principals are still there: with one go its grants."""
    principals = tenant.collection("servicePrincipals")
    return [app for app in tuple(tenant.apps.values()) if app.object_id in principals]


def _assignment(app: App, now: datetime, api: Object, role_id: str) -> Object:
    return {
        "id": _opaque(app.object_id, api["id"], role_id),
        "appRoleId": role_id,
        "createdDateTime": _created(now),
        "principalId": app.object_id,
        "resourceId": api["id"],
    }


def _created(now: datetime) -> str:
    return (now - _AGE).strftime("%Y-%m-%dT%H:%M:%SZ")


def _opaque(*parts: str) -> str:
    """An id in the form of Microsoft's for assignments."""
    digest = hashlib.blake2b("/".join(parts).encode(), digest_size=32).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
