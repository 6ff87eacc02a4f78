"""Forged tokens, and the words in which each service turns them away."""

from __future__ import annotations

import jwt
import pytest

from mocktenant.login.forge import KINDS, UnknownForgery

from .client import Client

INVALID = "InvalidAuthenticationToken"
AT_GRAPH = {
    "expired": (INVALID, "Lifetime validation failed, the token is expired."),
    "not-yet-valid": (INVALID, "Access token has expired or is not yet valid."),
    "wrong-audience": (INVALID, "Access token validation failure. Invalid audience."),
    "other-tenant": (INVALID, "Access token validation failure. Invalid tenant."),
    "no-oid": (
        "Authorization_IdentityNotFound",
        "The identity of the calling application could not be established.",
    ),
    "bad-signature": (INVALID, "Access token validation failure. Invalid signature."),
    "unsigned": (INVALID, "Access token validation failure. Invalid signature."),
    "malformed": (INVALID, "IDX14100: JWT is not well formed, there are no dots (.)."),
}


@pytest.mark.parametrize("kind", AT_GRAPH)
def test_graph_refuses(fresh: Client, kind: str) -> None:
    answer = fresh.graph("/v1.0/domains", token=fresh.tenant.forge(kind))
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["message"]) == (401, *AT_GRAPH[kind])
    assert answer.headers["WWW-Authenticate"].startswith('Bearer realm=""')


@pytest.mark.parametrize("kind", [*AT_GRAPH, "no-roles"])
def test_exchange_refuses(fresh: Client, kind: str) -> None:
    answer = fresh.invoke("Get-TransportRule", token=fresh.tenant.forge(kind, service="exchange"))
    assert (answer.status_code, answer.text) == (401, "")
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_what_opens_the_door_but_no_room(fresh: Client) -> None:
    assert fresh.graph("/v1.0/domains", token=fresh.tenant.forge("no-roles")).status_code == 403
    named = fresh.tenant.forge(roles=["User.Read.All"])
    assert fresh.graph("/v1.0/domains", token=named).status_code == 403
    assert fresh.graph("/v1.0/users", token=named).status_code == 200
    reader = fresh.tenant.forge("no-directory-roles", service="exchange")
    assert fresh.invoke("Get-TransportRule", token=reader, stream=True).status_code == 403


def test_a_valid_one_is_as_good_as_sign_ins(fresh: Client) -> None:
    assert fresh.graph("/v1.0/domains", token=fresh.tenant.forge()).status_code == 200
    token = fresh.tenant.forge(service="exchange")
    assert fresh.invoke("Get-TransportRule", token=token).status_code == 200


def test_an_app_that_is_not_there_may_be_impersonated(fresh: Client) -> None:
    token = fresh.tenant.forge(appid="11111111-1111-4111-8111-111111111111")
    assert fresh.graph("/v1.0/domains", token=token).status_code == 200


def test_a_token_without_its_inner_date_is_dated_by_iat(fresh: Client) -> None:
    token = fresh.tenant.forge(aio=None)
    assert fresh.graph("/v1.0/domains", token=token).status_code == 200
    fresh.tenant.revoke_tokens()
    assert fresh.graph("/v1.0/domains", token=token).status_code == 401


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("malformed", "unsigned")])
def test_each_is_a_jwt(fresh: Client, kind: str) -> None:
    found = jwt.decode(fresh.tenant.forge(kind), options={"verify_signature": False})
    assert found["appid"] == fresh.tenant.client_id


def test_kinds_that_do_not_exist(fresh: Client) -> None:
    with pytest.raises(UnknownForgery, match="there are valid, expired"):
        fresh.tenant.forge("nonsense")
    with pytest.raises(UnknownForgery, match="exchange"):
        fresh.tenant.forge(service="teams")
