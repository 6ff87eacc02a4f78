"""What a service answers when a fault replaces its answer, or a limit is reached."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from mocktenant.faults import Hit
from mocktenant.graph import costs
from mocktenant.login.errors import staged
from mocktenant.matching import Asked
from mocktenant.tenant import Tenant

Answer = tuple[str, list[tuple[str, str]], bytes]
Body = str | dict[str, Any] | list[Any]

_CROWDED = "You have reached the maximum number of concurrent requests per tenant. Please wait and try again."


def planned(hit: Hit, service: str, asked: Asked, tenant: Tenant) -> Answer:
    """Status line, headers and body of a planned failure."""
    fault = hit.fault
    if fault.aadsts is not None:
        code, wait = staged(fault.aadsts, tenant.client_id), fault.waits
        given: Body | None = code.body(tenant.next_guid("trace"), tenant.next_guid("correlation"))
        status = fault.status or code.status
    else:
        given, wait, status = fault.body, fault.waits, fault.status or 500
    headers = dict(fault.headers)
    if hit.early:
        wait = hit.early
        headers["x-mocktenant"] = f"this request came {hit.early} s before its Retry-After was over"
    return answer(status, service, asked, tenant, body=given, wait=wait, headers=headers)


def answer(
    status: int,
    service: str,
    asked: Asked,
    tenant: Tenant,
    *,
    body: Body | None = None,
    wait: int | None = None,
    headers: dict[str, str] | None = None,
) -> Answer:
    """One answer; without a body, what the service says for the status. `wait` is its Retry-After."""
    told: dict[str, str] = {}
    if body is None:
        body = _usual(status, service, asked, tenant, wait)
        told = _ids(service, body)
    data, kind = _written(body)
    sent = [("Content-Type", kind), ("Content-Length", str(len(data))), *told.items()]
    if wait is not None:
        sent.append(("Retry-After", str(wait)))
    own = {name: str(value) for name, value in (headers or {}).items()}
    taken = {name.lower() for name in own}
    sent = [(name, value) for name, value in sent if name.lower() not in taken]
    return f"{status} {_reason(status)}", [*sent, *own.items()], data


def _written(body: Body) -> tuple[bytes, str]:
    if not isinstance(body, str):
        return json.dumps(body).encode(), "application/json"
    page = body.lstrip().lower().startswith(("<!doctype html", "<html"))
    return body.encode(), f"text/{'html' if page else 'plain'}; charset=utf-8"


def _usual(status: int, service: str, asked: Asked, tenant: Tenant, wait: int | None) -> Body:
    if service == "login":
        return _sign_in(status, tenant)
    if service == "exchange":
        return _exchange(status, wait)
    if service == "github":
        return ""
    if service == "github_api":
        return {
            "message": _reason(status),
            "documentation_url": "https://docs.github.com/rest",
            "status": str(status),
        }
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return _throttled_outlook(tenant) if costs.area(asked.path) == "outlook" else _throttled(tenant)
    # Sent for whatever Graph can't say more of.
    return _enveloped("UnknownError", "", tenant)


def _ids(service: str, body: Body) -> dict[str, str]:
    """The headers by which Graph's own refusals are looked up: those of the body. A gateway's page has none."""
    if service != "graph" or not isinstance(body, dict):
        return {}
    request_id = body["error"]["innerError"]["request-id"]
    return {"request-id": request_id, "client-request-id": request_id}


def _sign_in(status: int, tenant: Tenant) -> Body:
    """An AADSTS error that goes with the status."""
    number = 50196 if status == HTTPStatus.TOO_MANY_REQUESTS else 90033 if status >= 500 else 90013
    return staged(number, tenant.client_id).body(tenant.next_guid("trace"), tenant.next_guid("correlation"))


def _exchange(status: int, wait: int | None) -> Body:
    """Throttled with a wait in JSON, whose last words name it; else in plain text. Others are seen empty."""
    if status != HTTPStatus.TOO_MANY_REQUESTS:
        return ""
    if wait is None:
        return _CROWDED
    # Only the end of the message is confirmed.
    message = f"The request was throttled by the server. Please retry after {wait} seconds."
    return {"error": {"code": "TooManyRequests", "message": message}}


def _throttled(tenant: Tenant) -> Body:
    """Graph's own, with its inner error in the older form."""
    inner = {
        "code": "429",
        "date": _date(tenant),
        "message": "Please retry after",
        "request-id": tenant.next_guid("request"),
        "status": "429",
    }
    return {"error": {"code": "TooManyRequests", "innerError": inner, "message": "Please retry again later."}}


def _throttled_outlook(tenant: Tenant) -> Body:
    return _enveloped("ApplicationThrottled", "Application is over its MailboxConcurrency limit.", tenant)


def _enveloped(code: str, message: str, tenant: Tenant) -> Body:
    request_id = tenant.next_guid("request")
    inner = {"date": _date(tenant), "request-id": request_id, "client-request-id": request_id}
    return {"error": {"code": code, "message": message, "innerError": inner}}


def _date(tenant: Tenant) -> str:
    return tenant.clock.strftime("%Y-%m-%dT%H:%M:%S")


_KNOWN = frozenset(int(status) for status in HTTPStatus)


def _reason(status: int) -> str:
    return HTTPStatus(status).phrase if status in _KNOWN else "Planned"
