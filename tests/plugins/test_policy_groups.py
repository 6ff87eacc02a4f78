"""Conditional Access for groups: whose members are read, and what they decide."""

from __future__ import annotations

from collections.abc import Callable

from mocktenant import Server, Tenant
from o365scan.api import Finding, Verdict
from o365scan.testing import scanned

Serving = Callable[[Tenant], Server]

CHECK = "entra.mfa-is-required-of-everyone"
STAFF, OTHERS = "00000000-0000-4000-8000-000000000a01", "00000000-0000-4000-8000-000000000a02"
MFA_FOR_ALL, LEGACY_BLOCKED = (
    "CA002: Multifactor authentication for everyone",
    "CA001: Block legacy authentication",
)


def staffed() -> Tenant:
    """Multifactor authentication is for a group, and everybody is in it; there is another group as large."""
    tenant = Tenant("baseline", size=40)
    for group in (STAFF, OTHERS):
        tenant.put(
            "groups",
            {"id": group, "displayName": group[-3:], "mailNickname": group[-3:], "groupTypes": [],
             "isAssignableToRole": None, "mailEnabled": False, "securityEnabled": True},
        )  # fmt: skip
        for user in tenant.objects("users"):
            tenant.put("groupMembers", {"groupId": group, "memberId": user["id"]})
    (policy,) = [
        each for each in tenant.objects("conditionalAccessPolicies") if each["displayName"] == MFA_FOR_ALL
    ]
    users = {**policy["conditions"]["users"], "includeUsers": [], "includeGroups": [STAFF]}
    tenant.patch(
        "conditionalAccessPolicies", policy["id"], {"conditions": {**policy["conditions"], "users": users}}
    )
    return tenant


def without(tenant: Tenant, member: str) -> None:
    (key,) = [
        key for key, each in tenant.collection("groupMembers").items()
        if (each["groupId"], each["memberId"]) == (STAFF, member)
    ]  # fmt: skip
    tenant.delete("groupMembers", key)


def licensed_person(tenant: Tenant) -> dict[str, str]:
    return next(
        each for each in tenant.objects("users") if each["assignedLicenses"] and each["accountEnabled"]
    )


def judged(server: Server) -> Finding:
    (finding,) = scanned(CHECK, environment=server.environment()).findings
    return finding


def asked_for(server: Server) -> list[str]:
    paths = [each.path for each in server.tenant.journal if each.path.endswith("/transitiveMembers")]
    return [path.split("/")[-2] for path in paths]


def test_a_policy_for_a_group_that_everybody_is_in_is_one_for_everybody(serving: Serving) -> None:
    server = serving(staffed())
    assert judged(server).verdict is Verdict.PASS
    assert STAFF in asked_for(server)
    assert OTHERS not in asked_for(server)


def test_one_person_who_is_in_none_is_named(serving: Serving) -> None:
    tenant = staffed()
    person = licensed_person(tenant)
    without(tenant, person["id"])
    finding = judged(serving(tenant))
    assert (finding.verdict, finding.severity) == (Verdict.FAIL, "high")
    assert "for 1 of " in finding.message
    assert person["userPrincipalName"] in finding.message


def test_somebody_new_in_the_group_closes_it(serving: Serving) -> None:
    tenant = staffed()
    person = licensed_person(tenant)
    without(tenant, person["id"])
    server = serving(tenant)
    assert judged(server).verdict is Verdict.FAIL
    tenant.put("groupMembers", {"groupId": STAFF, "memberId": person["id"]})
    assert judged(server).verdict is Verdict.PASS


def test_members_that_may_not_be_read_leave_it_open_and_say_what_to_do(serving: Serving) -> None:
    tenant = staffed()
    tenant.app_roles -= {"GroupMember.Read.All", "Group.Read.All", "Directory.Read.All"}
    finding = judged(serving(tenant))
    assert finding.verdict is Verdict.OPEN


def test_policies_for_nobody_in_particular_ask_for_no_members(serving: Serving) -> None:
    tenant = Tenant("baseline", size=20)
    for policy in tenant.objects("conditionalAccessPolicies"):
        if policy["conditions"]["users"].get("includeGroups"):
            tenant.delete("conditionalAccessPolicies", policy["id"])
    server = serving(tenant)
    report = scanned(CHECK, environment=server.environment())
    assert {each.verdict for each in report.findings} == {Verdict.PASS}
    # The groups that can hold roles are asked about who administers.
    assignable = {each["id"] for each in tenant.objects("groups") if each.get("isAssignableToRole")}
    assert len(asked_for(server)) == len(assignable)
