"""Scans of a tenant over HTTP: what must be found is found, nothing else is, and what is denied is open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mocktenant.faults import Fault
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


@pytest.mark.parametrize("role", ["Team.ReadBasic.All", "Channel.ReadBasic.All", "ChannelMember.Read.All"])
def test_without_a_permission_it_is_open_and_nothing_passes(teams_tenant: Tenant, role: str) -> None:
    let_in(teams_tenant)
    teams_tenant.app_roles.discard(role)
    report = scanned("teams.*")
    judged = report.findings
    default = row(CHOSEN, "entra.cross-tenant-access", "medium")  # read all the same
    assert_findings(judged, [default, row(KNOWN, "teams.shared-channels", "medium", "open")])
    assert not [each for each in judged if each.verdict == "pass"]
    assert any(role in str(gap.hint) for gap in report.gaps)


def test_a_team_that_answers_with_an_error_leaves_the_others_judged(teams_tenant: Tenant) -> None:
    let_in(teams_tenant)
    teams_tenant.faults.add(
        Fault(path="/v1.0/teams/00000000-0000-4000-8000-0000000000a1/channels", status=404, count=9)
    )
    judged = [each for each in found() if each.check == KNOWN]
    assert {(each.title, each.verdict.value) for each in judged} == {
        ("Merger", "fail"),
        ("Sales", "open"),  # the team whose channels are not known
        ("teams.shared-channels", "open"),
    }


def test_what_one_channel_hides_leaves_the_others_judged(teams_tenant: Tenant) -> None:
    let_in(teams_tenant)
    (one,) = [each for each in teams_tenant.objects("channelMembers") if each["id"] == "m3"]
    broken = {name: value for name, value in one.items() if name != "tenantId"}
    teams_tenant.delete("channelMembers", "19:fabrikam@thread.tacv2/m3")
    teams_tenant.put("channelMembers", broken)
    by_title = {each.title: each.verdict.value for each in found() if each.check == KNOWN}
    assert by_title == {"With Fabrikam": "open", "Merger": "fail"}


def test_it_asks_once_and_with_the_least(teams_tenant: Tenant) -> None:
    """One list, and below it a batch for each step of the way down."""
    found()
    asked = [each.path for each in teams_tenant.journal if each.path.startswith("/v1.0/teams")]
    assert len(asked) == len(set(asked)) == 1 + 2 + 2
    assert sum(each.path.endswith("$batch") for each in teams_tenant.journal) == 2
    (report,) = teams_tenant.permissions()
    assert report["least"] == {
        "app_roles": [
            "Channel.ReadBasic.All",
            "ChannelMember.Read.All",
            "Organization.Read.All",
            "Policy.Read.All",
            "Team.ReadBasic.All",
        ],
        "directory_roles": [],
    }
    assert report["missing"]["app_roles"] == []
