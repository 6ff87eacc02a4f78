"""What Graph and Exchange share: a page of rows, and the way to the next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from o365scan.api import Source
from o365scan.transport.errors import UnexpectedAnswer

Rows = list[Mapping[str, Any]]
Page = Rows


def rows(source: Source, page: Any) -> Rows:
    """The rows of a page. Raises UnexpectedAnswer if it is no list of objects: a cut page is no page."""
    value = page.get("value") if isinstance(page, dict) else None
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise UnexpectedAnswer(f"{source}: the answer is not a list of objects")
    return value


def next_page(source: Source, page: Mapping[str, Any], seen: set[str]) -> str | None:
    """The nextLink, None after the last page; `seen` guards against a service that goes in circles."""
    link = page.get("@odata.nextLink")
    if link is None:
        return None
    if not isinstance(link, str) or link in seen:
        raise UnexpectedAnswer(f"{source}: the link to the next page is not usable")
    seen.add(link)
    return link
