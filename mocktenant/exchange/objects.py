"""What all Exchange configuration objects have in common."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from mocktenant.collection import Object

if TYPE_CHECKING:
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
        "DirectoryObjectVersion": None,
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


Shape = Callable[["Tenant", Object], Object]

_TAIL_FIRST = ("Identity", "Id", "IsValid")


def template(text: str) -> Object:
    """Properties with their usual values, written as `Name=value`: JSON, else text; a bare name is null.

    A table of eighty properties is read better so than with three hundred quotes.
    """
    found: Object = {}
    for word in text.split():
        name, given, value = word.partition("=")
        found[name] = _value(value) if given else None
    return found


def configuration(
    text: str,
    *,
    container: str,
    kind: str,
    version: str = "0.20 (15.0.0.0)",
    identity_first: bool = False,
    **texts: Any,
) -> Shape:
    """The shape of a configuration object: a template, then the directory's properties.

    `texts` are values that a template can't hold; `identity_first` moves Identity, Id and IsValid before the rest
    of the directory's properties, as many cmdlets have them.
    """
    usual = template(text) | texts
    classes = ["top", kind]

    def shape(tenant: Tenant, given: Object) -> Object:
        rest = tail(tenant, given, container=container, classes=classes, version=version)
        if identity_first:
            rest = identity_before(rest)
        return completed(usual | rest, given)

    return shape


def identity_before(rest: Object) -> Object:
    """The directory's properties with Identity, Id and IsValid before the others, as many cmdlets have them."""
    return {name: rest[name] for name in _TAIL_FIRST} | rest


def stamp(moment: datetime) -> str:
    """A moment as Exchange writes it: with seven digits of a second."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.0000000Z")


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
