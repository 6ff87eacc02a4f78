"""$batch on both services, against the mock tenant: each item an answer of its own."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mocktenant import Fault, Server, Tenant
from o365scan.api import ExchangeCmdlet, GraphList, GraphObject, Request
from o365scan.transport.errors import AccessDenied, NotFound, ServiceDown, Throttled, UnexpectedAnswer
from o365scan.transport.pages import Rows
from o365scan.transport.service import Service

from .test_transport import service_of


@pytest.fixture
def tenant() -> Tenant:
    return Tenant("baseline", size=60)


@pytest.fixture
def service(tenant: Tenant, serving: Callable[[Tenant], Server]) -> Service:
    return service_of(serving(tenant))


def users(tenant: Tenant, count: int = 20) -> list[Request]:
    return [
        GraphObject(path=f"/users/{key}", select=("id",)) for key in list(tenant.collection("users"))[:count]
    ]


def mailboxes(tenant: Tenant, count: int = 10) -> list[Request]:
    names = [each["UserPrincipalName"] for each in tenant.collection("mailboxes").values()][:count]
    return [ExchangeCmdlet(cmdlet="Get-InboxRule", parameters={"Mailbox": name}) for name in names]


def answered(service: Service, requests: list[Request]) -> dict[int, Rows | Exception]:
    answers = dict(service.answers(requests))
    assert sorted(answers) == list(range(len(requests)))
    return answers


def batches(tenant: Tenant) -> int:
    return len([entry for entry in tenant.journal if entry.path.endswith("/$batch")])


def test_graph_answers_each_item_in_its_place(service: Service, tenant: Tenant) -> None:
    requests = users(tenant)
    answers = answered(service, requests)
    for place, request in enumerate(requests):
        assert isinstance(request, GraphObject)
        rows = answers[place]
        assert isinstance(rows, list)
        assert [f"/users/{row['id']}" for row in rows] == [request.path]
    assert batches(tenant) == 1


def test_graph_lists_in_a_batch_are_read_to_their_last_page(service: Service, tenant: Tenant) -> None:
    answers = answered(service, [GraphList(path="/users", select=("id",), page_size=25)])
    rows = answers[0]
    assert isinstance(rows, list)
    assert len(rows) == len(tenant.collection("users")) > 25


def test_one_item_that_fails_harms_no_other(service: Service, tenant: Tenant) -> None:
    requests: list[Request] = [
        *users(tenant, 3),
        GraphObject(path="/users/nobody"),
        GraphObject(path="/organization/x"),
    ]
    answers = answered(service, requests)
    assert [type(answers[place]) for place in range(5)] == [list, list, list, NotFound, NotFound]
    assert "404" in str(answers[3])


def test_an_item_without_permission(service: Service, tenant: Tenant) -> None:
    tenant.app_roles = {"User.Read.All"}
    answers = answered(service, [*users(tenant, 1), GraphList(path="/domains")])
    assert [type(answers[place]) for place in range(2)] == [list, AccessDenied]


@pytest.mark.parametrize("status", [429, 503])
def test_an_item_in_passing_trouble_is_asked_again_alone(
    service: Service, tenant: Tenant, status: int
) -> None:
    requests = users(tenant, 5)
    assert isinstance(requests[2], GraphObject)
    tenant.faults.add(Fault(path=f"/v1.0{requests[2].path}*", status=status, retry_after=0, count=2))
    assert all(isinstance(each, list) for each in answered(service, requests).values())
    assert batches(tenant) == 3


def test_an_item_in_lasting_trouble(service: Service, tenant: Tenant) -> None:
    requests = users(tenant, 3)
    assert isinstance(requests[1], GraphObject)
    tenant.faults.add(Fault(path=f"/v1.0{requests[1].path}*", status=429, retry_after=0, count=50))
    answers = answered(service, requests)
    assert [type(answers[place]) for place in range(3)] == [list, Throttled, list]


def test_the_batch_itself_is_asked_again(service: Service, tenant: Tenant) -> None:
    tenant.faults.add(Fault(path="/v1.0/$batch", status=503, retry_after=0, count=2))
    assert all(isinstance(each, list) for each in answered(service, users(tenant, 3)).values())


@pytest.mark.parametrize("body", ["nonsense", {"responses": 7}, {"value": []}])
def test_a_batch_answered_in_another_shape(service: Service, tenant: Tenant, body: object) -> None:
    tenant.faults.add(Fault(path="/v1.0/$batch", status=200, body=body))  # type: ignore[arg-type]
    with pytest.raises(UnexpectedAnswer, match="batch"):
        list(service.answers(users(tenant, 2)))


def test_an_item_that_is_not_answered(service: Service, tenant: Tenant) -> None:
    tenant.faults.add(Fault(path="/v1.0/$batch", status=200, body={"responses": [{"status": 200}, 7]}))
    assert isinstance(answered(service, users(tenant, 1))[0], UnexpectedAnswer)


def test_exchange_answers_each_item(service: Service, tenant: Tenant) -> None:
    answers = answered(service, mailboxes(tenant))
    assert all(isinstance(each, list) for each in answers.values())
    assert any(each for each in answers.values())
    assert not any(
        "@" in name for rows in answers.values() if isinstance(rows, list) for row in rows for name in row
    )
    assert batches(tenant) == 1


def test_exchange_items_fail_one_by_one(service: Service, tenant: Tenant) -> None:
    nobody = ExchangeCmdlet(cmdlet="Get-InboxRule", parameters={"Mailbox": "nobody@contoso.com"})
    unknown = ExchangeCmdlet(cmdlet="Get-Nothing")
    answers = answered(service, [*mailboxes(tenant, 2), nobody, unknown])
    assert [type(answers[place]) for place in range(4)] == [list, list, NotFound, AccessDenied]
    assert "404" in str(answers[2])


def test_exchange_items_in_trouble(service: Service, tenant: Tenant) -> None:
    busy = {"error": {"details": [{"message": "|Microsoft.Exchange.Data.ServerBusyException|busy"}]}}
    tenant.faults.add(Fault(cmdlet="Get-InboxRule", status=400, body=busy, count=3))
    assert all(isinstance(each, list) for each in answered(service, mailboxes(tenant, 5)).values())
    tenant.faults.add(Fault(cmdlet="Get-InboxRule", status=503, retry_after=0, count=200))
    assert all(isinstance(each, ServiceDown) for each in answered(service, mailboxes(tenant, 2)).values())
