"""Microsoft Graph: lists, read to their last page.

https://learn.microsoft.com/graph/paging, https://learn.microsoft.com/graph/errors
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from o365scan.api import GraphList, ServiceError
from o365scan.transport.errors import AccessDenied, NotLicensed, UnexpectedAnswer
from o365scan.transport.http import Answer, Channel
from o365scan.transport.pages import next_page, rows

#: Error codes by which Graph says "not in your subscription" (403, and 400 for role management).
_LICENCE_CODES = frozenset(
    {"Authentication_RequestFromNonPremiumTenantOrB2CTenant", "AadPremiumLicenseRequired"}
)


def read_list(channel: Channel, source: GraphList) -> Iterator[list[Mapping[str, Any]]]:
    """The pages of a list. Raises the errors of Channel.send, AccessDenied, NotLicensed, UnexpectedAnswer."""
    url: str | None = _first(source)
    seen: set[str] = set()
    while url is not None:
        answer = channel.send("GET", url, headers={"Accept": "application/json"})
        if answer.status != 200:
            raise error(source, answer)
        page = answer.json()
        yield rows(source, page)
        url = next_page(source, page, seen)


def _first(source: GraphList) -> str:
    query = {}
    if source.select:
        query["$select"] = ",".join(source.select)
    if source.page_size:
        query["$top"] = str(source.page_size)
    path = f"/{source.version}{source.path}"
    return f"{path}?{urlencode(query, safe='$,')}" if query else path


def error(source: GraphList, answer: Answer) -> ServiceError:
    """The typed error for an answer that is no success."""
    body = answer.json()
    said = body.get("error") if isinstance(body, dict) else None
    code, message = (
        (str(said.get("code", "")), str(said.get("message", ""))) if isinstance(said, dict) else ("", "")
    )
    text = f"{source}: {answer.status} {code} {message}".strip()
    if code in _LICENCE_CODES or "not licensed" in message.lower():
        return NotLicensed(text)
    if answer.status == 403:
        return AccessDenied(text)
    return UnexpectedAnswer(text)
