"""Queries of the unified audit log: asked for, polled until they have succeeded, then read.

A query is `notStarted` when it is made, `running` at the first look and `succeeded` at the next. The state's
records are the log's own (AuditData); Graph wraps each, and crosses two names: its `userId` is the log's
UserKey, its `userPrincipalName` the log's UserId, and its `clientIp` is always null. The type's name of the
data and what lists of objects say they are is unconfirmed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from mocktenant.audit_log import RECORD_TYPES, takes_in
from mocktenant.graph import errors
from mocktenant.graph.bodies import plain
from mocktenant.graph.calls import Reply
from mocktenant.graph.terms import normal

if TYPE_CHECKING:
    from mocktenant.collection import Object
    from mocktenant.graph.calls import Call
    from mocktenant.tenant import Tenant

_STATES = ("notStarted", "running", "succeeded")

_USER_TYPES = {0: "Regular", 2: "Admin", 3: "DcAdmin", 4: "System", 5: "Application", 6: "ServicePrincipal"}


def ask(call: Call) -> Reply:
    """A new query; callers name the service in two ways. Raises GraphRefused where the log takes nothing in."""
    if not takes_in(call.tenant):
        raise errors.auditing_disabled()
    body = plain(call.body)
    service = body.pop("serviceFilter", None)
    services = body.get("serviceFilters") or ([service] if service else [])
    made = call.tenant.put(
        "auditLogQueries", {**body, "serviceFilters": services, "status": _STATES[0], "polls": 0}
    )
    return Reply(201, made)


def polled(tenant: Tenant, query: Object) -> Object:
    """A look at a query, which moves it on; one that was made to fail stays so."""
    if query.get("status") not in _STATES:
        return query
    polls = int(query.get("polls", 0)) + 1
    status = _STATES[min(polls, len(_STATES) - 1)]
    return tenant.patch("auditLogQueries", query["id"], {"polls": polls, "status": status})


def records(tenant: Tenant, query_id: str) -> list[Object]:
    """What a query found, the latest first; nothing as long as it has not succeeded."""
    query = tenant.collection("auditLogQueries")[query_id]
    if query.get("status") != _STATES[-1]:
        return []
    tests = _tests(query)
    found = [item for item in tenant.objects("auditRecords") if all(test(item) for test in tests)]
    return [wrapped(item) for item in sorted(found, key=lambda one: str(one["CreationTime"]), reverse=True)]


def wrapped(record: Object) -> Object:
    """A record of the log as Graph sends it."""
    number = record.get("RecordType")
    return {
        "id": record["Id"],
        "createdDateTime": _utc(record["CreationTime"]),
        "auditLogRecordType": RECORD_TYPES.get(number, str(number)) if isinstance(number, int) else number,
        "operation": record.get("Operation"),
        "organizationId": record.get("OrganizationId"),
        "userType": _USER_TYPES.get(record.get("UserType", 0), "Regular"),
        "userId": record.get("UserKey"),
        "userPrincipalName": record.get("UserId"),
        "service": record.get("Workload"),
        "objectId": record.get("ObjectId"),
        "clientIp": None,
        "administrativeUnits": [""],
        "auditData": {"@odata.type": "#microsoft.graph.security.defaultAuditData", **_annotated(record)},
    }


def _annotated(value: Any) -> Any:
    """An open object says of each number and list what it is."""
    if isinstance(value, list):
        return [_annotated(one) for one in value]
    if not isinstance(value, dict):
        return value
    sent: Object = {}
    for name, one in value.items():
        if isinstance(one, list):
            sent[f"{name}@odata.type"] = (
                "#Collection(microsoft.graph.Json)" if _objects(one) else "#Collection(String)"
            )
        elif isinstance(one, int) and not isinstance(one, bool):
            sent[f"{name}@odata.type"] = "#Int64"
        sent[name] = _annotated(one)
    return sent


def _objects(values: list[Any]) -> bool:
    return any(isinstance(one, dict) for one in values)


def _utc(text: Any) -> str:
    return str(text) if str(text).endswith("Z") else f"{text}Z"


def _tests(query: Object) -> list[Callable[[Object], bool]]:
    """One test for each filter that a query has."""
    tests: list[Callable[[Object], bool]] = [_within(query)]
    for name, get in _FILTERS.items():
        wanted = {str(each).lower() for each in query.get(name) or []}
        if wanted:
            tests.append(lambda item, get=get, wanted=wanted: get(item).lower() in wanted)  # type: ignore[misc]
    word = str(query.get("keywordFilter") or "").lower()
    if word:
        tests.append(lambda item: word in str(item).lower())
    return tests


def _within(query: Object) -> Callable[[Object], bool]:
    start, end = (
        normal(query.get(name), "DateTimeOffset") for name in ("filterStartDateTime", "filterEndDateTime")
    )

    def test(item: Object) -> bool:
        moment = normal(_utc(item["CreationTime"]), "DateTimeOffset")
        return (start is None or moment >= start) and (end is None or moment < end)

    return test


_FILTERS: dict[str, Callable[[Object], str]] = {
    "recordTypeFilters": lambda item: RECORD_TYPES.get(item.get("RecordType", -1), ""),
    "operationFilters": lambda item: str(item.get("Operation")),
    "userPrincipalNameFilters": lambda item: str(item.get("UserId")),
    "ipAddressFilters": lambda item: str(item.get("ClientIP")),
    "serviceFilters": lambda item: str(item.get("Workload")),
    "objectIdFilters": lambda item: str(item.get("ObjectId")),
}
