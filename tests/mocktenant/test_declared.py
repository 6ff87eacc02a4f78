"""Collections of a test's own, as Graph serves them."""

from __future__ import annotations

import pytest

from mocktenant.declared import DeclarationInvalid
from mocktenant.naming import UnknownCollection
from mocktenant.shapes import ObjectInvalid

from .client import GRAPH, Client

PATH = "/v1.0/security/attackSimulation/simulations"
SCORES = [
    {
        "scoreId": f"s{number:03d}",
        "vendor": "Contoso" if number % 2 else "Fabrikam",
        "createdDateTime": f"2026-08-{number % 28 + 1:02d}T00:00:00Z",
        "currentScore": number / 2,
        "open": number % 3 == 0,
        "tags": ["a"] if number == 7 else [],
        "basis": {"kind": "all", "users": number},
    }
    for number in range(120)
]


@pytest.fixture
def scored(client: Client) -> Client:
    client.tenant.declare(
        "scores",
        key="scoreId",
        path="security/attackSimulation/simulations",
        app_roles=["SecurityEvents.Read.All", "S.W"],
    )
    for score in SCORES:
        client.tenant.put("scores", score)
    return client


def ids(client: Client, query: str, **headers: str) -> list[str]:
    answer = client.graph(f"{PATH}?{query}", **headers)
    assert answer.status_code == 200, answer.text
    return [row["scoreId"] for row in answer.json()["value"]]


def test_it_is_paged_and_sent_as_it_is(scored: Client) -> None:
    first = scored.graph(PATH).json()
    rest = scored.graph(first["@odata.nextLink"]).json()
    assert [*first["value"], *rest["value"]] == SCORES
    assert scored.graph(PATH.replace("v1.0", "beta")).json()["value"] == SCORES[:100]
    assert scored.graph(f"{PATH}/s007").json().items() >= SCORES[7].items()
    assert scored.graph(f"{PATH}/nothing").status_code == 404
    assert scored.graph(f"{PATH}/s007/nothing").status_code == 400


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ("$filter=open eq true and vendor eq 'contoso'", [n for n in range(120) if n % 3 == 0 and n % 2]),
        ("$filter=currentScore ge 59", [118, 119]),
        ("$filter=createdDateTime lt 2026-08-02T00:00:00Z", [0, 28, 56, 84, 112]),
        ("$filter=tags/any(t:t eq 'a')", [7]),
        ("$orderby=scoreId desc&$top=2", [119, 118]),
    ],
)
def test_it_is_filtered_and_ordered(scored: Client, asked: str, wanted: list[int]) -> None:
    assert ids(scored, asked) == [f"s{number:03d}" for number in wanted]


def test_it_is_selected_from(scored: Client) -> None:
    (row,) = scored.graph(f"{PATH}?$select=vendor&$top=1").json()["value"]
    assert row == {"vendor": "Fabrikam"}
    assert scored.graph(f"{PATH}?$filter=unicorn eq 1").status_code == 400


def test_it_takes_its_permission_and_is_told_of(scored: Client) -> None:
    tenant = scored.tenant
    assert "SecurityEvents.Read.All" in tenant.app_roles
    tenant.app_roles = {"S.W"}
    assert scored.graph(PATH).status_code == 200
    tenant.app_roles = {"User.Read.All"}
    assert scored.graph(PATH, token=scored.token(GRAPH)).status_code == 403
    (row,) = tenant.permissions()
    assert row["least"]["app_roles"] == ["SecurityEvents.Read.All"]


def test_it_comes_back_with_a_saved_state_and_goes_with_a_reset(scored: Client) -> None:
    tenant = scored.tenant
    saved = tenant.save()
    tenant.reset()
    assert scored.graph(PATH).status_code == 400
    with pytest.raises(UnknownCollection):
        tenant.objects("scores")
    tenant.restore(saved)
    assert len(ids(scored, "$top=999")) == 120


def test_what_values_are_is_seen_of_them(client: Client) -> None:
    client.tenant.declare("mixed", path="mixed", app_roles=["R"])
    rows = [
        {"id": "1", "a": 1, "b": None, "c": "x"},
        {"id": "2", "a": 1.5, "b": None, "c": 5, "d": [{"e": 1}]},
    ]
    assert client.graph("/v1.0/mixed").json()["value"] == []
    for row in rows:
        client.tenant.put("mixed", row)
    assert client.graph("/v1.0/mixed").json()["value"] == [rows[0] | {"d": []}, rows[1]]
    found = client.graph("/v1.0/mixed?$filter=a gt 1 and b eq null").json()["value"]
    assert [row["id"] for row in found] == ["2"]


@pytest.fixture
def shelved(fresh: Client) -> Client:
    """Shelves with boxes with notes: a list of each box of each shelf."""
    tenant = fresh.tenant
    tenant.declare("shelves", key="shelfId", path="shelves", app_roles=["Shelf.Read"])
    tenant.declare("boxes", key="of/id", path="shelves/{id}/boxes", app_roles=["Box.Read"], of="of")
    tenant.declare("notes", path="shelves/{id}/boxes/{id}/notes", app_roles=["Note.Read"], of="boxId")
    for shelf in ("left", "right"):
        tenant.put("shelves", {"shelfId": shelf})
        tenant.put("boxes", {"of": shelf, "id": "19:one@box", "lid": shelf == "left"})
    for number in range(101):
        tenant.put("notes", {"id": f"n{number:03d}", "boxId": "19:one@box"})
    tenant.put("boxes", {"of": "right", "id": "two", "lid": True})
    return fresh


def test_a_list_belongs_to_an_object_of_another(shelved: Client) -> None:
    boxes = shelved.graph("/v1.0/shelves/LEFT/boxes").json()
    assert boxes["value"] == [{"id": "19:one@box", "lid": True}]
    assert boxes["@odata.context"].endswith("#shelves('left')/boxes")
    assert shelved.graph("/v1.0/shelves/right/boxes?$filter=lid eq true").json()["value"] == [
        {"id": "two", "lid": True}
    ]
    assert shelved.graph("/v1.0/shelves/right/boxes/two").json()["id"] == "two"
    assert shelved.graph("/v1.0/shelves/left/boxes/two").status_code == 404
    assert shelved.graph("/v1.0/shelves/none/boxes").status_code == 404
    assert shelved.graph("/v1.0/shelves/left/lids").status_code == 400


def test_a_list_of_a_list_of_a_list_is_paged(shelved: Client) -> None:
    first = shelved.graph("/v1.0/shelves/left/boxes/19%3Aone%40box/notes").json()
    rest = shelved.graph(first["@odata.nextLink"]).json()
    assert [len(first["value"]), len(rest["value"])] == [100, 1]
    assert first["value"][0] == {"id": "n000"}
    assert shelved.graph("/v1.0/shelves/right/boxes/two/notes").json()["value"] == []
    full = shelved.graph(
        "/v1.0/shelves/left/boxes/19:one@box/notes?$top=1", Accept="application/json;odata.metadata=full"
    ).json()
    assert full["value"][0]["@odata.editLink"] == "shelves('left')/boxes('19:one@box')/notes('n000')"


def test_each_list_takes_a_permission_of_its_own(shelved: Client) -> None:
    tenant = shelved.tenant
    assert {"Shelf.Read", "Box.Read", "Note.Read"} <= tenant.app_roles
    tenant.app_roles.discard("Box.Read")
    token = shelved.token(GRAPH)
    assert shelved.graph("/v1.0/shelves", token=token).status_code == 200
    assert shelved.graph("/v1.0/shelves/left/boxes", token=token).status_code == 403
    assert shelved.graph("/v1.0/shelves/left/boxes/19:one@box/notes", token=token).status_code == 200
    (row,) = tenant.permissions()
    assert row["missing"]["app_roles"] == ["Box.Read"]


def test_a_list_may_belong_to_what_every_tenant_has_and_comes_back_when_restored(fresh: Client) -> None:
    tenant = fresh.tenant
    tenant.declare("plans", path="groups/{id}/plans", app_roles=["Plan.Read"], of="groupId")
    group = tenant.objects("groups")[0]["id"] if tenant.objects("groups") else None
    if group is None:
        group = tenant.put("groups", {"displayName": "One"})["id"]
    tenant.put("plans", {"id": "p", "groupId": group})
    saved = tenant.save()
    tenant.reset()
    tenant.restore(saved)
    assert fresh.graph(f"/v1.0/groups/{group}/plans").json()["value"] == [{"id": "p"}]


def test_an_object_that_would_belong_nowhere_is_refused(shelved: Client) -> None:
    with pytest.raises(ObjectInvalid, match="boxId"):
        shelved.tenant.put("notes", {"id": "x"})


@pytest.mark.parametrize(
    ("path", "of", "said"),
    [
        ("boxes/{id}/lids", "boxId", "nothing is listed at boxes"),
        ("policies/authorizationPolicy/{id}/lids", "boxId", "nothing is listed at policies"),
        ("users/{id}", "userId", "no path of a list"),
        ("{id}/lids", "boxId", "no path of a list"),
        ("users/{key}/lids", "userId", "no path of a list"),
        ("users/{id}/lids", None, "go together"),
        ("lids", "userId", "go together"),
        ("users/{id}/lids", "a b", "no property"),
        ("users/{id}/memberOf", "userId", "served from the state"),
    ],
)
def test_a_list_that_nothing_leads_to_is_refused(fresh: Client, path: str, of: str | None, said: str) -> None:
    with pytest.raises(DeclarationInvalid, match=said):
        fresh.tenant.declare("lids", path=path, app_roles=["R"], of=of)
