"""The transport against the mock tenant: real TLS, real MSAL, scripted faults."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from mocktenant import Fault, Server, Tenant
from o365scan.api import ExchangeCmdlet, GraphList, ServiceError
from o365scan.auth.discovery import tokens_of
from o365scan.auth.errors import SignInFailed
from o365scan.cloud import GLOBAL
from o365scan.network import Network, Unreachable
from o365scan.sign_in import SignIn
from o365scan.transport.errors import (
    AccessDenied,
    NotFound,
    NotLicensed,
    ServiceDown,
    Throttled,
    UnexpectedAnswer,
)
from o365scan.transport.service import Service

USERS = GraphList(path="/users", select=("id", "displayName"), page_size=50)
RULES = ExchangeCmdlet(cmdlet="Get-TransportRule")
Serving = Callable[[Tenant], Server]


def service_of(server: Server, **changes: str) -> Service:
    network = Network({**server.environment(), **changes})
    return Service(tokens_of(SignIn(), network, first_wait=0.01), GLOBAL, network, first_wait=0.01)


def rows(pages: Iterator[list[Mapping[str, Any]]]) -> list[Mapping[str, Any]]:
    return [row for page in pages for row in page]


@pytest.fixture
def tenant() -> Tenant:
    return Tenant("baseline", size=120)


@pytest.fixture
def service(tenant: Tenant, serving: Serving) -> Service:
    return service_of(serving(tenant))


def test_graph_is_read_to_its_last_page(service: Service, tenant: Tenant) -> None:
    read = rows(service.pages(USERS))
    assert len(read) == len(tenant.collection("users"))
    assert len({row["id"] for row in read}) == len(read)
    asked = [entry for entry in tenant.journal if entry.path == "/v1.0/users"]
    assert len(asked) == -(-len(read) // 50)


def test_exchange_is_read_to_its_last_page_without_sidecars(
    service: Service, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    from o365scan.transport import exchange

    monkeypatch.setattr(exchange, "PAGE_SIZE", 3)
    read = rows(service.pages(RULES))
    assert {row["Guid"] for row in read} == set(tenant.collection("transportRules"))
    assert not any("@" in name for row in read for name in row)
    assert len([entry for entry in tenant.journal if entry.cmdlet == "Get-TransportRule"]) > 2


def test_one_sign_in_for_each_api(service: Service, tenant: Tenant) -> None:
    for _ in range(3):
        rows(service.pages(USERS))
        rows(service.pages(RULES))
    assert len([entry for entry in tenant.journal if entry.path.endswith("/oauth2/v2.0/token")]) == 2


@pytest.mark.parametrize("status", [429, 500, 503, 504])
def test_passing_trouble_is_waited_out(service: Service, tenant: Tenant, status: int) -> None:
    tenant.faults.add(Fault(path="/v1.0/users*", status=status, retry_after=0, count=2))
    assert len(rows(service.pages(USERS))) == len(tenant.collection("users"))


def test_back_off_without_retry_after(service: Service, tenant: Tenant) -> None:
    tenant.faults.add(Fault(path="/v1.0/users*", status=429, count=3))
    assert len(rows(service.pages(USERS))) == len(tenant.collection("users"))


def test_lasting_throttling_is_an_error(service: Service, tenant: Tenant) -> None:
    tenant.faults.add(Fault(path="/v1.0/users*", status=429, retry_after=0, count=50))
    with pytest.raises(Throttled, match=r"graph\.microsoft\.com kept throttling"):
        rows(service.pages(USERS))


def test_a_wait_beyond_reason_is_an_error_at_once(service: Service, tenant: Tenant) -> None:
    tenant.faults.add(Fault(path="/v1.0/users*", status=429, retry_after=3600, count=1))
    with pytest.raises(Throttled, match="asked to wait 3600 s"):
        rows(service.pages(USERS))


def test_lasting_5xx_is_an_error(service: Service, tenant: Tenant) -> None:
    tenant.faults.add(Fault(path="/v1.0/users*", status=503, retry_after=0, count=50))
    with pytest.raises(ServiceDown, match="503"):
        rows(service.pages(USERS))


def test_exchange_says_busy_with_400(service: Service, tenant: Tenant) -> None:
    busy = {"error": {"details": [{"message": "|Microsoft.Exchange.Data.ServerBusyException|busy"}]}}
    tenant.faults.add(Fault(cmdlet="Get-TransportRule", status=400, body=busy, count=1))
    assert rows(service.pages(RULES))


def test_a_cut_answer_is_asked_again_and_never_passes_for_the_whole(service: Service, tenant: Tenant) -> None:
    tenant.faults.add(Fault(path="/v1.0/users*", cut=200, count=1))
    assert len(rows(service.pages(USERS))) == len(tenant.collection("users"))
    tenant.faults.add(Fault(path="/v1.0/users*", cut=200, after=1, count=50))
    with pytest.raises(Unreachable):
        rows(service.pages(USERS))


@pytest.mark.parametrize(
    "body", ["not json", [], {"value": {}}, {"value": [1]}, {"value": [], "@odata.nextLink": 7}]
)
def test_an_answer_of_another_shape_is_an_error(service: Service, tenant: Tenant, body: object) -> None:
    tenant.faults.add(Fault(path="/v1.0/users*", status=200, body=body))  # type: ignore[arg-type]
    with pytest.raises(UnexpectedAnswer):
        rows(service.pages(USERS))


def test_a_next_link_to_another_host_gets_no_token(service: Service, tenant: Tenant) -> None:
    body = {"value": [], "@odata.nextLink": "https://graph.microsoft.com.example.net/v1.0/users?$skiptoken=x"}
    tenant.faults.add(Fault(path="/v1.0/users*", status=200, body=body))
    with pytest.raises(UnexpectedAnswer, match="pointed to another host"):
        rows(service.pages(USERS))


def test_a_next_link_in_circles_ends(service: Service, tenant: Tenant) -> None:
    body = {"value": [], "@odata.nextLink": "https://graph.microsoft.com/v1.0/users?$skiptoken=x"}
    tenant.faults.add(Fault(path="/v1.0/users*", status=200, body=body, count=50))
    with pytest.raises(UnexpectedAnswer, match="next page"):
        rows(service.pages(USERS))


def test_a_redirect_is_not_followed(service: Service, tenant: Tenant) -> None:
    moved = {"Location": "https://example.net/"}
    tenant.faults.add(Fault(cmdlet="Get-TransportRule", status=302, headers=moved))
    with pytest.raises(UnexpectedAnswer, match="redirect"):
        rows(service.pages(RULES))


def test_a_refused_token_is_renewed_once(service: Service, tenant: Tenant) -> None:
    rows(service.pages(USERS))
    tenant.faults.add(Fault(path="/v1.0/users*", status=401, count=1))
    assert rows(service.pages(USERS))
    tenant.faults.add(Fault(path="/v1.0/users*", status=401, count=2))
    with pytest.raises(AccessDenied, match="401"):
        rows(service.pages(USERS))


def test_claims_that_the_service_asks_for_are_passed_on(service: Service, tenant: Tenant) -> None:
    challenge = 'Bearer error="insufficient_claims", claims="eyJhY2Nlc3NfdG9rZW4iOnt9fQ=="'
    tenant.faults.add(Fault(path="/v1.0/users*", status=401, headers={"WWW-Authenticate": challenge}))
    assert rows(service.pages(USERS))


def test_graph_permission_missing(service: Service, tenant: Tenant) -> None:
    tenant.app_roles = {"Organization.Read.All"}
    with pytest.raises(AccessDenied, match="403 Authorization_RequestDenied"):
        rows(service.pages(USERS))


def test_exchange_role_missing_is_read_despite_its_body(service: Service, tenant: Tenant) -> None:
    tenant.directory_roles.clear()
    with pytest.raises(AccessDenied, match="Get-TransportRule: 403 not available to this identity"):
        rows(service.pages(RULES))


def test_exchange_app_role_missing(service: Service, tenant: Tenant) -> None:
    tenant.app_roles.discard("Exchange.ManageAsApp")
    with pytest.raises(AccessDenied, match="refused the token"):
        rows(service.pages(RULES))


def test_exchange_says_what_is_wrong_with_a_parameter(service: Service) -> None:
    with pytest.raises(UnexpectedAnswer, match=r"400 .*BogusParameter"):
        rows(service.pages(ExchangeCmdlet(cmdlet="Get-TransportRule", parameters={"BogusParameter": 1})))


def test_exchange_says_which_object_is_not_there(service: Service) -> None:
    with pytest.raises(NotFound, match=r"404 .*couldn't be found"):
        rows(service.pages(ExchangeCmdlet(cmdlet="Get-TransportRule", parameters={"Identity": "nobody"})))


@pytest.mark.parametrize(
    ("status", "code", "message"),
    [
        (403, "Authentication_RequestFromNonPremiumTenantOrB2CTenant", "no premium licence"),
        (400, "AadPremiumLicenseRequired", "P2 is needed"),
        (403, "Forbidden", "Your tenant is not licensed for this feature."),
    ],
)
def test_no_licence_is_told_apart(
    service: Service, tenant: Tenant, status: int, code: str, message: str
) -> None:
    body = {"error": {"code": code, "message": message}}
    tenant.faults.add(Fault(path="/v1.0/users*", status=status, body=body))
    with pytest.raises(NotLicensed, match=code):
        rows(service.pages(USERS))


def test_the_clock_is_the_datas(service: Service, tenant: Tenant) -> None:
    assert service.clock.first is None
    rows(service.pages(USERS))
    assert service.clock.first == tenant.clock  # and not the time of the sign-in before it


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"AZURE_CLIENT_SECRET": "wrong"}, "7000215"),
        ({"AZURE_CLIENT_ID": "11111111-2222-4333-8444-555555555555"}, "700016"),
        ({"AZURE_TENANT_ID": "11111111-2222-4333-8444-555555555555"}, "90002"),
        ({"AZURE_TENANT_ID": "nobody.example"}, "90002"),
    ],
)
def test_sign_in_refused(baseline: Server, changes: dict[str, str], code: str) -> None:
    with pytest.raises(SignInFailed) as caught:
        service_of(baseline, **changes).claims()
    assert caught.value.code == code
    assert caught.value.hint
    assert "Trace ID" not in str(caught.value)


def test_an_expired_secret_is_told_apart(tenant: Tenant, serving: Serving) -> None:
    tenant.secret_expired = True
    with pytest.raises(SignInFailed) as caught:
        service_of(serving(tenant)).claims()
    assert caught.value.code == "7000222"


def test_a_tenant_may_be_named_by_its_domain(baseline: Server) -> None:
    claims = service_of(baseline, AZURE_TENANT_ID="contoso.com").claims()
    assert claims.tenant_id == baseline.environment()["AZURE_TENANT_ID"]


def test_sign_in_service_in_trouble(tenant: Tenant, serving: Serving) -> None:
    tenant.faults.add(Fault(host="login.microsoftonline.com", status=503, count=10))
    with pytest.raises(Unreachable, match="503"):
        service_of(serving(tenant)).claims()


TOKEN = {"host": "login.microsoftonline.com", "path": "*/oauth2/v2.0/token"}


@pytest.mark.parametrize(
    "fault",
    [
        {"aadsts": 50196, "retry_after": 0},
        {"status": 500, "body": ""},
        {"aadsts": 90033},
        {"reset": "before"},
        {"reset": "after"},
    ],
)
def test_a_token_endpoint_in_passing_trouble_is_waited_out(
    service: Service, tenant: Tenant, fault: dict[str, Any]
) -> None:
    tenant.faults.add(Fault(**TOKEN, **fault, count=2))
    assert service.claims().app_id == tenant.client_id
    asked = [entry.path for entry in tenant.journal if entry.path.endswith("/token")]
    assert len(asked) == 3


def test_discovery_in_passing_trouble_is_waited_out(service: Service, tenant: Tenant) -> None:
    tenant.faults.add(Fault(path="*openid-configuration", status=503, count=2))
    assert service.claims().app_id == tenant.client_id


def test_a_token_endpoint_is_not_asked_before_it_says_so(
    service: Service, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", tenant.timer.sleep)
    tenant.timer.stop()
    tenant.faults.add(Fault.preset("sign-in-throttled", early_retry="fail", count=2))
    assert service.claims().app_id == tenant.client_id
    assert not any(entry.early for entry in tenant.journal)


def test_a_throttled_sign_in_is_not_remembered(service: Service, tenant: Tenant) -> None:
    tenant.faults.add(Fault(**TOKEN, status=429, retry_after=0, count=5))
    with pytest.raises(Unreachable, match="429"):
        service.claims()
    assert service.claims().app_id == tenant.client_id


def test_more_patience_than_a_scan_has(service: Service, tenant: Tenant) -> None:
    tenant.faults.add(Fault(**TOKEN, status=429, retry_after=600))
    with pytest.raises(Unreachable, match="asked to wait 600 s"):
        service.claims()


def test_a_proxy_that_leads_nowhere() -> None:
    network = Network({"HTTPS_PROXY": "http://127.0.0.1:9", "AZURE_TENANT_ID": "t.example", "AZURE_CLIENT_ID": "c",
                       "AZURE_CLIENT_SECRET": "s"})  # fmt: skip
    with pytest.raises(Unreachable, match="proxy") as caught:
        tokens_of(SignIn(), network, first_wait=0.01).token(GLOBAL.graph)
    assert caught.value.hint


def test_an_untrusted_certificate(baseline: Server) -> None:
    import certifi

    names = ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "CURL_CA_BUNDLE")
    with pytest.raises(Unreachable, match="no trusted TLS"):
        service_of(baseline, **dict.fromkeys(names, certifi.where())).claims()


def test_a_ca_file_that_is_not_there(baseline: Server) -> None:
    from o365scan.api import O365ScanError

    with pytest.raises(O365ScanError, match="REQUESTS_CA_BUNDLE names /nowhere"):
        service_of(baseline, REQUESTS_CA_BUNDLE="/nowhere").claims()


def test_graph_out_of_reach_while_sign_in_works(service: Service, tenant: Tenant) -> None:
    tenant.faults.add(Fault(host="graph.microsoft.com", cut=0, count=50))
    with pytest.raises(ServiceError):
        rows(service.pages(USERS))


def test_no_proxy_is_honoured() -> None:
    network = Network({"HTTPS_PROXY": "http://127.0.0.1:9", "NO_PROXY": "graph.microsoft.com"})
    assert network.session(GLOBAL.graph).proxies == {}
    assert network.session(GLOBAL.login).proxies == {"https": "http://127.0.0.1:9"}


def test_neither_netrc_nor_environment_replaces_the_token(
    service: Service, tenant: Tenant, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    (tmp_path / ".netrc").write_text("machine graph.microsoft.com login a password b\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere")
    assert rows(service.pages(USERS))


def test_no_secret_in_what_is_printed(service: Service, tenant: Tenant) -> None:
    assert tenant.client_secret not in repr(service.tokens) + repr(vars(service))


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 200, "body": "<html>Sign in to the Wi-Fi</html>"},
        {"status": 400, "body": "<html>no</html>"},
        {"status": 200, "body": []},
        {"status": 200, "body": {}},
        {"status": 302, "headers": {"Location": "https://example.net/"}},
        {"status": 429, "body": "slow down"},
    ],
)
@pytest.mark.parametrize("path", ["*openid-configuration", "*/oauth2/v2.0/token"])
def test_a_sign_in_service_that_is_not_microsofts(
    service: Service, tenant: Tenant, answer: dict[str, Any], path: str
) -> None:
    tenant.faults.add(Fault(host="login.microsoftonline.com", path=path, count=20, **answer))
    with pytest.raises((SignInFailed, Unreachable)) as caught:
        service.claims()
    assert "knows no tenant" not in str(caught.value)


@pytest.mark.parametrize("token", ["", "a", "a.b", "a.bnVsbA.c", "a.e30.c", "a.W10.c"])
def test_a_token_that_is_none(token: str) -> None:
    from o365scan.auth.claims import Claims

    with pytest.raises(SignInFailed, match="can't be read"):
        Claims.of(token)


def test_answers_that_break_a_parser(service: Service, tenant: Tenant) -> None:
    tenant.faults.add(Fault(path="/v1.0/users*", status=200, body="[" * 200_000))
    with pytest.raises(UnexpectedAnswer):
        rows(service.pages(USERS))
    tenant.faults.add(
        Fault(path="/v1.0/users*", status=200, body={"value": [], "@odata.nextLink": "https://[bad"})
    )
    with pytest.raises(UnexpectedAnswer, match="no URL"):
        rows(service.pages(USERS))
    tenant.faults.add(
        Fault(path="/v1.0/users*", status=401, headers={"WWW-Authenticate": 'Bearer claims="abcde"'})
    )
    assert rows(service.pages(USERS))


def test_a_revoked_token_is_renewed_once_for_each_api(service: Service, tenant: Tenant) -> None:
    rows(service.pages(USERS))
    rows(service.pages(RULES))
    tenant.revoke_tokens()
    assert rows(service.pages(USERS))
    assert rows(service.pages(RULES))
    refused = [entry.host for entry in tenant.journal if entry.status == 401]
    assert refused[:1] == ["graph.microsoft.com"]
    assert len(refused) <= 2


def test_the_documented_limits_do_not_stop_a_reader(
    serving: Serving, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", tenant.timer.sleep)
    tenant.timer.stop()
    tenant.throttle = "realistic"
    network = Network(serving(tenant).environment())
    service = Service(tokens_of(SignIn(), network), GLOBAL, network)
    policies = GraphList(path="/identity/conditionalAccess/policies")
    assert rows(service.pages(policies))
    assert rows(service.pages(policies))
    assert "protection" in [entry.limit for entry in tenant.journal]
