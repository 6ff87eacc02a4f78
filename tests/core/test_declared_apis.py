"""Datasets of other HTTPS APIs, read over HTTP from the mock tenant: pages, trouble, bounds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest

from mocktenant import Fault, Server, Tenant
from mocktenant.management import routes
from o365scan.api import (
    Api,
    ApiAnswer,
    ApiList,
    ApiObject,
    ApiRead,
    ApiSession,
    Dataset,
    ExchangeCmdlet,
    FanOut,
    Gap,
    GapReason,
    Permission,
    PluginError,
    ServiceError,
)
from o365scan.auth.errors import SignInFailed
from o365scan.collect import collect
from o365scan.registry import with_needs
from o365scan.snapshot import Snapshot
from o365scan.transport.apis import OutOfBounds
from o365scan.transport.errors import AccessDenied, NotFound, Throttled, UnexpectedAnswer
from o365scan.transport.service import Service
from tests.core.test_transport import rows, service_of

MANAGEMENT = Api(name="Office 365 Management APIs", origin="https://manage.office.com")
AZURE = Api(name="Azure Resource Manager", origin="https://management.azure.com")
FEED = "/api/v1.0/{@tenant}/activity/feed"
SUBSCRIPTIONS = ApiList(api=MANAGEMENT, path=f"{FEED}/subscriptions/list", items=None)
CONTENT = ApiList(
    api=MANAGEMENT,
    path=f"{FEED}/subscriptions/content",
    query={"contentType": "Audit.Exchange"},
    items=None,
    next_header="NextPageUri",
)
AZURE_SUBSCRIPTIONS = ApiList(
    api=AZURE, path="/subscriptions", query={"api-version": "2022-12-01"}, next_link="nextLink"
)


def blob(tenant: Tenant, number: int, kind: str = "Audit.Exchange") -> dict[str, Any]:
    created = tenant.clock - timedelta(hours=1, minutes=number)
    return {
        "contentId": f"{kind}${number}",
        "contentType": kind,
        "contentCreated": created.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "contentExpiration": (created + timedelta(days=7)).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "records": [{"Id": f"{kind}-{number}-{each}", "Operation": "New-InboxRule"} for each in range(2)],
    }


@pytest.fixture
def tenant() -> Tenant:
    tenant = Tenant("baseline", size=5)
    tenant.app_roles.add("ActivityFeed.Read")
    for kind in ("Audit.Exchange", "Audit.General"):
        tenant.put("activitySubscriptions", {"contentType": kind})
    for number in range(5):
        tenant.put("activityContent", blob(tenant, number))
    return tenant


@pytest.fixture
def service(tenant: Tenant, serving: Callable[[Tenant], Server]) -> Service:
    return service_of(serving(tenant))


def asked(tenant: Tenant, host: str = "manage.office.com") -> list[str]:
    return [entry.path for entry in tenant.journal if entry.host == host]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"origin": "http://manage.office.com"}, "is not https://"),
        ({"origin": "https://*.office.com"}, "is not https://"),
        ({"origin": "https://manage.office.com:8443"}, "is not https://"),
        ({"origin": "https://manage.office.com/api"}, "is not https://"),
        ({"origin": "https://Manage.office.com"}, "is not https://"),
        ({"origin": "https://manage.office.com."}, "is not https://"),
        ({"origin": "https://x@manage.office.com"}, "is not https://"),
        ({"origin": "https://manage.office.com\n"}, "is not https://"),
        ({"origin": "https://example.com"}, "is not among the hosts of Microsoft's"),
        ({"origin": "https://manage.office.com.example.com"}, "is not among the hosts of Microsoft's"),
        ({"origin": "https://notmicrosoft.com"}, "is not among the hosts of Microsoft's"),
        ({"origin": "https://microsoft.com"}, "is not among the hosts of Microsoft's"),
        ({"origin": "https://vm.westeurope.cloudapp.azure.com"}, "is not among the hosts of Microsoft's"),
        ({"origin": "https://contoso.blob.core.windows.net"}, "is not among the hosts of Microsoft's"),
        ({"origin": "https://graph.microsoft.com"}, "is the core's own"),
        ({"origin": "https://canary.graph.microsoft.com"}, "is the core's own"),
        ({"origin": "https://outlook.office365.com"}, "is the core's own"),
        ({"origin": "https://login.microsoftonline.com"}, "is not among the hosts of Microsoft's"),
        ({"audience": "https://graph.microsoft.com"}, "the audience graph.microsoft.com is the core's own"),
        ({"audience": "https://graph.microsoft.com/"}, "is the core's own"),
        ({"audience": "https://outlook.office.com"}, "is the core's own"),
        ({"audience": "00000003-0000-0000-c000-000000000000"}, "the audience .* is not https://"),
        ({"name": "Microsoft Graph"}, "can't be called 'Microsoft Graph'"),
        ({"name": " "}, "can't be called"),
    ],
)
def test_what_may_not_be_declared(changes: dict[str, str], why: str) -> None:
    with pytest.raises(PluginError, match=why):
        Api(**{"name": "x", "origin": "https://manage.office.com"} | changes)


@pytest.mark.parametrize(
    "origin",
    [
        "https://manage.office.com",
        "https://management.azure.com",
        "https://api.security.microsoft.com",
        "https://api.powerbi.com",
    ],
)
def test_what_may_be_declared(origin: str) -> None:
    api = Api(name="x", origin=origin)
    assert (api.resource, f"https://{api.host}") == (origin, origin)
    assert Api(name="x", origin=origin, audience=f"{origin}/").resource == f"{origin}/"


@pytest.mark.parametrize("path", ["x", "https://example.com/", "/x?y=1", "/x#y", ""])
def test_a_path_begins_at_the_origin(path: str) -> None:
    with pytest.raises(PluginError, match="is no path of"):
        ApiObject(api=AZURE, path=path)


@pytest.mark.parametrize("cmdlet", ["Set-Mailbox", "Search-Mailbox", "Remove-InboxRule", "New-TransportRule"])
def test_a_dataset_changes_nothing(cmdlet: str) -> None:
    with pytest.raises(PluginError, match="a dataset changes nothing"):
        ExchangeCmdlet(cmdlet=cmdlet)


def test_a_list_that_is_the_answer(service: Service, tenant: Tenant) -> None:
    assert rows(service.pages(SUBSCRIPTIONS)) == [
        {"contentType": kind, "status": "enabled", "webhook": None}
        for kind in ("Audit.Exchange", "Audit.General")
    ]
    assert asked(tenant) == [f"/api/v1.0/{tenant.tenant_id}/activity/feed/subscriptions/list"]
    assert "ActivityFeed.Read" in service.api_claims(MANAGEMENT).roles


def test_pages_by_a_header(service: Service, tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "PAGE", 2)
    read = rows(service.pages(CONTENT))
    assert sorted(each["contentId"] for each in read) == [f"Audit.Exchange${number}" for number in range(5)]
    assert len(asked(tenant)) == 3


def test_pages_by_a_link(service: Service, tenant: Tenant) -> None:
    link = "https://management.azure.com/subscriptions?api-version=2022-12-01&$skiptoken=x"
    tenant.faults.add(
        Fault(
            host="management.azure.com", status=200, body={"value": [{"id": "1"}], "nextLink": link}, count=1
        )
    )
    assert rows(service.pages(AZURE_SUBSCRIPTIONS)) == [{"id": "1"}]
    assert asked(tenant, "management.azure.com") == ["/subscriptions"] * 2


def test_a_first_page_never_passes_for_the_whole(
    service: Service, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plugin that names the wrong field or header reads nothing, rather than a part."""
    monkeypatch.setattr(routes, "PAGE", 2)
    unpaged = ApiList(api=MANAGEMENT, path=CONTENT.path, query=CONTENT.query, items=None)
    with pytest.raises(
        UnexpectedAnswer, match=r"NextPageUri leads to a next page, and @odata\.nextLink was to"
    ):
        rows(service.pages(unpaged))
    body = {"value": [], "nextLink": "https://management.azure.com/subscriptions?x"}
    tenant.faults.add(Fault(host="management.azure.com", status=200, body=body))
    with pytest.raises(UnexpectedAnswer, match="nextLink leads to a next page"):
        rows(service.pages(ApiList(api=AZURE, path="/subscriptions")))


@pytest.mark.parametrize(
    "link",
    [0, False, "https://example.com/x", "http://management.azure.com/x", "//example.com/x", "https://a:b", 7],
)
def test_a_link_elsewhere_is_not_followed(service: Service, tenant: Tenant, link: object) -> None:
    body = {"value": [], "nextLink": link}
    tenant.faults.add(Fault(host="management.azure.com", status=200, body=body))  # type: ignore[arg-type]
    with pytest.raises(UnexpectedAnswer):
        rows(service.pages(AZURE_SUBSCRIPTIONS))
    assert {entry.host for entry in tenant.journal} <= {"login.microsoftonline.com", "management.azure.com"}


def test_a_redirect_is_not_followed(service: Service, tenant: Tenant) -> None:
    tenant.faults.add(
        Fault(host="manage.office.com", status=302, headers={"Location": "https://example.com"}, count=9)
    )
    with pytest.raises(UnexpectedAnswer, match="redirect"):
        rows(service.pages(SUBSCRIPTIONS))


@pytest.mark.parametrize("body", [{}, {"value": [1]}, "x", 7])
def test_an_answer_of_another_shape(service: Service, tenant: Tenant, body: object) -> None:
    tenant.faults.add(Fault(host="manage.office.com", status=200, body=body))  # type: ignore[arg-type]
    with pytest.raises(UnexpectedAnswer, match="not a list of objects"):
        rows(service.pages(SUBSCRIPTIONS))


def test_an_object(service: Service, tenant: Tenant) -> None:
    tenant.faults.add(Fault(host="management.azure.com", status=200, body={"id": "x", "@odata.context": "y"}))
    one = ApiObject(api=AZURE, path="/subscriptions/x", query={"api-version": "1"})
    assert rows(service.pages(one)) == [{"id": "x"}]
    tenant.faults.clear()
    with pytest.raises(NotFound, match="SubscriptionNotFound"):
        rows(service.pages(one))


def test_throttling_is_waited_out_and_told_when_it_lasts(service: Service, tenant: Tenant) -> None:
    tenant.faults.add(Fault(host="manage.office.com", status=429, retry_after=0, count=2))
    assert len(rows(service.pages(SUBSCRIPTIONS))) == 2
    tenant.faults.add(Fault(host="manage.office.com", status=429, retry_after=3600))
    with pytest.raises(Throttled, match="asked to wait 3600 s"):
        rows(service.pages(SUBSCRIPTIONS))


def test_a_missing_role_is_told_in_the_services_words(service: Service, tenant: Tenant) -> None:
    tenant.app_roles.discard("ActivityFeed.Read")
    with pytest.raises(AccessDenied, match=r"refused the token \(401\) AF10001 The permission set") as caught:
        rows(service.pages(SUBSCRIPTIONS))
    assert caught.value.code == "AF10001"


def test_an_api_that_the_tenant_has_not(service: Service) -> None:
    security = Api(name="Defender", origin="https://api.security.microsoft.com")
    with pytest.raises(SignInFailed, match="AADSTS500011"):
        rows(service.pages(ApiList(api=security, path="/api/machines")))


def test_the_token_is_for_the_audience(service: Service, tenant: Tenant) -> None:
    """A token of another API is refused by the mock as by Microsoft: the audience is what was declared."""
    strange = Api(name="x", origin="https://manage.office.com", audience="https://management.azure.com/")
    with pytest.raises(AccessDenied):
        rows(service.pages(ApiList(api=strange, path=SUBSCRIPTIONS.path, items=None)))
    right = Api(name="x", origin="https://manage.office.com", audience="https://manage.office.com/")
    assert rows(service.pages(ApiList(api=right, path=SUBSCRIPTIONS.path, items=None)))


Reading = Callable[[ApiSession, str, Mapping[str, str]], Iterator[Mapping[str, Any]]]


def read_by(function: Callable[..., Any]) -> ApiRead:
    return ApiRead(api=MANAGEMENT, path=FEED, query={"contentType": "Audit.Exchange"}, read=function)


def records(session: ApiSession, path: str, query: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
    """What a plugin writes for blobs: a list of addresses, and behind each a list of records."""
    url: str | None = f"{path}/subscriptions/content"
    while url is not None:
        listed = session.get(url, query)
        assert listed is not None
        for each in listed.json():
            found = session.get(each["contentUri"])
            assert found is not None
            yield from found.json()
        url, query = listed.headers.get("NextPageUri"), {}


def test_a_function_reads_what_has_a_shape_of_its_own(
    service: Service, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "PAGE", 2)
    read = rows(service.pages(read_by(records)))
    assert sorted(each["Id"] for each in read) == [
        f"Audit.Exchange-{number}-{each}" for number in range(5) for each in (0, 1)
    ]


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("https://example.com/", UnexpectedAnswer),
        ("https://graph.microsoft.com/v1.0/users", UnexpectedAnswer),
        ("http://manage.office.com/api/v1.0/{tenant}/activity/feed/x", UnexpectedAnswer),
        ("https://manage.office.com@example.com/", UnexpectedAnswer),
        ("//example.com/", OutOfBounds),
        ("/api/v1.0/{tenant}/ServiceComms", OutOfBounds),
        ("/api/v1.0/{tenant}/activity/feedback", OutOfBounds),
        ("/api/v1.0/{tenant}/activity/feed/../../ServiceComms", OutOfBounds),
        ("/api/v1.0/{tenant}/activity/feed/%2e%2e/x", OutOfBounds),
        ("/api/v1.0/{tenant}/activity/feed/..\\x", OutOfBounds),
        ("activity/feed", UnexpectedAnswer),
    ],
)
@pytest.mark.parametrize("swallowed", [False, True])
def test_a_function_asks_for_what_is_declared(
    service: Service, tenant: Tenant, url: str, error: type[ServiceError], swallowed: bool
) -> None:
    def reading(session: ApiSession, path: str, query: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
        try:
            session.get(url.format(tenant=session.tenant))
        except ServiceError:
            if not swallowed:
                raise
        yield {"Id": "as though nothing had been"}

    with pytest.raises(error):
        rows(service.pages(read_by(reading)))
    assert asked(tenant) == []
    assert {entry.host for entry in tenant.journal} == {"login.microsoftonline.com"}


def test_what_a_function_stumbles_over_does_not_hide_why(service: Service, tenant: Tenant) -> None:
    tenant.app_roles.discard("ActivityFeed.Read")

    def reading(session: ApiSession, path: str, query: Mapping[str, str]) -> list[Mapping[str, Any]]:
        try:
            listed = session.get(f"{path}/subscriptions/list")
        except ServiceError:
            listed = None
        return [{"Id": each} for each in listed]  # type: ignore[union-attr]

    with pytest.raises(AccessDenied, match="AF10001"):
        rows(service.pages(read_by(reading)))


def test_what_a_function_may_find_absent(service: Service, tenant: Tenant) -> None:
    def reading(session: ApiSession, path: str, query: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
        assert session.get(f"{path}/audit/nothing", absent=("AF20050",)) is None
        yield {"Id": "1"}

    assert rows(service.pages(read_by(reading))) == [{"Id": "1"}]


@pytest.mark.parametrize(
    ("function", "why"),
    [
        (lambda *_: 1 // 0, "`read` raised ZeroDivisionError"),
        (lambda *_: exit(0), "`read` raised SystemExit"),
        (lambda *_: [7], "gave a int, not an object"),
        (lambda *_: None, "`read` raised TypeError"),
        (lambda *_: [{"a": object()}], "what JSON can't hold"),
        (lambda *_: [{"a": float("nan")}], "what JSON can't hold"),
        (lambda session, path, _: [session.get(f"{path}/audit/nothing")], "AF20050"),
        (lambda *_: ApiAnswer({}, b"<html>").json(), "the answer is no JSON"),
        (lambda session, path, _: session.post(path), "AttributeError"),
    ],
)
def test_a_function_that_breaks_is_an_error(service: Service, function: Callable[..., Any], why: str) -> None:
    with pytest.raises(ServiceError, match=why):
        rows(service.pages(read_by(function)))


def dataset(name: str, source: Any, *, key: str) -> Dataset:
    return Dataset(
        name=f"activity.{name}", source=source, key=key, title=key, type="x", reference="https://example.com",
        permission=Permission(api=MANAGEMENT.name, app_roles=("ActivityFeed.Read",)),
    )  # fmt: skip


subscriptions = dataset("subscriptions", SUBSCRIPTIONS, key="contentType")
content = dataset(
    "content",
    FanOut(
        over=subscriptions,
        request=ApiList(
            api=MANAGEMENT, path=CONTENT.path, query={"contentType": "{contentType}"}, items=None,
            next_header="NextPageUri",
        ),
        absent=("AF20022",),
    ),
    key="contentId",
)  # fmt: skip
blobs = dataset(
    "records",
    FanOut(
        over=content,
        request=ApiRead(
            api=MANAGEMENT,
            path=f"{FEED}/audit/{{contentId}}",
            read=lambda session, path, _: session.get(path).json(),  # type: ignore[union-attr]
        ),
    ),
    key="Id",
)


def collected(service: Service) -> Snapshot:
    snapshot = Snapshot.create()
    collect(with_needs([blobs]), service, snapshot)
    return snapshot


def test_fan_outs_over_an_api(service: Service, tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "PAGE", 2)
    for number in range(3):
        tenant.put("activityContent", blob(tenant, number, "Audit.General"))
    snapshot = collected(service)
    assert snapshot.gaps() == ()
    assert [snapshot.count(each.name) for each in (subscriptions, content, blobs)] == [2, 8, 16]


def test_a_part_that_can_not_be_read_is_a_gap_of_that_part(service: Service, tenant: Tenant) -> None:
    tenant.faults.add(Fault(path="*/audit/Audit.Exchange$3", status=500, retry_after=0, count=99))
    (gap,) = collected(service).gaps()
    assert (gap.dataset, gap.parent, gap.reason) == (blobs.name, "Audit.Exchange$3", GapReason.UNREACHABLE)


def test_a_missing_role_is_a_gap_that_names_it(service: Service, tenant: Tenant) -> None:
    tenant.app_roles.discard("ActivityFeed.Read")
    gaps: Mapping[str, Gap] = {gap.dataset: gap for gap in collected(service).gaps()}
    first = gaps[subscriptions.name]
    assert first.reason is GapReason.DENIED
    assert first.hint == "Reading it needs ActivityFeed.Read (Office 365 Management APIs)."
    assert set(gaps) == {subscriptions.name, content.name, blobs.name}
