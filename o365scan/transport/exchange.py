"""Exchange Online's admin API: cmdlets through InvokeCommand.

Microsoft does not document this endpoint; its own ExchangeOnlineManagement module uses it.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from o365scan.api import ExchangeCmdlet, ServiceError
from o365scan.transport.errors import AccessDenied, UnexpectedAnswer
from o365scan.transport.http import Answer, Channel
from o365scan.transport.pages import next_page, rows

PAGE_SIZE = 1000
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


def run(channel: Channel, tenant_id: str, source: ExchangeCmdlet) -> Iterator[list[Mapping[str, Any]]]:
    """The pages of a cmdlet's output, without the sidecar keys that carry types.

    Raises the errors of Channel.send, AccessDenied (the role is missing, or there is no such cmdlet: the
    service does not tell which), UnexpectedAnswer.
    """
    body = {"CmdletInput": {"CmdletName": source.cmdlet, "Parameters": dict(source.parameters)}}
    headers = _headers(tenant_id, source)
    url: str | None = f"/adminapi/beta/{tenant_id}/InvokeCommand"
    seen: set[str] = set()
    while url is not None:
        answer = channel.send("POST", url, body=body, headers=headers)
        if answer.status != 200:
            raise error(source, answer)
        page = answer.json()
        yield [_bare(row) for row in rows(source, page)]
        url = next_page(source, page, seen)


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
    """The typed error for an answer that is no success; a 403 has no readable body."""
    said = _words(answer.json())
    if answer.status == 403:
        detail = "not available to this identity: the role is missing, or there is no such cmdlet"
        return AccessDenied(f"{source}: 403 {said or detail}")
    return UnexpectedAnswer(f"{source}: {answer.status} {said}".strip())


def _words(body: Any) -> str:
    """The useful text, most telling place first; `error.message` is always generic."""
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict):
        return ""
    inner = _dict(_dict(error.get("innererror")).get("internalexception"))
    details = error.get("details")
    detail = str(_dict(details[0]).get("message", "")) if isinstance(details, list) and details else ""
    for text in (str(inner.get("message", "")), detail.rpartition("|")[2], str(error.get("message", ""))):
        if text and not _NO_WORDS.fullmatch(text):
            return text
    return ""


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
