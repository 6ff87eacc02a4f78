"""`$batch`: up to ten commands in one request, each answered for itself, in no order to rely on.

Ten is what Microsoft's module and other clients send; that the service refuses more is not confirmed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mocktenant.collection import Object
from mocktenant.exchange import errors
from mocktenant.inner import Inner, ask, shuffled
from mocktenant.tenant import Tenant

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

MOST = 10


def batch(tenant: Tenant, environ: WSGIEnvironment, body: Any) -> list[Object]:
    """The answers to the items of a batch, matched by `id` alone. Raises Refusal for what is no batch."""
    items = body.get("requests") if isinstance(body, dict) else None
    if not isinstance(items, list) or not items or len(items) > MOST:
        raise errors.invalid("Invalid Operation")
    if not all(_is_item(item) for item in items) or len({item["id"] for item in items}) != len(items):
        raise errors.invalid("Invalid Operation")
    answers = [_answer(item["id"], _asked(environ, item)) for item in items]
    return shuffled(answers, tenant.next_guid("batch"))


def _asked(environ: WSGIEnvironment, item: Object) -> Inner:
    """The answer to one item; what it does not say about itself is as in the request around it."""
    headers = {"Authorization": environ.get("HTTP_AUTHORIZATION", ""), "Content-Type": "application/json"}
    if "HTTP_PREFER" in environ:
        headers["Prefer"] = environ["HTTP_PREFER"]
    own = {str(name): str(value) for name, value in item.get("headers", {}).items()}
    kept = {name: value for name, value in headers.items() if name.lower() not in {n.lower() for n in own}}
    return ask(environ, item["method"], item["url"], kept | own, item.get("body"))


def _answer(identity: str, inner: Inner) -> Object:
    answer: Object = {"id": identity, "status": inner.status, "headers": inner.headers}
    if inner.body is not None:
        answer["body"] = inner.body
    return answer


def _is_item(item: Any) -> bool:
    return (
        isinstance(item, dict)
        and all(isinstance(item.get(name), str) for name in ("id", "method", "url"))
        and isinstance(item.get("headers", {}), dict)
        and "$batch" not in item["url"].lower()
    )
