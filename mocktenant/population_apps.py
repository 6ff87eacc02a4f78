"""The apps that are in every tenant, and how those that aren't Microsoft's sign in."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from mocktenant import seeds
from mocktenant.population import stamp
from mocktenant_fixtures import resources

if TYPE_CHECKING:
    from mocktenant.base import Base
    from mocktenant.collection import Object

MICROSOFT = "f8cdef31-a31e-4b4a-93e4-5f571e91255a"
"""The tenant that owns Microsoft's own services."""


def service_principals(_tenant: Base) -> list[Object]:
    """Microsoft's APIs with their app roles, as in every tenant."""
    return [
        {
            "id": api["id"],
            "accountEnabled": True,
            "appDisplayName": api["displayName"],
            "appId": app_id,
            "appOwnerOrganizationId": MICROSOFT,
            "appRoles": [_app_role(value, role_id) for value, role_id in api["appRoles"].items()],
            "displayName": api["displayName"],
            "servicePrincipalNames": [app_id],
            "servicePrincipalType": "Application",
            "signInAudience": "AzureADMultipleOrgs",
        }
        for app_id, api in resources().items()
    ]


def principal_sign_ins(tenant: Base) -> list[Object]:
    """When each app of the tenant's own or of a vendor signed in last: all of them within a week."""
    return [
        _sign_in(tenant, principal["appId"])
        for principal in tenant.objects("servicePrincipals")
        if principal.get("appOwnerOrganizationId") != MICROSOFT
    ]


def _sign_in(tenant: Base, app_id: str) -> Object:
    source = seeds.rng(tenant.seed, f"sign-in/{app_id}")
    last = stamp(tenant.clock - timedelta(minutes=source.randint(20, 7 * 24 * 60)))
    return {
        "id": seeds.guid(source),
        "appId": app_id,
        "applicationAuthenticationClientSignInActivity": {"lastSignInDateTime": last},
        "lastSignInActivity": {"lastSignInDateTime": last},
    }


_DAYS_KEPT = 30
_HOME = {"city": "Paris", "state": "Paris", "countryOrRegion": "FR"}
_HOME_NETWORK = 64496


def sign_ins(tenant: Base) -> list[Object]:
    """The log of what apps did: each one but Microsoft's every third day, from the same place."""
    return [
        _logged(tenant, principal, day)
        for principal in tenant.objects("servicePrincipals")
        if principal.get("appOwnerOrganizationId") != MICROSOFT
        for day in range(1, _DAYS_KEPT, 3)
    ]


def _logged(tenant: Base, principal: Object, day: int) -> Object:
    source = seeds.rng(tenant.seed, f"log/{principal['id']}", day)
    return {
        "id": seeds.guid(source),
        "appDisplayName": principal.get("displayName"),
        "appId": principal["appId"],
        "autonomousSystemNumber": _HOME_NETWORK,
        "createdDateTime": stamp(tenant.clock - timedelta(days=day, minutes=source.randint(0, 600))),
        "ipAddress": f"203.0.113.{source.randint(1, 254)}",
        "isInteractive": False,
        "location": dict(_HOME),
        "servicePrincipalId": principal["id"],
        "servicePrincipalName": principal.get("displayName"),
        "signInEventTypes": ["servicePrincipal"],
        "status": {"additionalDetails": None, "errorCode": 0, "failureReason": "Other."},
    }


def _app_role(value: str, role_id: str) -> Object:
    return {
        "allowedMemberTypes": ["Application"],
        "description": value,
        "displayName": value,
        "id": role_id,
        "isEnabled": True,
        "origin": "Application",
        "value": value,
    }
