"""What the directory writes down of a change that was made through Graph.

The names of activities are Microsoft's; which further entries the service makes for one change is unconfirmed.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mocktenant.graph.resources import Activity
from mocktenant.graph.schema import PREFIX

if TYPE_CHECKING:
    from mocktenant.collection import Object
    from mocktenant.graph.calls import Call, Reply

_KEPT_OUT = frozenset({"passwordProfile", "newPassword", "proof"})
_TYPES = {
    "user": "User",
    "group": "Group",
    "application": "Application",
    "servicePrincipal": "ServicePrincipal",
}


def note(call: Call, activity: Activity, before: Object, reply: Reply) -> None:
    """Writes an entry, and a second one where an account was blocked or let in."""
    names = [activity.name]
    if activity.name == "Update user" and isinstance(call.body.get("accountEnabled"), bool):
        names.insert(0, "Enable account" if call.body["accountEnabled"] else "Disable account")
    for name in names:
        _write(call, name, activity, before, reply)


def target_of(call: Call) -> Object:
    """What a change is about, as it was before; nothing where it is about to be made."""
    about = call.parents[0] if call.parents else call.item
    return dict(about or {})


def _write(call: Call, name: str, activity: Activity, before: Object, reply: Reply) -> None:
    tenant = call.tenant
    correlation = tenant.next_guid("correlation")
    principal = tenant.collection("servicePrincipals").get(call.caller.object_id, {})
    tenant.put(
        "directoryAudits",
        {
            "id": f"Directory_{correlation}_{tenant.next_guid('audit')[:5].upper()}_1",
            "activityDateTime": tenant.clock.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "activityDisplayName": name,
            "additionalDetails": [],
            "category": activity.category,
            "correlationId": correlation,
            "initiatedBy": {
                "app": {
                    "appId": call.caller.app_id,
                    "displayName": principal.get("displayName"),
                    "servicePrincipalId": call.caller.object_id,
                    "servicePrincipalName": None,
                },
                "user": None,
            },
            "loggedByService": "Core Directory",
            "operationType": activity.operation,
            "result": "success",
            "resultReason": "",
            "targetResources": [_target(call, before or dict(reply.item or {}), before)],
        },
    )


def _target(call: Call, about: Object, before: Object) -> Object:
    declared = call.target.parents[0][0].type_name if call.target.parents else call.target.row.type_name
    kind = str(about.get("@odata.type", "")).removeprefix(PREFIX) or declared
    return {
        "id": about.get("id"),
        "displayName": about.get("displayName"),
        "groupType": None,
        "modifiedProperties": [
            {"displayName": name, "oldValue": _said(before.get(name)), "newValue": _said(value)}
            for name, value in call.body.items()
            if name not in _KEPT_OUT and "@" not in name
        ],
        "type": _TYPES.get(kind, kind[:1].upper() + kind[1:]),
        "userPrincipalName": about.get("userPrincipalName"),
    }


def _said(value: Any) -> str | None:
    return None if value is None else json.dumps([value])
