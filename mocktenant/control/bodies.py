"""What a request to the control plane carries."""

from __future__ import annotations

from typing import Any

from flask import request

from mocktenant.collection import Object


class BodyInvalid(ValueError):
    """A body that can't be meant; the message says what to send."""


def json_body() -> Any:
    """The body as JSON. Raises BodyInvalid."""
    # The type must be said: a web page can send text to a loopback address unasked, but not JSON.
    if not request.is_json:
        raise BodyInvalid("send JSON, with Content-Type: application/json")
    body = request.get_json(silent=True)
    if body is None:
        raise BodyInvalid("the body is not JSON")
    return body


def an_object(body: Any) -> Object:
    """A body that is a JSON object. Raises BodyInvalid."""
    if not isinstance(body, dict):
        raise BodyInvalid("the body must be a JSON object")
    return body
