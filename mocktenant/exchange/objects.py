"""What all Exchange configuration objects have in common."""

from __future__ import annotations

from typing import Any

from mocktenant.collection import Object
from mocktenant.tenant import Tenant

_FOREST = "EURPR01A009.PROD.OUTLOOK.COM"
_SERVER = f"DB9PR01A09DC001.{_FOREST}"
_NEVER = "2025-03-03T08:00:00.0000000Z"


def unit(tenant: Tenant) -> str:
    """The tenant's place in the directory forest, as in OrganizationalUnitRoot."""
    return f"{_FOREST}/Microsoft Exchange Hosted Organizations/{tenant.domain}"


def distinguished_name(tenant: Tenant, name: str, container: str) -> str:
    """A name as LDAP would write it, its special characters escaped."""
    escaped = "".join(f"\\{letter}" if letter in ',+"\\<>;=' else letter for letter in name)
    return f"CN={escaped},{container},CN=Configuration,CN={tenant.domain},DC=EURPR01A009,DC=PROD,DC=OUTLOOK,DC=COM"


def organization_id(tenant: Tenant) -> str:
    """OrganizationId as text: where the tenant lives, then where its configuration does."""
    return f"{unit(tenant)} - {unit(tenant)}/Configuration"


def completed(defaults: Object, given: Object) -> Object:
    """The properties in the cmdlet's order: what was decided, else the default."""
    return defaults | given


def tail(tenant: Tenant, given: Object, *, container: str, classes: list[str], version: str) -> Object:
    """The directory properties that end every configuration object."""
    name = str(given["Name"])
    guid = given["Guid"]
    changed = given.get("WhenChangedUTC") or _NEVER
    created = given.get("WhenCreatedUTC") or changed
    return {
        "AdminDisplayName": "",
        "ExchangeVersion": version,
        "Name": name,
        "DistinguishedName": distinguished_name(tenant, name, container),
        "Identity": name,
        "ObjectCategory": f"{_FOREST}/Configuration/Schema/{classes[-1]}",
        "ObjectClass": classes,
        "WhenChanged": _local(changed),
        "WhenCreated": _local(created),
        "WhenChangedUTC": changed,
        "WhenCreatedUTC": created,
        "ExchangeObjectId": guid,
        "OrganizationalUnitRoot": tenant.domain,
        "OrganizationId": organization_id(tenant),
        "Id": name,
        "Guid": guid,
        "OriginatingServer": _SERVER,
        "IsValid": True,
        "ObjectState": "Unchanged",
    }


def _local(utc: Any) -> str:
    """The server's local time, which is UTC; only the zone letter is missing."""
    return str(utc).removesuffix("Z")
