"""What a change leaves in the unified log: a record of the cmdlet and the parameters that were passed, all as text.

It is there at once, where the service takes minutes to hours. Nothing is left while the log takes nothing in.
Unconfirmed: who an app is in UserId and UserKey.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mocktenant.audit_log import takes_in
from mocktenant.exchange.grants import Caller
from mocktenant.exchange.objects import unit
from mocktenant.tenant import Tenant

_EXCHANGE_ADMIN = 1
_APPLICATION = 5
_NAMELESS = frozenset({"New-TransportRule"})
"""Whose records name no object."""


def leave(tenant: Tenant, caller: Caller, cmdlet: str, parameters: Mapping[str, Any]) -> None:
    """Puts the record of a change that was made into the log."""
    if not takes_in(tenant):
        return
    tenant.put(
        "auditRecords",
        {
            "CreationTime": tenant.clock.strftime("%Y-%m-%dT%H:%M:%S"),
            "Operation": cmdlet,
            "OrganizationId": tenant.tenant_id,
            "RecordType": _EXCHANGE_ADMIN,
            "ResultStatus": "True",
            "UserKey": caller.object_id,
            "UserType": _APPLICATION,
            "Version": 1,
            "Workload": "Exchange",
            "ObjectId": _object(tenant, cmdlet, parameters),
            "UserId": f"ServicePrincipal_{caller.object_id}",
            "AppId": caller.client_id,
            "ClientAppId": caller.client_id,
            "ExternalAccess": False,
            "OrganizationName": tenant.domain,
            "Parameters": [{"Name": name, "Value": _text(value)} for name, value in parameters.items()],
        },
    )


def _object(tenant: Tenant, cmdlet: str, parameters: Mapping[str, Any]) -> str:
    """The object as the log names it: a rule after its mailbox, others by what the caller called them."""
    lower = {name.lower(): value for name, value in parameters.items()}
    name = str(lower.get("identity") or lower.get("name") or "")
    if cmdlet in _NAMELESS:
        return ""
    return f"{unit(tenant)}/{lower['mailbox']}\\{name.rpartition(chr(92))[2]}" if "mailbox" in lower else name


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ";".join(_text(item) for item in value)
    if isinstance(value, dict):
        return ";".join(_text(item) for name, item in value.items() if "@" not in name)
    return "" if value is None else str(value)
