"""The people of a well-run tenant, and what belongs to them."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from mocktenant import Tenant
from mocktenant.graph.skus import subscribed_skus
from mocktenant.licences import UnknownLicence
from mocktenant.population import fixed_accounts
from mocktenant.population_apps import MICROSOFT
from mocktenant.shapes import KEYS
from mocktenant_fixtures import TENANT, baseline_objects, scenario

OF_PEOPLE = (
    "users",
    "mailboxes",
    "inboxRules",
    "authenticationMethods",
    "userRegistrationDetails",
    "exchangeUsers",
    "userManagers",
)
GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"
PHISHING_RESISTANT = "00000000-0000-0000-0000-000000000004"
SYSTEM_RULES = ("Junk E-mail Rule", "Microsoft.Exchange.OOF.")


@pytest.fixture(scope="module")
def tenant() -> Tenant:
    return Tenant(size=400)


def by(objects: list[dict[str, Any]], key: str) -> dict[str, dict[str, Any]]:
    return {item[key]: item for item in objects}


@pytest.mark.parametrize("collection", OF_PEOPLE)
def test_growth_changes_nothing_of_those_who_are_there(collection: str) -> None:
    small, large = Tenant(size=60), Tenant(size=300)
    held = large.collection(collection)
    for key, item in small.collection(collection).items():
        assert held[key] == item


def test_size_counts_all_accounts_but_never_leaves_out_the_fixed_ones() -> None:
    assert len(Tenant(size=60).objects("users")) == 60
    assert len(Tenant(size=1).objects("users")) == fixed_accounts()


def test_fixed_accounts_are_the_same_in_every_tenant() -> None:
    fixed = baseline_objects("users")
    for seed in (1, 2):
        users = Tenant(seed=seed, size=50).collection("users")
        assert all(users[item["id"]] == item for item in fixed)


def test_everybody_has_what_belongs_to_an_account(tenant: Tenant) -> None:
    users = tenant.collection("users")
    assert tenant.collection("userRegistrationDetails").keys() == users.keys()
    assert tenant.collection("exchangeUsers").keys() == users.keys()
    for report in tenant.objects("userRegistrationDetails"):
        assert report["userPrincipalName"] == users[report["id"]]["userPrincipalName"]
        assert report["isMfaRegistered"] == bool(report["methodsRegistered"])
    holders = {method["userId"] for method in tenant.objects("authenticationMethods")}
    assert holders == {key for key, user in users.items() if user["userType"] == "Member"}
    owners = {box["ExternalDirectoryObjectId"] for box in tenant.objects("mailboxes")}
    assert owners < users.keys()


def test_rules_are_those_of_a_normal_office(tenant: Tenant) -> None:
    rules = tenant.objects("inboxRules")
    boxes = tenant.collection("mailboxes")
    assert all(rule["Mailbox"] in boxes for rule in rules)
    hidden = [rule for rule in rules if rule.get("Hidden")]
    assert all(rule["Name"].startswith(SYSTEM_RULES) for rule in hidden)
    own = [rule for rule in rules if not rule.get("Hidden")]
    assert not {"ForwardTo", "RedirectTo", "ForwardAsAttachmentTo", "DeleteMessage"} & {
        k for r in own for k in r
    }
    share = len({rule["Mailbox"] for rule in own}) / len(boxes)
    assert 0.2 < share < 0.45
    junk = Counter(rule["Name"] for rule in hidden)["Junk E-mail Rule"]
    assert junk > 0.8 * len(boxes)
    for mailbox in boxes:
        places = [rule["Priority"] for rule in rules if rule["Mailbox"] == mailbox]
        assert places == list(range(1, len(places) + 1))


def test_administrators(tenant: Tenant) -> None:
    users = tenant.collection("users")
    held = tenant.objects("roleAssignments")
    eligible = tenant.objects("roleEligibilityScheduleInstances")
    roles = tenant.collection("roleDefinitions")
    assert all(item["roleDefinitionId"] in roles for item in [*held, *eligible])
    permanent = [item["principalId"] for item in held if item["roleDefinitionId"] == GLOBAL_ADMINISTRATOR]
    assert {users[key]["displayName"] for key in permanent} == {"Emergency access 1", "Emergency access 2"}
    assert [item for item in eligible if item["roleDefinitionId"] == GLOBAL_ADMINISTRATOR]
    assert any(item["directoryScopeId"].startswith("/administrativeUnits/") for item in held)
    assert any(not roles[item["roleDefinitionId"]]["isBuiltIn"] for item in held)
    groups = tenant.collection("groups")
    through = [item["principalId"] for item in held if item["principalId"] in groups]
    assert through
    assert all(groups[key]["isAssignableToRole"] for key in through)
    assert {item["principalId"] for item in [*held, *eligible]} <= users.keys() | groups.keys()


def test_emergency_accounts_have_keys_and_are_asked_for_them(tenant: Tenant) -> None:
    emergency = [
        u["id"] for u in tenant.objects("users") if str(u["displayName"]).startswith("Emergency access")
    ]
    methods = tenant.objects("authenticationMethods")
    for key in emergency:
        kinds = {m["@odata.type"].rpartition(".")[2] for m in methods if m["userId"] == key}
        assert kinds == {"passwordAuthenticationMethod", "fido2AuthenticationMethod"}
    (group,) = {m["groupId"] for m in tenant.objects("groupMembers") if m["memberId"] in emergency}
    policies = [p for p in tenant.objects("conditionalAccessPolicies") if p["state"] == "enabled"]
    for_all = [p for p in policies if p["conditions"]["users"].get("includeUsers") == ["All"]]
    assert for_all
    assert all(group in p["conditions"]["users"]["excludeGroups"] for p in for_all)
    (own,) = [p for p in policies if p["conditions"]["users"].get("includeGroups") == [group]]
    assert own["grantControls"]["authenticationStrength"] == {"id": PHISHING_RESISTANT}


def test_powershell_is_for_administrators(tenant: Tenant) -> None:
    fixed = by(baseline_objects("users"), "id")
    allowed = {
        row["ExternalDirectoryObjectId"] for row in tenant.objects("exchangeUsers") if row["EXOModuleEnabled"]
    }
    assert allowed < fixed.keys()
    assert len(allowed) == 8


def test_groups_nest(tenant: Tenant) -> None:
    groups = tenant.collection("groups")
    kinds = Counter(bool(group["groupTypes"]) for group in groups.values())
    assert kinds[True] == 6
    members = tenant.objects("groupMembers")
    assert len([m for m in members if m["memberId"] in groups]) == 8
    assert {m["memberId"] for m in members} <= groups.keys() | tenant.collection("users").keys()


def test_the_tenants_own_apps_are_its_own(tenant: Tenant) -> None:
    applications = by(tenant.objects("applications"), "appId")
    own = [
        p for p in tenant.objects("servicePrincipals") if p.get("appOwnerOrganizationId") == tenant.tenant_id
    ]
    assert {principal["appId"] for principal in own} == applications.keys()
    assert TENANT not in json.dumps([tenant.objects(name) for name in KEYS])
    principals = tenant.collection("servicePrincipals")
    for granted in tenant.objects("appRoleAssignments"):
        roles = {role["id"] for role in principals[granted["resourceId"]]["appRoles"]}
        assert granted["appRoleId"] in roles
        assert granted["principalId"] in principals


def test_activation_asks_for_a_second_factor(tenant: Tenant) -> None:
    policies = tenant.objects("roleManagementPolicyAssignments")
    built_in = {role["id"] for role in tenant.objects("roleDefinitions") if role["isBuiltIn"]}
    assert {p["roleDefinitionId"] for p in policies if p["scopeType"] == "DirectoryRole"} == built_in
    holders = {group["id"] for group in tenant.objects("groups") if group.get("isAssignableToRole")}
    assert {p["scopeId"] for p in policies if p["scopeType"] == "Group"} == holders
    for policy in policies:
        rules = by(policy["policy"]["rules"], "id")
        assert "MultiFactorAuthentication" in rules["Enablement_EndUser_Assignment"]["enabledRules"]


def test_the_campaigns_app_holds_the_permission_and_two_roles() -> None:
    story = Tenant("oauth-spam-campaign", size=1)
    app = story.find("servicePrincipals", "Contoso Mail Sync")
    assert app["appOwnerOrganizationId"] == story.tenant_id
    roles = story.collection("roleDefinitions")
    held = [i["roleDefinitionId"] for i in story.objects("roleAssignments") if i["principalId"] == app["id"]]
    assert {roles[key]["displayName"] for key in held} == {"Global Administrator", "Exchange Administrator"}
    (granted,) = [item for item in story.objects("appRoleAssignments") if item["principalId"] == app["id"]]
    api = story.find("servicePrincipals", granted["resourceId"])
    names = {role["id"]: role["value"] for role in api["appRoles"]}
    assert names[granted["appRoleId"]] == "Exchange.ManageAsApp"
    assert app["keyCredentials"]
    assert story.find("applications", "Contoso Mail Sync")["passwordCredentials"]


def test_vendors_are_only_to_be_verified() -> None:
    expected = scenario("vendor-heavy").expected
    assert {row["severity"] for row in expected if row["verdict"] == "fail"} <= {"medium", "low"}
    people = Tenant("vendor-heavy", size=1).objects("users")
    guest = next(user["userPrincipalName"] for user in people if user["userType"] == "Guest")
    assert {row["object"] for row in expected if row["verdict"] == "open"} == {guest}


def test_everybody_reports_to_somebody_who_came_before(tenant: Tenant) -> None:
    users = tenant.collection("users")
    managers = {row["userId"]: row["managerId"] for row in tenant.objects("userManagers")}
    order = {key: place for place, key in enumerate(users)}
    assert all(order[manager] < order[user] for user, manager in managers.items())
    assert all(users[manager]["accountEnabled"] for manager in managers.values())
    of_people = [key for key, user in users.items() if user["assignedLicenses"]]
    assert len(of_people) - len(managers) == 1  # the very first reports to nobody
    teams = Counter(managers.values())
    assert teams.most_common(1)[0][1] <= 8 + 8  # a team, and for the very first the heads of departments
    same = [users[user]["department"] == users[manager]["department"] for user, manager in managers.items()]
    assert same.count(False) < 8


def test_people_live_in_several_countries(tenant: Tenant) -> None:
    members = [user for user in tenant.objects("users") if user.get("preferredLanguage")]
    assert {user["preferredLanguage"] for user in members} == {
        "en-US", "en-GB", "de-DE", "fr-FR", "sv-SE", "pl-PL", "ja-JP",
    }  # fmt: skip
    assert all(user["preferredLanguage"].endswith(user["usageLocation"]) for user in members)
    assert any(not user["displayName"].isascii() for user in members)
    for user in tenant.objects("users"):
        assert user["userPrincipalName"].isascii()
        assert user["mailNickname"]
    names = {rule["Name"] for rule in tenant.objects("inboxRules")}
    assert {True, False} == {name.isascii() for name in names}


@pytest.mark.parametrize(
    ("licence", "people", "parts"),
    [
        ("free", "EXCHANGESTANDARD", ["EXCHANGESTANDARD"]),
        ("basic", "O365_BUSINESS_ESSENTIALS", ["O365_BUSINESS_ESSENTIALS"]),
        ("p1", "SPE_E3", ["SPE_E3"]),
        ("P2", "SPE_E3", ["SPE_E3", "AAD_PREMIUM_P2"]),
        ("E5", "SPE_E5", ["SPE_E5"]),
    ],
)
def test_licences_by_preset(licence: str, people: str, parts: list[str]) -> None:
    tenant = Tenant(size=30, licence=licence)
    rows = subscribed_skus(tenant)
    assert [row["skuPartNumber"] for row in rows] == parts
    held = {each["skuId"] for user in tenant.objects("users") for each in user["assignedLicenses"]}
    assert held == {row["skuId"] for row in rows if row["skuPartNumber"] == people}
    assert tenant.licensed("P1") == (licence not in ("free", "basic"))
    assert tenant.licensed("P2") == (licence in ("P2", "E5"))
    other = Tenant(size=30)
    other.restore(tenant.save())
    assert subscribed_skus(other) == rows


def test_the_licence_is_the_scenarios_own_unless_one_is_chosen() -> None:
    story = "no-premium-licence"
    assert Tenant(story, size=1).base.licence.name == "basic"
    assert Tenant(story, size=1, licence="E5").base.licence.name == "E5"
    assert Tenant(size=1).base.licence.name == "P2"


def test_licences_that_are_none_and_those_bought_later() -> None:
    with pytest.raises(UnknownLicence, match="there are free, basic, P1, P2, E3, E5"):
        Tenant(licence="E4")
    tenant = Tenant(size=1, licence="free")
    tenant.licences.add("P1")
    assert [row["skuPartNumber"] for row in subscribed_skus(tenant)] == ["EXCHANGESTANDARD", "AAD_PREMIUM"]


def test_the_estate_of_apps_is_that_of_a_working_tenant(tenant: Tenant) -> None:
    principals = tenant.objects("servicePrincipals")
    owners = Counter(principal.get("appOwnerOrganizationId") for principal in principals)
    assert owners[MICROSOFT] > 50
    vendors = [one for one in principals if "verifiedPublisher" in one]
    assert len(vendors) > 12
    assert len({one["appId"] for one in principals}) == len(principals)
    other = {one["appId"] for one in Tenant(seed=7, size=30).objects("servicePrincipals")}
    assert {
        one["appId"] for one in vendors
    } <= other  # a vendor's app is the same everywhere, its principal is not
    held = {one["id"] for one in principals} | tenant.collection("users").keys()
    for grant in tenant.objects("oauth2PermissionGrants"):
        assert grant["clientId"] in held
        assert grant["resourceId"] in held
        assert (grant["principalId"] in held) == (grant["consentType"] == "Principal")
    assert {grant["consentType"] for grant in tenant.objects("oauth2PermissionGrants")} == {
        "AllPrincipals",
        "Principal",
    }


@pytest.mark.parametrize("size", [1, 400])
def test_the_tenants_own_apps_have_owners_who_are_there(size: int) -> None:
    tenant = Tenant(size=size)
    owned = {row["applicationId"]: row["ownerId"] for row in tenant.objects("applicationOwners")}
    of_the_scanner = next(
        one["id"] for one in tenant.objects("applications") if one["appId"] == tenant.client_id
    )
    assert owned.keys() == tenant.collection("applications").keys() - {of_the_scanner}
    assert set(owned.values()) <= tenant.collection("users").keys()
