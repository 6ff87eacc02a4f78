"""The state, the seed and the scenarios, without a server."""

from __future__ import annotations

import gc
import hashlib
import ipaddress
import json
import re
import subprocess
import sys

import pytest

import mocktenant
from mocktenant import Tenant, UnknownScenario, base
from mocktenant.exchange.inbox_rules import rule_identity
from mocktenant.licences import preset
from mocktenant.naming import NAMES, UnknownCollection, UnknownObject
from mocktenant.permissions import UnknownDirectoryRole
from mocktenant.population import people
from mocktenant.shapes import KEYS
from mocktenant.steps import steps
from mocktenant_fixtures import baseline, scenario, scenario_names

GUID = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
DIGEST = """
import hashlib, json
from mocktenant import Tenant
from mocktenant.shapes import KEYS
from mocktenant.steps import steps
tenant = Tenant("hostile", seed=11, size=120)
state = {name: tenant.objects(name) for name in KEYS} | {"secret": tenant.client_secret, "id": tenant.tenant_id}
print(hashlib.sha256(json.dumps(state).encode()).hexdigest())
"""


def test_same_seed_and_size_give_the_same_bytes_in_two_processes() -> None:
    digests = {
        subprocess.run(
            [sys.executable, "-c", DIGEST], check=True, capture_output=True, text=True, env=None
        ).stdout
        for _ in range(2)
    }
    assert len(digests) == 1
    assert len(digests.pop().strip()) == hashlib.sha256().digest_size * 2


def test_importing_is_cheap() -> None:
    code = "import sys, mocktenant; print([m for m in ('flask', 'faker', 'cryptography', 'jwt') if m in sys.modules])"
    assert (
        subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
        == "[]\n"
    )


def test_growth_changes_nobody() -> None:
    small, large = people(42, 60), people(42, 400)
    assert small == large[:60]
    assert people(43, 60) != small


def test_people_are_distinct_and_of_every_kind() -> None:
    tenant = Tenant(size=600)
    users = tenant.objects("users")
    assert len({user["userPrincipalName"].lower() for user in users}) == 600
    assert {user["userType"] for user in users} == {"Member", "Guest"}
    guest = next(user for user in users if user["userType"] == "Guest")
    assert "#EXT#@contoso.onmicrosoft.com" in guest["userPrincipalName"]
    licensed = {user["id"] for user in users if user["assignedLicenses"]}
    owners = {box["ExternalDirectoryObjectId"] for box in tenant.objects("mailboxes")}
    assert licensed <= owners
    shared = [box for box in tenant.objects("mailboxes") if box["RecipientTypeDetails"] == "SharedMailbox"]
    assert shared
    assert all(box["AccountDisabled"] for box in shared)


def test_seed_decides_ids_and_secret() -> None:
    first, again, other = Tenant(seed=1), Tenant(seed=1), Tenant(seed=2)
    assert (first.tenant_id, first.client_secret) == (again.tenant_id, again.client_secret)
    assert first.tenant_id != other.tenant_id
    assert first.clock != other.clock


def test_unknown_names_are_typed_errors_with_hints() -> None:
    with pytest.raises(UnknownScenario, match="oauth-spam-campaign") as caught:
        Tenant("oauth-spam")
    assert caught.value.near == ["oauth-spam-campaign"]
    with pytest.raises(UnknownScenario, match="there are baseline"):
        Tenant("zzzzzzz")
    with pytest.raises(UnknownCollection, match="transportRules"):
        Tenant().collection("rules")
    with pytest.raises(UnknownObject):
        Tenant(size=1).find("domains", "nobody.example.com")
    with pytest.raises(UnknownDirectoryRole, match="Global Reader"):
        Tenant().directory_roles = {"Global Raeder"}
    with pytest.raises(ValueError, match="size"):
        Tenant(size=0)
    with pytest.raises(AttributeError, match="nothing"):
        _ = mocktenant.nothing


def test_reset_is_the_scenario_again() -> None:
    tenant = Tenant("oauth-spam-campaign", size=2)
    before = json.dumps({name: tenant.objects(name) for name in KEYS})
    tenant.delete("transportRules", "Delivery fix")
    tenant.patch("users", tenant.objects("users")[0]["id"], {"department": "x"})
    tenant.app_roles.clear()
    tenant.secret_expired = True
    tenant.reset()
    assert json.dumps({name: tenant.objects(name) for name in KEYS}) == before
    assert "Exchange.ManageAsApp" in tenant.app_roles
    assert not tenant.secret_expired


def test_reset_is_quick_and_a_tenant_more_costs_nothing() -> None:
    """Thousands of people are made once; neither going back nor beginning again looks at them."""
    tenant = Tenant(size=3000)
    kept = tenant.objects("users")
    tenant.put(
        "users", {"id": "00000000-0000-4000-8000-000000000001", "userPrincipalName": "new@contoso.com"}
    )
    tenant.reset()
    assert all(one is other for one, other in zip(tenant.objects("users"), kept, strict=True))
    assert Tenant(size=3000).objects("users")[0] is kept[0]


def test_large_collections_are_out_of_the_garbage_collectors_sight(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "_MANY", 20)
    before = gc.get_freeze_count()
    try:
        made = base.Base(scenario("baseline"), 99, 40, preset("P1"))
        made.collection("domains")
        assert gc.get_freeze_count() == before
        made.collection("users")
        assert gc.get_freeze_count() > before
        assert gc.isenabled()
    finally:
        gc.unfreeze()


def test_what_is_read_is_shared_and_what_is_found_is_ones_own() -> None:
    first, second = Tenant(size=5), Tenant(size=5)
    with pytest.raises(TypeError, match="find"):
        first.objects("users")[0]["city"] = "Elsewhere"
    key = first.objects("users")[0]["id"]
    first.find("users", key)["assignedLicenses"].append({"skuId": "x"})
    assert {"skuId": "x"} in first.get("users", key)["assignedLicenses"]
    assert {"skuId": "x"} not in second.get("users", key)["assignedLicenses"]


def test_collections_keep_their_order_and_count() -> None:
    held = Tenant(size=4).collection("users")
    keys = list(held)
    held.put(keys[1], {"id": keys[1]})
    held.put("new", {"id": "new"})
    held.remove(keys[0])
    assert list(held) == [*keys[1:], "new"]
    held.put(keys[0], {"id": keys[0]})
    assert list(held) == [*keys[1:], "new", keys[0]]
    assert len(held) == len(keys) + 1
    held.remove("new")
    assert "new" not in held
    with pytest.raises(KeyError):
        held.remove("new")
    assert [item["id"] for item in held.where("id", keys[1].upper())] == [keys[1]]
    again = Tenant(size=4).collection("users")
    again.change(held.changes())
    assert dict(again) == dict(held)


def test_a_story_may_happen_later() -> None:
    tenant, told = Tenant(size=3), Tenant("oauth-spam-campaign", size=3)
    tenant.apply("oauth-spam-campaign")
    for name in ("servicePrincipals", "transportRules", "roleAssignments", "inboundConnectors"):
        assert {k: dict(v) for k, v in tenant.collection(name).items()} == dict(told.collection(name))


def test_changes_may_patch_and_delete() -> None:
    tenant = Tenant("oauth-spam-campaign", size=1)
    rules = sorted(tenant.objects("transportRules"), key=lambda rule: rule["Priority"])
    assert [rule["Priority"] for rule in rules] == list(range(23))
    kinds = ["RemoveHeader" in rule and rule["CreatedBy"] == "Contoso Mail Sync" for rule in rules]
    assert kinds[:4] == [True, False, True, False]


# The data


def titles(item: dict[str, object]) -> set[str]:
    """What a finding may call an object: its name, or its key on the wire where it has none."""
    names = {str(item[name]) for name in (*NAMES, "id") if item.get(name)}
    if "Mailbox" in item and "Guid" in item:  # an inbox rule
        names.add(f"{item['Mailbox']}\\{item.get('RuleIdentity') or rule_identity(str(item['Guid']))}")
    return names


@pytest.mark.parametrize("name", scenario_names())
def test_scenarios_are_whole(name: str) -> None:
    told = scenario(name)
    assert told.title
    assert told.story
    tenant = Tenant(name, size=1)
    held = {value for kind in KEYS for item in tenant.objects(kind) for value in titles(item)}
    for finding in told.expected:
        assert set(finding) == {"check", "object", "verdict", "severity"}
        about_all = re.fullmatch(r"[a-z]+\.[a-z-]+", finding["object"])  # a dataset as a whole
        assert about_all or finding["object"] in held
    for change in told.changes:
        assert change["collection"] in KEYS


def test_a_story_changes_everybody_whoever_they_are() -> None:
    for tenant in (Tenant("legacy-tenant", size=40), Tenant("baseline", size=40)):
        if not tenant.scenario.changes:
            tenant.apply("legacy-tenant")
        assert len(tenant.objects("casMailboxes")) > 20
        assert all(each["ImapEnabled"] for each in tenant.objects("casMailboxes"))
        assert all(each["EXOModuleEnabled"] for each in tenant.objects("exchangeUsers"))


def test_every_means_those_with_these_values() -> None:
    held = [{"Guid": "1", "Kind": "a"}, {"Guid": "2", "Kind": "b"}, {"Guid": "3"}]
    change = {"collection": "mailboxes", "every": {"Kind": "a"}, "patch": {"x": 1}}
    assert list(steps(change, held)) == [{"collection": "mailboxes", "key": "1", "patch": {"x": 1}}]
    assert list(steps({"collection": "mailboxes", "delete": "1"}, held)) == [
        {"collection": "mailboxes", "delete": "1"}
    ]


def test_spam_campaign_strips_twelve_headers_on_one_evening() -> None:
    tenant = Tenant("oauth-spam-campaign", size=1)
    rules = [rule for rule in tenant.objects("transportRules") if rule["CreatedBy"] == "Contoso Mail Sync"]
    assert len({rule["RemoveHeader"] for rule in rules}) == 12
    assert len({rule["WhenChanged"][:13] for rule in rules}) == 1


def test_hostile_names_are_hostile() -> None:
    names = "".join(
        item["Name"]
        for kind in ("inboundConnectors", "transportRules")
        for item in Tenant("hostile").objects(kind)
    )
    for sign in (
        "\x1b[",
        "../",
        "=CMD(",
        "<script>",
        "![",
        "](",
        "@contoso",
        "\u202e",
        "\n",
        "\x00",
        "A" * 60,
        "B" * 300,
    ):
        assert sign in names


def every_text() -> list[str]:
    """All data of all scenarios as texts, and the generated objects."""
    texts = [json.dumps(baseline()), *(json.dumps(scenario(name).changes) for name in scenario_names())]
    tenant = Tenant(size=100)
    return [*texts, *(json.dumps(tenant.objects(name)) for name in KEYS)]


def test_only_documentation_addresses() -> None:
    allowed = [ipaddress.ip_network(net) for net in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")]
    for text in every_text():
        for found in re.findall(r"\b\d{1,3}(?:\.\d{1,3}){3}\b", text):
            assert any(ipaddress.ip_address(found) in net for net in allowed), found


def test_only_documentation_domains() -> None:
    for text in every_text():
        for domain in re.findall(r"@(?!odata\.)([A-Za-z0-9.-]+\.[a-z]{2,})", text):
            root = ".".join(domain.split(".")[-2:])
            assert root in {
                "contoso.com",
                "onmicrosoft.com",
                "fabrikam.com",
                "example.com",
                "example.org",
                "example.net",
            }


def test_keys_are_guids_and_unique() -> None:
    """But those that Microsoft made (role definitions, policies, a password's method), and names in DNS."""
    tenant = Tenant("hostile", size=5)
    made_elsewhere = re.compile(
        "dnsRecords|domains|role|authentication|authorization|securityDefaults|crossTenant|group.*Sch|.*(Policy|Settings)$"
        "|directoryAudits|secureScores|permissionGrant|deviceManagement$"
    )
    for name, key in KEYS.items():
        keys = list(tenant.collection(name))
        assert len(keys) == len(set(keys))
        if not made_elsewhere.match(name):
            for found in keys:
                assert re.fullmatch("/".join([GUID] * (key.count("/") + 1)), found), (name, found)
