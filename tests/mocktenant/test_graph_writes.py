"""Graph's writes: what they take, what they change, and that the next read sees it."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from mocktenant import Tenant, serve
from mocktenant.graph.resources import Resource
from mocktenant.graph.table import LEAST, RESOURCES

from .client import GRAPH, Client

ADMIN = "Privileged Authentication Administrator"
USERS = {"User.ReadWrite.All", "User-PasswordProfile.ReadWrite.All", "Directory.ReadWrite.All"}
GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"
GOOD = "Correct-horse-7"


class Writer:
    """Requests with the app roles of the test; the answer's JSON, after its status was as expected."""

    def __init__(self, client: Client, *roles: str) -> None:
        self.client = client
        self.tenant = client.tenant
        self.may(*roles)

    def may(self, *roles: str, directory: tuple[str, ...] = ()) -> None:
        self.tenant.app_roles = LEAST | set(roles)
        self.tenant.directory_roles = directory
        self.token = self.client.token(GRAPH)

    def send(self, method: str, path: str, body: Any = None, version: str = "v1.0") -> requests.Response:
        return self.client.session.request(
            method,
            path if path.startswith("https:") else f"{GRAPH}/{version}/{path}",
            json=body,
            headers={"Authorization": f"Bearer {self.token}"},
        )

    def ok(
        self, method: str, path: str, body: Any = None, *, status: int = 204, version: str = "v1.0"
    ) -> Any:
        answer = self.send(method, path, body, version)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    def no(self, method: str, path: str, body: Any = None, version: str = "v1.0") -> tuple[int, str, str]:
        answer = self.send(method, path, body, version)
        error = answer.json()["error"]
        return answer.status_code, error["code"], error["message"]

    def get(self, path: str, version: str = "v1.0") -> Any:
        return self.ok("GET", path, status=200, version=version)


@pytest.fixture
def writer(client: Client) -> Writer:
    return Writer(client, *USERS)


def person(tenant: Tenant) -> dict[str, Any]:
    return next(user for user in tenant.objects("users") if user["assignedLicenses"])


def admin(tenant: Tenant) -> str:
    held = [
        one for one in tenant.objects("roleAssignments") if one["principalId"] in tenant.collection("users")
    ]
    return str(held[0]["principalId"])


# Permissions of every method


WRITES = [(row, method) for row in RESOURCES for method in row.writes]


@pytest.fixture(scope="module")
def shared() -> Any:
    with serve(Tenant(size=25)) as server:
        client = Client(server)
        yield Writer(client)
        client.session.close()


@pytest.mark.parametrize(
    ("row", "method"), WRITES, ids=[f"{m} {r.path} {'+'.join(sorted(r.versions))}" for r, m in WRITES]
)
def test_every_write_takes_more_than_reading_does(shared: Writer, row: Resource, method: str) -> None:
    verb, _, ref = method.partition(" ")
    path = row.path.replace("{id}", "x")
    if verb in ("PATCH", "DELETE") and not row.singleton:
        path += "/x"
    version = "v1.0" if "v1.0" in row.versions else "beta"
    body = dict.fromkeys(row.writes[method].by_property, None) or {}
    shared.may(*row.read)
    if any(role in row.read or role in LEAST for role in row.writes[method].roles):
        return  # an action that only reads
    status, code, _ = shared.no(verb, f"{path}/{ref}" if ref else path, body, version)
    assert status == 403
    assert code in {
        "Authorization_RequestDenied",
        "AccessDenied",
        "accessDenied",
        "Forbidden",
        "ErrorAccessDenied",
    }


# Bodies


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("text", "Unable to read JSON request payload."),
        (None, "Unable to read JSON request payload."),
        ({"shoeSize": 42}, "The property 'shoeSize' does not exist on type 'microsoft.graph.user'."),
        ({"AccountEnabled": True}, "The property 'AccountEnabled' does not exist"),
        (
            {"accountEnabled": "false"},
            "Cannot convert the literal 'false' to the expected type 'Edm.Boolean'.",
        ),
        ({"accountEnabled": 0}, "Cannot convert the literal '0' to the expected type 'Edm.Boolean'."),
        ({"displayName": 5}, "Cannot convert the literal '5' to the expected type 'Edm.String'."),
        (
            {"employeeHireDate": "soon"},
            "Cannot convert the literal 'soon' to the expected type 'Edm.DateTimeOffset'.",
        ),
        (
            {"businessPhones": "1"},
            "An unexpected 'PrimitiveValue' node was found for property named 'businessPhones'",
        ),
        ({"businessPhones": [{}]}, "An unexpected 'StartObject' node was found"),
        (
            {"passwordProfile": "x"},
            "An unexpected 'PrimitiveValue' node was found for property named 'passwordProfile'",
        ),
        (
            {"passwordProfile": {"hint": "x"}},
            "The property 'hint' does not exist on type 'microsoft.graph.passwordProfile'",
        ),
        ({"id": "x"}, "Property 'id' is read-only and cannot be set."),
    ],
)
def test_bodies_that_are_refused(shared: Writer, body: Any, text: str) -> None:
    shared.may(*USERS, directory=(ADMIN,))
    status, _, message = shared.no("PATCH", f"users/{person(shared.tenant)['id']}", body)
    assert status == 400
    assert message.startswith(text)


def test_members_of_enumerations_are_known(shared: Writer) -> None:
    shared.may("Policy.ReadWrite.ConditionalAccess")
    policy = shared.tenant.objects("conditionalAccessPolicies")[0]["id"]
    text = shared.no("PATCH", f"identity/conditionalAccess/policies/{policy}", {"state": "off"})[2]
    assert text == (
        "Cannot convert the literal 'off' to the expected type 'microsoft.graph.conditionalAccessPolicyState'."
    )


def test_nobody_is_changed_who_is_not_there(shared: Writer) -> None:
    shared.may(*USERS)
    assert shared.no("PATCH", "users/nobody", {"jobTitle": "x"})[:2] == (404, "Request_ResourceNotFound")


# People


def test_an_account_is_blocked_and_its_mailbox_says_so(writer: Writer) -> None:
    user = person(writer.tenant)
    path = f"users/{user['userPrincipalName']}"
    writer.may("User.EnableDisableAccount.All")
    assert writer.ok("PATCH", path, {"accountEnabled": False}) is None
    assert writer.get(f"{path}?$select=accountEnabled")["accountEnabled"] is False
    assert writer.tenant.journal[-2].permission == "User.EnableDisableAccount.All + User.Read.All"
    (box,) = [
        box for box in writer.tenant.objects("mailboxes") if box["ExternalDirectoryObjectId"] == user["id"]
    ]
    assert box["AccountDisabled"] is True
    assert writer.no("PATCH", path, {"jobTitle": "x"})[0] == 403
    writer.tenant.reset()
    assert writer.tenant.get("users", user["id"])["accountEnabled"] is True


def test_administrators_take_a_directory_role(writer: Writer) -> None:
    path = f"users/{admin(writer.tenant)}"
    assert writer.no("PATCH", path, {"accountEnabled": False})[:2] == (403, "Authorization_RequestDenied")
    assert writer.tenant.journal[-1].needs[-1] == (ADMIN, "Global Administrator")
    assert writer.get(f"{path}?$select=accountEnabled")["accountEnabled"] is True
    writer.ok("PATCH", path, {"jobTitle": "Head of everything"})
    writer.may(*USERS, directory=("User Administrator",))
    assert writer.no("DELETE", path)[0] == 403
    writer.may(*USERS, directory=(ADMIN,))
    writer.ok("PATCH", path, {"accountEnabled": False})
    assert writer.get(f"{path}?$select=accountEnabled")["accountEnabled"] is False


def test_whoever_is_an_administrator_through_a_group_is_one(writer: Writer) -> None:
    user, group = person(writer.tenant)["id"], writer.tenant.objects("groups")[0]["id"]
    writer.tenant.put("groupMembers", {"groupId": group, "memberId": user})
    writer.ok("PATCH", f"users/{user}", {"accountEnabled": False})
    writer.tenant.put("roleAssignments", {"principalId": group, "roleDefinitionId": GLOBAL_ADMINISTRATOR})
    assert writer.no("PATCH", f"users/{user}", {"accountEnabled": True})[0] == 403


def test_passwords_take_an_app_role_of_their_own_and_a_directory_role(writer: Writer) -> None:
    user = person(writer.tenant)["id"]
    profile = {"passwordProfile": {"password": GOOD, "forceChangePasswordNextSignIn": True}}
    assert writer.no("PATCH", f"users/{user}", profile)[0] == 403
    writer.may("User.ReadWrite.All", directory=(ADMIN,))
    assert writer.no("PATCH", f"users/{user}", profile)[0] == 403
    writer.may("User-PasswordProfile.ReadWrite.All", directory=("User Administrator",))
    assert writer.no("PATCH", f"users/{admin(writer.tenant)}", profile)[0] == 403
    simple = {"passwordProfile": {"password": "password"}}
    assert "complexity" in writer.no("PATCH", f"users/{user}", simple)[2]
    writer.ok("PATCH", f"users/{user}", profile)
    sent = writer.get(f"users/{user}?$select=passwordProfile,lastPasswordChangeDateTime")
    assert sent["passwordProfile"]["password"] is None
    assert sent["lastPasswordChangeDateTime"] == f"{writer.tenant.clock:%Y-%m-%dT%H:%M:%SZ}"
    assert GOOD not in str(writer.tenant.objects("users"))


def test_a_request_that_may_do_half_does_nothing(writer: Writer) -> None:
    user = person(writer.tenant)["id"]
    writer.may("User.EnableDisableAccount.All", directory=("User Administrator",))
    both = {"accountEnabled": False, "passwordProfile": {"password": GOOD}}
    assert writer.no("PATCH", f"users/{user}", both)[0] == 403
    assert writer.get(f"users/{user}?$select=accountEnabled")["accountEnabled"] is True


def test_sessions_are_revoked(writer: Writer) -> None:
    user = person(writer.tenant)
    writer.may("User.RevokeSessions.All")
    said = writer.ok("POST", f"users/{user['id']}/revokeSignInSessions", status=200)
    assert said == {"@odata.context": f"{GRAPH}/v1.0/$metadata#Edm.Boolean", "value": True}
    sent = writer.get(f"users/{user['id']}?$select=signInSessionsValidFromDateTime")
    assert sent["signInSessionsValidFromDateTime"] == f"{writer.tenant.clock:%Y-%m-%dT%H:%M:%SZ}"
    path = f"users/{user['id']}/microsoft.graph.invalidateAllRefreshTokens"
    assert writer.ok("POST", path, status=200, version="beta")["value"] is True
    assert writer.no("POST", f"users/{user['id']}/invalidateAllRefreshTokens")[0] == 400
    assert writer.no("POST", "users/nobody/revokeSignInSessions")[0] == 404


def test_a_user_is_made_deleted_and_brought_back(writer: Writer) -> None:
    new = {
        "accountEnabled": True,
        "displayName": "Nora New",
        "mailNickname": "nora.new",
        "userPrincipalName": "nora.new@contoso.com",
        "passwordProfile": {"password": GOOD},
    }
    answer = writer.send("POST", "users", new)
    made = answer.json()
    assert (answer.status_code, made["displayName"]) == (201, "Nora New")
    assert made["@odata.context"] == f"{GRAPH}/v1.0/$metadata#users/$entity"
    assert writer.get(answer.headers["Location"])["id"] == made["id"]
    assert "already exists" in writer.no("POST", "users", new)[2]
    foreign = new | {"userPrincipalName": "nora@fabrikam.com"}
    assert "verified domain names" in writer.no("POST", "users", foreign)[2]
    needed = {name: value for name, value in new.items() if name != "mailNickname"}
    assert writer.no("POST", "users", needed)[1:] == (
        "Request_BadRequest",
        "A value is required for property 'mailNickname' of resource 'User'.",
    )
    writer.ok("DELETE", f"users/{made['id']}")
    assert writer.no("GET", f"users/{made['id']}")[0] == 404
    (gone,) = writer.get("directory/deletedItems/microsoft.graph.user?$select=id,deletedDateTime")["value"]
    assert gone["id"] == made["id"]
    assert gone["deletedDateTime"]
    assert writer.get(f"directory/deletedItems/{made['id']}")["@odata.type"] == "#microsoft.graph.user"
    back = writer.ok("POST", f"directory/deletedItems/{made['id']}/restore", status=200)
    assert back["userPrincipalName"] == "nora.new@contoso.com"
    assert writer.get(f"users/{made['id']}?$select=id,deletedDateTime")["deletedDateTime"] is None
    writer.ok("DELETE", f"users/{made['id']}")
    writer.ok("DELETE", f"directory/deletedItems/{made['id']}")
    assert writer.no("POST", f"directory/deletedItems/{made['id']}/restore")[0] == 404


def test_a_manager_is_set_and_taken_away(writer: Writer) -> None:
    ann, bob = (user["id"] for user in writer.tenant.objects("users")[:2])
    assert writer.no("GET", f"users/{ann}/manager")[0] == 404
    link = {"@odata.id": f"{GRAPH}/v1.0/users/{bob}"}
    writer.ok("PUT", f"users/{ann}/manager/$ref", link)
    assert writer.get(f"users/{ann}/manager")["id"] == bob
    assert writer.get(f"users/{ann}?$expand=manager($select=id)")["manager"]["id"] == bob
    assert [one["id"] for one in writer.get(f"users/{bob}/directReports")["value"]] == [ann]
    writer.ok("DELETE", f"users/{ann}/manager/$ref")
    assert writer.no("DELETE", f"users/{ann}/manager/$ref")[0] == 404
    assert writer.no("PUT", f"users/{ann}/manager/$ref", {"@odata.id": "https://x/users/nobody"})[0] == 404


def test_licences_are_given_and_taken(writer: Writer) -> None:
    user = person(writer.tenant)
    sku = user["assignedLicenses"][0]["skuId"]
    assert writer.get(f"users/{user['id']}/licenseDetails")["value"][0]["skuId"] == sku
    path = f"users/{user['id']}/assignLicense"
    writer.ok("POST", path, {"addLicenses": [], "removeLicenses": [sku]}, status=200)
    assert writer.get(f"users/{user['id']}/licenseDetails")["value"] == []
    writer.ok("POST", path, {"addLicenses": [{"skuId": sku}], "removeLicenses": []}, status=200)
    assert writer.get(f"users/{user['id']}/licenseDetails")["value"] != []
    other = {"addLicenses": [{"skuId": user["id"]}], "removeLicenses": []}
    assert "does not correspond to a valid company License" in writer.no("POST", path, other)[2]


# Groups


def test_members_come_and_go(writer: Writer) -> None:
    writer.may("GroupMember.ReadWrite.All")
    group = next(g["id"] for g in writer.tenant.objects("groups") if g["displayName"] == "All departments")
    user = person(writer.tenant)["id"]
    link = {"@odata.id": f"{GRAPH}/v1.0/directoryObjects/{user}"}
    writer.ok("POST", f"groups/{group}/members/$ref", link)
    assert user in [one["id"] for one in writer.get(f"groups/{group}/members")["value"]]
    status, code, text = writer.no("POST", f"groups/{group}/members/$ref", link)
    assert (status, code) == (400, "Request_BadRequest")
    assert text.startswith("One or more added object references already exist")
    writer.ok("DELETE", f"groups/{group}/members/{user}/$ref")
    assert writer.no("DELETE", f"groups/{group}/members/{user}/$ref")[0] == 404
    assert user in writer.tenant.collection("users")
    assert writer.no("POST", f"groups/{group}/members/$ref", {"@odata.id": "nonsense"})[0] == 400
    assert writer.no("POST", f"groups/{group}/members/$ref", {"@odata.id": f"{GRAPH}/v1.0/users/x"})[0] == 404
    assert writer.no("GET", f"groups/{group}/members/$ref")[0] == 405


def test_groups_that_hold_roles_are_a_matter_of_roles(writer: Writer) -> None:
    writer.may("GroupMember.ReadWrite.All", "Group.ReadWrite.All")
    group = next(g["id"] for g in writer.tenant.objects("groups") if g.get("isAssignableToRole"))
    link = {"@odata.id": f"{GRAPH}/v1.0/users/{person(writer.tenant)['id']}"}
    assert writer.no("POST", f"groups/{group}/members/$ref", link)[0] == 403
    writer.may("GroupMember.ReadWrite.All", "RoleManagement.ReadWrite.Directory")
    writer.ok("POST", f"groups/{group}/members/$ref", link)


def test_a_group_is_made_changed_and_deleted(writer: Writer) -> None:
    user = person(writer.tenant)["id"]
    new = {
        "displayName": "Project Golf",
        "mailEnabled": True,
        "mailNickname": "golf",
        "securityEnabled": False,
        "groupTypes": ["Unified"],
        "owners@odata.bind": [f"{GRAPH}/v1.0/users/{user}"],
    }
    made = writer.ok("POST", "groups", new, status=201)
    assert made["mail"] == "golf@contoso.onmicrosoft.com"
    assert [one["id"] for one in writer.get(f"groups/{made['id']}/owners")["value"]] == [user]
    writer.ok("PATCH", f"groups/{made['id']}", {"description": "x"})
    assert writer.get(f"groups/{made['id']}")["description"] == "x"
    writer.ok("DELETE", f"groups/{made['id']}")
    assert [g["id"] for g in writer.get("directory/deletedItems/microsoft.graph.group")["value"]] == [
        made["id"]
    ]
    plain = writer.ok(
        "POST", "groups", new | {"groupTypes": [], "mailEnabled": False, "owners@odata.bind": []}, status=201
    )
    assert plain["mail"] is None
    writer.ok("DELETE", f"groups/{plain['id']}")
    assert plain["id"] not in writer.tenant.collection("deletedGroups")
    assert writer.no("POST", "groups", new | {"isAssignableToRole": True})[0] == 403


# Applications


APPS = (
    "Application.ReadWrite.All",
    "AppRoleAssignment.ReadWrite.All",
    "DelegatedPermissionGrant.ReadWrite.All",
)


def test_an_application_goes_with_its_principal_and_comes_back(writer: Writer) -> None:
    writer.may(*APPS)
    app = writer.ok("POST", "applications", {"displayName": "New app"}, status=201)
    principal = writer.ok("POST", "servicePrincipals", {"appId": app["appId"]}, status=201)
    assert principal["displayName"] == "New app"
    assert writer.no("POST", "servicePrincipals", {"appId": app["appId"]})[:2] == (
        409,
        "Request_MultipleObjectsWithSameKeyValue",
    )
    writer.ok("PATCH", f"servicePrincipals/{principal['id']}", {"accountEnabled": False})
    assert writer.get(f"servicePrincipals(appId='{app['appId']}')")["accountEnabled"] is False
    writer.ok("DELETE", f"applications(appId='{app['appId']}')")
    assert writer.no("GET", f"servicePrincipals/{principal['id']}")[0] == 404
    gone = writer.get("directory/deletedItems/microsoft.graph.servicePrincipal")["value"]
    assert [one["id"] for one in gone] == [principal["id"]]
    writer.ok("POST", f"directory/deletedItems/{app['id']}/restore", status=200)
    assert writer.get(f"applications/{app['id']}")["displayName"] == "New app"


TRUST = {"name": "ci", "issuer": "https://example.com", "subject": "x", "audiences": ["api"]}


@pytest.mark.parametrize("collection", ["applications", "servicePrincipals"])
def test_secrets_are_told_once(writer: Writer, collection: str) -> None:
    writer.may(*APPS)
    path = f"{collection}(appId='{writer.tenant.client_id}')"
    before = len(writer.get(path)["passwordCredentials"])
    made = writer.ok("POST", f"{path}/addPassword", {"passwordCredential": {"displayName": "x"}}, status=200)
    assert made["secretText"].startswith(made["hint"])
    held = writer.get(path)["passwordCredentials"]
    assert len(held) == before + 1
    assert held[-1]["secretText"] is None
    assert made["secretText"] not in str(writer.tenant.objects(collection))
    writer.ok("POST", f"{path}/removePassword", {"keyId": made["keyId"]})
    assert len(writer.get(path)["passwordCredentials"]) == before
    assert writer.no("POST", f"{path}/removePassword", {"keyId": made["keyId"]})[0] == 400
    assert writer.no("POST", f"{path}/removePassword", {"keyId": "x"})[0] == 400
    assert writer.no("POST", f"{path}/removePassword", {})[0] == 400
    assert writer.no("POST", f"{path}/removePassword", {"key": "x"})[2].startswith("The parameter 'key'")


def test_who_may_manage_its_own_may_not_manage_others(writer: Writer) -> None:
    writer.may("Application.ReadWrite.OwnedBy")
    app = writer.ok("POST", "applications", {"displayName": "Mine"}, status=201)
    mine = writer.ok("POST", "servicePrincipals", {"appId": app["appId"]}, status=201)
    assert [one["id"] for one in writer.get(f"applications/{app['id']}/owners")["value"]] == [
        writer.tenant.app.object_id
    ]
    writer.ok("PATCH", f"applications/{app['id']}", {"displayName": "Still mine"})
    writer.ok("PATCH", f"servicePrincipals/{mine['id']}", {"accountEnabled": False})
    writer.ok("POST", f"applications/{app['id']}/addPassword", {}, status=200)
    other = writer.tenant.put("applications", {"appId": mine["id"], "displayName": "Other"})["id"]
    for method, path, body in (
        ("PATCH", f"applications/{other}", {"displayName": "x"}),
        ("POST", f"applications/{other}/addPassword", {}),
        ("POST", f"applications/{other}/federatedIdentityCredentials", TRUST),
        ("POST", f"applications/{other}/owners/$ref", {"@odata.id": f"{GRAPH}/v1.0/users/{mine['id']}"}),
        ("DELETE", f"applications/{other}", None),
    ):
        assert writer.no(method, path, body)[:2] == (403, "Authorization_RequestDenied")
    writer.ok("DELETE", f"applications/{app['id']}")


def test_what_is_granted_through_graph_counts_at_sign_in(writer: Writer) -> None:
    writer.may(*APPS, "RoleManagement.ReadWrite.Directory")
    app = writer.ok("POST", "applications", {"displayName": "Robot"}, status=201)
    principal = writer.ok("POST", "servicePrincipals", {"appId": app["appId"]}, status=201)
    made = writer.ok("POST", f"applications/{app['id']}/addPassword", {}, status=200)
    graph = writer.get("servicePrincipals(appId='00000003-0000-0000-c000-000000000000')")
    role = next(one["id"] for one in graph["appRoles"] if one["value"] == "Domain.Read.All")
    grant = {"principalId": principal["id"], "resourceId": graph["id"], "appRoleId": role}
    writer.ok("POST", f"servicePrincipals/{principal['id']}/appRoleAssignments", grant, status=201)
    robot = {"client_id": app["appId"], "client_secret": made["secretText"], "scope": f"{GRAPH}/.default"}
    token = writer.client.token_answer(**robot).json()["access_token"]
    assert writer.client.graph("/v1.0/domains", token=token).status_code == 200
    assert writer.client.graph("/v1.0/users", token=token).status_code == 403
    writer.ok("PATCH", f"servicePrincipals/{principal['id']}", {"accountEnabled": False})
    assert writer.client.token_answer(**robot).status_code == 400
    writer.ok("PATCH", f"servicePrincipals/{principal['id']}", {"accountEnabled": True})
    writer.ok("POST", f"applications/{app['id']}/removePassword", {"keyId": made["keyId"]})
    assert writer.client.token_answer(**robot).status_code == 401
    alone = writer.ok("POST", "applications", {"displayName": "Alone"}, status=201)
    assert writer.ok("POST", f"applications/{alone['id']}/addPassword", {}, status=200)["secretText"]


def test_certificates_are_removed(writer: Writer) -> None:
    writer.may(*APPS)
    key = person(writer.tenant)["id"]
    app = writer.tenant.put(
        "applications", {"appId": key, "displayName": "x", "keyCredentials": [{"keyId": key}]}
    )
    writer.ok("POST", f"applications/{app['id']}/removeKey", {"keyId": key, "proof": "a.b.c"})
    assert writer.get(f"applications/{app['id']}")["keyCredentials"] == []
    path = f"applications/{app['id']}/federatedIdentityCredentials"
    made = writer.ok("POST", path, TRUST, status=201)
    assert [one["id"] for one in writer.get(path)["value"]] == [made["id"]]
    writer.ok("DELETE", f"{path}/ci")
    assert writer.get(path)["value"] == []


def test_app_roles_are_given_and_taken_from_both_sides(writer: Writer) -> None:
    writer.may(*APPS)
    graph = writer.get("servicePrincipals(appId='00000003-0000-0000-c000-000000000000')")
    role = next(one["id"] for one in graph["appRoles"] if one["value"] == "Mail.Read")
    principal = next(
        sp["id"]
        for sp in writer.tenant.objects("servicePrincipals")
        if sp["id"] not in (graph["id"], writer.tenant.app.object_id)
    )
    body = {"principalId": principal, "resourceId": graph["id"], "appRoleId": role}
    made = writer.ok("POST", f"servicePrincipals/{principal}/appRoleAssignments", body, status=201)
    assert (made["resourceDisplayName"], made["principalType"]) == ("Microsoft Graph", "ServicePrincipal")
    assert (
        "already exists" in writer.no("POST", f"servicePrincipals/{graph['id']}/appRoleAssignedTo", body)[2]
    )
    held = writer.get(f"servicePrincipals/{principal}/appRoleAssignments")["value"]
    assert made["id"] in [one["id"] for one in held]
    writer.ok("DELETE", f"servicePrincipals/{graph['id']}/appRoleAssignedTo/{made['id']}")
    held = writer.get(f"servicePrincipals/{principal}/appRoleAssignments")["value"]
    assert made["id"] not in [one["id"] for one in held]
    unknown = body | {"appRoleId": principal}
    assert (
        "was not found on application"
        in writer.no("POST", f"servicePrincipals/{principal}/appRoleAssignments", unknown)[2]
    )
    nobody = body | {"resourceId": role}
    assert writer.no("POST", f"servicePrincipals/{principal}/appRoleAssignments", nobody)[0] == 404
    assert writer.no("POST", f"servicePrincipals/{graph['id']}/appRoleAssignments", body)[0] == 400


def test_the_scanners_own_grants_can_be_taken(writer: Writer) -> None:
    writer.may(*APPS, "RoleManagement.ReadWrite.Directory", directory=("Global Reader",))
    path = f"servicePrincipals/{writer.tenant.app.object_id}/appRoleAssignments"
    held = writer.get(path)["value"]
    writer.ok("DELETE", f"{path}/{held[0]['id']}")
    assert len(writer.get(path)["value"]) == len(held) - 1 == len(writer.tenant.app_roles)
    roles = "roleManagement/directory/roleAssignments"
    (own,) = writer.get(f"{roles}?$filter=principalId eq '{writer.tenant.app.object_id}'")["value"]
    writer.ok("DELETE", f"{roles}/{own['id']}")
    assert writer.tenant.directory_roles == set()


def test_delegated_grants(writer: Writer) -> None:
    writer.may(*APPS)
    client = writer.tenant.app.object_id
    new = {"clientId": client, "consentType": "AllPrincipals", "resourceId": client, "scope": "Mail.Read"}
    made = writer.ok("POST", "oauth2PermissionGrants", new, status=201)
    writer.ok("PATCH", f"oauth2PermissionGrants/{made['id']}", {"scope": "User.Read"})
    assert writer.get(f"oauth2PermissionGrants/{made['id']}")["scope"] == "User.Read"
    writer.ok("DELETE", f"oauth2PermissionGrants/{made['id']}")
    assert writer.no("DELETE", f"oauth2PermissionGrants/{made['id']}")[0] == 404


def test_a_principals_grants_go_with_it(writer: Writer) -> None:
    writer.may(*APPS)
    grant = writer.tenant.objects("oauth2PermissionGrants")[0]
    writer.ok("DELETE", f"servicePrincipals/{grant['clientId']}")
    assert grant["clientId"] not in str(writer.get("oauth2PermissionGrants"))


# Roles


def test_roles_are_assigned_and_taken(writer: Writer) -> None:
    writer.may("RoleManagement.ReadWrite.Directory")
    user = person(writer.tenant)["id"]
    body = {"principalId": user, "roleDefinitionId": GLOBAL_ADMINISTRATOR, "directoryScopeId": "/"}
    path = "roleManagement/directory/roleAssignments"
    made = writer.ok("POST", path, body, status=201)
    assert "conflicting object" in writer.no("POST", path, body)[2]
    role = f"directoryRoles(roleTemplateId='{GLOBAL_ADMINISTRATOR}')"
    assert user in [one["id"] for one in writer.get(f"{role}/members")["value"]]
    writer.ok("DELETE", f"{path}/{made['id']}")
    assert user not in str(writer.get(f"{role}/members"))
    writer.ok("POST", f"{role}/members/$ref", {"@odata.id": f"{GRAPH}/v1.0/users/{user}"})
    assert user in str(writer.get(f"{path}?$filter=principalId eq '{user}'"))
    writer.ok("DELETE", f"{role}/members/{user}/$ref")
    assert writer.get(f"{path}?$filter=principalId eq '{user}'")["value"] == []
    assert writer.no("POST", path, body | {"principalId": "x"})[0] == 404
    assert writer.no("POST", path, body | {"roleDefinitionId": "x"})[0] == 404


def test_eligible_assignments_are_requested(writer: Writer) -> None:
    writer.may("RoleManagement.ReadWrite.Directory")
    user = person(writer.tenant)["id"]
    body = {
        "action": "adminAssign",
        "principalId": user,
        "roleDefinitionId": GLOBAL_ADMINISTRATOR,
        "directoryScopeId": "/",
        "scheduleInfo": {"startDateTime": "2026-09-01T00:00:00Z", "expiration": {"type": "noExpiration"}},
    }
    path = "roleManagement/directory/roleEligibilityScheduleRequests"
    assert writer.ok("POST", path, body, status=201)["status"] == "Provisioned"
    for kind in ("Schedules", "ScheduleInstances"):
        held = writer.get(f"roleManagement/directory/roleEligibility{kind}?$filter=principalId eq '{user}'")
        assert len(held["value"]) == 1
    assert writer.ok("POST", path, body | {"action": "adminRemove"}, status=201)["status"] == "Revoked"
    held = writer.get(f"roleManagement/directory/roleEligibilitySchedules?$filter=principalId eq '{user}'")
    assert held["value"] == []


# Conditional Access


POLICY = {
    "displayName": "Block it",
    "state": "enabledForReportingButNotEnforced",
    "conditions": {"clientAppTypes": ["all"], "users": {"includeUsers": ["All"]}},
    "grantControls": {"operator": "OR", "builtInControls": ["block"]},
}


def test_policies_are_made_changed_and_deleted(writer: Writer) -> None:
    writer.may("Policy.ReadWrite.ConditionalAccess")
    path = "identity/conditionalAccess/policies"
    made = writer.ok("POST", path, POLICY, status=201)
    assert made["createdDateTime"]
    writer.ok(
        "PATCH",
        f"{path}/{made['id']}",
        {"state": "enabled", "conditions": {"users": {"excludeUsers": ["x"]}}},
    )
    now = writer.get(f"{path}/{made['id']}")
    assert (now["state"], now["modifiedDateTime"] is None) == ("enabled", False)
    assert (now["conditions"]["users"]["includeUsers"], now["conditions"]["users"]["excludeUsers"]) == (
        ["All"],
        ["x"],
    )
    writer.ok("DELETE", f"{path}/{made['id']}")
    assert writer.no("GET", f"{path}/{made['id']}")[0] == 404
    without = {name: value for name, value in POLICY.items() if name != "grantControls"}
    assert writer.no("POST", path, without)[0] == 400
    writer.tenant.licences = set()
    assert writer.no("POST", path, POLICY)[1:] == (
        "AccessDenied",
        "Your tenant is not licensed for this feature. Please upgrade your subscription to access it.",
    )


def test_locations_say_their_type(writer: Writer) -> None:
    writer.may("Policy.ReadWrite.ConditionalAccess")
    path = "identity/conditionalAccess/namedLocations"
    ranges = [{"@odata.type": "#microsoft.graph.iPv4CidrRange", "cidrAddress": "192.0.2.0/24"}]
    new = {"@odata.type": "#microsoft.graph.ipNamedLocation", "displayName": "Office", "ipRanges": ranges}
    made = writer.ok("POST", path, new, status=201)
    assert made["@odata.type"] == "#microsoft.graph.ipNamedLocation"
    writer.ok("PATCH", f"{path}/{made['id']}", {"@odata.type": new["@odata.type"], "isTrusted": True})
    assert writer.get(f"{path}/{made['id']}")["isTrusted"] is True
    writer.ok("DELETE", f"{path}/{made['id']}")
    assert writer.no("POST", path, {"displayName": "x"})[0] == 400


def test_policies_of_which_there_is_one(writer: Writer) -> None:
    writer.may("Policy.ReadWrite.Authorization", "Policy.ReadWrite.SecurityDefaults")
    writer.ok("PATCH", "policies/authorizationPolicy", {"allowInvitesFrom": "none"})
    assert writer.get("policies/authorizationPolicy")["allowInvitesFrom"] == "none"
    assert writer.get("policies/authorizationPolicy", "beta")["value"][0]["allowInvitesFrom"] == "none"
    writer.ok("PATCH", "policies/identitySecurityDefaultsEnforcementPolicy", {"isEnabled": True})
    assert writer.get("policies/identitySecurityDefaultsEnforcementPolicy")["isEnabled"] is True


# Authentication methods


def test_methods_are_listed_by_type_and_taken_away(writer: Writer) -> None:
    writer.may("UserAuthenticationMethod.ReadWrite.All")
    user = person(writer.tenant)["id"]
    path = f"users/{user}/authentication"
    made = writer.ok(
        "POST", f"{path}/phoneMethods", {"phoneNumber": "+1 4255550100", "phoneType": "mobile"}, status=201
    )
    assert made["id"] in [one["id"] for one in writer.get(f"{path}/phoneMethods")["value"]]
    everything = {one["id"]: one["@odata.type"] for one in writer.get(f"{path}/methods")["value"]}
    assert everything[made["id"]] == "#microsoft.graph.phoneAuthenticationMethod"
    assert writer.no("DELETE", f"{path}/methods/{made['id']}")[0] == 405
    assert writer.no("DELETE", f"{path}/fido2Methods/{made['id']}")[0] == 404
    writer.ok("DELETE", f"{path}/phoneMethods/{made['id']}")
    assert made["id"] not in str(writer.get(f"{path}/methods"))
    of_admin = f"users/{admin(writer.tenant)}/authentication/phoneMethods"
    assert writer.no("POST", of_admin, {"phoneNumber": "+1 4255550100", "phoneType": "office"})[0] == 403


def test_passwords_are_reset_in_the_background(writer: Writer) -> None:
    user = person(writer.tenant)["id"]
    path = f"users/{user}/authentication/methods/28c10230-6103-485e-b985-444c60001490/resetPassword"
    writer.may("UserAuthenticationMethod.ReadWrite.All", directory=("Authentication Administrator",))
    answer = writer.send("POST", path, {"newPassword": GOOD}, "beta")
    assert (answer.status_code, answer.content) == (202, b"")
    assert "/authentication/operations/" in answer.headers["Location"]
    assert writer.ok("POST", path, {}, status=202)["newPassword"]
    assert writer.tenant.get("users", user)["lastPasswordChangeDateTime"].startswith(
        f"{writer.tenant.clock:%Y-%m-%d}"
    )
    writer.may("UserAuthenticationMethod.ReadWrite.All")
    assert writer.no("POST", path, {"newPassword": GOOD})[0] == 403


# Inbox rules


def box_of(tenant: Tenant) -> tuple[str, str]:
    box = next(box for box in tenant.objects("mailboxes") if box["RecipientTypeDetails"] == "UserMailbox")
    return box["ExternalDirectoryObjectId"], box["Guid"]


def test_inbox_rules_are_the_same_as_exchanges(writer: Writer) -> None:
    writer.may("MailboxSettings.ReadWrite", "Mail.ReadBasic.All")
    user, box = box_of(writer.tenant)
    for rule in writer.tenant.objects("inboxRules"):
        if rule["Mailbox"] == box:
            writer.tenant.delete("inboxRules", rule["Guid"])
    writer.tenant.put("inboxRules", {"Mailbox": box, "Name": "Unseen", "Hidden": True, "DeleteMessage": True})
    writer.tenant.put(
        "inboxRules",
        {
            "Mailbox": box,
            "Name": "Out",
            "Priority": 3,
            "SubjectContainsWords": ["invoice"],
            "ExceptIfHasAttachment": True,
            "ForwardTo": ['"Eve" [SMTP:eve@example.com]'],
            "MoveToFolder": "RSS Feeds",
            "MarkImportance": "High",
        },
    )
    path = f"users/{user}/mailFolders/inbox/messageRules"
    (rule,) = writer.get(path)["value"]
    assert (rule["displayName"], rule["sequence"], rule["isEnabled"], rule["isReadOnly"]) == (
        "Out",
        3,
        True,
        False,
    )
    assert rule["conditions"]["subjectContains"] == ["invoice"]
    assert rule["exceptions"]["hasAttachments"] is True
    assert rule["actions"]["forwardTo"] == [{"emailAddress": {"name": "Eve", "address": "eve@example.com"}}]
    assert rule["actions"]["markImportance"] == "high"
    folders = {
        one["id"]: one["displayName"] for one in writer.get(f"users/{user}/mailFolders?$top=50")["value"]
    }
    assert folders[rule["actions"]["moveToFolder"]] == "RSS Feeds"
    changed = writer.ok("PATCH", f"{path}/{rule['id']}", {"isEnabled": False}, status=200)
    assert (changed["isEnabled"], changed["actions"]) == (False, rule["actions"])
    new = {
        "displayName": "In",
        "sequence": 1,
        "conditions": {
            "senderContains": ["boss"],
            "importance": "high",
            "withinSizeRange": {"minimumSize": 5},
        },
        "actions": {
            "redirectTo": rule["actions"]["forwardTo"],
            "moveToFolder": "deleteditems",
            "delete": True,
        },
    }
    made = writer.ok("POST", path, new, status=201)
    kept = next(one for one in writer.tenant.objects("inboxRules") if one["Name"] == "In")
    assert kept["RedirectTo"] == ['"Eve" [SMTP:eve@example.com]']
    assert (kept["MoveToFolder"], kept["DeleteMessage"]) == ("Deleted Items", True)
    assert (kept["WithImportance"], kept["WithinSizeRangeMinimum"]) == ("High", 5)
    assert [one["displayName"] for one in writer.get(path)["value"]] == ["In", "Out"]
    writer.ok("DELETE", f"{path}/{made['id']}")
    assert writer.no("DELETE", f"{path}/{made['id']}")[:2] == (404, "ErrorItemNotFound")


def test_rules_that_outlook_cannot_express_are_read_only(writer: Writer) -> None:
    writer.may("MailboxSettings.ReadWrite")
    user, box = box_of(writer.tenant)
    writer.tenant.put("inboxRules", {"Mailbox": box, "Name": "Odd", "SupportedByTask": False, "Priority": 0})
    path = f"users/{user}/mailFolders/inbox/messageRules"
    rule = writer.get(path)["value"][0]
    assert (rule["isReadOnly"], rule["actions"], rule["conditions"]) == (True, None, None)
    assert writer.no("PATCH", f"{path}/{rule['id']}", {"isEnabled": False})[0] == 400


def test_mailboxes_that_there_are_not(writer: Writer) -> None:
    writer.may("MailboxSettings.ReadWrite")
    guest = writer.tenant.put(
        "users", {"displayName": "Guest", "userPrincipalName": "g", "userType": "Guest"}
    )["id"]
    for path in ("mailboxSettings", "mailFolders/inbox/messageRules"):
        assert writer.no("GET", f"users/{guest}/{path}")[:2] == (404, "MailboxNotEnabledForRESTAPI")
    writer.may()
    assert writer.no("GET", f"users/{guest}/mailboxSettings")[1] == "ErrorAccessDenied"


def test_settings_of_a_mailbox(writer: Writer) -> None:
    writer.may("MailboxSettings.ReadWrite", "Exchange.ManageAsApp", directory=("Exchange Administrator",))
    user, box = box_of(writer.tenant)
    reply = {"automaticRepliesSetting": {"status": "alwaysEnabled", "externalAudience": "none"}}
    writer.ok("PATCH", f"users/{user}/mailboxSettings", {"dateFormat": "yyyy-MM-dd"}, status=200)
    assert writer.ok("PATCH", f"users/{user}/mailboxSettings", reply, status=200)["timeZone"]
    said = writer.get(f"users/{user}/mailboxSettings")
    assert (said["automaticRepliesSetting"]["status"], said["dateFormat"]) == ("alwaysEnabled", "yyyy-MM-dd")
    shown = writer.client.invoke("Get-MailboxAutoReplyConfiguration", {"Identity": box}).json()["value"][0]
    assert (shown["AutoReplyState"], shown["ExternalAudience"]) == ("Enabled", "None")
    assert "userId" not in said
    assert writer.get(f"users/{user}/mailboxSettings/timeZone")["value"] == "Pacific Standard Time"


# Risk and the audit log


def test_risk_is_confirmed_and_dismissed(writer: Writer) -> None:
    writer.may("IdentityRiskyUser.ReadWrite.All")
    user = person(writer.tenant)["id"]
    assert writer.no("GET", f"identityProtection/riskyUsers/{user}")[0] == 404
    writer.ok("POST", "identityProtection/riskyUsers/confirmCompromised", {"userIds": [user, "nobody"]})
    risky = writer.get(f"identityProtection/riskyUsers/{user}")
    assert (risky["riskLevel"], risky["riskState"]) == ("high", "confirmedCompromised")
    writer.ok("POST", "identityProtection/riskyUsers/dismiss", {"userIds": [user]})
    assert (
        writer.get("identityProtection/riskyUsers?$filter=riskState eq 'dismissed'")["value"][0]["id"] == user
    )
    writer.tenant.licences = {"P1"}
    assert writer.no("POST", "identityProtection/riskyUsers/dismiss", {"userIds": [user]})[:2] == (
        403,
        "Forbidden",
    )


def test_the_audit_log_is_queried(writer: Writer) -> None:
    writer.may("AuditLogsQuery.Read.All")
    for number, (operation, kind) in enumerate(
        [("New-InboxRule", 1), ("UserLoggedIn", 15), ("New-InboxRule", 1)]
    ):
        writer.tenant.put(
            "auditRecords",
            {
                "Id": f"{number}",
                "CreationTime": f"2026-08-0{number + 1}T10:00:00",
                "RecordType": kind,
                "Operation": operation,
                "UserId": "ann@contoso.com",
                "UserKey": "key",
                "Workload": "Exchange",
                "ClientIP": "192.0.2.1",
                "Parameters": [{"Name": "x", "Value": "y"}],
            },
        )
    asked = {
        "displayName": "x",
        "filterStartDateTime": "2026-08-01T00:00:00Z",
        "filterEndDateTime": "2026-08-03T00:00:00Z",
        "recordTypeFilters": ["exchangeAdmin"],
        "userPrincipalNameFilters": ["ANN@contoso.com"],
        "serviceFilter": "",
        "keywordFilter": "",
    }
    query = writer.ok("POST", "security/auditLog/queries", asked, status=201, version="beta")
    assert query["status"] == "notStarted"
    path = f"security/auditLog/queries/{query['id']}"
    assert writer.get(f"{path}/records", "beta")["value"] == []
    assert [writer.get(path, "beta")["status"] for _ in range(3)] == ["running", "succeeded", "succeeded"]
    (record,) = writer.get(f"{path}/records?$top=999", "beta")["value"]
    assert (record["userId"], record["userPrincipalName"], record["clientIp"]) == (
        "key",
        "ann@contoso.com",
        None,
    )
    assert (record["auditLogRecordType"], record["createdDateTime"]) == (
        "ExchangeAdmin",
        "2026-08-01T10:00:00Z",
    )
    assert record["auditData"]["ClientIP"] == "192.0.2.1"
    assert record["auditData"]["RecordType@odata.type"] == "#Int64"
    assert "polls" not in writer.get(path, "beta")
    config = writer.tenant.objects("adminAuditLogConfig")[0]["Guid"]
    writer.tenant.patch("adminAuditLogConfig", config, {"UnifiedAuditLogIngestionEnabled": False})
    refused = writer.no("POST", "security/auditLog/queries", asked, "beta")
    assert (refused[1], "AuditingDisabledTenant" in refused[2]) == ("UnknownError", True)
    writer.tenant.patch("auditLogQueries", query["id"], {"status": "failed"})
    assert writer.get(path, "beta")["status"] == "failed"


def test_the_directory_writes_down_what_was_changed(writer: Writer) -> None:
    writer.may(*USERS, *APPS, directory=(ADMIN,))
    user = person(writer.tenant)
    before = len(writer.get("auditLogs/directoryAudits")["value"])
    writer.ok("PATCH", f"users/{user['id']}", {"accountEnabled": False, "jobTitle": "Gone"})
    writer.ok("PATCH", f"users/{user['id']}", {"passwordProfile": {"password": GOOD}})
    writer.ok("POST", f"users/{user['id']}/revokeSignInSessions", status=200)
    app = f"applications(appId='{writer.tenant.client_id}')"
    writer.ok("POST", f"{app}/addPassword", {}, status=200)
    new = writer.get("auditLogs/directoryAudits")["value"][: -before or None]
    assert [one["activityDisplayName"] for one in new] == [
        "Disable account",
        "Update user",
        "Update user",
        "Update StsRefreshTokenValidFrom Timestamp",
        "Update application \N{EN DASH} Certificates and secrets management",
    ]
    assert {one["initiatedBy"]["app"]["appId"] for one in new} == {writer.tenant.client_id}
    (target,) = new[1]["targetResources"]
    assert (target["id"], target["type"]) == (user["id"], "User")
    assert {one["displayName"]: one["newValue"] for one in target["modifiedProperties"]} == {
        "accountEnabled": "[false]",
        "jobTitle": '["Gone"]',
    }
    assert GOOD not in str(writer.tenant.objects("directoryAudits"))
    assert len({one["id"] for one in new}) == len(new)


# Questions by POST


def test_objects_by_their_ids(writer: Writer) -> None:
    user, group = person(writer.tenant)["id"], writer.tenant.objects("groups")[0]["id"]
    body = {"ids": [user, group, "nobody"]}
    found = writer.ok("POST", "directoryObjects/getByIds", body, status=200)["value"]
    assert [one["@odata.type"] for one in found] == ["#microsoft.graph.user", "#microsoft.graph.group"]
    only = writer.ok(
        "POST", "directoryObjects/microsoft.graph.getByIds", body | {"types": ["group"]}, status=200
    )
    assert [one["id"] for one in only["value"]] == [group]
    assert writer.no("POST", "directoryObjects/getByIds", {"ids": ["x"] * 1001})[0] == 400
    assert writer.get(f"directoryObjects/{user}")["@odata.type"] == "#microsoft.graph.user"


def test_memberships_by_their_ids(writer: Writer) -> None:
    tenant = writer.tenant
    member = next(
        one for one in tenant.objects("groupMembers") if one["memberId"] in tenant.collection("users")
    )
    user, group = member["memberId"], member["groupId"]
    body = {"securityEnabledOnly": False}
    for name in ("getMemberObjects", "getMemberGroups"):
        assert group in writer.ok("POST", f"users/{user}/{name}", body, status=200)["value"]
    checked = writer.ok("POST", f"users/{user}/checkMemberGroups", {"groupIds": [group, user]}, status=200)
    assert checked["value"] == [group]
    assert writer.no("POST", f"users/{user}/checkMemberGroups", {"groupIds": ["x"] * 21})[0] == 400


@pytest.mark.parametrize("name", ["runHuntingQuery", "microsoft.graph.security.runHuntingQuery"])
def test_hunting_finds_nothing(writer: Writer, name: str) -> None:
    assert writer.no("POST", f"security/{name}", {"Query": "x"})[1] == "Forbidden"
    writer.may("ThreatHunting.Read.All")
    assert writer.ok("POST", f"security/{name}", {"Query": "OAuthAppInfo"}, status=200)["results"] == []
    assert writer.no("POST", f"security/{name}", {})[0] == 400
