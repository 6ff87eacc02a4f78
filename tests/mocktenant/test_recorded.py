"""A snapshot becomes a tenant: who asks the same gets the same, and whatever was not recorded is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from mocktenant import Server, Tenant, serve
from mocktenant.cli import main
from mocktenant.recorded.reading import SnapshotInvalid, read
from o365scan.snapshot import Snapshot
from tests.scans import kept

from .client import Client

Serving = Callable[[Tenant], Server]


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("recorded") / "tenant.o365scan"
    tenant = Tenant(size=30)
    tenant.directory_roles = {"Security Reader"}  # which sees no mailboxes
    with serve(tenant) as server:
        kept(server, file)
    return file


@pytest.fixture
def client(saved: Path, serving: Serving) -> Client:
    return Client(serving(Tenant.recorded(saved)))


def refused(client: Client, cmdlet: str, parameters: dict[str, object]) -> bool:
    """Whether the answer is Exchange's to who may not, or to what there is not: its body can't be decoded."""
    return client.invoke(cmdlet, parameters, stream=True).status_code == 403


def test_it_is_the_recorded_tenant(saved: Path, client: Client) -> None:
    assert client.tenant.tenant_id == Tenant().tenant_id == read(saved).tenant_id
    assert client.tenant.clock == read(saved).collected_at
    assert client.tenant.base.accounts == 30
    (found,) = client.graph("/v1.0/organization?$select=id,displayName").json()["value"]
    assert found["displayName"] == "Contoso"


def test_a_list_is_paged_counted_and_cut_to_what_is_asked(client: Client) -> None:
    first = client.graph("/v1.0/users?$select=id,userPrincipalName&$top=12&$count=true").json()
    assert (len(first["value"]), first["@odata.count"]) == (12, 30)
    assert set(first["value"][0]) == {"id", "userPrincipalName"}
    second = client.graph(first["@odata.nextLink"]).json()
    third = client.graph(second["@odata.nextLink"]).json()
    assert "@odata.nextLink" not in third
    assert len({each["id"] for page in (first, second, third) for each in page["value"]}) == 30


@pytest.mark.parametrize(
    "path",
    [
        "/v1.0/devices",  # was not asked
        "/v1.0/users",  # more properties than were asked
        "/v1.0/users?$select=id,jobTitle",
        "/v1.0/users?$select=id&$filter=accountEnabled eq true",
        "/v1.0/groups?$select=id,visibility&$filter=startsWith(displayName,'a')",  # asked with another filter
        '/v1.0/users?$select=id&$search="displayName:a"',
    ],
)
def test_what_was_not_recorded_is_refused_not_empty(client: Client, path: str) -> None:
    answer = client.graph(path)
    assert answer.status_code == 403
    assert "snapshot" in answer.headers["x-mocktenant-hint"]
    assert client.tenant.journal[-1].unknown


def test_nothing_can_be_changed(client: Client) -> None:
    assert client.graph("/v1.0/users/x", method="DELETE").status_code == 403
    assert refused(client, "Remove-TransportRule", {"Identity": "x", "Confirm": False})


def test_cmdlets_answer_what_was_asked_and_no_more(client: Client) -> None:
    rules = client.invoke("Get-TransportRule", {"ResultSize": "Unlimited"}).json()["value"]
    assert rules
    assert "Actions@odata.type" in rules[0]
    paged = client.invoke("Get-TransportRule", Prefer="odata.maxpagesize=2").json()
    assert len(paged["value"]) == 2
    assert "@odata.nextLink" in paged
    assert refused(client, "Get-Mailbox", {"ResultSize": "Unlimited"})  # it was denied then
    assert refused(client, "Get-JournalRule", {})
    set_of = f"/adminapi/beta/{client.tenant.tenant_id}/Mailbox"
    bearer = {"Authorization": f"Bearer {client.token()}"}
    assert (
        client.session.get(f"https://outlook.office365.com{set_of}", headers=bearer, stream=True).status_code
        == 403
    )


def test_the_folder_form_is_served_too(saved: Path, tmp_path: Path) -> None:
    snapshot = Snapshot.open(saved)
    snapshot.export(tmp_path / "folder")
    one, other = read(saved), read(tmp_path / "folder")
    assert (one.tenant_id, one.collected_at, one.scanner) == (
        other.tenant_id,
        other.collected_at,
        other.scanner,
    )
    for name, dataset in one.datasets.items():
        assert sorted(map(json.dumps, dataset.rows)) == sorted(map(json.dumps, other.datasets[name].rows))
        assert sorted(dataset.answered) == other.datasets[name].answered
        assert len(dataset.gaps) == len(other.datasets[name].gaps)


def test_what_is_no_snapshot_is_refused_in_a_line(saved: Path, tmp_path: Path) -> None:
    junk, empty = tmp_path / "junk", tmp_path / "empty"
    junk.write_bytes(b"not a database, but long enough to be looked at" * 40)
    Snapshot.create(empty).close()
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "manifest.json").write_text('{"schema": 1}')
    for path in (junk, empty, tmp_path / "nothing", tmp_path / "folder"):
        with pytest.raises(SnapshotInvalid, match=path.name):
            read(path)
    run = CliRunner().invoke(main, ["serve", "--snapshot", str(junk)])
    assert run.exit_code == 2
    assert "junk is no snapshot" in run.output
    run = CliRunner().invoke(main, ["serve", "--snapshot", str(saved), "--size", "5"])
    assert run.exit_code == 2
    assert "--size says nothing" in run.output
