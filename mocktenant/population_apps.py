"""The apps of a working tenant: Microsoft's services, what vendors sell, what the tenant wrote itself.

Whoever's app it is, nobody gave it more than it needs. Vendors and their apps are invented.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from mocktenant import seeds
from mocktenant.population import people_of, stamp
from mocktenant_fixtures import estate, resources

if TYPE_CHECKING:
    from mocktenant.base import Base
    from mocktenant.collection import Object

MICROSOFT = "f8cdef31-a31e-4b4a-93e4-5f571e91255a"
"""The tenant that owns Microsoft's own services."""

GRAPH = "00000003-0000-0000-c000-000000000000"

_IDENTITY_ENGINEER = "9db4cfe1-0e2c-40e2-a942-d15bf06887d6"
"""The administrator who owns apps where there is nobody else."""

_CONSENTED = 6
"""So many people at most consented to an app that is not for all."""
_DAYS_KEPT = 30
_HOME = {"city": "Paris", "state": "Paris", "countryOrRegion": "FR"}
_HOME_NETWORK = 64496

_ENTERPRISE = ["WindowsAzureActiveDirectoryIntegratedApp"]


@dataclass(frozen=True)
class _App:
    """An app of a vendor or of the tenant, with its ids."""

    name: str
    id: str
    app_id: str
    application: str
    created: str
    more: dict[str, Any]


def service_principals(tenant: Base) -> list[Object]:
    """Microsoft's APIs with their app roles, as in every tenant; its services; vendors' apps and the tenant's own."""
    return [
        *(_api(app_id, api) for app_id, api in resources().items()),
        *(_microsoft(tenant, app_id, name) for app_id, name in estate()["microsoft"].items()),
        *(_vendor(app) for app in _apps(tenant, "vendors")),
        *(_own(tenant, app) for app in _apps(tenant, "own")),
    ]


def applications(tenant: Base) -> list[Object]:
    """The tenant's own registrations."""
    return [_registration(tenant, app) for app in _apps(tenant, "own")]


def application_owners(tenant: Base) -> list[Object]:
    """Each of them has an owner: those who have been here longest."""
    staff = [person.id for person in people_of(tenant) if person.kind == "member" and person.enabled]
    apps = _apps(tenant, "own")
    owners = staff[: len(apps)] + [_IDENTITY_ENGINEER] * (len(apps) - len(staff))
    return [{"applicationId": app.application, "ownerId": one} for app, one in zip(apps, owners, strict=True)]


def app_role_assignments(tenant: Base) -> list[Object]:
    """Application permissions of Microsoft Graph."""
    graph = resources()[GRAPH]
    return [
        {
            "id": _unique(tenant, f"{app.name}/{role}"),
            "appRoleId": graph["appRoles"][role],
            "createdDateTime": app.created,
            "principalId": app.id,
            "resourceId": graph["id"],
        }
        for app in (*_apps(tenant, "vendors"), *_apps(tenant, "own"))
        for role in app.more["roles"]
    ]


def permission_grants(tenant: Base) -> list[Object]:
    """Delegated permissions: consented for all by an administrator, or by some for themselves."""
    staff = [person.id for person in people_of(tenant) if person.kind == "member" and person.enabled]
    found = []
    for app in (*_apps(tenant, "vendors"), *_apps(tenant, "own")):
        if app.more["scope"] is not None:
            each = [None] if app.more.get("consent", "all") == "all" else _some(tenant, app.name, staff)
            found += [_grant(tenant, app, person) for person in each]
    return found


def principal_sign_ins(tenant: Base) -> list[Object]:
    """When each app of the tenant's own or of a vendor signed in last: all of them within a week."""
    return [
        _sign_in(tenant, principal["appId"])
        for principal in tenant.objects("servicePrincipals")
        if principal.get("appOwnerOrganizationId") != MICROSOFT
    ]


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


def _apps(tenant: Base, kind: str) -> list[_App]:
    return [_app(tenant, kind, row) for row in estate()[kind]]


def _app(tenant: Base, kind: str, row: dict[str, Any]) -> _App:
    """A vendor's app has the same appId in every tenant, and an id of its own in each."""
    own, shared = seeds.rng(tenant.seed, f"app/{row['name']}"), seeds.rng(0, f"app/{row['name']}")
    ids = [seeds.guid(own) for _ in range(3)]
    created = tenant.clock - timedelta(days=own.randint(120, 900))
    app_id = seeds.guid(shared) if kind == "vendors" else ids[1]
    return _App(row["name"], ids[0], app_id, ids[2], stamp(created), row)


def _microsoft(tenant: Base, app_id: str, name: str) -> Object:
    return _principal(name, _unique(tenant, f"principal/{app_id}"), app_id, MICROSOFT, [])


def _vendor(app: _App) -> Object:
    source = seeds.rng(0, f"vendor/{app.name}")
    home = f"https://{app.name.split()[0].lower()}.example.com"
    return {
        **_principal(app.name, app.id, app.app_id, seeds.guid(source), _ENTERPRISE),
        "homepage": home,
        "preferredSingleSignOnMode": app.more["singleSignOn"],
        "replyUrls": [f"{home}/signin"],
        "verifiedPublisher": {
            "addedDateTime": "2022-05-16T12:00:00Z",
            "displayName": app.more["publisher"],
            "verifiedPublisherId": str(source.randint(1_000_000, 6_999_999)),
        },
    }


def _own(tenant: Base, app: _App) -> Object:
    return {
        **_principal(app.name, app.id, app.app_id, tenant.tenant_id, _ENTERPRISE),
        "signInAudience": "AzureADMyOrg",
    }


def _principal(name: str, unique: str, app_id: str, owner: str, tags: list[str]) -> Object:
    return {
        "id": unique,
        "accountEnabled": True,
        "appDisplayName": name,
        "appId": app_id,
        "appOwnerOrganizationId": owner,
        "displayName": name,
        "servicePrincipalNames": [app_id],
        "servicePrincipalType": "Application",
        "signInAudience": "AzureADMultipleOrgs",
        "tags": tags,
    }


def _registration(tenant: Base, app: _App) -> Object:
    days = app.more["certificateDays"]
    return {
        "id": app.application,
        "appId": app.app_id,
        "createdDateTime": app.created,
        "displayName": app.name,
        "keyCredentials": [] if days is None else [_certificate(tenant, app, days)],
        "passwordCredentials": [],
        "publisherDomain": "contoso.com",
        "signInAudience": "AzureADMyOrg",
    }


def _certificate(tenant: Base, app: _App, days: int) -> Object:
    """A certificate of a year, with so many days of it behind."""
    start = tenant.clock - timedelta(days=days)
    return {
        "customKeyIdentifier": None,
        "displayName": app.name.lower(),
        "endDateTime": stamp(start + timedelta(days=365)),
        "keyId": _unique(tenant, f"{app.name}/certificate"),
        "startDateTime": stamp(start),
        "type": "AsymmetricX509Cert",
        "usage": "Verify",
    }


def _some(tenant: Base, name: str, staff: list[str]) -> Iterable[str]:
    """Those who consented, of the first hundred, so that growth changes nothing once they are there."""
    source = seeds.rng(tenant.seed, f"consent/{name}")
    chosen = [source.randrange(100) for _ in range(_CONSENTED)]
    return dict.fromkeys(staff[place] for place in chosen if place < len(staff))


def _grant(tenant: Base, app: _App, person: str | None) -> Object:
    return {
        "id": _unique(tenant, f"grant/{app.name}/{person}"),
        "clientId": app.id,
        "consentType": "AllPrincipals" if person is None else "Principal",
        "principalId": person,
        "resourceId": resources()[GRAPH]["id"],
        "scope": app.more["scope"],
    }


def _sign_in(tenant: Base, app_id: str) -> Object:
    source = seeds.rng(tenant.seed, f"sign-in/{app_id}")
    last = stamp(tenant.clock - timedelta(minutes=source.randint(20, 7 * 24 * 60)))
    return {
        "id": seeds.guid(source),
        "appId": app_id,
        "applicationAuthenticationClientSignInActivity": {"lastSignInDateTime": last},
        "lastSignInActivity": {"lastSignInDateTime": last},
    }


def _unique(tenant: Base, name: str) -> str:
    return seeds.guid(seeds.rng(tenant.seed, f"estate/{name}"))


def _api(app_id: str, api: dict[str, Any]) -> Object:
    return {
        **_principal(api["displayName"], api["id"], app_id, MICROSOFT, []),
        "appRoles": _app_roles(app_id),
    }


@cache
def _app_roles(app_id: str) -> list[Object]:
    return [
        {
            "allowedMemberTypes": ["Application"],
            "description": value,
            "displayName": value,
            "id": role_id,
            "isEnabled": True,
            "origin": "Application",
            "value": value,
        }
        for value, role_id in resources()[app_id]["appRoles"].items()
    ]
