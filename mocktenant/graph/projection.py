"""An object as it is sent: the chosen properties, completed as the service does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from mocktenant.collection import Object
from mocktenant.graph.expand import Expanded
from mocktenant.graph.schema import PREFIX, Property, is_type, type_named, type_of
from mocktenant.graph.selection import NOT_HERE
from mocktenant.graph.table.app_roles import TYPES
from mocktenant.tenant import Tenant
from mocktenant.words import words

_USER = words(
    "businessPhones displayName givenName jobTitle mail mobilePhone officeLocation preferredLanguage surname "
    "userPrincipalName id"
)
_GROUP = words(
    "id deletedDateTime classification createdDateTime description displayName expirationDateTime groupTypes "
    "isAssignableToRole mail mailEnabled mailNickname membershipRule membershipRuleProcessingState "
    "onPremisesDomainName onPremisesLastSyncDateTime onPremisesNetBiosName onPremisesSamAccountName "
    "onPremisesSecurityIdentifier onPremisesSyncEnabled preferredDataLocation preferredLanguage proxyAddresses "
    "renewedDateTime resourceBehaviorOptions resourceProvisioningOptions securityEnabled securityIdentifier "
    "theme uniqueName visibility onPremisesProvisioningErrors serviceProvisioningErrors"
)
DEFAULTS: dict[str, tuple[str, ...]] = {"user": _USER, "group": _GROUP}
"""Type -> the properties that v1.0 sends without $select, where these are not all; beta sends all but a few."""

_NEVER_UNASKED = {"user": frozenset({"signInActivity"})}
"""Type -> properties that come only where $select names them."""

_WITHHELD = frozenset({"secretText", "key", "password", "secretKey"})
"""Never sent, whatever the state holds."""


@dataclass(frozen=True)
class View:
    """For whom an object is shown: the tenant, the caller's app roles, the version, and with what metadata.

    `shown` gathers the types of which more than the id was asked for among others, whether it was seen or not.
    """

    tenant: Tenant
    roles: frozenset[str]
    beta: bool
    full: bool = False
    shown: set[str] = field(default_factory=set, compare=False)

    def may_see(self, type_name: str) -> bool:
        """Whether the caller sees more of such an object among others than its id."""
        needed = TYPES.get(type_name)
        return needed is None or not self.roles.isdisjoint(needed)


def projected(
    view: View,
    declared: str,
    item: Object,
    select: tuple[str, ...] | None = None,
    *,
    mixed: bool = False,
    sparse: bool = False,
) -> Object:
    """The chosen properties, null or empty where the object has none; ids come unasked, as on the service.

    An object among others of several types says its type, has the properties of its own type only, and
    shows no more than its id to a caller that may not read such objects.
    """
    name = type_of(item, declared) if mixed else declared
    sent: Object = {"@odata.type": f"{PREFIX}{name}"} if mixed else {}
    if mixed and select != ("id",):
        view.shown.add(name)
    if mixed and not view.may_see(name):
        return sent | {"id": item["id"]}
    for one in _chosen(view, name, select):
        sent[one.name] = _value(view, one, item.get(one.name))
    return {key: value for key, value in sent.items() if value is not None} if sparse else sent


def expanded(view: View, wanted: Iterable[Expanded], item: Object) -> Object:
    """The relationships asked for, by name."""
    sent: Object = {}
    for each in wanted:
        expansion = each.expansion
        found = [
            projected(view, expansion.type_name, one, each.select, mixed=expansion.mixed)
            | expanded(view, each.nested, one)
            for one in expansion.source(view.tenant, item)[: expansion.most]
        ]
        sent[each.name] = found if expansion.many else next(iter(found), None)
    return sent


def _chosen(view: View, type_name: str, select: tuple[str, ...] | None) -> list[Property]:
    kind = type_named(type_name)
    if select is None and (view.beta or type_name not in DEFAULTS):
        left_out = NOT_HERE.get(type_name, frozenset()) | _NEVER_UNASKED.get(type_name, frozenset())
        return [one for one in kind.all(beta=view.beta) if one.name not in left_out]
    names = dict.fromkeys((*(DEFAULTS[type_name] if select is None else select), "id"))
    return [one for name in names if (one := kind.get(name, beta=view.beta)) is not None]


def _value(view: View, one: Property, value: Any) -> Any:
    if one.name in _WITHHELD:
        return None
    if one.many:
        return [_completed(view, one.kind, each) for each in value or ()]
    return _completed(view, one.kind, value)


def _completed(view: View, kind: str, value: Any) -> Any:
    """An object of a known type with all properties of that type; others as they stand."""
    if not isinstance(value, dict) or not is_type(kind):
        return value
    found = type_named(type_of(value, kind))
    if found.name == "authenticationStrengthPolicy":
        value = {
            **view.tenant.collection("authenticationStrengthPolicies").get(value.get("id", ""), {}),
            **value,
        }
    strange = {name: each for name, each in value.items() if name.lower() not in found.properties}
    return strange | {one.name: _value(view, one, value.get(one.name)) for one in found.all(beta=view.beta)}
