"""Scans of a tenant over HTTP: what must be found is found, nothing else is, and what is denied is open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from o365scan.testing import assert_findings, scanned

if TYPE_CHECKING:
    from mocktenant import Tenant
    from o365scan.api import Finding

KNOWN = "teams.shared-channel-is-for-known-tenants"
CHOSEN = "teams.shared-channels-are-for-chosen-tenants"
STRANGER = "00000000-0000-4000-8000-0000000000c1"
EVERYBODY = {
    "usersAndGroups": {"accessType": "allowed", "targets": [{"target": "AllUsers", "targetType": "user"}]},
    "applications": {
        "accessType": "allowed",
        "targets": [{"target": "Office365", "targetType": "application"}],
    },
}


def found(**options: Any) -> list[Finding]:
    return list(scanned("teams.*", options=options.get("options")).findings)


def row(check: str, name: str, severity: str, verdict: str = "fail") -> dict[str, str]:
    return {"check": check, "object": name, "verdict": verdict, "severity": severity}


def let_in(tenant: Tenant) -> None:
    """A stranger comes into a channel, which the default allows."""
    tenant.patch("crossTenantAccessDefault", "default", {"b2bDirectConnectInbound": EVERYBODY})
    member = {"channelId": "19:merger@thread.tacv2", "id": "m9", "tenantId": STRANGER}
    tenant.put("channelMembers", member | {"displayName": "Sam", "email": "sam@example.com"})


def test_nothing_is_found_where_strangers_are_kept_out(teams_tenant: Tenant) -> None:
    judged = found()
    assert_findings(judged, [])
    assert {(each.check, each.verdict.value) for each in judged} == {(KNOWN, "pass"), (CHOSEN, "pass")}
    assert sum(each.check == KNOWN for each in judged) == 2  # the channel that is not shared is none of them


def test_a_stranger_is_found_with_the_default_that_let_them_in(teams_tenant: Tenant) -> None:
    let_in(teams_tenant)
    judged = found()
    assert_findings(
        judged, [row(KNOWN, "Merger", "medium"), row(CHOSEN, "entra.cross-tenant-access", "medium")]
    )
    (channel,) = [each for each in judged if each.check == KNOWN and each.verdict == "fail"]
    assert f"Tenant {STRANGER} (example.com) has one person" in channel.message
    (evidence,) = channel.problems[0].evidence
    assert (evidence.dataset, evidence.value) == ("teams.channel-members", STRANGER)


def test_a_stranger_whom_an_option_names_is_none(teams_tenant: Tenant) -> None:
    let_in(teams_tenant)
    judged = found(options={KNOWN: {"tenants": [STRANGER.upper()]}})
    assert_findings(judged, [row(CHOSEN, "entra.cross-tenant-access", "medium")])


def test_the_last_of_many_members_is_found(teams_tenant: Tenant) -> None:
    """A page holds 100; the scanner follows the links to the others."""
    for number in range(250):
        member = {"channelId": "19:merger@thread.tacv2", "id": f"n{number:03d}", "displayName": "N"}
        teams_tenant.put("channelMembers", member | {"email": None, "tenantId": teams_tenant.tenant_id})
    let_in(teams_tenant)
    judged = found()
    assert any(each.check == KNOWN and each.verdict == "fail" for each in judged)


@pytest.mark.parametrize(
    ("role", "gone"),
    [
        ("Team.ReadBasic.All", {"teams.shared-channels"}),
        ("Channel.ReadBasic.All", {"teams.shared-channels"}),
        ("ChannelMember.Read.All", {"With Fabrikam", "Merger"}),
    ],
)
def test_without_a_permission_it_is_open(teams_tenant: Tenant, role: str, gone: set[str]) -> None:
    teams_tenant.app_roles.discard(role)
    judged = [each for each in found() if each.check == KNOWN]
    assert {each.verdict.value for each in judged} == {"open"}
    (asked,) = teams_tenant.permissions()
    assert asked["missing"]["app_roles"] == [role]


def test_what_one_channel_hides_leaves_the_others_judged(teams_tenant: Tenant) -> None:
    let_in(teams_tenant)
    (one,) = [each for each in teams_tenant.objects("channelMembers") if each["id"] == "m3"]
    broken = {name: value for name, value in one.items() if name != "tenantId"}
    teams_tenant.delete("channelMembers", "19:fabrikam@thread.tacv2/m3")
    teams_tenant.put("channelMembers", broken)
    by_title = {each.title: each.verdict.value for each in found() if each.check == KNOWN}
    assert by_title == {"With Fabrikam": "open", "Merger": "fail"}


def test_it_asks_no_more_than_it_must(teams_tenant: Tenant) -> None:
    """One list, and a batch for each step of the way down; of roles none that it could do without."""
    found()
    paths = [each.path for each in teams_tenant.journal if "/teams" in each.path]
    assert sorted(paths) == sorted(set(paths))
    (asked,) = teams_tenant.permissions()
    assert {"Team.ReadBasic.All", "Channel.ReadBasic.All", "ChannelMember.Read.All"} <= set(
        asked["least"]["app_roles"]
    )
    assert asked["missing"]["app_roles"] == []
