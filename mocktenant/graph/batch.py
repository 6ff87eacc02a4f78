"""$batch: up to twenty requests in one, each answered as if it had come alone.

Answers come in another order than asked. The words of the refusals are unconfirmed.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from mocktenant.graph import errors
from mocktenant.inner import Inner, shuffled

LARGEST = 20

_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
_NOT_JSON = "Write request with a body must have Content-Type header defined."

Ask = Callable[[str, str, Mapping[str, str], Any], Inner]
"""Sends one request on: method, path and query, headers, body."""


@dataclass(frozen=True)
class Item:
    """One request of a batch."""

    id: str
    method: str
    url: str
    headers: Mapping[str, str]
    body: Any
    after: tuple[str, ...]


def run(payload: Any, ask: Ask, seed: object) -> dict[str, Any]:
    """The batch's answer. Raises GraphRefused for a batch that can't be understood."""
    items = read(payload)
    statuses: dict[str, int] = {}
    responses = []
    for item in _in_order(items):
        response = _response(item, ask, statuses)
        statuses[item.id.lower()] = response["status"]
        responses.append(response)
    return {"responses": shuffled(responses, seed)}


def read(payload: Any) -> list[Item]:
    """The requests of a batch. Raises GraphRefused."""
    requests = payload.get("requests") if isinstance(payload, dict) else None
    if not isinstance(requests, list):
        raise errors.bad_request("Invalid batch payload format.")
    if not 1 <= len(requests) <= LARGEST:
        raise errors.bad_request(f"Number of batch request steps must be from 1 to {LARGEST}.")
    items = [_item(request) for request in requests]
    ids = [item.id.lower() for item in items]
    if len(set(ids)) < len(ids):
        raise errors.bad_request("Request Id has to be unique in a batch.")
    if any(name.lower() not in ids for item in items for name in item.after):
        raise errors.bad_request("dependsOn names a request that is not in the batch.")
    return items


def _item(request: Any) -> Item:
    if not isinstance(request, dict):
        raise errors.bad_request("Invalid batch payload format.")
    name, method, url = (request.get(key) for key in ("id", "method", "url"))
    if not isinstance(name, str) or not name:
        raise errors.bad_request("Request Id is required in each request of a batch.")
    if not isinstance(method, str) or method.upper() not in _METHODS:
        raise errors.bad_request(f"Unsupported method in request {name}.")
    if not isinstance(url, str) or urlsplit(url).netloc or urlsplit(url).scheme:
        raise errors.bad_request(f"The url of request {name} must be relative to the version.")
    headers, after = request.get("headers") or {}, request.get("dependsOn") or []
    if not isinstance(headers, dict) or not all(isinstance(each, str) for each in headers.values()):
        raise errors.bad_request(f"Invalid headers in request {name}.")
    if not isinstance(after, list) or not all(isinstance(each, str) for each in after):
        raise errors.bad_request(f"Invalid dependsOn in request {name}.")
    return Item(name, method.upper(), f"/{url.lstrip('/')}", headers, request.get("body"), tuple(after))


def _in_order(items: list[Item]) -> list[Item]:
    """Each after those it depends on. Raises GraphRefused for a circle."""
    ordered: dict[str, Item] = {}
    waiting = list(items)
    while waiting:
        ready = [item for item in waiting if all(name.lower() in ordered for name in item.after)]
        if not ready:
            raise errors.bad_request("dependsOn goes in a circle.")
        ordered |= {item.id.lower(): item for item in ready}
        waiting = [item for item in waiting if item.id.lower() not in ordered]
    return list(ordered.values())


def _response(item: Item, ask: Ask, statuses: Mapping[str, int]) -> dict[str, Any]:
    if any(statuses[name.lower()] >= 400 for name in item.after):
        return _own(item, 424, "FailedDependency", "A request that this one depends on has failed.")
    if item.body is not None and "content-type" not in {name.lower() for name in item.headers}:
        return _own(item, 400, "BadRequest", _NOT_JSON)
    if item.url.lower().startswith("/$batch"):
        return _own(item, 400, "BadRequest", "A batch can't be part of a batch.")
    answer = ask(item.method, item.url, item.headers, item.body)
    body = answer.body
    if isinstance(body, str):  # what is no JSON goes as base64, a /$count too: unconfirmed
        body = base64.b64encode(body.encode()).decode()
    return {"id": item.id, "status": answer.status, "headers": _kept(answer.headers), "body": body}


def _kept(headers: Mapping[str, str]) -> dict[str, str]:
    """The inner answer's own headers; those of the connection belong to the batch."""
    wanted = (
        "cache-control",
        "content-type",
        "odata-version",
        "retry-after",
        "x-ms-resource-unit",
        "location",
    )
    return {name: value for name, value in headers.items() if name.lower() in wanted}


def _own(item: Item, status: int, code: str, message: str) -> dict[str, Any]:
    return {
        "id": item.id,
        "status": status,
        "headers": {"Content-Type": "application/json"},
        "body": {"error": {"code": code, "message": message}},
    }
