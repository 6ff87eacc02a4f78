"""$filter: what it keeps, what it needs, and how it is refused."""

from __future__ import annotations

from typing import Any

import pytest

from mocktenant.graph.errors import GraphRefused
from mocktenant.graph.filters import compiled

from .client import Client

LICENCE = "05e9a617-0261-4cee-bb44-138d3ef5d965"

PEOPLE: list[dict[str, Any]] = [
    {
        "id": "ann",
        "displayName": "Ann O'Neill",
        "accountEnabled": True,
        "userType": "Member",
        "mail": "ann@contoso.com",
        "createdDateTime": "2026-01-01T10:00:00.1234567Z",
        "assignedLicenses": [{"skuId": LICENCE, "disabledPlans": []}],
        "proxyAddresses": ["SMTP:ann@contoso.com", "smtp:a@contoso.com"],
        "onPremisesExtensionAttributes": {"extensionAttribute1": "Break Glass"},
    },
    {
        "id": "bob",
        "displayName": "bob",
        "accountEnabled": False,
        "userType": "Guest",
        "mail": "bob@fabrikam.com",
        "createdDateTime": "2026-06-01T00:00:00Z",
        "proxyAddresses": ["SMTP:bob@fabrikam.com"],
    },
    {"id": "cat", "displayName": "Cat", "accountEnabled": True, "createdDateTime": "not a time"},
]


def kept(text: str, type_name: str = "user", *, beta: bool = False, of: Any = PEOPLE) -> str:
    keep = compiled(type_name, text, beta=beta).keep
    return " ".join(item["id"] for item in of if keep(item))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("displayName eq 'BOB'", "bob"),
        ("DisplayName EQ 'ann o''neill'", "ann"),
        ("displayName ne 'bob'", "ann cat"),
        ("displayName gt 'b'", "bob cat"),
        ("displayName ge 'bob' and displayName le 'BOB'", "bob"),
        ("displayName lt 'b'", "ann"),
        ("mail gt 'a'", "ann bob"),  # null is neither more nor less
        ("accountEnabled eq true", "ann cat"),
        ("accountEnabled", "ann cat"),
        ("not accountEnabled", "bob"),
        ("accountEnabled ne true", "bob"),
        ("mail eq null", "cat"),
        ("mail ne null", "ann bob"),
        ("null eq mail", "cat"),
        ("not(mail eq null)", "ann bob"),
        ("NOT startsWith(mail,'ann')", "bob cat"),
        ("startswith(displayName, 'a') or startswith(displayName,'B')", "ann bob"),
        ("endswith(mail,'@CONTOSO.com')", "ann"),
        ("contains(displayName,'O''N')", "ann"),
        ("userType in ('guest', 'x')", "bob"),
        ("userType in ('Member')", "ann"),
        ("not (userType in ('guest'))", "ann cat"),
        ("mail eq null or userType eq 'Guest' and accountEnabled eq true", "cat"),
        ("(mail eq null or userType eq 'Guest') and accountEnabled eq false", "bob"),
        ("createdDateTime ge 2026-02-01T00:00:00Z", "bob"),
        ("createdDateTime lt 2026-02-01", "ann"),
        ("createdDateTime eq 2026-01-01T11:00:00.1234567+01:00", "ann"),
        ("createdDateTime le 2026-01-01T10:00Z", ""),
        ("assignedLicenses/any()", "ann"),
        (f"assignedLicenses/any(l:l/skuId eq {LICENCE.upper()})", "ann"),
        (f"assignedLicenses/any(l: l/skuId eq '{LICENCE}')", "ann"),
        ("not assignedLicenses/any()", "bob cat"),
        ("proxyAddresses/any(p:startswith(p,'smtp:a'))", "ann"),
        ("proxyAddresses/all(p:endswith(p,'@fabrikam.com'))", "bob cat"),  # all of none
        ("proxyAddresses/$count eq 2", "ann"),
        ("proxyAddresses/$count ge 1L", "ann bob"),
        ("assignedLicenses/any(l:l/disabledPlans/$count eq 0)", "ann"),
        ("onPremisesExtensionAttributes/extensionAttribute1 eq 'break glass'", "ann"),
        ("onPremisesExtensionAttributes eq null", "bob cat"),
        ("assignedLicenses/any(l:proxyAddresses/any(p:startswith(p,'smtp:a')))", "ann"),
        ("displayName eq userType", ""),
        ("microsoft.graph.user/displayName eq 'bob'", "bob"),
    ],
)
def test_what_is_kept(text: str, expected: str) -> None:
    assert kept(text) == expected


def test_flags_and_enums() -> None:
    strengths = [
        {"id": "mfa", "requirementsSatisfied": "mfa", "allowedCombinations": ["password,sms", "fido2"]},
        {"id": "none", "requirementsSatisfied": "none"},
    ]
    for text in (
        "requirementsSatisfied has microsoft.graph.authenticationStrengthRequirements'MFA'",
        "requirementsSatisfied has 'mfa'",
        "requirementsSatisfied eq 'mfa'",
        "allowedCombinations/any(a:a has 'sms')",
    ):
        assert kept(text, "authenticationStrengthPolicy", of=strengths) == "mfa", text


def test_casts_among_several_types() -> None:
    mixed = [{"@odata.type": "#microsoft.graph.group", "id": "g", "displayName": "x"}, *PEOPLE]
    people = [{"@odata.type": "#microsoft.graph.user", **one} for one in mixed[1:]]
    items = [mixed[0], *people]
    assert kept("microsoft.graph.user/accountEnabled eq false", "directoryObject", of=items) == "bob"
    assert kept("displayName eq 'x'", "directoryObject", of=items) == "g"
    assert kept("isof('microsoft.graph.group')", "directoryObject", of=items) == "g"
    assert kept("not isof('microsoft.graph.group')", "directoryObject", of=items) == "ann bob cat"


def test_beta_knows_more() -> None:
    roles = [{"id": "one", "isPrivileged": True}, {"id": "other", "isPrivileged": False}]
    assert kept("isPrivileged eq true", "unifiedRoleDefinition", beta=True, of=roles) == "one"
    with pytest.raises(GraphRefused, match="Could not find a property named 'isPrivileged'"):
        kept("isPrivileged eq true", "unifiedRoleDefinition")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("displayName eq 'x", "unterminated string literal at position 15"),
        ("displayName eq", "Syntax error at position 14"),
        ("displayName", "Syntax error at position 11"),
        ("eq 'x'", "Could not find a property named 'eq' on type 'microsoft.graph.user'"),
        ("displayName = 'x'", "Syntax error at position 12"),
        ("(displayName eq 'x'", "Syntax error at position 19"),
        ("displayName eq 'x')", "Syntax error at position 18"),
        ("displayName eq 'x' and", "Syntax error at position 22"),
        ("true", "Syntax error at position 4"),
        ("mail in 'x'", "Syntax error at position 8"),
        ("mail in ('x'", "Syntax error at position 12"),
        ("mail eq startswith(mail,'x')", "Syntax error"),
        ("startswith(mail 'x')", "Syntax error at position 16"),
        ("shoeSize eq 1", "Could not find a property named 'shoeSize'"),
        ("assignedLicenses/any(l:l/size eq 1)", "named 'size' on type 'microsoft.graph.assignedLicense'"),
        ("assignedLicenses/skuId eq 'x'", "Syntax error"),
        ("displayName/x eq 'x'", "Syntax error"),
        ("displayName/'x' eq 'x'", "Syntax error"),
        ("displayName/any(d:d eq 'x')", "Syntax error"),
        ("displayName/$count eq 1", "Syntax error"),
        ("proxyAddresses/any('x':p eq 'x')", "Syntax error"),
        ("proxyAddresses/any(p p eq 'x')", "Syntax error"),
        ("microsoft.graph.unicorn/id eq 'x'", "'microsoft.graph.unicorn' is not defined"),
        ("displayName/microsoft.graph.user eq null", "is not defined"),
        (
            "accountEnabled eq 'true'",
            "operand types 'Edm.Boolean' and 'Edm.String' for operator kind 'Equal'",
        ),
        ("accountEnabled gt false", "for operator kind 'GreaterThan'"),
        ("createdDateTime ge '2026-01-01'", "'Edm.DateTimeOffset' and 'Edm.String'"),
        ("displayName ne 5", "for operator kind 'NotEqual'"),
        ("proxyAddresses eq 'x'", "'Collection(Edm.String)' and 'Edm.String'"),
        ("proxyAddresses eq null", "'Collection(Edm.String)' and 'Edm.Null'"),
        (
            "onPremisesExtensionAttributes eq 'x'",
            "'microsoft.graph.onPremisesExtensionAttributes' and 'Edm.String'",
        ),
        ("startswith(accountEnabled,'x')", "No function signature for the function with name 'startswith'"),
        (
            "isof('microsoft.graph.unicorn')",
            "The type 'microsoft.graph.unicorn' is not defined in the model.",
        ),
        ("length(mail) eq 3", "The function length in $filter is not emulated"),
        ("not " * 50 + "accountEnabled", "node count limit"),
    ],
)
def test_what_is_refused(text: str, message: str) -> None:
    with pytest.raises(GraphRefused) as caught:
        kept(text)
    assert message in caught.value.message
    assert caught.value.status == 400


ADVANCED = {
    "userType ne 'Guest'": True,
    "not(userType eq 'Guest')": True,
    "endswith(mail,'x')": True,
    "contains(mail,'x')": True,
    "proxyAddresses/$count eq 0": True,
    "userType eq 'Guest' or startswith(mail,'x') and userType in ('a')": False,
    "createdDateTime ge 2026-01-01T00:00:00Z": False,
}


@pytest.mark.parametrize("text", ADVANCED)
def test_advanced_filters_need_header_and_count(client: Client, text: str) -> None:
    def status(query: str = "", **headers: str) -> int:
        return client.graph(f"/v1.0/users?$filter={text}{query}", **headers).status_code

    plain = 400 if ADVANCED[text] else 200
    assert status() == plain
    assert status(ConsistencyLevel="eventual") == plain
    assert status("&$count=true") == 400
    assert status("&$count=true", ConsistencyLevel="eventual") == 200
    counted = client.graph(f"/v1.0/users/$count?$filter={text}", ConsistencyLevel="eventual")
    assert counted.status_code == 200


def test_other_resources_take_them_plainly(client: Client) -> None:
    path = "/v1.0/identity/conditionalAccess/policies?$filter=state ne 'enabled'&$count=true"
    answer = client.graph(path)
    assert answer.status_code == 200
    assert answer.json()["@odata.count"] == len(answer.json()["value"])


@pytest.mark.parametrize("text", ["owners/$count eq 0", "not owners/any()"])
def test_relationships_can_be_counted(client: Client, text: str) -> None:
    tenant = client.tenant
    group = tenant.objects("groups")[0]["id"]
    for each in tenant.objects("groups"):
        if each["id"] != group:
            tenant.put("groupOwners", {"groupId": each["id"], "ownerId": tenant.objects("users")[0]["id"]})
    answer = client.graph(f"/v1.0/groups?$filter={text}&$count=true", ConsistencyLevel="eventual")
    assert [each["id"] for each in answer.json()["value"]] == [group]
    assert client.graph(f"/v1.0/groups?$filter={text}").status_code == 400


def test_over_http(client: Client) -> None:
    users = client.tenant.objects("users")
    client.tenant.patch("users", users[4]["id"], {"surname": "O'Neill + Söhne"})
    body = client.graph(
        "/v1.0/users?$select=id&%24filter=surname+eq+%27O%27%27Neill %2B S%C3%B6hne%27"
    ).json()
    assert [user["id"] for user in body["value"]] == [users[4]["id"]]
    body = client.graph("/v1.0/users?$select=id&$filter=accountEnabled eq false").json()
    assert [user["id"] for user in body["value"]] == [u["id"] for u in users if not u["accountEnabled"]]


def test_order(client: Client) -> None:
    names = [user["displayName"].casefold() for user in client.tenant.objects("users")]
    body = client.graph("/v1.0/users?$select=displayName&$orderby=displayName desc").json()["value"]
    assert [user["displayName"].casefold() for user in body] == sorted(names, reverse=True)
    both = "/v1.0/users?$select=userType,createdDateTime,jobTitle&$orderby=userType, createdDateTime desc,jobTitle asc"
    body = client.graph(both).json()["value"]
    kinds = [user["userType"] for user in body]
    assert kinds == sorted(kinds)
    made = [user["createdDateTime"] for user in body if user["userType"] == "Guest"]
    assert made == sorted(made, reverse=True)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("$orderby=shoeSize", "Could not find a property named 'shoeSize'"),
        ("$orderby=displayName up", "Syntax error in $orderby"),
        ("$orderby=proxyAddresses", "Syntax error in $orderby"),
        ("$orderby=displayName&$filter=accountEnabled eq true", "ConsistencyLevel"),
        ("$orderby=displayName/x", "Could not find a property named 'x'"),
        ("$filter=mail eq 'a'&$filter=mail eq 'b'", "more than once"),
    ],
)
def test_refused_over_http(client: Client, query: str, text: str) -> None:
    answer = client.graph(f"/v1.0/users?{query}")
    assert answer.status_code == 400
    assert text in answer.json()["error"]["message"]
