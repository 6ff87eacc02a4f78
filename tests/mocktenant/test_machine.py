"""Managed identities of the mock's machine: IMDS and App Service, as Microsoft documents them."""

from __future__ import annotations

import jwt
import pytest
import requests

from .client import Client

IMDS, APP_SERVICE = "/metadata/identity/oauth2/token", "/msi/token"
GOOD = {"api-version": "2018-02-01", "resource": "https://graph.microsoft.com"}


def asked(client: Client, path: str, params: dict[str, str], **headers: str) -> requests.Response:
    """Plain HTTP and past the proxy, as on the machine itself."""
    with requests.Session() as session:
        session.trust_env = False
        return session.get(f"{client.server.proxy_url}{path}", params=params, headers=headers, timeout=10)


def test_a_token_of_the_machines_own_identity(fresh: Client) -> None:
    fresh.tenant.machine.identity = fresh.tenant.app
    answer = asked(fresh, IMDS, GOOD, Metadata="true")
    body = answer.json()
    assert answer.status_code == 200
    assert set(body) == {"access_token", "client_id", "expires_in", "expires_on", "ext_expires_in", "not_before",
                         "resource", "token_type"}  # fmt: skip
    assert all(isinstance(value, str) for value in body.values())
    claims = jwt.decode(body["access_token"], options={"verify_signature": False})
    assert (claims["aud"], claims["appid"], claims["idtyp"]) == (GOOD["resource"], body["client_id"], "app")
    assert claims["exp"] - int(body["expires_on"]) in (0, 1)


@pytest.mark.parametrize(
    ("params", "headers", "error", "words"),
    [
        (GOOD, {}, "invalid_request", "Required metadata header not specified"),
        (GOOD, {"Metadata": "false"}, "invalid_request", "Required metadata header not specified"),
        (GOOD, {"Metadata": "true", "X-Forwarded-For": "x"}, "invalid_request", "proxy"),
        ({"resource": "x"}, {"Metadata": "true"}, "bad_request_102", "api-version"),
        ({"api-version": "2018-02-01"}, {"Metadata": "true"}, "invalid_request", "'resource' is missing"),
        (GOOD | {"resource": "https://x.example"}, {"Metadata": "true"}, "invalid_resource", "AADSTS500011"),
        (GOOD | {"client_id": "x"}, {"Metadata": "true"}, "invalid_request", "Identity not found"),
    ],
)
def test_what_imds_refuses(
    fresh: Client, params: dict[str, str], headers: dict[str, str], error: str, words: str
) -> None:
    fresh.tenant.machine.identity = fresh.tenant.app
    answer = asked(fresh, IMDS, params, **headers)
    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert words in answer.json()["error_description"]


def test_which_identity_it_is(fresh: Client) -> None:
    machine = fresh.tenant.machine
    assert asked(fresh, IMDS, GOOD, Metadata="true").json()["error_description"] == "Identity not found"
    first, second = fresh.tenant.register_app("first"), fresh.tenant.register_app("second")
    machine.assigned = {first.client_id: first}
    assert asked(fresh, IMDS, GOOD, Metadata="true").json()["client_id"] == first.client_id
    machine.assigned[second.client_id] = second
    several = asked(fresh, IMDS, GOOD, Metadata="true").json()["error_description"]
    assert several.startswith("Multiple user assigned identities exist")
    named = GOOD | {"client_id": second.client_id.upper()}
    assert asked(fresh, IMDS, named, Metadata="true").json()["client_id"] == second.client_id


def test_app_service_demands_its_header(fresh: Client) -> None:
    fresh.tenant.machine.identity = fresh.tenant.app
    params = GOOD | {"api-version": "2019-08-01"}
    assert asked(fresh, APP_SERVICE, params).status_code == 401
    answer = asked(fresh, APP_SERVICE, params, **{"X-IDENTITY-HEADER": fresh.tenant.machine.header})
    assert set(answer.json()) == {"access_token", "client_id", "expires_on", "resource", "token_type"}
    assert asked(fresh, APP_SERVICE, params, **{"X-IDENTITY-HEADER": "x"}).json()["statusCode"] == 401


def test_reset_takes_the_identities_away(fresh: Client) -> None:
    fresh.tenant.machine.identity = fresh.tenant.app
    header = fresh.tenant.machine.header
    fresh.tenant.reset()
    assert (fresh.tenant.machine.identity, fresh.tenant.machine.header) == (None, header)
