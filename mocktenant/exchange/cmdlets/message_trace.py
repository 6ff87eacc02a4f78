"""Message traces: who sent what to whom, in the last 90 days, ten at a time.

What was cut off has no nextLink: a warning says how to ask for the rest. One goes on with `EndDate` at the last row's
time and `StartingRecipientAddress` at its recipient, and meets that row again. Unconfirmed: the warning's wording, and
that the row comes again.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from mocktenant.collection import Object
from mocktenant.exchange import errors
from mocktenant.exchange.cmdlet import Cmdlet, Row
from mocktenant.exchange.grants import held_by
from mocktenant.exchange.objects import completed, template
from mocktenant.exchange.parameters import Moment, Number, Read, Text, Texts
from mocktenant.tenant import Tenant

_OLDEST = timedelta(days=90)
_LONGEST = timedelta(days=10)
_USUAL = timedelta(hours=48)
_USUAL_SIZE = 1000

_FIELDS = {
    "FromIP": "FromIP",
    "MessageId": "MessageId",
    "MessageTraceId": "MessageTraceId",
    "RecipientAddress": "RecipientAddress",
    "SenderAddress": "SenderAddress",
    "Status": "Status",
    "ToIP": "ToIP",
}


def _traces(tenant: Tenant, given: Read) -> list[Object]:
    """The traces of a time, the newest first, then by recipient. Raises Refusal."""
    end: datetime = given.get("EndDate", tenant.clock)
    start: datetime = given.get("StartDate", end - _USUAL)
    if start > end or end - start > _LONGEST or tenant.clock - start > _OLDEST:
        raise errors.invalid("The date range must be ten days at most, and within the last 90 days.")
    first, last = (moment.strftime("%Y-%m-%dT%H:%M:%S") for moment in (start, end))
    found = [
        item
        for item in tenant.objects("messageTraces")
        if first <= str(item["Received"])[:19] <= last
        and _asked_for(item, given)
        and _goes_on(item, last, given)
    ]
    found.sort(key=lambda item: str(item["RecipientAddress"]).lower())
    found.sort(key=lambda item: str(item["Received"]), reverse=True)
    return found


def _asked_for(item: Object, given: Read) -> bool:
    for name, field in _FIELDS.items():
        wanted = given.get(name)
        values = [wanted] if isinstance(wanted, str) else wanted
        if values is not None and str(item.get(field, "")).lower() not in {value.lower() for value in values}:
            return False
    return str(given.get("Subject", "")).lower() in str(item.get("Subject", "")).lower()


def _goes_on(item: Object, last: str, given: Read) -> bool:
    """Whether a row comes after what the caller has had: of the last moment only recipients from that one on."""
    begin = given.get("StartingRecipientAddress")
    if begin is None or str(item["Received"])[:19] < last:
        return True
    return str(item["RecipientAddress"]).lower() >= str(begin).lower()


def _trace(tenant: Tenant, given: Object) -> Object:
    """A row of Get-MessageTraceV2."""
    defaults = template(
        "Organization MessageId Received SenderAddress RecipientAddress Subject Status=Delivered ToIP FromIP "
        "Size=20480 MessageTraceId"
    )
    return completed(defaults | {"Organization": tenant.domain}, given)


def _more(_tenant: Tenant, given: Read, found: list[Object]) -> list[str]:
    size = given.get("ResultSize", _USUAL_SIZE)
    if len(found) <= size:
        return []
    last = found[size - 1]
    return [
        "There are more results, use the following command to get more. "
        f'Get-MessageTraceV2 -EndDate "{last["Received"]}" -ResultSize {size} '
        f'-StartingRecipientAddress "{last["RecipientAddress"]}"'
    ]


ROWS: dict[str, Row] = {
    "Get-MessageTraceV2": Cmdlet(
        collection="messageTraces",
        shape=_trace,
        parameters={
            "EndDate": Moment(),
            "FromIP": Text(),
            "MessageId": Texts(),
            "MessageTraceId": Text(),
            "RecipientAddress": Texts(),
            "ResultSize": Number(1, 5000),
            "SenderAddress": Texts(),
            "StartDate": Moment(),
            "StartingRecipientAddress": Text(),
            "Status": Texts(),
            "Subject": Text(),
            "ToIP": Text(),
        },
        key=None,
        source=_traces,
        warn=_more,
        whole=True,
        grant=held_by("Message Tracking", "View-Only Recipients", "Security Admin", "Security Reader"),
        unemulated=frozenset({"SubjectFilterType"}),
        unconfirmed="order of the properties, the warning, the last row again, errors of impossible dates",
    ),
}
