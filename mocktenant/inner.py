"""Requests inside a request: the items of a `$batch`.

Each goes through the whole application as if it had come alone, so planned faults hit it and the journal
notes it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication, WSGIEnvironment

APPLICATION = "mocktenant.application"
"""Key of the environ under which a route finds the application that is asked."""

BATCHED = "mocktenant.batched"
"""Key of an inner request's environ, where it is True."""

Item = TypeVar("Item")


@dataclass(frozen=True)
class Inner:
    """The answer to an inner request: status, headers, and the body as JSON, text or None."""

    status: int
    headers: dict[str, str]
    body: Any


def ask(
    environ: WSGIEnvironment, method: str, url: str, headers: Mapping[str, str], body: Any = None
) -> Inner:
    """Asks for one item of a batch: `url` is absolute, or a path and query on the host of the batch."""
    from werkzeug.test import EnvironBuilder

    parts = urlsplit(url)
    builder = EnvironBuilder(
        path=parts.path or "/",
        query_string=parts.query,
        base_url=f"https://{parts.netloc or environ['HTTP_HOST']}/",
        method=method,
        headers=list(headers.items()),
        data=None if body is None else json.dumps(body).encode(),
    )
    made = builder.get_environ()
    made |= {APPLICATION: environ[APPLICATION], BATCHED: True}
    return _answered(environ[APPLICATION], made)


def shuffled(items: Iterable[Item], seed: object) -> list[Item]:
    """The items in another order, always the same for the same seed: batches promise no order."""
    mixed = list(items)
    Random(str(seed)).shuffle(mixed)  # noqa: S311 - nothing secret
    return mixed


def _answered(application: WSGIApplication, environ: WSGIEnvironment) -> Inner:
    got: dict[str, Any] = {}

    def start(status: str, headers: list[tuple[str, str]], _exc: Any = None) -> Callable[[bytes], object]:
        got.update(status=int(status[:3]), headers=dict(headers))
        return lambda _data: None

    body = b"".join(application(environ, start))
    kind = next((v for k, v in got["headers"].items() if k.lower() == "content-type"), "")
    return Inner(got["status"], got["headers"], _read(body, kind))


def _read(body: bytes, kind: str) -> Any:
    """JSON as it is, text as a string; what is neither has no place in a batch's answer and is left out."""
    if "json" in kind:
        return json.loads(body)
    if not kind.startswith("text/") or not body:
        return None
    return body.decode(errors="replace")
