"""Apps other than the scanner's, what the directory says of those that sign in, and tokens that are revoked."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

import jwt
import msal
import pytest

from mocktenant import App, Tenant
from mocktenant.naming import UnknownObject
from mocktenant.permissions import UnknownDirectoryRole

from .client import EXCHANGE, GRAPH, LOGIN, Client

CP1 = json.dumps({"access_token": {"xms_cc": {"values": ["cp1"]}}})


def code_of(client: Client, **form: str) -> int | None:
    """The AADSTS number of a refusal, None for a token."""
    body = client.token_answer(scope=f"{GRAPH}/.default", **form).json()
    return None if "access_token" in body else body["error_codes"][0]


def as_app(app: App) -> dict[str, str]:
    return {"client_id": app.client_id, "client_secret": app.client_secret}


def claims(client: Client, **form: str) -> dict[str, Any]:
    answer = client.token_answer(**({"scope": f"{GRAPH}/.default"} | form))
    assert answer.status_code == 200, answer.text
    return jwt.decode(answer.json()["access_token"], options={"verify_signature": False})


def test_a_registered_app_signs_in_and_is_in_the_directory(fresh: Client) -> None:
    tenant = fresh.tenant
    app = tenant.register_app(
        "Backup", roles=["User.Read.All", "Exchange.ManageAsApp"], directory_roles=["Exchange Administrator"]
    )
    assert app.client_secret != tenant.client_secret
    found = claims(fresh, **as_app(app))
    assert (found["appid"], found["app_displayname"]) == (app.client_id, "Backup")
    assert found["roles"] == ["User.Read.All"]
    token = fresh.token_answer(**as_app(app)).json()["access_token"]
    assert fresh.invoke("Get-InboxRule", {"Mailbox": "nobody"}, token=token).status_code == 404
    listed = fresh.graph(f"/v1.0/servicePrincipals(appId='{app.client_id}')").json()
    assert (listed["displayName"], listed["id"]) == ("Backup", app.object_id)
    grants = fresh.graph(f"/v1.0/servicePrincipals/{app.object_id}/appRoleAssignments").json()["value"]
    assert {grant["resourceDisplayName"] for grant in grants} == {
        "Microsoft Graph",
        "Office 365 Exchange Online",
    }
    assigned = fresh.graph("/v1.0/roleManagement/directory/roleAssignments").json()["value"]
    assert app.object_id in [each["principalId"] for each in assigned]
    secret = fresh.graph(f"/v1.0/applications/{app.application_id}").json()["passwordCredentials"][0]
    assert secret["hint"] == app.client_secret[:3]


def test_registered_apps_are_the_same_each_time_and_gone_after_reset() -> None:
    tenant = Tenant(size=1)
    first, second = tenant.register_app("One"), tenant.register_app("One")
    assert first.client_id != second.client_id
    tenant.reset()
    assert list(tenant.apps) == [tenant.client_id]
    assert tenant.register_app("One") == first
    with pytest.raises(UnknownDirectoryRole):
        tenant.register_app("Bad", directory_roles=["King"])


def test_an_app_of_the_directory_is_adopted_with_what_it_was_granted(fresh: Client) -> None:
    tenant = fresh.tenant
    app = tenant.adopt_app("Intranet deployment")
    assert tenant.adopt_app(app.client_id.upper()) is app
    grants = fresh.graph(f"/v1.0/servicePrincipals/{app.object_id}/appRoleAssignments").json()["value"]
    assert len(claims(fresh, **as_app(app)).get("roles", [])) == len(
        [grant for grant in grants if grant["resourceDisplayName"] == "Microsoft Graph"]
    )
    with pytest.raises(UnknownObject):
        tenant.adopt_app("Nobody's")


def test_an_app_of_another_tenant_has_its_secret_there(fresh: Client) -> None:
    app = fresh.tenant.adopt_app("Fabrikam Travel")
    assert (app.application_id, app.secret_key) == ("", "")
    assert code_of(fresh, **as_app(app)) is None
    app.secrets["unlisted"] = "never~listed"
    assert code_of(fresh, client_id=app.client_id, client_secret="never~listed") == 7000215


def test_a_grant_made_in_the_directory_is_in_the_next_token(fresh: Client) -> None:
    tenant = fresh.tenant
    app = tenant.register_app("Mailer")
    assert "roles" not in claims(fresh, **as_app(app))
    graph = next(sp for sp in tenant.objects("servicePrincipals") if sp["displayName"] == "Microsoft Graph")
    role = graph["appRoles"][0]
    tenant.put(
        "appRoleAssignments",
        {"principalId": app.object_id, "resourceId": graph["id"], "appRoleId": role["id"]},
    )
    tenant.put(
        "roleAssignments",
        {"principalId": app.object_id, "roleDefinitionId": "29232cdf-9323-42fd-ade2-1d097af3e4de"},
    )
    found = claims(fresh, **as_app(app))
    assert found["roles"] == [role["value"]]
    assert found["wids"] == ["29232cdf-9323-42fd-ade2-1d097af3e4de"]


def test_a_disabled_service_principal(fresh: Client) -> None:
    fresh.tenant.patch("servicePrincipals", fresh.tenant.app.object_id, {"accountEnabled": False})
    assert code_of(fresh) == 7000112


@pytest.mark.parametrize(
    ("collection", "key"), [("servicePrincipals", "object_id"), ("applications", "application_id")]
)
def test_a_deleted_app(fresh: Client, collection: str, key: str) -> None:
    fresh.tenant.delete(collection, getattr(fresh.tenant.app, key))
    assert code_of(fresh) == 700016


def test_a_secret_that_is_no_longer_listed(fresh: Client) -> None:
    tenant = fresh.tenant
    tenant.patch("applications", tenant.app.application_id, {"passwordCredentials": []})
    assert code_of(fresh) == 7000215


def test_a_secret_whose_end_has_come(fresh: Client) -> None:
    tenant = fresh.tenant
    held = tenant.find("applications", tenant.app.application_id)["passwordCredentials"][0]
    held["endDateTime"] = "2026-01-01T00:00:00Z"
    assert code_of(fresh) == 7000222


def test_a_second_secret(fresh: Client) -> None:
    tenant = fresh.tenant
    key = "5f0c5f2e-3f56-4c93-8f3e-0e3c5a4d2b11"
    tenant.app.secrets[key] = "second~secret"
    assert code_of(fresh, client_secret="second~secret") == 7000215
    tenant.find("applications", tenant.app.application_id)["passwordCredentials"].append({"keyId": key})
    assert code_of(fresh, client_secret="second~secret") is None


def test_a_client_that_can_be_told_gets_a_long_token_for_graph_only(fresh: Client) -> None:
    answer = fresh.token_answer(scope=f"{GRAPH}/.default", claims=CP1).json()
    assert (answer["expires_in"], answer["ext_expires_in"]) == (86399, 86399)
    found = claims(fresh, claims=CP1)
    assert (found["xms_cc"], found["exp"] - found["iat"]) == (["CP1"], 86_700)
    assert fresh.token_answer(claims=CP1).json()["expires_in"] == 3599
    assert "xms_cc" not in claims(fresh, scope=f"{EXCHANGE}/.default", claims=CP1)
    assert "xms_cc" not in claims(fresh, claims='{"access_token":{"nbf":{"essential":true}}}')


def test_a_revoked_token_is_challenged_and_a_new_one_works(fresh: Client) -> None:
    graph, exchange = fresh.token(GRAPH), fresh.token()
    fresh.tenant.revoke_tokens()
    refused = fresh.graph("/v1.0/domains", token=graph)
    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "InvalidAuthenticationToken")
    assert "TokenIssuedBeforeRevocationTimestamp" in refused.json()["error"]["message"]
    for answer in (refused, fresh.invoke("Get-TransportRule", token=exchange)):
        header = answer.headers["WWW-Authenticate"]
        assert answer.status_code == 401
        assert 'error="insufficient_claims"' in header
        said = re.search('claims="([^"]+)"', header)
        assert said is not None
        wanted = base64.b64decode(said[1]).decode()
        assert json.loads(wanted)["access_token"]["nbf"]["essential"] is True
        renewed = fresh.token_answer(scope=f"{GRAPH}/.default", claims=wanted).json()["access_token"]
        assert fresh.graph("/v1.0/domains", token=renewed).status_code == 200
    assert fresh.invoke("Get-TransportRule").status_code == 200


def test_msal_answers_the_challenge(fresh: Client) -> None:
    app = msal.ConfidentialClientApplication(
        fresh.tenant.client_id,
        authority=f"{LOGIN}/{fresh.tenant.tenant_id}",
        client_credential=fresh.tenant.client_secret,
        client_capabilities=["CP1"],
        http_client=fresh.session,
    )
    scopes = [f"{GRAPH}/.default"]
    first = app.acquire_token_for_client(scopes)
    assert first["expires_in"] == 86399
    fresh.tenant.revoke_tokens()
    refused = fresh.graph("/v1.0/domains", token=first["access_token"])
    said = re.search('claims="([^"]+)"', refused.headers["WWW-Authenticate"])
    assert said is not None
    renewed = app.acquire_token_for_client(scopes, claims_challenge=base64.b64decode(said[1]).decode())
    assert fresh.graph("/v1.0/domains", token=renewed["access_token"]).status_code == 200


def test_another_apps_tokens_live_on(fresh: Client) -> None:
    token = fresh.token(GRAPH)
    fresh.tenant.revoke_tokens(fresh.tenant.register_app("Other").client_id)
    assert fresh.graph("/v1.0/domains", token=token).status_code == 200


@pytest.mark.parametrize("how", ["disabled", "deleted"])
def test_graph_is_told_at_once_of_an_app_that_is_gone(fresh: Client, how: str) -> None:
    tenant = fresh.tenant
    told = fresh.token_answer(scope=f"{GRAPH}/.default", claims=CP1).json()["access_token"]
    plain = fresh.token(GRAPH)
    if how == "disabled":
        tenant.app_enabled = False
    else:
        tenant.delete("servicePrincipals", tenant.app.object_id)
    answer = fresh.graph("/v1.0/domains", token=told)
    assert answer.status_code == 401
    assert "insufficient_claims" in answer.headers["WWW-Authenticate"]
    assert fresh.graph("/v1.0/domains", token=plain).status_code == 200


def test_tokens_expire_by_the_timer(fresh: Client) -> None:
    fresh.tenant.timer.stop()
    token = fresh.token(GRAPH)
    fresh.tenant.timer.advance(3_598)
    assert fresh.graph("/v1.0/domains", token=token).status_code == 200
    fresh.tenant.timer.advance(10)
    answer = fresh.graph("/v1.0/domains", token=token)
    assert (answer.status_code, answer.json()["error"]["message"]) == (
        401,
        "Lifetime validation failed, the token is expired.",
    )
    assert fresh.graph("/v1.0/domains").status_code == 200


def test_a_stopped_timer_moves_only_as_told() -> None:
    timer = Tenant(size=1).timer
    timer.stop()
    timer.stop()
    now, mark = timer.now(), timer.monotonic()
    timer.sleep(90)
    assert (timer.now() - now, timer.monotonic() - mark) == (90, 90)
    with pytest.raises(ValueError, match="-1"):
        timer.advance(-1)
    timer.reset()
    assert not timer.stopped
