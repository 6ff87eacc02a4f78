"""The documented limits: how much is let through, and what a client over one is told."""

from __future__ import annotations

import pytest

from mocktenant import Limits, Tenant, Throttle
from mocktenant.graph.costs import area, cost
from mocktenant.matching import Asked

from .client import EXCHANGE, GRAPH, Client


@pytest.fixture
def tired(fresh: Client) -> Client:
    """A tenant with the documented limits, whose clock stands still."""
    fresh.tenant.timer.stop()
    fresh.tenant.throttle = "realistic"
    return fresh


def statuses(client: Client, path: str, times: int) -> list[int]:
    token = client.tenant.forge()
    return [client.graph(path, token=token).status_code for _ in range(times)]


@pytest.mark.parametrize(
    ("path", "units"),
    [
        ("/v1.0/users", 2),
        ("/v1.0/users?$select=id", 1),
        ("/v1.0/users?$top=5", 1),
        ("/v1.0/users?$top=5&$select=id", 1),
        ("/v1.0/users?$top=20&$expand=manager", 3),
        ("/v1.0/users/x", 1),
        ("/v1.0/users/x/memberOf", 2),
        ("/v1.0/groups/x/members", 3),
        ("/v1.0/groups/x/transitiveMembers", 5),
        ("/v1.0/directoryRoles/x/members", 1),
        ("/beta/servicePrincipals/x/appRoleAssignments", 2),
        ("/v1.0/subscribedSkus", 3),
        ("/v1.0/directoryObjects/getByIds", 5),
        ("/v1.0/directoryObjects/getByIds?$select=id", 2),
        ("/v1.0/organization", 1),
    ],
)
def test_costs(path: str, units: int) -> None:
    bare, _, query = path.partition("?")
    assert cost(bare, dict(part.split("=") for part in query.split("&") if part)) == units


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("/v1.0/$batch", "batch"),
        ("/v1.0/users/x/mailFolders/inbox/messageRules", "outlook"),
        ("/beta/identityProtection/riskyUsers", "protection"),
        ("/v1.0/identity/conditionalAccess/policies", "protection"),
        ("/v1.0/auditLogs/signIns", "reports"),
        ("/v1.0/users/x/authentication/methods", "reports"),
        ("/v1.0/security/secureScores", "security"),
        ("/v1.0/users/x/memberOf", "directory"),
    ],
)
def test_areas(path: str, wanted: str) -> None:
    assert area(path) == wanted


def test_the_cost_is_told_even_without_limits(fresh: Client) -> None:
    answer = fresh.graph("/v1.0/users?$select=id,mail")
    assert answer.headers["x-ms-resource-unit"] == "1"
    assert fresh.graph("/v1.0/users").headers["x-ms-resource-unit"] == "2"
    policies = fresh.graph("/v1.0/identity/conditionalAccess/policies")
    assert "x-ms-resource-unit" not in policies.headers


def test_conditional_access_answers_once_a_second_and_does_not_say_when(tired: Client) -> None:
    path = "/v1.0/identity/conditionalAccess/policies"
    assert statuses(tired, path, 2) == [200, 429]
    refused = tired.graph(path, token=tired.tenant.forge())
    assert "Retry-After" not in refused.headers
    assert refused.json()["error"]["code"] == "TooManyRequests"
    tired.tenant.timer.advance(1)
    assert statuses(tired, path, 1) == [200]
    other = tired.tenant.register_app("Other", roles=["Policy.Read.All"])
    token = tired.token_answer(
        scope=f"{GRAPH}/.default", client_id=other.client_id, client_secret=other.client_secret
    ).json()["access_token"]
    assert tired.graph(path, token=token).status_code == 429  # the limit is the tenant's


def test_reports_answer_five_times_in_ten_seconds(tired: Client) -> None:
    path = "/v1.0/reports/authenticationMethods/userRegistrationDetails"
    assert statuses(tired, path, 6) == [200] * 5 + [429]
    assert tired.graph(path, token=tired.tenant.forge()).headers["Retry-After"] == "2"
    assert tired.tenant.journal[-1].limit == "reports"
    tired.tenant.timer.advance(2)
    assert statuses(tired, path, 2) == [200, 429]
    assert statuses(tired, "/v1.0/domains", 1) == [200]


def test_the_directory_counts_units_and_says_how_near_the_limit_is(fresh: Client) -> None:
    tenant = fresh.tenant
    tenant.timer.stop()
    tenant.throttle = Throttle(Limits(directory=10))
    token = tenant.forge()
    answers = [fresh.graph("/v1.0/users", token=token) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    near = [answer.headers.get("x-ms-throttle-limit-percentage") for answer in answers]
    assert near == [None, None, None, None, "1.00", None]
    refused = answers[-1].headers
    assert refused["Retry-After"] == "2"
    assert refused["x-ms-throttle-information"] == "ResourceUnitLimitExceeded"
    assert refused["x-ms-throttle-scope"] == (
        f"Tenant_Application/ReadWrite/{tenant.client_id}/{tenant.tenant_id}"
    )
    tenant.timer.advance(2)
    assert statuses(fresh, "/v1.0/users", 1) == [200]


@pytest.mark.parametrize(("users", "units"), [(1, 3_500), (60, 5_000), (501, 8_000)])
def test_a_larger_tenant_has_more(users: int, units: int) -> None:
    tenant = Tenant(size=users)
    tenant.timer.stop()
    throttle = Throttle()
    asked = Asked("graph.microsoft.com", "GET", "/v1.0/organization")
    taken = 0
    while True:
        with throttle.admitted(tenant, "graph", asked, "app") as verdict:
            if verdict.limit:
                break
            taken += 1
    assert taken == units


def test_writes_and_sign_in_activity_have_limits_of_their_own(fresh: Client) -> None:
    tenant = fresh.tenant
    tenant.timer.stop()
    throttle = Throttle(Limits(writes=1, sign_in_activity=2))

    def limit(method: str, path: str, query: str = "") -> str:
        asked = Asked("graph.microsoft.com", method, path, query)
        with throttle.admitted(tenant, "graph", asked, "app") as verdict:
            return verdict.limit

    assert [limit("PATCH", "/v1.0/users/x") for _ in range(2)] == ["", "writes"]
    query = "%24select=id,signInActivity"
    assert [limit("GET", "/v1.0/users", query) for _ in range(3)] == ["", "", "signInActivity"]
    assert limit("GET", "/v1.0/security/secureScores") == ""


def test_items_of_a_batch_are_throttled_one_by_one(tired: Client) -> None:
    items = [
        {"id": str(number), "method": "GET", "url": "/identity/conditionalAccess/policies"}
        for number in range(3)
    ]
    bearer = {"Authorization": f"Bearer {tired.tenant.forge()}"}
    answer = tired.session.post(f"{GRAPH}/v1.0/$batch", json={"requests": items}, headers=bearer)
    assert answer.status_code == 200
    assert sorted(one["status"] for one in answer.json()["responses"]) == [200, 429, 429]


def test_exchange_runs_some_commands_at_a_time() -> None:
    throttle = Throttle(Limits(exchange_at_once=2))
    tenant = Tenant(size=1)
    asked = Asked("outlook.office365.com", "POST", "/adminapi/beta/x/InvokeCommand")
    with (
        throttle.admitted(tenant, "exchange", asked, "a") as one,
        throttle.admitted(tenant, "exchange", asked, "b") as two,
        throttle.admitted(tenant, "exchange", asked, "a") as three,
    ):
        assert (one.limit, two.limit, three.limit, three.wait) == ("", "", "exchange at once", None)
    with throttle.admitted(tenant, "exchange", asked, "a") as later:
        assert not later.limit


def test_outlook_serves_four_of_an_app_and_mailbox() -> None:
    throttle, tenant = Throttle(), Tenant(size=1)
    rules = "/v1.0/users/{}/mailFolders/inbox/messageRules"
    mine, other = (Asked("graph.microsoft.com", "GET", rules.format(name)) for name in ("a", "b"))
    held = [throttle.admitted(tenant, "graph", mine, "app") for _ in range(5)]
    verdicts = [each.__enter__() for each in held]
    assert [verdict.limit for verdict in verdicts] == [""] * 4 + ["graph at once"]
    assert verdicts[-1].wait == 1
    with throttle.admitted(tenant, "graph", other, "app") as verdict:
        assert not verdict.limit
    for each in held:
        each.__exit__(None, None, None)


def test_quiet_mailboxes_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mocktenant.throttle._KEPT", 3)
    throttle, tenant = Throttle(Limits(outlook=1)), Tenant(size=1)
    tenant.timer.stop()

    def limit(name: str) -> str:
        asked = Asked("graph.microsoft.com", "GET", f"/v1.0/users/{name}/messages")
        with throttle.admitted(tenant, "graph", asked, "app") as verdict:
            return verdict.limit

    assert [limit(name) for name in "abcdea"] == ["", "", "", "", "", "outlook"]
    tenant.timer.advance(600)
    assert limit("a") == ""
    assert len(throttle._buckets) == 1


def test_a_crowd_at_exchange_is_told_in_plain_text(fresh: Client) -> None:
    fresh.tenant.throttle = Throttle(Limits(exchange_at_once=0))
    answer = fresh.invoke("Get-TransportRule")
    assert (answer.status_code, answer.headers["Content-Type"]) == (429, "text/plain; charset=utf-8")
    assert "Retry-After" not in answer.headers
    assert fresh.session.post(f"{EXCHANGE}/adminapi/beta/x/InvokeCommand").status_code == 401


def test_off_unless_asked_for_and_after_reset(fresh: Client) -> None:
    assert fresh.tenant.throttle is None
    assert statuses(fresh, "/v1.0/identity/conditionalAccess/policies", 3) == [200] * 3
    fresh.tenant.throttle = "realistic"
    assert fresh.tenant.throttle is not None
    fresh.tenant.reset()
    assert fresh.tenant.throttle is None
    with pytest.raises(ValueError, match="realistic"):
        fresh.tenant.throttle = "harsh"
