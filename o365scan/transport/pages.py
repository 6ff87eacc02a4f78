"""What all services share: a page of rows, the way to the next, and what an error says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from o365scan.api import ServiceError, Source
from o365scan.transport.errors import AccessDenied, NotFound, NotLicensed, UnexpectedAnswer
from o365scan.transport.http import Answer, said

Rows = list[Mapping[str, Any]]
Page = Rows
R = TypeVar("R")

#: Error codes by which Graph says "not in your subscription" (403, and 400 for role management).
_LICENCE_CODES = frozenset(
    {"Authentication_RequestFromNonPremiumTenantOrB2CTenant", "AadPremiumLicenseRequired"}
)


def rows(source: Source, page: Any, items: str | None = "value") -> Rows:
    """The rows of a page: its field `items`, or itself. Raises UnexpectedAnswer if that is no list of objects.

    A cut page is no page.
    """
    value = page if items is None else page.get(items) if isinstance(page, dict) else None
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise UnexpectedAnswer(f"{source}: the answer is not a list of objects")
    return value


def one_object(source: Source, body: Any) -> Mapping[str, Any]:
    """The object that is the whole answer. Raises UnexpectedAnswer if it is none."""
    if not isinstance(body, dict):
        raise UnexpectedAnswer(f"{source}: the answer is not an object")
    return {name: value for name, value in body.items() if name != "@odata.context"}


def next_page(source: Source, link: object, seen: set[str]) -> str | None:
    """The link to the next page, None after the last; `seen` guards against a service that goes in circles."""
    if link is None:
        return None
    if not isinstance(link, str) or link in seen:
        raise UnexpectedAnswer(f"{source}: the link to the next page is not usable")
    seen.add(link)
    return link


def error(source: Source, answer: Answer) -> ServiceError:
    """The typed error for an answer that is no success, in the envelope of Microsoft's REST guidelines."""
    code, message = said(answer)
    text = f"{source}: {answer.status} {code} {message}".strip()
    if code in _LICENCE_CODES or "not licensed" in message.lower():
        return NotLicensed(text, code=code)
    kind = {401: AccessDenied, 403: AccessDenied, 404: NotFound}.get(answer.status, UnexpectedAnswer)
    return kind(text, code=code)


def one_by_one(read: Callable[[R], Rows], requests: Sequence[R]) -> Iterator[tuple[int, Rows | ServiceError]]:
    """The rows of each request, or the error that ended it, by its place: for services without batches."""
    for place, request in enumerate(requests):
        try:
            yield place, read(request)
        except ServiceError as cause:
            yield place, cause
