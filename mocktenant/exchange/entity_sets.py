"""The entity sets behind the Get-EXO* cmdlets: OData by GET, where InvokeCommand is a POST.

Rows have no sidecar keys: their types are the schema's. Without a property set only the few properties of Minimum
come. Unconfirmed: what a list of sets says beyond those named here, property sets of User, and a refusal's status for
an app (401 is what a person without the role was seen to get).
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mocktenant.collection import Object
from mocktenant.exchange import errors
from mocktenant.exchange.cmdlet import Cmdlet, found
from mocktenant.exchange.cmdlets import CMDLETS
from mocktenant.exchange.filters import Filter
from mocktenant.exchange.grants import Caller
from mocktenant.exchange.parameters import Read
from mocktenant.exchange.property_sets import CAS_MAILBOX, MAILBOX, RECIPIENT, STATISTICS, USER, PropertySets
from mocktenant.tenant import Tenant

Given = Callable[[str], Read]
"""What the key in a URL becomes for the cmdlet."""


def _identity(key: str) -> Read:
    return {"Identity": key}


def _mailbox(key: str) -> Read:
    return {"Mailbox": key}


@dataclass(frozen=True)
class EntitySet:
    """One set: the cmdlet that knows the rows, what a key means to it, and its property sets if it has any."""

    cmdlet: str
    given: Given = _identity
    sets: PropertySets | None = None
    several: bool = False


SETS: Mapping[str, EntitySet] = {
    "CasMailbox": EntitySet("Get-CASMailbox", sets=CAS_MAILBOX),
    "ExchangeRoleGroup": EntitySet("Get-RoleGroup"),
    "ExchangeRoleGroupMember": EntitySet("Get-RoleGroupMember", several=True),
    "Mailbox": EntitySet("Get-Mailbox", sets=MAILBOX),
    "MailboxFolderPermission": EntitySet("Get-MailboxFolderPermission", several=True),
    "MailboxFolderStatistics": EntitySet("Get-MailboxFolderStatistics", several=True),
    "MailboxPermission": EntitySet("Get-MailboxPermission", several=True),
    "MailboxStatistics": EntitySet("Get-MailboxStatistics", sets=STATISTICS),
    "MobileDeviceStatistics": EntitySet("Get-MobileDeviceStatistics", _mailbox, several=True),
    "Recipient": EntitySet("Get-Recipient", sets=RECIPIENT),
    "RecipientPermission": EntitySet("Get-RecipientPermission", several=True),
    "User": EntitySet("Get-User", sets=USER),
}

_BY_LOWER = {name.lower(): name for name in SETS}
_SEGMENT = re.compile(r"(?P<name>[\w.]+)(?:\((?P<inside>.*)\))?", re.DOTALL)
_KEY = re.compile(r"(?:\w+\s*=\s*)?'(?P<key>(?:[^']|'')*)'", re.DOTALL)
_MOST = 1000


@dataclass(frozen=True)
class Asked:
    """A request for a set: which, of whom, and its query options."""

    name: str
    key: str | None
    select: tuple[str, ...] = ()
    property_sets: tuple[str, ...] = ()
    filter: str | None = None


def asked(path: str, options: Mapping[str, str]) -> Asked:
    """Reads a path and its query. Raises Refusal.

    A set may follow the mailbox it belongs to, bare or as a function: `Mailbox('x')/MailboxPermission`,
    `Mailbox('x')/Exchange.GetMailboxStatistics()`, `mailbox('x')/MobileDevice/Exchange.GetMobileDeviceStatistics()`.
    """
    lower = {name.lower(): value for name, value in options.items()}
    segments = [_segment(part) for part in path.strip("/").split("/")]
    keys = [key for _name, key in segments if key is not None]
    if lower.get("isencoded", "").lower() == "true":
        keys = [_decoded(key) for key in keys]
    name = segments[-1][0].removeprefix("Exchange.").removeprefix("Get")
    if name.lower() not in _BY_LOWER:
        raise errors.no_segment(segments[-1][0])
    return Asked(
        name=_BY_LOWER[name.lower()],
        key=":\\".join(keys) if keys else None,  # a mailbox, or a folder in it
        select=_names(lower.get("$select")),
        property_sets=_names(lower.get("propertysets") or lower.get("propertyset")),
        filter=lower.get("$filter"),
    )


def rows(tenant: Tenant, caller: Caller, request: Asked) -> list[Object]:
    """The rows of a set, whole or as far as they are asked for. Raises Refusal."""
    if tenant.base.cmdlets is not None:
        raise errors.forbidden()  # a scan records what cmdlets answer, not entity sets
    entity = SETS[request.name]
    cmdlet = CMDLETS[entity.cmdlet]
    if not isinstance(cmdlet, Cmdlet) or not caller.means(cmdlet.grant):
        raise errors.not_allowed(entity.cmdlet)
    given = entity.given(request.key) if request.key is not None else {}
    if request.filter is not None:
        given["Filter"] = Filter().read("$filter", _opath(request.filter))
    if any(name not in given for name in cmdlet.required):
        raise errors.invalid("Invalid Operation")
    return found(tenant, cmdlet, given)


def written(tenant: Tenant, request: Asked, item: Object) -> Object:
    """A row as the set sends it."""
    entity = SETS[request.name]
    cmdlet = CMDLETS[entity.cmdlet]
    if not isinstance(cmdlet, Cmdlet):
        raise TypeError(entity.cmdlet)
    row = cmdlet.shape(tenant, item)
    wanted = _wanted(entity, request)
    if wanted is None:
        return row
    return {name: value for name, value in row.items() if name.lower() in wanted}


def alone(request: Asked) -> bool:
    """Whether the answer is one object and no list."""
    return request.key is not None and not SETS[request.name].several


def page_size(top: str | None, prefer: int) -> int:
    """How many rows a page has. Raises Refusal."""
    if top is None:
        return prefer
    if not top.isdigit():
        raise errors.invalid("Invalid value of $top.")
    return min(int(top), prefer, _MOST)


def _wanted(entity: EntitySet, request: Asked) -> set[str] | None:
    """The names of the properties asked for, lower case; None for all of them. Raises Refusal."""
    chosen = {name.lower() for name in request.select}
    if entity.sets is None:
        return chosen or None
    for name in request.property_sets or (() if chosen else ("Minimum",)):
        held = entity.sets.get(name.lower())
        if held is None:
            raise errors.invalid(f"There is no property set {name}.")
        if not held:
            return None
        chosen |= held
    return chosen


def _segment(text: str) -> tuple[str, str | None]:
    """A segment's name, and the key in it. Raises Refusal."""
    matched = _SEGMENT.fullmatch(text)
    if matched is None:
        raise errors.no_segment(text)
    key = _KEY.search(matched["inside"]) if matched["inside"] and "Exchange." not in matched["name"] else None
    return matched["name"], key["key"].replace("''", "'") if key else None


def _decoded(key: str) -> str:
    try:
        return base64.b64decode(key, validate=True).decode()
    except (binascii.Error, ValueError):
        raise errors.invalid("The key is not encoded.") from None


def _names(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())


def _opath(text: str) -> str:
    """OData's comparisons in Exchange's own words."""
    dashed = re.sub(r"\s(eq|ne|and)\s", r" -\1 ", text)
    return re.sub(r"(-eq|-ne) (true|false|null)\b", r"\1 $\2", dashed)
