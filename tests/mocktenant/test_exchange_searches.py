"""The audit log and message traces: searches that go on by other means than a nextLink."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from .client import Client
from .test_exchange_reads import rows

DAY = {"StartDate": "2026-09-01T00:00:00Z", "EndDate": "09/02/2026"}


@pytest.fixture
def log(client: Client) -> Client:
    client.tenant.directory_roles = {"Exchange Administrator"}
    for number in range(250):
        client.tenant.put(
            "auditRecords",
            {
                "Id": f"{number:08d}-0000-4000-8000-000000000000",
                "CreationTime": f"2026-09-01T{number // 60:02d}:{number % 60:02d}:00",
                "Operation": "New-InboxRule" if number % 10 == 0 else "MailItemsAccessed",
                "RecordType": 1 if number % 10 == 0 else 50,
                "UserId": f"user{number % 5}@contoso.com",
                "ClientIP": f"203.0.113.{number % 2}:5678",
                "Workload": "Exchange",
            },
        )
    return client


def found(client: Client, **more: Any) -> list[dict[str, Any]]:
    return rows(client.invoke("Search-UnifiedAuditLog", DAY | more))


def test_a_record_as_on_the_wire(log: Client) -> None:
    row = found(log, ResultSize=1)[0]
    assert (row["ResultIndex"], row["ResultCount"]) == (1, 250)
    assert (row["RecordType"], row["Operations"]) == ("ExchangeItemAggregated", "MailItemsAccessed")
    data = json.loads(row["AuditData"])
    assert (data["RecordType"], data["CreationTime"]) == (50, "2026-09-01T04:09:00")
    assert row["CreationDate"] == "2026-09-01T04:09:00Z"
    shown = json.loads(found(log, ResultSize=1, Formatted=True)[0]["AuditData"])
    assert shown["RecordType"] == "ExchangeItemAggregated"


def test_without_a_session_a_hundred_rows_and_always_the_first(log: Client) -> None:
    first, again = found(log), found(log)
    assert len(first) == 100
    assert [row["Identity"] for row in first] == [row["Identity"] for row in again]


@pytest.mark.parametrize("command", ["ReturnLargeSet", "ReturnNextPreviewPage"])
def test_a_session_goes_on_until_nothing_is_left(log: Client, command: str) -> None:
    pages = []
    while page := found(log, SessionId="s", SessionCommand=command, ResultSize=90):
        pages.append(page)
    assert [len(page) for page in pages] == [90, 90, 70]
    together = [row for page in pages for row in page]
    assert [row["ResultIndex"] for row in together] == list(range(1, 251))
    assert len({row["Identity"] for row in together}) == 250
    dates = [row["CreationDate"] for row in together]
    assert (dates == sorted(dates, reverse=True)) == (command == "ReturnNextPreviewPage")
    assert len(found(log, SessionId="other", SessionCommand=command)) == 100


@pytest.mark.parametrize(
    ("parameters", "count"),
    [
        ({"Operations": ["new-inboxrule"]}, 25),
        ({"RecordType": "ExchangeAdmin"}, 25),
        ({"UserIds": "user3@contoso.com"}, 50),
        ({"IPAddresses": ["203.0.113.1"]}, 125),
        ({"FreeText": "USER4@"}, 50),
        ({"StartDate": "2026-09-01T04:00:00Z"}, 10),
    ],
)
def test_what_is_searched_for(log: Client, parameters: dict[str, Any], count: int) -> None:
    assert len(found(log, **{"ResultSize": 5000} | parameters)) == count


@pytest.mark.parametrize(
    "more", [{"ResultSize": 5001}, {"EndDate": "2026-08-01"}, {"SessionCommand": "Everything"}]
)
def test_impossible_searches(log: Client, more: dict[str, Any]) -> None:
    assert log.invoke("Search-UnifiedAuditLog", DAY | more).status_code == 400


def test_what_a_session_gives_up(log: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from mocktenant.exchange import audit_search

    monkeypatch.setitem(audit_search._MOST, "ReturnNextPreviewPage", 150)
    monkeypatch.setattr(audit_search, "_MOST_MIXED", 120)
    preview = [len(found(log, SessionId="p", SessionCommand="ReturnNextPreviewPage")) for _ in range(3)]
    assert preview == [100, 50, 0]
    mixed = [len(found(log, SessionId="m", SessionCommand=command)) for command in audit_search.COMMANDS]
    assert mixed == [100, 20]


def test_a_trace_goes_on_by_time_and_recipient(client: Client) -> None:
    tenant = client.tenant
    for item in tenant.objects("messageTraces"):
        tenant.delete("messageTraces", f"{item['MessageTraceId']}/{item['RecipientAddress']}")
    for number in range(25):
        tenant.put(
            "messageTraces",
            {
                "MessageTraceId": f"{number // 5:08d}-0000-4000-8000-000000000000",
                "RecipientAddress": f"r{number % 5}@example.com",
                "SenderAddress": "a@contoso.com",
                "Received": f"{tenant.clock:%Y-%m-%dT}0{number // 10}:00:00.0000000Z",
            },
        )
    base = {
        "StartDate": f"{tenant.clock:%Y-%m-%d}",
        "EndDate": f"{tenant.clock:%Y-%m-%dT%H:%M:%SZ}",
        "ResultSize": 7,
    }
    seen: Counter[tuple[str, str]] = Counter()
    asked: dict[str, Any] = dict(base)
    while True:
        answer = client.invoke("Get-MessageTraceV2", asked)
        page = rows(answer)
        assert "@odata.nextLink" not in answer.json()
        seen.update((row["MessageTraceId"], row["RecipientAddress"]) for row in page)
        if not answer.json()["@adminapi.warnings"]:
            break
        assert "StartingRecipientAddress" in answer.json()["@adminapi.warnings"][0]
        last = page[-1]
        asked = base | {"EndDate": last["Received"], "StartingRecipientAddress": last["RecipientAddress"]}
    assert len(seen) == 25


@pytest.mark.parametrize(
    ("more", "status", "count"),
    [
        ({"RecipientAddress": "accounts@fabrikam.com"}, 200, None),
        ({"SenderAddress": ["nobody@contoso.com"]}, 200, 0),
        ({"StartDate": "2026-01-01"}, 400, None),
        ({"ResultSize": 5001}, 400, None),
    ],
)
def test_traces_asked_for(client: Client, more: dict[str, Any], status: int, count: int | None) -> None:
    answer = client.invoke("Get-MessageTraceV2", more)
    assert answer.status_code == status
    if status == 200:
        found = rows(answer)
        assert len(found) == (count if count is not None else len(found))
        assert count == 0 or {row["RecipientAddress"] for row in found} == {"accounts@fabrikam.com"}
