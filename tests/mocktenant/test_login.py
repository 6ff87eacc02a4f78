"""Sign-in, as MSAL and as a bare HTTP client see it."""

from __future__ import annotations

import base64

import jwt
import msal
import pytest
import requests

from mocktenant.graph.table import LEAST

from .client import EXCHANGE, GRAPH, LOGIN, MANAGEMENT, Client

NO_ROLE = "0997a1d0-0d1d-4acb-b408-d5ca73121e90"
SECURITY_READER = "5d6b6bb7-de71-4623-b4af-96380a352509"
GLOBAL_READER = "f2ef992c-3afb-46b9-b7cf-a126ee74c451"


def claims(token: str) -> dict[str, object]:
    return jwt.decode(token, options={"verify_signature": False})


def msal_app(client: Client, authority: str, **keywords: object) -> msal.ConfidentialClientApplication:
    return msal.ConfidentialClientApplication(
        client.tenant.client_id,
        authority=authority,
        client_credential=client.tenant.client_secret,
        http_client=client.session,
        **keywords,
    )


def test_msal_signs_in_through_the_proxy(client: Client) -> None:
    app = msal_app(client, f"{LOGIN}/{client.tenant.tenant_id}")
    answer = app.acquire_token_for_client([f"{EXCHANGE}/.default"])
    assert answer["token_type"] == "Bearer"
    assert claims(answer["access_token"])["aud"] == EXCHANGE


def test_msal_signs_in_directly_by_domain_and_stays_inside(client: Client) -> None:
    client.session.proxies = {}
    app = msal_app(client, f"{client.server.login_url}/contoso.com", instance_discovery=False)
    answer = app.acquire_token_for_client([f"{GRAPH}/.default"])
    assert claims(answer["access_token"])["tid"] == client.tenant.tenant_id


def test_token_carries_microsofts_claims(client: Client) -> None:
    found = claims(client.token())
    tenant = client.tenant
    issuer = f"https://sts.windows.net/{tenant.tenant_id}/"
    wanted = {
        "appid": tenant.client_id,
        "appidacr": "1",
        "idtyp": "app",
        "ver": "1.0",
        "iss": issuer,
        "idp": issuer,
    }
    assert wanted.items() <= found.items()
    assert found["oid"] == found["sub"] == tenant.app.object_id
    assert found["roles"] == ["Exchange.ManageAsApp"]
    assert found["wids"] == [GLOBAL_READER, SECURITY_READER]
    assert "scp" not in found


def test_token_verifies_against_the_published_keys(client: Client) -> None:
    token = client.token(GRAPH)
    for version in ("/v2.0", ""):
        keys = client.session.get(f"{LOGIN}/{client.tenant.tenant_id}/discovery{version}/keys").json()["keys"]
        assert keys[0]["kid"] == keys[0]["x5t"] == jwt.get_unverified_header(token)["kid"]
        assert ("issuer" in keys[0]) == (version == "/v2.0")
        jwt.decode(token, jwt.PyJWK(keys[0]).key, algorithms=["RS256"], audience=GRAPH)


def test_app_without_grants_gets_a_token_without_roles(client: Client) -> None:
    client.tenant.app_roles = set()
    client.tenant.directory_roles = set()
    found = claims(client.token())
    assert "roles" not in found
    assert found["wids"] == [NO_ROLE]


def test_each_api_sees_its_own_app_roles(client: Client) -> None:
    client.tenant.app_roles.add("ActivityFeed.Read")
    assert claims(client.token(MANAGEMENT))["roles"] == ["ActivityFeed.Read"]
    assert claims(client.token(GRAPH))["roles"] == sorted(LEAST)


@pytest.mark.parametrize(
    ("asked", "audience"),
    [
        ("https://graph.microsoft.com/.default", "https://graph.microsoft.com"),
        (".default", "https://graph.microsoft.com"),
        ("https://manage.office.com//.default", "https://manage.office.com/"),
        ("00000002-0000-0ff1-ce00-000000000000/.default", "00000002-0000-0ff1-ce00-000000000000"),
        ("https://outlook.office.com/.default", "https://outlook.office.com"),
    ],
)
def test_audience_is_the_resource_as_asked(client: Client, asked: str, audience: str) -> None:
    assert claims(client.token_answer(scope=asked).json()["access_token"])["aud"] == audience


def test_success_has_exactly_four_fields_and_is_not_stored(client: Client) -> None:
    answer = client.token_answer()
    assert sorted(answer.json()) == ["access_token", "expires_in", "ext_expires_in", "token_type"]
    assert answer.json()["expires_in"] == 3599
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["x-ms-request-id"]


def test_v1_endpoint_answers_in_strings(client: Client) -> None:
    body = client.token_answer(v1=True).json()
    assert body["expires_in"] == "3599"
    assert body["resource"] == EXCHANGE
    assert int(body["expires_on"]) > int(body["not_before"])
    assert claims(body["access_token"])["aud"] == EXCHANGE


def test_secret_by_http_basic(client: Client) -> None:
    tenant = client.tenant
    answer = client.session.post(
        f"{LOGIN}/{tenant.tenant_id}/oauth2/v2.0/token",
        data={"grant_type": "client_credentials", "scope": f"{GRAPH}/.default"},
        auth=(tenant.client_id, tenant.client_secret),
    )
    assert answer.status_code == 200


def test_basic_that_is_no_base64_names_what_is_missing(client: Client) -> None:
    answer = client.session.post(
        f"{LOGIN}/{client.tenant.tenant_id}/oauth2/v2.0/token",
        data={"grant_type": "client_credentials"},
        headers={"Authorization": "Basic %%%"},
    )
    assert answer.json()["error_codes"] == [900144]


@pytest.mark.parametrize(
    ("form", "number", "status", "error"),
    [
        ({"client_secret": "wrong"}, 7000215, 401, "invalid_client"),
        ({"client_secret": ""}, 7000218, 401, "invalid_client"),
        ({"client_secret": "", "client_assertion": "x.y.z"}, 900144, 400, "invalid_request"),
        ({"client_id": "11111111-1111-4111-8111-111111111111"}, 700016, 400, "unauthorized_client"),
        ({"client_id": ""}, 900144, 400, "invalid_request"),
        ({"grant_type": ""}, 900144, 400, "invalid_request"),
        ({"grant_type": "saml"}, 70003, 400, "unsupported_grant_type"),
        ({"scope": ""}, 900144, 400, "invalid_request"),
        ({"scope": "https://graph.microsoft.com/User.Read"}, 1002012, 400, "invalid_scope"),
        ({"scope": "nonsense"}, 70011, 400, "invalid_scope"),
        ({"scope": f"{GRAPH}/.default {EXCHANGE}/.default"}, 700022, 400, "invalid_scope"),
        ({"scope": "openid profile"}, 70011, 400, "invalid_scope"),
        ({"resource": GRAPH}, 901002, 400, "invalid_request"),
        ({"claims": "{"}, 90100, 400, "invalid_request"),
        ({"client_id": "not-a-guid"}, 700016, 400, "unauthorized_client"),
        ({"client_id": "00000000-0000-0000-0000-000000000000"}, 700038, 400, "unauthorized_client"),
        ({"scope": "https://unknown.example.com/.default"}, 500011, 400, "invalid_resource"),
    ],
)
def test_refusals(client: Client, form: dict[str, str], number: int, status: int, error: str) -> None:
    answer = client.token_answer(**form)
    body = answer.json()
    assert (answer.status_code, body["error"], body["error_codes"]) == (status, error, [number])
    assert body["error_description"].startswith(f"AADSTS{number}: ")
    for part in ("Trace ID: ", "Correlation ID: ", "Timestamp: "):
        assert part in body["error_description"]
    assert ("error_uri" in body) == (number != 70003)
    assert "no-store" in answer.headers["Cache-Control"]


def test_expired_secret(client: Client) -> None:
    client.tenant.secret_expired = True
    assert client.tenant.secret_expired
    assert client.token_answer().json()["error_codes"] == [7000222]


def test_disabled_app(client: Client) -> None:
    client.tenant.app_enabled = False
    assert not client.tenant.app_enabled
    assert client.token_answer().json()["error_codes"] == [7000112]


def test_unknown_tenant_is_worded_differently_by_discovery_and_token(client: Client) -> None:
    at_token = client.token_answer("nobody.example.com")
    assert (at_token.status_code, at_token.json()["error"]) == (400, "invalid_request")
    found = client.session.get(f"{LOGIN}/nobody.example.com/v2.0/.well-known/openid-configuration")
    assert (found.status_code, found.json()["error"]) == (400, "invalid_tenant")
    assert at_token.json()["error_codes"] == found.json()["error_codes"] == [90002]


@pytest.mark.parametrize("segment", ["common", "consumers"])
def test_neither_apps_nor_passwords_without_a_tenant(client: Client, segment: str) -> None:
    assert client.token_answer(segment).json()["error_codes"] == [9001023]
    assert client.token_answer(segment, grant_type="password").json()["error_codes"] == [9001023]


def test_callers_correlation_id_comes_back(client: Client) -> None:
    sent = "5f0c5f2e-3f56-4c93-8f3e-0e3c5a4d2b11"
    answer = client.session.post(
        f"{LOGIN}/{client.tenant.tenant_id}/oauth2/v2.0/token", headers={"client-request-id": sent}
    )
    assert answer.json()["correlation_id"] == sent


@pytest.mark.parametrize("version", ["/v2.0", ""])
def test_discovery_by_domain_answers_with_the_tenants_guid(client: Client, version: str) -> None:
    found = client.session.get(f"{LOGIN}/contoso.com{version}/.well-known/openid-configuration").json()
    assert client.tenant.tenant_id in found["issuer"]
    assert found["token_endpoint"] == f"{LOGIN}/{client.tenant.tenant_id}/oauth2{version}/token"


def test_discovery_of_common_keeps_the_template(client: Client) -> None:
    found = client.session.get(f"{LOGIN}/common/v2.0/.well-known/openid-configuration").json()
    assert found["issuer"] == f"{LOGIN}/{{tenantid}}/v2.0"
    assert "/common/" in found["token_endpoint"]


def test_direct_clients_are_led_back_to_the_same_port(client: Client) -> None:
    client.session.proxies = {}
    url = f"{client.server.login_url}/contoso.com/v2.0/.well-known/openid-configuration"
    assert client.session.get(url).json()["token_endpoint"].startswith(client.server.login_url)


def test_instance_discovery(client: Client) -> None:
    def asked(host: str) -> requests.Response:
        endpoint = f"https://{host}/contoso.com/oauth2/v2.0/authorize"
        return client.session.get(
            f"{LOGIN}/common/discovery/instance",
            params={"api-version": "1.1", "authorization_endpoint": endpoint},
        )

    known = asked("login.windows.net").json()
    assert "sts.windows.net" in known["metadata"][0]["aliases"]
    assert known["tenant_discovery_endpoint"].startswith(f"{LOGIN}/contoso.com/")
    unknown = asked("login.example.com")
    assert (unknown.status_code, unknown.json()["error"]) == (400, "invalid_instance")


def test_login_windows_net_is_the_same_service(client: Client) -> None:
    found = client.session.get(
        "https://login.windows.net/contoso.com/.well-known/openid-configuration"
    ).json()
    assert found["issuer"] == f"https://sts.windows.net/{client.tenant.tenant_id}/"


def test_secret_with_special_characters_survives_basic(client: Client) -> None:
    client.tenant.app.client_secret = "a+b/c=d:e ü"
    encoded = base64.b64encode(f"{client.tenant.client_id}:a%2Bb%2Fc%3Dd%3Ae+%C3%BC".encode()).decode()
    answer = client.session.post(
        f"{LOGIN}/{client.tenant.tenant_id}/oauth2/v2.0/token",
        data={"grant_type": "client_credentials", "scope": ".default"},
        headers={"Authorization": f"Basic {encoded}"},
    )
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("form", "number"),
    [
        ({"grant_type": "password", "username": "nobody@contoso.com", "password": "x"}, 50034),
        ({"grant_type": "password", "username": "x"}, 900144),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, 9002313),
        ({"grant_type": "authorization_code", "code": "x"}, 9002313),
        ({"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": "x"}, 9002313),
    ],
)
def test_people_can_not_sign_in(fresh: Client, form: dict[str, str], number: int) -> None:
    assert fresh.token_answer(**form).json()["error_codes"] == [number]


def test_an_account_that_exists_has_no_password_that_is_right(fresh: Client) -> None:
    name = fresh.tenant.objects("users")[0]["userPrincipalName"]
    answer = fresh.token_answer("organizations", grant_type="password", username=name, password="x")
    assert (answer.status_code, answer.json()["error_codes"]) == (400, [50126])


def test_a_device_code_is_refused(fresh: Client) -> None:
    answer = fresh.session.post(f"{LOGIN}/common/oauth2/v2.0/devicecode", data={"client_id": "x"})
    assert answer.json()["error_codes"] == [7000218]


def test_tokens_are_asked_for_by_post(fresh: Client) -> None:
    for version in ("/v2.0", ""):
        answer = fresh.session.get(f"{LOGIN}/contoso.com/oauth2{version}/token")
        assert (answer.status_code, answer.json()["error_codes"]) == (400, [900561])


def test_a_tenant_name_that_can_not_be_one(fresh: Client) -> None:
    found = fresh.session.get(f"{LOGIN}/not a tenant/v2.0/.well-known/openid-configuration")
    assert (found.status_code, found.json()["error"]) == (400, "invalid_request")
    assert found.json()["error_codes"] == fresh.token_answer("x").json()["error_codes"] == [900023]


def test_organizations_names_no_tenant(fresh: Client) -> None:
    assert fresh.token_answer("organizations").json()["error_codes"] == [50059]


def test_every_verified_domain_names_the_tenant(fresh: Client) -> None:
    assert len(fresh.tenant.domains) > 1
    for domain in fresh.tenant.domains:
        found = fresh.session.get(f"{LOGIN}/{domain}/v2.0/.well-known/openid-configuration").json()
        assert found["issuer"] == f"{LOGIN}/{fresh.tenant.tenant_id}/v2.0"


def test_an_api_without_a_service_principal_is_not_in_the_tenant(fresh: Client) -> None:
    fresh.tenant.delete("servicePrincipals", "Office 365 Exchange Online")
    assert fresh.token_answer().json()["error_codes"] == [500011]
    assert fresh.token_answer(scope=f"{GRAPH}/.default").status_code == 200


def test_headers_say_how_it_went(fresh: Client) -> None:
    good, bad = fresh.token_answer(), fresh.token_answer(client_secret="x")
    assert (good.headers["x-ms-clitelem"], bad.headers["x-ms-clitelem"]) == ("1,0,0,,", "1,7000215,0,,")
    assert good.headers["x-ms-ests-server"]
    assert "stsservicecookie" in good.headers["Set-Cookie"]
