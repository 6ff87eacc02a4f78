"""A tenant of a national cloud: its own hosts know it, the others don't."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mocktenant.clouds import CLOUDS, UnknownCloud, cloud_of

from .client import Client

NATIONAL = ("gcch", "dod", "china")


@pytest.fixture
def moved(fresh: Client) -> Iterator[Client]:
    yield fresh
    fresh.tenant.cloud = CLOUDS["global"]


@pytest.mark.parametrize("name", NATIONAL)
def test_discovery(moved: Client, name: str) -> None:
    cloud = moved.tenant.cloud = CLOUDS[name]
    for host in cloud.login:
        url = f"https://{host}/{moved.tenant.tenant_id}/v2.0/.well-known/openid-configuration"
        known = moved.session.get(url).json()
        assert known["token_endpoint"].startswith(f"https://{host}/")
        assert known["issuer"] == f"{cloud.issuer_v2}/{moved.tenant.tenant_id}/v2.0"
        assert known["msgraph_host"] == cloud.graph
    elsewhere = url.replace(host, "login.microsoftonline.com")
    answer = moved.session.get(elsewhere)
    assert (answer.status_code, answer.json()["error_codes"]) == (400, [90002])


@pytest.mark.parametrize("name", NATIONAL)
def test_a_token_opens_its_own_clouds_graph(moved: Client, name: str) -> None:
    cloud = moved.tenant.cloud = CLOUDS[name]
    form = {
        "client_id": moved.tenant.client_id,
        "client_secret": moved.tenant.client_secret,
        "grant_type": "client_credentials",
    }
    url = f"https://{cloud.login[0]}/{moved.tenant.tenant_id}/oauth2/v2.0/token"
    foreign = moved.session.post(url, data=form | {"scope": "https://graph.microsoft.com/.default"})
    assert foreign.json()["error_codes"] == [500011]
    granted = moved.session.post(url, data=form | {"scope": f"https://{cloud.graph}/.default"}).json()
    bearer = {"Authorization": f"Bearer {granted['access_token']}"}
    assert moved.session.get(f"https://{cloud.graph}/v1.0/organization", headers=bearer).status_code == 200
    assert (
        moved.session.get("https://graph.microsoft.com/v1.0/organization", headers=bearer).status_code == 401
    )


def test_names() -> None:
    assert cloud_of("gcch") is CLOUDS["gcch"]
    with pytest.raises(UnknownCloud, match="global, gcch, dod, china"):
        cloud_of("gcc")
