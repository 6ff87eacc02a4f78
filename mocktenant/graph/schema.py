"""The types of what Graph serves here: which properties an object has, and of which kind.

`schema.json` was cut from Microsoft's metadata of v1.0 (github.com/microsoftgraph/msgraph-metadata, MIT)
and from the models of Microsoft's own SDK, which are made from it, with beta's further properties beside
them; `enums.json` has the members of the enumerations. The types of PIM's policies and of a few
authentication methods were added by hand after the reference and are unconfirmed in details.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

PREFIX = "#microsoft.graph."
"""How `@odata.type` begins."""

MIXED = "directoryObject"
"""The type of lists whose objects are of several types."""

UNKNOWN = "object"
"""A kind that is no type of the schema: an object that is sent as it stands."""

_MIXED_TYPES = (
    "user",
    "group",
    "servicePrincipal",
    "application",
    "directoryRole",
    "device",
    "administrativeUnit",
)

_GONE_IN_BETA: dict[str, frozenset[str]] = {
    "appRoleAssignment": frozenset({"createdDateTime"}),
    "application": frozenset({"addIns", "applicationTemplateId", "oauth2RequirePostResponse"}),
    "conditionalAccessPolicy": frozenset({"templateId"}),
    "defaultUserRolePermissions": frozenset({"permissionGrantPoliciesAssigned"}),
    "domain": frozenset({"manufacturer", "model"}),
    "phone": frozenset({"language", "region"}),
    "preAuthorizedApplication": frozenset({"delegatedPermissionIds"}),
    "servicePrincipal": frozenset({"oauth2PermissionScopes", "resourceSpecificApplicationPermissions"}),
    "signIn": frozenset({"riskEventTypes"}),
    "temporaryAccessPassAuthenticationMethod": frozenset({"isUsable", "methodUsabilityReason"}),
    "x509CertificateAuthenticationMethodConfiguration": frozenset({"crlValidationConfiguration"}),
}
"""Type -> what v1.0 has and beta has not, as the models of msgraph-sdk and msgraph-beta-sdk differ."""


@dataclass(frozen=True)
class Property:
    """One property: `kind` is Edm's name without its prefix, `Enum`, or another type of the schema.

    `enum` is the enumeration's name, where it is known.
    """

    name: str
    kind: str
    many: bool
    beta: bool
    gone: bool = False
    enum: str = ""

    def is_in(self, *, beta: bool) -> bool:
        """Whether a version has it: `beta` properties are in beta only, those `gone` in v1.0 only."""
        return not self.gone if beta else not self.beta


@dataclass(frozen=True)
class Type:
    """One type with all that it inherits; an `open` one takes any property."""

    name: str
    properties: Mapping[str, Property]
    open: bool

    def get(self, name: str, *, beta: bool) -> Property | None:
        """A property by its name in any case, if the version has it."""
        found = self.properties.get(name.lower())
        return found if found is not None and found.is_in(beta=beta) else None

    def all(self, *, beta: bool) -> Iterable[Property]:
        """Every property of a version."""
        return [one for one in self.properties.values() if one.is_in(beta=beta)]


@cache
def type_named(name: str) -> Type:
    """A type by its name. Raises KeyError."""
    if name == MIXED:
        return _mixed()
    raw = _raw()[name]
    held: dict[str, Property] = {}
    if "base" in raw:
        held |= type_named(raw["base"]).properties if raw["base"] != MIXED else _own(MIXED)
    elif not raw.get("complex") and not raw.get("keyless"):
        held["id"] = Property("id", "String", many=False, beta=False)
    held |= _own(name)
    return Type(name, held, open=not held)


def learn(name: str, properties: Mapping[str, str]) -> None:
    """Adds a type of a test's own: property -> kind, in brackets for lists. Its name must go with its properties."""
    _raw().setdefault(name, {"keyless": True, "properties": dict(properties)})


def is_type(name: str) -> bool:
    """Whether the schema has a type of this name."""
    return name in _raw()


def type_of(item: Mapping[str, Any], otherwise: str) -> str:
    """The name of an object's own type, if it says one that the schema has; else the declared one."""
    said = str(item.get("@odata.type", "")).removeprefix(PREFIX)
    return said if said in _raw() else otherwise


def is_kind_of(name: str, ancestor: str) -> bool:
    """Whether a type is another or inherits from it."""
    return name == ancestor or ("base" in _raw()[name] and is_kind_of(_raw()[name]["base"], ancestor))


def _own(name: str) -> dict[str, Property]:
    raw = _raw()[name]
    declared = [(raw["properties"], False), (raw.get("beta", {}), True)]
    held = {} if name != MIXED else {"id": Property("id", "String", many=False, beta=False)}
    gone = _GONE_IN_BETA.get(name, frozenset())
    for properties, beta in declared:
        for one, kind in properties.items():
            proper, _, enum = kind.strip("[]").partition(":")
            held[one.lower()] = Property(one, proper, kind.startswith("["), beta, one in gone, enum)
    return held


def _mixed() -> Type:
    """What any directory object may have: Graph lets callers select from lists of several types."""
    held = _own(MIXED)
    for name in _MIXED_TYPES:
        held = {**type_named(name).properties, **held}
    return Type(MIXED, held, open=False)


@cache
def family(name: str) -> Type:
    """A type with the properties of all that inherit from it, for lists that mix these: what may be selected."""
    held = dict(type_named(name).properties)
    for other in _raw():
        if is_kind_of(other, name):
            held = {**type_named(other).properties, **held}
    return Type(name, held, open=False)


def members(enum: str) -> tuple[str, ...]:
    """The members of an enumeration; none where they are not known."""
    return tuple(_read("enums.json").get(enum, ()))


def _raw() -> dict[str, Any]:
    return _read("schema.json")


@cache
def _read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((files(__package__) / name).read_text(encoding="utf-8"))
    return found
