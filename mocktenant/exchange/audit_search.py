"""Search-UnifiedAuditLog: one cursor a session, two ways to walk it, and what they give up.

ReturnLargeSet gives up to 50,000 records in no order, ReturnNextPreviewPage up to 5,000, newest first; a session
that was asked both ways gives 10,000 in all.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from mocktenant import seeds
from mocktenant.audit_log import RECORD_TYPES
from mocktenant.collection import Object
from mocktenant.exchange import errors
from mocktenant.exchange.parameters import Read
from mocktenant.tenant import Tenant

COMMANDS = ("ReturnLargeSet", "ReturnNextPreviewPage")
_MOST = {"ReturnLargeSet": 50_000, "ReturnNextPreviewPage": 5_000}
_MOST_MIXED = 10_000
_USUAL_SIZE = 100


@dataclass
class _Session:
    """How far a session has come, and in which ways it was asked."""

    commands: set[str] = field(default_factory=set)
    given: int = 0


def search(tenant: Tenant, given: Read) -> list[Object]:
    """The next records of a search, with their place in it. Raises Refusal."""
    if given["StartDate"] >= given["EndDate"]:
        raise errors.invalid("The StartDate must be earlier than the EndDate.")
    tests = _tests(given)
    found = [item for item in tenant.objects("auditRecords") if all(test(item) for test in tests)]
    found.sort(key=lambda item: str(item["CreationTime"]), reverse=True)
    command = given.get("SessionCommand", COMMANDS[1])
    if command == COMMANDS[0]:
        seeds.rng(tenant.seed, "audit search", len(found)).shuffle(found)
    session = _session(tenant, given)
    session.commands.add(command)
    most = _MOST_MIXED if len(session.commands) > 1 else _MOST[command]
    end = min(session.given + given.get("ResultSize", _USUAL_SIZE), most)
    page = found[session.given : end]
    placed = [
        {
            "Record": item,
            "ResultIndex": place,
            "ResultCount": len(found),
            "Formatted": given.get("Formatted", False),
        }
        for place, item in enumerate(page, session.given + 1)
    ]
    session.given += len(page)
    return placed


def record(_tenant: Tenant, given: Object) -> Object:
    """A row of Search-UnifiedAuditLog."""
    if "Record" not in given:
        return given
    item: Object = given["Record"]
    kind = item.get("RecordType", 0)
    name = RECORD_TYPES.get(kind, str(kind))
    data = item | {"RecordType": name} if given["Formatted"] else item
    return {
        "RecordType": name,
        "CreationDate": f"{str(item['CreationTime']).removesuffix('Z')}Z",
        "UserIds": item.get("UserId", ""),
        "Operations": item.get("Operation", ""),
        "AuditData": json.dumps(
            data, indent=2 if given["Formatted"] else None, separators=_separators(given)
        ),
        "ResultIndex": given["ResultIndex"],
        "ResultCount": given["ResultCount"],
        "Identity": item["Id"],
        "IsValid": True,
        "ObjectState": "Unchanged",
    }


def _separators(given: Object) -> tuple[str, str]:
    return (",", ": ") if given["Formatted"] else (",", ":")


def _session(tenant: Tenant, given: Read) -> _Session:
    """The session of that id, or one that nobody comes back to."""
    if "SessionId" not in given:
        return _Session()
    held: _Session = tenant.sessions.setdefault(f"audit search/{given['SessionId']}", _Session())
    return held


def _tests(given: Read) -> list[Callable[[Object], bool]]:
    start, end = (given[name].strftime("%Y-%m-%dT%H:%M:%S") for name in ("StartDate", "EndDate"))
    tests: list[Callable[[Object], bool]] = [lambda item: start <= str(item["CreationTime"])[:19] < end]
    for name, field_name in (("Operations", "Operation"), ("UserIds", "UserId"), ("ObjectIds", "ObjectId")):
        if name in given:
            tests.append(_one_of(field_name, given[name]))
    if "RecordType" in given:
        wanted = given["RecordType"].lower()
        tests.append(lambda item: wanted in _kinds(item))
    if "IPAddresses" in given:
        addresses = tuple(given["IPAddresses"])
        tests.append(lambda item: _address(item).startswith(addresses))
    if "FreeText" in given:
        text = given["FreeText"].lower()
        tests.append(lambda item: text in json.dumps(item).lower())
    if "SiteIds" in given:
        tests.append(_one_of("Site", given["SiteIds"]))
    return tests


def _one_of(name: str, wanted: list[str]) -> Callable[[Object], bool]:
    lower = {item.lower() for item in wanted}
    return lambda item: str(item.get(name, "")).lower() in lower


def _kinds(item: Object) -> set[str]:
    number: Any = item.get("RecordType", 0)
    return {str(number), RECORD_TYPES.get(number, "").lower()}


def _address(item: Object) -> str:
    found = item.get("ClientIP") or item.get("ClientIPAddress") or item.get("ActorIpAddress") or ""
    return str(found).removeprefix("[")
