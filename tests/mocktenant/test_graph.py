"""Graph: lists, objects, options, and its ways of saying no."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import jwt
import pytest

from mocktenant import Tenant, serve
from mocktenant.login.keys import signing_key

from .client import EXCHANGE, GRAPH, Client

DEFAULT_USER = {
    "businessPhones",
    "displayName",
    "givenName",
    "id",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
}


def test_organization(client: Client) -> None:
    answer = client.graph("/v1.0/organization")
    (organization,) = answer.json()["value"]
    assert organization["id"] == client.tenant.tenant_id
    assert {"contoso.com", "contoso.onmicrosoft.com"} <= {d["name"] for d in organization["verifiedDomains"]}
    one = client.graph(f"/v1.0/organization/{organization['id']}").json()
    assert one["displayName"] == "Contoso"
    assert one["@odata.context"] == f"{GRAPH}/v1.0/$metadata#organization/$entity"


def test_domains(client: Client) -> None:
    found = {domain["id"]: domain for domain in client.graph("/v1.0/domains").json()["value"]}
    assert found["contoso.com"]["isDefault"]
    assert found["contoso.onmicrosoft.com"]["isInitial"]
    assert client.graph("/v1.0/domains/CONTOSO.com").json()["id"] == "contoso.com"


def test_users_have_the_default_properties_only(client: Client) -> None:
    body = client.graph("/v1.0/users").json()
    assert len(body["value"]) == 30
    assert set(body["value"][0]) == DEFAULT_USER
    assert body["@odata.context"] == f"{GRAPH}/v1.0/$metadata#users"
    assert "@odata.nextLink" not in body


def test_user_by_id_and_upn_and_key_syntax(client: Client) -> None:
    user = client.tenant.objects("users")[3]
    for path in (user["id"], user["userPrincipalName"].upper()):
        assert client.graph(f"/v1.0/users/{path}").json()["id"] == user["id"]
    assert client.graph(f"/v1.0/users('{user['id']}')").json()["id"] == user["id"]


def test_select_gives_what_was_asked_and_null_where_unset(client: Client) -> None:
    body = client.graph("/v1.0/users?$select=id,AccountEnabled,employeeId,otherMails&$top=1").json()
    user = body["value"][0]
    assert set(user) == {"id", "accountEnabled", "employeeId", "otherMails"}
    assert user["employeeId"] is None
    assert user["otherMails"] == []
    assert body["@odata.context"].endswith("#users(id,accountEnabled,employeeId,otherMails)")


@pytest.mark.parametrize("direct", [False, True])
def test_paging_follows_links_and_keeps_the_query(client: Client, direct: bool) -> None:
    if direct:
        client.session.proxies = {}
    root = client.server.graph_url if direct else GRAPH
    token = client.session.post(
        f"{client.server.login_url if direct else 'https://login.microsoftonline.com'}"
        f"/{client.tenant.tenant_id}/oauth2/v2.0/token",
        data={
            "grant_type": "client_credentials",
            "client_id": client.tenant.client_id,
            "client_secret": client.tenant.client_secret,
            "scope": f"{GRAPH}/.default",
        },
    ).json()["access_token"]
    url, pages = f"{root}/v1.0/users?$select=id&%24top=13&$count=true", []
    while url:
        body = client.graph(url, token=token, ConsistencyLevel="eventual").json()
        pages.append(body)
        url = body.get("@odata.nextLink", "")
        assert not url or url.startswith(f"{root}/v1.0/users?")
    assert [len(page["value"]) for page in pages] == [13, 13, 4]
    assert [page.get("@odata.count") for page in pages] == [30, None, None]
    ids = [user["id"] for page in pages for user in page["value"]]
    assert ids == [user["id"] for user in client.tenant.objects("users")]


def test_default_page_is_a_hundred() -> None:
    with serve(Tenant(size=101)) as server:
        client = Client(server)
        body = client.graph("/v1.0/users").json()
        assert len(body["value"]) == 100
        assert len(client.graph(body["@odata.nextLink"]).json()["value"]) == 1


@pytest.mark.parametrize("top", ["0", "1000", "-1", "many"])
def test_page_size_out_of_range(client: Client, top: str) -> None:
    answer = client.graph(f"/v1.0/users?$top={top}")
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error["code"] == "Request_UnsupportedQuery"
    assert error["message"] == f"Invalid page size specified: '{top}'. Must be between 1 and 999 inclusive."


@pytest.mark.parametrize("token", ["@@@", "bm90IGEgdG9rZW4=", "LTE6eA=="])
def test_page_token_of_ones_own_making(client: Client, token: str) -> None:
    answer = client.graph(f"/v1.0/users?$skiptoken={token}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "Directory_ExpiredPageToken")


def test_count(client: Client) -> None:
    good = client.graph("/v1.0/users/$count?$filter=userType eq 'Guest'", ConsistencyLevel="eventual")
    guests = sum(user["userType"] == "Guest" for user in client.tenant.objects("users"))
    assert (good.text, good.headers["Content-Type"].partition(";")[0]) == (str(guests), "text/plain")
    assert client.graph("/v1.0/users/$count").status_code == 400
    assert client.graph("/v1.0/users?$count=true").status_code == 400
    json_wanted = client.graph("/v1.0/users/$count", ConsistencyLevel="eventual", Accept="application/json")
    assert json_wanted.status_code == 415
    assert client.graph("/v1.0/domains/$count", ConsistencyLevel="eventual").status_code == 400


@pytest.mark.parametrize(
    "query",
    [
        "$expand=manager($levels=max)",
        "$apply=aggregate(id)",
        "apply=aggregate(id)",
        "$filter=length(displayName) eq 5",
    ],
)
def test_what_is_not_emulated_says_so(client: Client, query: str) -> None:
    answer = client.graph(f"/v1.0/users?{query}")
    assert answer.status_code == 400
    assert "not emulated" in answer.json()["error"]["message"]
    assert client.tenant.journal[-1].unknown is not None
    assert answer.headers["x-mocktenant-hint"]


@pytest.mark.parametrize("query", ["$select=shoeSize", "$filter=shoeSize eq 'big'"])
def test_unknown_property(client: Client, query: str) -> None:
    error = client.graph(f"/v1.0/users?{query}").json()["error"]
    assert error["message"] in ("Could not find a property named 'shoeSize' on type 'microsoft.graph.user'.",)


@pytest.mark.parametrize(
    ("path", "status", "text"),
    [
        ("/v1.0/unicorns", 400, "Resource not found for the segment 'unicorns'."),
        ("/v1.0/users/x/unicorns", 400, "Resource not found for the segment 'unicorns'."),
        ("/v1.0", 400, "Resource not found for the segment ''."),
        ("/v9/users", 404, "Invalid version: v9"),
        ("/v1.0/users/nobody@contoso.com", 404, "Resource 'nobody@contoso.com' does not exist or one of its"),
        ("/v1.0/me", 400, "/me request is only valid with delegated authentication flow."),
        ("/v1.0/users?$skip=5", 400, "'$skip' is not supported by the service."),
        ("/v1.0/users?$bogus=1", 400, "The query parameter '$bogus' is not supported."),
        ("/v1.0/users?$count=maybe", 400, "'maybe' is not a valid value for $count."),
        ("/v1.0/domains?$top=5", 400, "'$top' is not supported on domains."),
        ("/v1.0/users/x?$top=5", 400, "$top on users is not emulated"),
    ],
)
def test_refused_paths_and_options(client: Client, path: str, status: int, text: str) -> None:
    answer = client.graph(path)
    assert answer.status_code == status
    assert answer.json()["error"]["message"].startswith(text)


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("/v1.0/group", "known: groups"),
        ("/v1.0/users/x/authentication/requirements", "known: the same under beta"),
        ("/v1.0/policies/authorisationPolicy", "known: policies/authorizationPolicy"),
        ("/v1.0/zzz", "nothing known comes near"),
    ],
)
def test_paths_that_are_not_emulated_are_noted_and_helped_on(client: Client, path: str, hint: str) -> None:
    answer = client.graph(path)
    assert answer.headers["x-mocktenant-hint"].startswith(hint)
    assert "known" not in answer.text
    entry = client.tenant.journal[-1]
    assert (entry.unknown, entry.status) == (path[1:], 400)
    client.graph("/v1.0/users?$top=1")
    assert client.tenant.journal[-1].unknown is None


def test_custom_options_are_ignored_as_by_graph(client: Client) -> None:
    assert client.graph("/v1.0/users?api-version=1.6&top=2").json()["value"][2:] == []


@pytest.mark.parametrize("path", ["/v1.0//users/", "/V1.0/Users", "/beta/users"])
def test_spellings(client: Client, path: str) -> None:
    assert len(client.graph(path).json()["value"]) == 30


def test_metadata_none_leaves_the_context_out(client: Client) -> None:
    body = client.graph("/v1.0/users", Accept="application/json;odata.metadata=none").json()
    assert "@odata.context" not in body


def test_headers(client: Client) -> None:
    headers = client.graph("/v1.0/users", client_request_id="mine").headers
    assert headers["client-request-id"] == "mine"
    assert headers["OData-Version"] == "4.0"
    assert "RoleInstance" in headers["x-ms-ags-diagnostic"]
    assert headers["Date"]
    assert headers["Content-Type"].startswith("application/json;odata.metadata=minimal")
    plain = client.graph("/v1.0/users").headers
    assert plain["client-request-id"] == plain["request-id"]


def test_error_envelope_carries_the_ids(client: Client) -> None:
    answer = client.graph("/v1.0/unicorns")
    inner = answer.json()["error"]["innerError"]
    assert inner["request-id"] == answer.headers["request-id"]
    assert not inner["date"].endswith("Z")
    assert datetime.fromisoformat(f"{inner['date']}Z") == parsedate_to_datetime(answer.headers["Date"])


@pytest.mark.parametrize(
    ("roles", "path"),
    [
        ({"Domain.Read.All"}, "/v1.0/users"),
        ({"User.Read.All"}, "/v1.0/organization"),
        (set(), "/v1.0/domains"),
    ],
)
def test_missing_permission(client: Client, roles: set[str], path: str) -> None:
    client.tenant.app_roles = roles
    answer = client.graph(path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "Authorization_RequestDenied")


def test_methods_that_a_path_does_not_take(client: Client) -> None:
    for method, path in (
        ("PATCH", "users"),
        ("POST", "users/x"),
        ("DELETE", "domains/x"),
        ("PUT", "users/x"),
    ):
        answer = client.graph(f"/v1.0/{path}", method=method)
        assert (answer.status_code, answer.json()["error"]["code"]) == (405, "Request_BadRequest"), path
    assert client.graph("/v1.0/users/x/revokeSignInSessions").status_code == 405
    answer = client.graph("/v1.0/domains", method="POST")
    assert answer.headers["x-mocktenant-hint"] == "known methods: GET"
    assert client.tenant.journal[-1].unknown == "POST domains"


def forged(client: Client, **changes: object) -> str:
    """A token signed with the right key and wrong claims."""
    claims = jwt.decode(client.token(GRAPH), options={"verify_signature": False}) | changes
    return jwt.encode(claims, signing_key().private, algorithm="RS256", headers={"kid": signing_key().kid})


def test_every_token_is_verified(client: Client) -> None:
    good = client.token(GRAPH)
    head, payload, signature = good.split(".")
    other = payload[:-6] + ("A" if payload[-6] != "A" else "B") + payload[-5:]
    cases = {
        "": "Access token is empty.",
        "nodots": "IDX14100: JWT is not well formed",
        f"{head}.{other}.{signature}": "Access token validation failure. Invalid signature.",
        jwt.encode(
            {"aud": GRAPH}, "x" * 32, algorithm="HS256"
        ): "Access token validation failure. Invalid signature.",
        forged(client, exp=int(time.time()) - 10): "Lifetime validation failed, the token is expired.",
        client.token(EXCHANGE): "Access token validation failure. Invalid audience.",
        forged(
            client, tid="22222222-2222-4222-8222-222222222222"
        ): "Access token validation failure. Invalid tenant.",
    }
    for token, text in cases.items():
        answer = client.graph("/v1.0/users", token=token)
        assert answer.status_code == 401, text
        assert answer.json()["error"]["code"] == "InvalidAuthenticationToken"
        assert answer.json()["error"]["message"].startswith(text)
        assert 'client_id="00000003-0000-0000-c000-000000000000"' in answer.headers["WWW-Authenticate"]


def test_a_token_of_another_tenant_is_refused(client: Client) -> None:
    with serve(Tenant(seed=7, size=1)) as elsewhere:
        foreign = Client(elsewhere).token(GRAPH)
    assert client.graph("/v1.0/users", token=foreign).status_code == 401


def test_data_has_a_clock_of_its_own_and_sign_in_the_walls(client: Client) -> None:
    answer = client.graph("/v1.0/organization")
    assert parsedate_to_datetime(answer.headers["Date"]) == client.tenant.clock
    wall = parsedate_to_datetime(client.token_answer().headers["Date"])
    assert abs((wall - datetime.now(UTC)).total_seconds()) < 60


SEARCHES = {
    '"displayName:ann"': {"ann"},
    '"displayName:ONE video"': {"video"},
    '"displayName:vid one"': {"video"},
    '"displayName:nn"': set(),
    '"mail:ann@" OR "mail:bob@"': {"ann", "bob"},
    '"displayName:b" and "mail:bob"': {"bob"},
    '("displayName:ann" OR "displayName:bob") AND "mail:bob"': {"bob"},
    '"proxyAddresses:smtp:b"': {"bob"},
}


@pytest.mark.parametrize("search", SEARCHES)
def test_search(client: Client, search: str) -> None:
    for key in list(client.tenant.collection("users")):
        client.tenant.delete("users", key)
    for name, shown in (("ann", "Ann Smith"), ("bob", "Bob Smith"), ("video", "OneVideo 2")):
        mail = f"{name}@contoso.com"
        client.tenant.put(
            "users",
            {
                "id": name,
                "displayName": shown,
                "mail": mail,
                "userPrincipalName": f"{name}.x@contoso.com",
                "proxyAddresses": [f"SMTP:{mail}"],
            },
        )
    body = client.graph(f"/v1.0/users?$search={search}&$select=id", ConsistencyLevel="eventual").json()
    assert {user["id"] for user in body["value"]} == SEARCHES[search]
    count = client.graph(f"/v1.0/users/$count?$search={search}", ConsistencyLevel="eventual")
    assert count.text == str(len(SEARCHES[search]))


@pytest.mark.parametrize(
    ("search", "text"),
    [
        ("displayName:x", "Syntax error: character 'd' is not valid at position 0"),
        ('"displayName"', "Syntax error in $search"),
        ('"displayName:x" "mail:x"', "Syntax error in $search"),
        ('("displayName:x"', "Syntax error in $search"),
        ('"displayName:x" AND', "Syntax error"),
        ('"shoeSize:x"', "Could not find a property named 'shoeSize'"),
    ],
)
def test_searches_that_are_refused(client: Client, search: str, text: str) -> None:
    answer = client.graph(f"/v1.0/users?$search={search}", ConsistencyLevel="eventual")
    assert answer.status_code == 400
    assert answer.json()["error"]["message"].startswith(text)


def test_search_needs_its_header(client: Client) -> None:
    error = client.graph('/v1.0/users?$search="displayName:x"').json()["error"]
    assert error["code"] == "Request_UnsupportedQuery"
    assert error["message"].endswith("special request header: 'ConsistencyLevel: eventual'")
