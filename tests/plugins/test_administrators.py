"""Who is an administrator, and the categories of their own; the records are those of the check's case file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from o365scan.api import Gap, GapReason
from o365scan.snapshot import Snapshot
from o365scan.testing import PARENT
from o365scan.views import DeclaredData
from o365scan_entra.administrators import READS, Administrators, administrators
from o365scan_entra.roles import Level

CASES = Path(__file__).parent.parent / "cases" / "entra.admin-has-mfa.json"
GROUP = "00000000-0000-4000-8000-000000000050"
EXCHANGE_ADMINISTRATOR = "29232cdf-9323-42fd-ade2-1d097af3e4de"

Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture
def rows() -> Rows:
    records: Rows = json.loads(CASES.read_text("utf-8"))["records"]
    return records


def found(rows: Rows, denied: str = "") -> Administrators:
    snapshot = Snapshot.create()
    for dataset in READS:
        if dataset.name == denied:
            snapshot.add_gap(Gap(dataset=denied, reason=GapReason.DENIED, detail="403"))
            snapshot.finish(dataset)
            continue
        for row in rows[dataset.name]:
            parent = row.pop(PARENT, "")
            snapshot.add(dataset, [row], parent=parent)
        snapshot.finish(dataset)
    return administrators(DeclaredData(snapshot, "test", READS))


def held(everybody: Administrators) -> dict[str, list[str]]:
    return {
        admin.user.title: [str(each) for each in admin.furthest_first] for admin in everybody.people.values()
    }


def test_roles_are_found_however_they_come(rows: Rows) -> None:
    assert held(found(rows)) == {
        "admin.global@contoso.com": ["Global Administrator"],
        "admin.mail@contoso.com": ["Exchange Administrator (through the group Mail operations)"],
        "admin.people@contoso.com": ["User Administrator (eligible)"],
        "admin.standby@contoso.com": ["Exchange Administrator (through the group Mail operations, eligible)"],
    }


def test_what_is_no_person_is_counted_apart(rows: Rows) -> None:
    everybody = found(rows)
    assert {key: str(holdings[0]) for key, holdings in everybody.others.items()} == {
        "00000000-0000-4000-8000-000000000060": "User Administrator"
    }
    assert [user.title for user in everybody.synchronisation.values()] == ["sync_server1@contoso.com"]


def test_an_owner_of_the_group_is_one_in_waiting(rows: Rows) -> None:
    owner = {"@odata.type": "#microsoft.graph.user", "displayName": "Owner", PARENT: GROUP}
    colleague, member = (rows["entra.users"][number]["id"] for number in (4, 1))
    rows["entra.role-assignable-group-owners"] = [owner | {"id": colleague}, owner | {"id": member}]
    people = {admin.user.title: admin for admin in found(rows).people.values()}
    (in_waiting,) = people["colleague@contoso.com"].holdings
    assert str(in_waiting) == "Exchange Administrator (through owning the group Mail operations)"
    assert EXCHANGE_ADMINISTRATOR not in people["colleague@contoso.com"].targeted_roles
    (held_by_member,) = people["admin.mail@contoso.com"].holdings
    assert held_by_member.active


def test_an_unread_person_is_no_app(rows: Rows) -> None:
    gone = rows["entra.users"].pop(0)["id"]
    everybody = found(rows)
    assert gone not in everybody.others
    (doubt,) = everybody.doubts
    assert "Global Administrator: who has it, Global admin (" in doubt.reason
    assert doubt.at is not None
    assert doubt.at.key == "ra-1"


def test_of_groups_that_could_not_be_read_there_is_one_doubt(rows: Rows) -> None:
    everybody = found(rows, denied="entra.role-assignable-groups")
    assert [doubt.gap for doubt in everybody.doubts] == ["entra.role-assignable-groups"]
    assert not everybody.all_roles_known


def test_policies_for_roles_catch_what_is_held_now_in_the_whole_tenant(rows: Rows) -> None:
    people = {admin.user.title: admin for admin in found(rows).people.values()}
    assert people["admin.global@contoso.com"].targeted_roles == {"62e90394-69f5-4237-9190-012177145e10"}
    assert people["admin.mail@contoso.com"].targeted_roles == {"29232cdf-9323-42fd-ade2-1d097af3e4de"}
    assert people["admin.people@contoso.com"].targeted_roles == frozenset()


@pytest.mark.parametrize(
    ("scope", "said"), [("/administrativeUnits/unit", "administrative unit"), ("/object", "for one object")]
)
def test_a_part_of_the_tenant_is_less_than_the_whole(rows: Rows, scope: str, said: str) -> None:
    rows["entra.role-assignments"][0]["directoryScopeId"] = scope
    admin = next(each for each in found(rows).people.values() if each.user.title.startswith("admin.global"))
    assert admin.reach is Level.SERVICE
    assert admin.targeted_roles == frozenset()
    assert said in str(admin.furthest_first[0])


def test_a_role_without_a_definition_is_not_forgotten(rows: Rows) -> None:
    rows["entra.role-definitions"] = rows["entra.role-definitions"][1:]
    everybody = found(rows)
    assert [source.key for source in everybody.unknown] == ["ra-1"]
