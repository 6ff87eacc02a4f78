"""What happened lately: sign-ins, changes in the directory, scores; and the devices that people sign in with."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from mocktenant import population_apps as apps
from mocktenant import seeds
from mocktenant.population import Person, people_of, stamp

if TYPE_CHECKING:
    from mocktenant.base import Base
    from mocktenant.collection import Object

_MOST = 1000
"""So many people leave sign-ins in the log: what reads logs needs some, not millions."""

_DAYS = 7
_APPS = (
    ("00000002-0000-0ff1-ce00-000000000000", "Office 365 Exchange Online"),
    ("00000003-0000-0ff1-ce00-000000000000", "Office 365 SharePoint Online"),
    ("1fec8e78-bce4-4aaf-ab1b-5451cc387264", "Microsoft Teams"),
)
_BROWSER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:142.0) Gecko/20100101 Firefox/142.0"
_PLACE = {
    "city": "Redmond",
    "state": "Washington",
    "countryOrRegion": "US",
    "geoCoordinates": {"altitude": None, "latitude": 47.67, "longitude": -122.12},
}
_ONE_DEVICE_IN = 3


def sign_ins(tenant: Base) -> list[Object]:
    """Two at a screen and one behind the scenes for everybody, and those of apps."""
    people = [row for person in _signing_in(tenant) for row in _sign_ins_of(tenant, person)]
    return [*people, *apps.sign_ins(tenant)]


def sign_in_activities(tenant: Base) -> list[Object]:
    """When everybody signed in last: people lately, emergency accounts when they were tried."""
    found = [
        _activity(tenant, person.id, 3) for person in people_of(tenant) if person.kind in ("member", "guest")
    ]
    return found + [_activity(tenant, user["id"], 20) for user in _fixed(tenant)]


def directory_audits(tenant: Base) -> list[Object]:
    """A handful of what administrators do in a week."""
    admins = _fixed(tenant)
    if not admins:
        return []
    source = seeds.rng(tenant.seed, "directory audits")
    people = [person for person in people_of(tenant) if person.kind == "member"][:12]
    return [
        _audit(tenant, source, admins[index % len(admins)], person) for index, person in enumerate(people)
    ]


def secure_scores(tenant: Base) -> list[Object]:
    """A score a day."""
    return [_score(tenant, day) for day in range(_DAYS)]


def devices(tenant: Base) -> list[Object]:
    """A joined, managed and compliant laptop for one person in three."""
    return [_device(tenant, person) for person in _with_device(tenant)]


def device_owners(tenant: Base) -> list[Object]:
    """Whose laptop is whose."""
    return [{"deviceId": _device_id(tenant, person), "ownerId": person.id} for person in _with_device(tenant)]


def managed_devices(tenant: Base) -> list[Object]:
    """The same laptops as Intune sees them."""
    return [_managed(tenant, person) for person in _with_device(tenant)]


def _signing_in(tenant: Base) -> list[Person]:
    people = [one for one in people_of(tenant) if one.enabled and one.kind in ("member", "guest")]
    return people[:_MOST]


def _sign_ins_of(tenant: Base, person: Person) -> list[Object]:
    source = seeds.rng(tenant.seed, "sign-ins", person.index)
    who = {
        "userDisplayName": person.name,
        "userId": person.id,
        "userPrincipalName": person.upn(tenant.domain),
        "userType": "guest" if person.kind == "guest" else "member",
    }
    kinds = ("interactiveUser", "interactiveUser", "nonInteractiveUser")
    return [_sign_in(tenant, source, kind) | who for kind in kinds]


def _fixed(tenant: Base) -> list[Object]:
    """The accounts that every tenant has: administrators and emergency access."""
    made = {person.id for person in people_of(tenant)}
    return [user for user in tenant.objects("users") if user["id"] not in made]


def _lately(tenant: Base, source: Random | seeds.Source, days: int = _DAYS) -> datetime:
    return tenant.clock - timedelta(minutes=source.randint(5, days * 24 * 60 - 60))


def _sign_in(tenant: Base, source: Random, kind: str) -> Object:
    app_id, app = source.choice(_APPS)
    interactive = kind == "interactiveUser"
    return {
        "id": seeds.guid(source),
        "appDisplayName": app,
        "appId": app_id,
        "appliedConditionalAccessPolicies": [],
        "authenticationRequirement": "multiFactorAuthentication",
        "clientAppUsed": "Browser",
        "conditionalAccessStatus": "success",
        "correlationId": seeds.guid(source),
        "createdDateTime": stamp(_lately(tenant, source)),
        "crossTenantAccessType": "none",
        "deviceDetail": {
            "browser": "Firefox 142.0",
            "deviceId": "",
            "displayName": "",
            "isCompliant": False,
            "isManaged": False,
            "operatingSystem": "Windows10",
            "trustType": "",
        },
        "homeTenantId": tenant.tenant_id,
        "ipAddress": f"203.0.113.{source.randint(1, 60)}",
        "isInteractive": interactive,
        "location": _PLACE,
        "resourceDisplayName": app,
        "resourceId": app_id,
        "resourceTenantId": tenant.tenant_id,
        "riskDetail": "none",
        "riskLevelAggregated": "none",
        "riskLevelDuringSignIn": "none",
        "riskState": "none",
        "signInEventTypes": [kind],
        "status": {"additionalDetails": "MFA requirement satisfied by claim in the token", "errorCode": 0},
        "userAgent": _BROWSER,
    }


def _activity(tenant: Base, user: str, days: int) -> Object:
    source = seeds.Source(tenant.seed, f"sign-in activity/{user}", 0)
    last, silent = _lately(tenant, source, days), _lately(tenant, source, days)
    return {
        "userId": user,
        "lastSignInDateTime": stamp(last),
        "lastSignInRequestId": seeds.guid(source),
        "lastNonInteractiveSignInDateTime": stamp(silent),
        "lastNonInteractiveSignInRequestId": seeds.guid(source),
        "lastSuccessfulSignInDateTime": stamp(max(last, silent)),
        "lastSuccessfulSignInRequestId": seeds.guid(source),
    }


def _audit(tenant: Base, source: Random, admin: Object, person: Person) -> Object:
    correlation = seeds.guid(source)
    return {
        "id": f"Directory_{correlation}_{source.randint(10_000, 99_999)}_1",
        "activityDateTime": stamp(_lately(tenant, source)),
        "activityDisplayName": "Update user",
        "additionalDetails": [],
        "category": "UserManagement",
        "correlationId": correlation,
        "initiatedBy": {
            "app": None,
            "user": {
                "id": admin["id"],
                "displayName": None,
                "userPrincipalName": admin["userPrincipalName"],
                "ipAddress": f"203.0.113.{source.randint(1, 60)}",
            },
        },
        "loggedByService": "Core Directory",
        "operationType": "Update",
        "result": "success",
        "resultReason": "",
        "targetResources": [
            {
                "id": person.id,
                "displayName": None,
                "type": "User",
                "userPrincipalName": person.upn(tenant.domain),
                "groupType": None,
                "modifiedProperties": [
                    {
                        "displayName": "Department",
                        "oldValue": '["Operations"]',
                        "newValue": f'["{person.department}"]',
                    }
                ],
            }
        ],
    }


def _score(tenant: Base, day: int) -> Object:
    made = tenant.clock.replace(hour=0, minute=0) - timedelta(days=day)
    return {
        "id": f"{tenant.tenant_id}_{made:%Y-%m-%d}",
        "activeUserCount": len(people_of(tenant)),
        "averageComparativeScores": [{"averageScore": 41.2, "basis": "AllTenants"}],
        "azureTenantId": tenant.tenant_id,
        "controlScores": [],
        "createdDateTime": stamp(made),
        "currentScore": 312.0,
        "enabledServices": ["HasExchange", "HasSharePoint", "HasAADP2"],
        "licensedUserCount": len(people_of(tenant)),
        "maxScore": 348.0,
        "vendorInformation": {
            "provider": "SecureScore",
            "providerVersion": None,
            "subProvider": None,
            "vendor": "Microsoft",
        },
    }


def _with_device(tenant: Base) -> list[Person]:
    return [one for one in people_of(tenant) if one.kind == "member" and one.index % _ONE_DEVICE_IN == 0]


def _device_id(tenant: Base, person: Person) -> str:
    return seeds.guid(seeds.Source(tenant.seed, "device", person.index))


def _device(tenant: Base, person: Person) -> Object:
    source = seeds.Source(tenant.seed, "device details", person.index)
    return {
        "id": _device_id(tenant, person),
        "accountEnabled": True,
        "approximateLastSignInDateTime": stamp(_lately(tenant, source)),
        "deviceId": seeds.guid(source),
        "deviceOwnership": "Company",
        "displayName": f"CONTOSO-LT-{person.index:04d}",
        "isCompliant": True,
        "isManaged": True,
        "operatingSystem": "Windows",
        "operatingSystemVersion": "10.0.26100",
        "profileType": "RegisteredDevice",
        "registrationDateTime": stamp(person.created + timedelta(days=1)),
        "trustType": "AzureAd",
    }


def _managed(tenant: Base, person: Person) -> Object:
    device = _device(tenant, person)
    return {
        "id": seeds.guid(seeds.Source(tenant.seed, "managed device", person.index)),
        "azureADDeviceId": device["deviceId"],
        "azureADRegistered": True,
        "complianceState": "compliant",
        "deviceName": device["displayName"],
        "enrolledDateTime": device["registrationDateTime"],
        "isEncrypted": True,
        "lastSyncDateTime": device["approximateLastSignInDateTime"],
        "managedDeviceOwnerType": "company",
        "managementAgent": "mdm",
        "operatingSystem": "Windows",
        "osVersion": device["operatingSystemVersion"],
        "userDisplayName": person.name,
        "userId": person.id,
        "userPrincipalName": person.upn(tenant.domain),
    }
