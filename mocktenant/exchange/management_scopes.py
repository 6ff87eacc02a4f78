"""Management scopes: which recipients a role assignment may be limited to, by a filter.

Unconfirmed: the wire's properties and their order are those of published output and of scripts; nobody has been
seen to publish a whole answer.
"""

from __future__ import annotations

from mocktenant.collection import Object
from mocktenant.exchange.objects import completed, tail
from mocktenant.exchange.parameters import Read
from mocktenant.tenant import Tenant

_VERSION = "0.11 (14.0.509.0)"


def management_scope(tenant: Tenant, given: Object) -> Object:
    """A row of Get-ManagementScope."""
    defaults: Object = {
        "RecipientRoot": None,
        "RecipientFilter": "",
        "ServerFilter": "",
        "DatabaseFilter": "",
        "TenantOrganizationFilter": "",
        "ScopeRestrictionType": "RecipientScope",
        "Exclusive": False,
    }
    classes = ["top", "msExchScope"]
    rest = tail(tenant, given, container="CN=Scopes,CN=RBAC", classes=classes, version=_VERSION)
    return completed(defaults | rest, given)


def of_exclusiveness(row: Object, given: Read) -> bool:
    """Whether the request's parameter Exclusive lets a row through."""
    return bool(row["Exclusive"] == given.get("Exclusive", row["Exclusive"]))
