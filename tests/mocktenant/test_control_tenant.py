"""The tenant as a whole over the control plane: stories, snapshots, clock, own collections, the index."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import pytest
import requests

from mocktenant import Tenant
from mocktenant.naming import UnknownCollection, UnknownObject
from mocktenant.saved import SavedInvalid
from mocktenant_fixtures import scenario

from .client import Client

STORY = "oauth-spam-campaign"


def told(tenant: Tenant) -> str:
    """Everything that a tenant holds."""
    return json.dumps({name: tenant.objects(name) for name in tenant.keys}, sort_keys=True)


def changed() -> Tenant:
    """A tenant in which everything is otherwise than at the beginning."""
    tenant = Tenant(STORY, seed=7, size=4)
    tenant.put(
        "users", {"id": "00000000-0000-4000-8000-000000000001", "userPrincipalName": "new@contoso.com"}
    )
    tenant.delete("transportRules", "Delivery fix")
    tenant.patch("users", tenant.objects("users")[0]["id"], {"department": "Moved"})
    tenant.declare(
        "alerts", path="security/threatIntelligence/articles", app_roles=["SecurityAlert.Read.All"]
    )
    tenant.put("alerts", {"title": "Odd sign-in"})
    tenant.apply("hidden-inbox-rule")
    tenant.licences.discard("P2")
    tenant.app_roles.discard("User.Read.All")
    tenant.clock = datetime(2026, 10, 1, tzinfo=UTC)
    tenant.app.certificates.append(b"\x00not text")
    return tenant


def test_the_index_tells_each_route_in_a_line(client: Client) -> None:
    rows = client.control("GET", "/").json()["value"]
    assert ("POST", "/_mock/reset") in [(row["method"], row["path"]) for row in rows]
    assert ("GET", "/_mock/state/{collection}/{key}") in [(row["method"], row["path"]) for row in rows]
    assert all(row["does"].endswith(".") for row in rows)
    assert len(rows) == len({(row["method"], row["path"]) for row in rows}) > 20


def test_a_story_happens_while_the_tenant_is_served(client: Client) -> None:
    answer = client.control("POST", "/scenario", json={"name": STORY})
    assert (answer.status_code, answer.json()["name"]) == (201, STORY)
    assert len(answer.json()["expected"]) == len(scenario(STORY).expected)
    rules = client.invoke("Get-TransportRule").json()["value"]
    assert "Delivery fix" in [rule["Name"] for rule in rules]
    about = client.control("GET", "/scenario").json()
    assert (about["name"], [each["name"] for each in about["happened"]]) == ("baseline", [STORY])
    client.control("POST", "/reset")
    assert client.control("GET", "/scenario").json()["happened"] == []


def test_a_story_that_no_longer_fits_leaves_nothing_behind(client: Client) -> None:
    tenant, name = client.tenant, "conditional-access-gaps"
    key = next(change["key"] for change in scenario(name).changes if "key" in change)
    collection = next(change["collection"] for change in scenario(name).changes if change.get("key") == key)
    tenant.delete(collection, key)
    before = told(tenant)
    answer = client.control("POST", "/scenario", json={"name": name})
    assert answer.status_code == 409
    assert key in answer.json()["error"]
    assert told(tenant) == before
    with pytest.raises(UnknownObject):
        tenant.apply(name)


def test_what_was_saved_is_restored_in_any_tenant() -> None:
    one, other = changed(), Tenant(size=2)
    saved = json.loads(json.dumps(one.save()))
    other.restore(saved)
    assert told(other) == told(one)
    assert other.save() == saved
    assert (other.tenant_id, other.client_secret) == (one.tenant_id, one.client_secret)
    assert (other.app_roles, other.licences) == (one.app_roles, {"P1"})
    assert other.app is other.apps[other.client_id]
    assert other.next_guid("request") == one.next_guid("request")
    other.reset()
    assert told(other) == told(Tenant(STORY, seed=7, size=4))


def test_a_saved_state_is_small_and_not_bound_to_the_tenant_it_came_from() -> None:
    tenant = Tenant(size=300)
    tenant.patch("users", tenant.objects("users")[0]["id"], {"department": "Moved"})
    saved = tenant.save()
    assert len(json.dumps(saved)) < 20_000
    before = json.dumps(saved)
    tenant.find("users", tenant.objects("users")[0]["id"])["assignedLicenses"].append({"skuId": "x"})
    assert json.dumps(saved) == before
    tenant.restore(saved)
    tenant.find("users", tenant.objects("users")[0]["id"])["department"] = "Elsewhere"
    assert json.dumps(saved) == before


def test_snapshots_over_http(client: Client) -> None:
    saved = client.control("GET", "/snapshot").json()
    guid = client.tenant.objects("inboundConnectors")[0]["Guid"]
    client.control("DELETE", f"/state/inboundConnectors/{guid}")
    assert client.control("PUT", "/snapshot", json=saved).json() == {"status": "restored"}
    assert client.control("GET", f"/state/inboundConnectors/{guid}").status_code == 200
    assert next(row["Guid"] for row in client.invoke("Get-InboundConnector").json()["value"]) == guid


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"size": 0}, "size"),
        ({"size": 10**9}, "size"),
        ({"clock": "2026-09-01T06:00:00"}, "clock"),
        ({"apps": [{"client_id": 5}]}, "apps"),
        ({"client_id": "nobody"}, "client_id"),
        ({"changes": {"unicorns": {"put": {}, "gone": []}}}, "unicorns"),
        ({"changes": {"users": {"put": []}}}, "changes"),
        ({"declared": [{"name": "users"}]}, "users"),
        ({"format": 2}, "format"),
    ],
)
def test_what_is_no_saved_state_changes_nothing(wrong: dict[str, object], said: str) -> None:
    tenant = Tenant(size=3)
    tenant.app_roles.discard("User.Read.All")
    before = tenant.save()
    with pytest.raises(SavedInvalid, match=said):
        tenant.restore({**before, **wrong})
    assert tenant.save() == before


def test_the_clock_is_set_moved_and_shown(client: Client) -> None:
    def date() -> datetime:
        return parsedate_to_datetime(client.graph("/v1.0/domains").headers["Date"])

    assert client.control("PUT", "/clock", json={"now": "2026-12-24T18:00:00Z"}).json() == {
        "now": "2026-12-24T18:00:00Z"
    }
    assert date() == datetime(2026, 12, 24, 18, tzinfo=UTC)
    client.control("PUT", "/clock", json={"seconds": 86_400})
    assert date() == datetime(2026, 12, 25, 18, tzinfo=UTC)
    assert client.control("GET", "/clock").json() == {"now": "2026-12-25T18:00:00Z"}
    client.control("POST", "/reset")
    assert date() == client.tenant.base.clock
    with pytest.raises(ValueError, match="time zone"):
        client.tenant.clock = datetime(2026, 1, 1)  # noqa: DTZ001 - what is refused


def test_a_declared_collection_is_one_like_the_others(client: Client) -> None:
    body = {
        "key": "scoreId",
        "path": "security/attackSimulation/simulations",
        "app_roles": ["SecurityEvents.Read.All"],
    }
    for _ in range(2):
        declared = client.control("PUT", "/collections/scores", json=body)
        assert declared.json() == {"name": "scores", "of": None, **body}
    made = client.control("PUT", "/state/scores", json={"currentScore": 12}).json()
    assert client.control("GET", f"/state/scores/{made['scoreId']}").json() == made
    assert client.control("GET", "/state").json()["scores"] == {"key": "scoreId", "count": 1}
    assert client.control("GET", "/collections").json()["value"] == [declared.json()]
    client.control("PUT", "/collections/notes")
    assert client.control("PUT", "/state/notes/my-key", json={"text": "x"}).json() == {
        "id": "my-key",
        "text": "x",
    }
    client.tenant.reset()
    with pytest.raises(UnknownCollection):
        client.tenant.collection("scores")


@pytest.mark.parametrize(
    ("method", "path", "keywords", "status", "said"),
    [
        ("POST", "/scenario", {"json": {"name": "oauth-spam"}}, 404, STORY),
        ("POST", "/scenario", {"json": {"named": 1}}, 400, "name the scenario"),
        ("PUT", "/clock", {"json": {"now": "noon"}}, 400, "no moment"),
        ("PUT", "/clock", {"json": {"now": "2026-09-01T06:00:00"}}, 400, "time zone"),
        ("PUT", "/clock", {"json": {"seconds": 10**12}}, 400, "no moment"),
        ("PUT", "/clock", {"json": {}}, 400, "seconds"),
        ("PUT", "/snapshot", {"json": {}}, 400, "scenario"),
        ("PUT", "/collections/users", {"json": {}}, 400, "every tenant has users"),
        ("PUT", "/collections/a-b", {"json": {}}, 400, "no name"),
        ("PUT", "/collections/x", {"json": {"path": "a/{id}", "app_roles": ["R"]}}, 400, "no path"),
        ("PUT", "/collections/x", {"json": {"path": "a/b"}}, 400, "go together"),
        ("PUT", "/collections/x", {"json": {"path": "Users", "app_roles": ["R"]}}, 400, "already"),
        ("PUT", "/collections/x", {"json": {"key": "a b"}}, 400, "property"),
        ("PUT", "/collections/x", {"json": {"key": 5}}, 400, "text"),
        ("PUT", "/collections/x", {"json": {"path": "a", "app_roles": [5]}}, 400, "roles"),
        ("PUT", "/collections/x", {"json": {"colour": "red"}}, 400, "colour"),
        ("DELETE", "/clock", {}, 405, "GET, PUT"),
        ("GET", "/unicorns", {}, 404, "/_mock/"),
    ],
)
def test_mistakes_are_told(
    client: Client, method: str, path: str, keywords: dict[str, object], status: int, said: str
) -> None:
    answer: requests.Response = client.control(method, path, **keywords)
    assert answer.status_code == status
    assert said in answer.json()["error"]


def test_two_collections_have_neither_one_name_nor_one_path(client: Client) -> None:
    client.control("PUT", "/collections/one", json={"path": "a/b", "app_roles": ["R"]})
    for name, path in (("one", "c/d"), ("two", "A/b")):
        answer = client.control("PUT", f"/collections/{name}", json={"path": path, "app_roles": ["R"]})
        assert answer.status_code == 400
