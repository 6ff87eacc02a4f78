"""Other HTTPS APIs, as plugins declare them: lists to their last page, objects, and what a plugin reads by itself."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any
from urllib.parse import quote, unquote, urlencode, urlsplit

from o365scan.apart import Apart, Raised
from o365scan.api import TENANT, ApiAnswer, ApiList, ApiObject, ApiRead, ApiRequest, ServiceError
from o365scan.transport.errors import TransportError, UnexpectedAnswer
from o365scan.transport.http import Answer, Channel
from o365scan.transport.pages import Page, error, next_page, one_object, rows
from o365scan.watchdog import Overdue, described

#: Requests of one batch: one, since these APIs share no way to send several; parents are asked for side by side.
BATCH_SIZE = 1

_HEADERS = {"Accept": "application/json"}
#: Where APIs of Microsoft's say that there is more.
_LINKS = frozenset(
    {"@odata.nextlink", "odata.nextlink", "nextlink", "@nextlink", "nextpageuri", "nextpageurl"}
)
_LINK_HEADERS = ("NextPageUri", "NextPageUrl")


class OutOfBounds(TransportError):
    """A plugin's function asked for what its request does not declare."""


def read(channel: Channel, tenant_id: str, request: ApiRequest) -> Iterator[Page]:
    """The pages of a request.

    Raises the errors of Channel.send, AccessDenied, NotLicensed, NotFound, UnexpectedAnswer, OutOfBounds.
    """
    path = request.path.replace(TENANT, quote(tenant_id, safe=""))
    query = {name: value.replace(TENANT, tenant_id) for name, value in request.query.items()}
    if isinstance(request, ApiRead):
        yield _read_by_plugin(channel, tenant_id, request, path, query)
        return
    answer = channel.send("GET", _url(path, query), headers=_HEADERS)
    if isinstance(request, ApiObject):
        yield [one_object(request, _body(request, answer))]
        return
    yield from _pages(channel, request, answer)


def _pages(channel: Channel, request: ApiList, answer: Answer) -> Iterator[Page]:
    seen: set[str] = set()
    while True:
        page = _body(request, answer)
        yield rows(request, page, request.items)
        url = next_page(request, _link(request, answer, page), seen)
        if url is None:
            return
        answer = channel.send("GET", url, headers=_HEADERS)


def _link(request: ApiList, answer: Answer, page: Any) -> object:
    """What leads to the next page. Raises UnexpectedAnswer where something else does than what was declared."""
    fields = page if isinstance(page, dict) else {}
    told = {name: value for name, value in fields.items() if name.lower() in _LINKS and value}
    told |= {name: answer.headers[name] for name in _LINK_HEADERS if answer.headers.get(name)}
    if request.next_header is None:
        declared, link = request.next_link, fields.get(request.next_link)
    else:
        declared, link = request.next_header, answer.headers.get(request.next_header)
    if link not in (None, ""):
        return link
    if others := sorted(name for name in told if name.lower() != declared.lower()):
        raise UnexpectedAnswer(f"{request}: {others[0]} leads to a next page, and {declared} was to")
    return None


def _body(request: ApiRequest, answer: Answer) -> Any:
    if answer.status != 200:
        raise error(request, answer)
    return answer.json()


def _url(path: str, query: Mapping[str, str]) -> str:
    asked = urlencode(query, safe="$,()='", quote_via=quote)
    return f"{path}{'&' if '?' in path else '?'}{asked}" if asked else path


def _read_by_plugin(
    channel: Channel, tenant_id: str, request: ApiRead, path: str, query: Mapping[str, str]
) -> Page:
    """All rows at once: what a function gave before it failed is no page."""
    apart: Apart[Page] = Apart()
    session = Session(channel, tenant_id, request, path, apart)

    def reading() -> Iterator[Page]:
        yield [_plain(request, row) for row in request.read(session, path, query)]

    try:
        (found,) = apart.items(reading)
    except Raised as cause:
        # What the session was told is the reason, whatever the function then stumbled over.
        raise session.failed or _as_service_error(request, cause.what) from cause
    except Overdue as cause:
        raise session.failed or UnexpectedAnswer(f"{request}: `read` was stopped: {cause}") from cause
    if session.failed is not None:  # the function went on as though nothing had been
        raise session.failed
    return found


def _as_service_error(request: ApiRead, cause: BaseException) -> ServiceError:
    if isinstance(cause, ServiceError):
        return UnexpectedAnswer(f"{request}: {cause}", hint=cause.hint)
    return UnexpectedAnswer(f"{request}: `read` raised {described(cause)}")


def _plain(request: ApiRead, row: object) -> Mapping[str, Any]:
    """A record as JSON has it, so that it is the plugin's no longer. Raises UnexpectedAnswer."""
    try:
        plain = json.loads(json.dumps(row, allow_nan=False))
    except (TypeError, ValueError, RecursionError) as cause:
        raise UnexpectedAnswer(f"{request}: `read` gave what JSON can't hold: {cause}") from cause
    if not isinstance(plain, dict):
        raise UnexpectedAnswer(f"{request}: `read` gave a {type(row).__name__}, not an object")
    return plain


class Session:
    """o365scan.api.ApiSession: GET, to the origin and path that a request declares."""

    def __init__(
        self, channel: Channel, tenant_id: str, request: ApiRead, root: str, apart: Apart[Page]
    ) -> None:
        self.tenant = tenant_id
        self.failed: ServiceError | None = None
        """The first error that was raised."""
        self._channel = channel
        self._request = request
        self._root = unquote(root)
        self._apart = apart

    def get(
        self, url: str, query: Mapping[str, str] | None = None, *, absent: Collection[str] = ()
    ) -> ApiAnswer | None:
        """As ApiSession says."""
        try:
            self._demand_declared(url)
            target = _url(url, query or {})
            answer = self._apart.ask(lambda: self._channel.send("GET", target, headers=_HEADERS))
            if answer.status != 200:
                raise error(self._request, answer)
        except ServiceError as cause:
            if getattr(cause, "code", None) in absent:
                return None
            self.failed = self.failed or cause
            raise
        return ApiAnswer(answer.headers, answer.body)

    def _demand_declared(self, url: str) -> None:
        """Raises OutOfBounds for a path that is not below the declared one; other hosts the channel refuses."""
        path = unquote(urlsplit(self._channel.own(url)).path)
        below = path == self._root or path.startswith(self._root.rstrip("/") + "/")
        if not below or any(part in (".", "..") for part in path.replace("\\", "/").split("/")):
            raise OutOfBounds(f"{self._request}: it asked for {path}, which it does not declare")
