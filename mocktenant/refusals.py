"""What a service answers when a fault replaces its answer."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from mocktenant.faults import Fault

Answer = tuple[str, list[tuple[str, str]], bytes]

_THROTTLED_GRAPH = {
    "error": {
        "code": "TooManyRequests",
        "innerError": {
            "code": "429",
            "date": "2026-09-01T06:00:00",
            "message": "Please retry after",
            "request-id": "00000000-0000-4000-8000-000000000429",
            "status": "429",
        },
        "message": "Please retry again later.",
    }
}
_CONCURRENCY = (
    "You have reached the maximum number of concurrent requests per tenant. Please wait and try again."
)


def planned(fault: Fault, service: str) -> Answer:
    """Status line, headers and body of a planned failure."""
    status = fault.status or 500
    body, kind = _body(fault.body, status, service)
    headers = [("Content-Type", kind), ("Content-Length", str(len(body)))]
    if fault.retry_after is not None:
        headers.append(("Retry-After", str(fault.retry_after)))
    own = {name.lower() for name in fault.headers}
    headers = [(name, value) for name, value in headers if name.lower() not in own]
    headers += [(name, str(value)) for name, value in fault.headers.items()]
    return f"{status} {_reason(status)}", headers, body


def _body(given: str | dict[str, Any] | list[Any] | None, status: int, service: str) -> tuple[bytes, str]:
    if isinstance(given, str):
        return given.encode(), "text/plain; charset=utf-8"
    if given is None and service == "exchange":
        return (_CONCURRENCY.encode() if status == HTTPStatus.TOO_MANY_REQUESTS else b""), "text/plain"
    if given is None:
        given = _default(status)
    return json.dumps(given).encode(), "application/json"


def _default(status: int) -> dict[str, Any]:
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return _THROTTLED_GRAPH
    return {"error": {"code": "UnknownError", "message": "", "innerError": {}}}


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Planned"
