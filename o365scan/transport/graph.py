"""Microsoft Graph: lists, read to their last page, and single objects; many at once through $batch.

https://learn.microsoft.com/graph/paging, https://learn.microsoft.com/graph/errors,
https://learn.microsoft.com/graph/json-batching
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Any
from urllib.parse import quote, urlencode

from o365scan.api import GraphList, GraphObject, ServiceError
from o365scan.transport.batch import Batch
from o365scan.transport.http import Answer, Channel
from o365scan.transport.pages import Page, Rows, error, next_page, one_object, rows

BATCH_SIZE = 20

Source = GraphList | GraphObject


def read(channel: Channel, source: Source) -> Iterator[Page]:
    """The pages of a list, or the one of an object.

    Raises the errors of Channel.send, AccessDenied, NotLicensed, UnexpectedAnswer.
    """
    yield from _pages(channel, source, channel.send("GET", _url(source), headers=_headers(source)))


def read_many(
    channel: Channel, sources: Sequence[Source], pages: int | None = None
) -> Iterator[tuple[int, Rows | ServiceError]]:
    """All rows of each of up to BATCH_SIZE sources of one version, or its error, by place in `sources`.

    `pages` is how many pages of each are enough.
    """
    items = {str(place): partial(_item, source) for place, source in enumerate(sources)}
    batch = Batch(channel, f"/{sources[0].version}/$batch", {"Accept": "application/json"})
    for id, answer in batch.run(items):
        source = sources[int(id)]
        try:
            yield int(id), _rows(channel, source, answer, pages)
        except ServiceError as cause:
            yield int(id), cause


def _rows(channel: Channel, source: Source, answer: Answer | ServiceError, pages: int | None) -> Rows:
    if isinstance(answer, ServiceError):
        raise answer
    return [row for page in islice(_pages(channel, source, answer), pages) for row in page]


def _pages(channel: Channel, source: Source, answer: Answer) -> Iterator[Page]:
    seen: set[str] = set()
    while True:
        if answer.status != 200:
            raise error(source, answer)
        page = answer.json()
        if isinstance(source, GraphObject):
            yield [one_object(source, page)]
            return
        yield rows(source, page)
        url = next_page(source, page.get("@odata.nextLink"), seen)
        if url is None:
            return
        answer = channel.send("GET", url, headers=_headers(source))


def _item(source: Source, _token: str) -> dict[str, Any]:
    # Relative to the version that the batch is sent to.
    return {
        "method": "GET",
        "url": _url(source).removeprefix(f"/{source.version}"),
        "headers": _headers(source),
    }


def _headers(source: Source) -> dict[str, str]:
    advanced = {"ConsistencyLevel": "eventual"} if isinstance(source, GraphList) and source.advanced else {}
    return {"Accept": "application/json", **advanced}


def _url(source: Source) -> str:
    query = {"$select": ",".join(source.select), "$expand": source.expand or ""}
    if isinstance(source, GraphList):
        query["$filter"] = source.filter or ""
        query["$top"] = str(source.page_size or "")
        query["$count"] = "true" if source.advanced else ""
    asked = urlencode({name: value for name, value in query.items() if value}, safe="$,()='", quote_via=quote)
    path = f"/{source.version}{source.path}"
    return f"{path}?{asked}" if asked else path
