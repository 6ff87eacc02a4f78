"""Exchange Online's admin API: cmdlets through InvokeCommand.

Microsoft does not document this endpoint; its own ExchangeOnlineManagement module uses it.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Any

from o365scan.api import ExchangeCmdlet, ServiceError
from o365scan.transport.batch import Batch
from o365scan.transport.errors import AccessDenied, NotFound, UnexpectedAnswer
from o365scan.transport.http import Answer, Channel
from o365scan.transport.pages import Page, Rows, next_page, rows

PAGE_SIZE = 1000
#: What Microsoft's own module sends at the most; the service's limit is not published.
BATCH_SIZE = 10
#: The arbitration mailbox that exists in every organisation; requests of one list must share an anchor.
_SYSTEM_MAILBOX = "SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}"

#: Exceptions that Exchange's own module tries again, whatever the status.
_PASSING = re.compile(
    r"DCOverloadedException|SuitabilityDirectoryException|ServerInMMException|ADServerSettingsChangedException"
    r"|StorageTransientException|ADTransientException|CmdletProxyNotAvailableFailure|ServerBusyException"
    r"|BackendCommunicationException"
)
_SIDECAR = ("@data.type", "@odata.type")
_NO_WORDS = re.compile(r"Exception of type '.+' was thrown\.?")


def run(channel: Channel, tenant_id: str, source: ExchangeCmdlet) -> Iterator[Page]:
    """The pages of a cmdlet's output, without the sidecar keys that carry types.

    Raises the errors of Channel.send, AccessDenied (the role is missing, or there is no such cmdlet: the
    service does not tell which), UnexpectedAnswer.
    """
    headers = _headers(tenant_id, source)
    first = channel.send("POST", _invoke(tenant_id), body=_body(source), headers=headers)
    yield from _pages(channel, source, headers, first)


def run_many(
    channel: Channel, tenant_id: str, sources: Sequence[ExchangeCmdlet], pages: int | None = None
) -> Iterator[tuple[int, Rows | ServiceError]]:
    """All rows of each of up to BATCH_SIZE cmdlets, or its error, by place in `sources`.

    `pages` is how many pages of each are enough.
    """
    headers = [_headers(tenant_id, source) for source in sources]
    items = {
        str(place): partial(_item, f"{channel.origin}{_invoke(tenant_id)}", _body(source), headers[place])
        for place, source in enumerate(sources)
    }
    outer = {"Accept": "application/json", "Prefer": f"odata.maxpagesize={PAGE_SIZE};odata.continue-on-error"}
    batch = Batch(channel, f"/adminapi/beta/{tenant_id}/$batch", outer, transient=is_passing)
    for id, answer in batch.run(items):
        place = int(id)
        try:
            if isinstance(answer, ServiceError):
                raise answer
            read = _pages(channel, sources[place], headers[place], answer)
            yield place, [row for page in islice(read, pages) for row in page]
        except ServiceError as cause:
            yield place, cause


def _pages(
    channel: Channel, source: ExchangeCmdlet, headers: dict[str, str], answer: Answer
) -> Iterator[Page]:
    seen: set[str] = set()
    while True:
        if answer.status != 200:
            raise error(source, answer)
        page = answer.json()
        yield [_bare(row) for row in rows(source, page)]
        url = next_page(source, page.get("@odata.nextLink"), seen)
        if url is None:
            return
        # The same body and the same anchor: a page belongs to the mailbox server that began the list.
        answer = channel.send("POST", url, body=_body(source), headers=headers)


def _invoke(tenant_id: str) -> str:
    return f"/adminapi/beta/{tenant_id}/InvokeCommand"


def _body(source: ExchangeCmdlet) -> dict[str, Any]:
    return {"CmdletInput": {"CmdletName": source.cmdlet, "Parameters": dict(source.parameters)}}


def _item(url: str, body: dict[str, Any], headers: dict[str, str], token: str) -> dict[str, Any]:
    # Exchange runs the items as requests of their own, which carry the token themselves.
    own = {**headers, "Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    return {"method": "POST", "url": url, "headers": own, "body": body}


def _headers(tenant_id: str, source: ExchangeCmdlet) -> dict[str, str]:
    return {
        "Accept": "application/json",
        "Prefer": f"odata.maxpagesize={PAGE_SIZE}",
        "X-AnchorMailbox": f"APP:{_SYSTEM_MAILBOX}@{tenant_id}",
        "X-CmdletName": source.cmdlet,
        "X-ResponseFormat": "json",
        "client-request-id": str(uuid.uuid4()),
    }


def _bare(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if not name.endswith(_SIDECAR)}


def is_passing(answer: Answer) -> bool:
    """Whether an error answer names one of the exceptions that pass by themselves."""
    return answer.status >= 400 and bool(_PASSING.search(answer.body.decode("utf-8", "replace")))


def error(source: ExchangeCmdlet, answer: Answer) -> ServiceError:
    """The typed error for an answer that is no success; a 403 has no readable body.

    Its code is the first field of the details ("Ex41BAF5"), where there is one.
    """
    said, code = _words(answer.json())
    if answer.status in (401, 403):
        detail = "not available to this identity: the role is missing, or there is no such cmdlet"
        return AccessDenied(f"{source}: {answer.status} {said or detail}", code=code)
    kind = NotFound if answer.status == 404 else UnexpectedAnswer
    return kind(f"{source}: {answer.status} {said}".strip(), code=code)


def _words(body: Any) -> tuple[str, str | None]:
    """The useful text, most telling place first (`error.message` is always generic), and the code."""
    error = _dict(_dict(body).get("error"))
    inner = _dict(_dict(error.get("innererror")).get("internalexception"))
    details = error.get("details")
    detail = str(_dict(details[0]).get("message", "")) if isinstance(details, list) and details else ""
    code, _, rest = detail.partition("|")
    for text in (str(inner.get("message", "")), rest.rpartition("|")[2], str(error.get("message", ""))):
        if text and not _NO_WORDS.fullmatch(text):
            return text, code or None
    return "", code or None


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
