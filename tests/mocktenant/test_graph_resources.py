"""Graph's resources: every row answers; relations, expansion, licences, permissions."""

from __future__ import annotations

from typing import Any

import pytest

from mocktenant import Tenant, serve
from mocktenant.graph.answers import Listings
from mocktenant.graph.resources import Resource
from mocktenant.graph.schema import is_type, type_named, type_of
from mocktenant.graph.table import LEAST, RESOURCES
from mocktenant.graph.table.app_roles import TYPES as READERS
from mocktenant.shapes import DIRECTORY, KEYS, ObjectInvalid
from mocktenant_fixtures import baseline, resources, scenario, scenario_names

from .client import GRAPH as HOST
from .client import Client

NEEDED = {
    "policies/roleManagementPolicies": "scopeId eq '/' and scopeType eq 'DirectoryRole'",
    "policies/roleManagementPolicyAssignments": "scopeId eq '/' and scopeType eq 'DirectoryRole'",
    "identityGovernance/privilegedAccess/group/eligibilityScheduleInstances": "groupId eq 'g1'",
    "identityGovernance/privilegedAccess/group/assignmentScheduleInstances": "groupId eq 'g1'",
}

TYPES = {getattr(row.source, "collection", ""): row.type_name for row in RESOURCES if row.type_name} | {
    "appRoleAssignments": "appRoleAssignment",
    "authenticationMethods": "authenticationMethod",
    "delegatedPermissionClassifications": "delegatedPermissionClassification",
    "directoryAudits": "directoryAudit",
    "federatedIdentityCredentials": "federatedIdentityCredential",
    "federationConfigurations": "internalDomainFederation",
    "mailboxSettings": "mailboxSettings",
    "perUserMfaStates": "strongAuthenticationRequirements",
    "roleAssignmentScheduleInstances": "unifiedRoleAssignmentScheduleInstance",
    "roleAssignments": "unifiedRoleAssignment",
    "roleEligibilityScheduleInstances": "unifiedRoleEligibilityScheduleInstance",
    "scopedRoleMembers": "scopedRoleMembership",
    "signInActivities": "signInActivity",
    "signIns": "signIn",
}
RELATIONS = {
    "administrativeUnitMembers",
    "applicationOwners",
    "deviceOwners",
    "groupMembers",
    "groupOwners",
    "servicePrincipalOwners",
    "userManagers",
}

GROUP, INNER, LOOP, ANN, BOT, APP = (f"{n}0000000-0000-4000-8000-000000000000" for n in "123456")


def asked(client: Client, path: str, version: str = "v1.0", **headers: str) -> Any:
    answer = client.graph(f"/{version}{path}", **headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def refusal(client: Client, path: str, version: str = "v1.0", **headers: str) -> tuple[int, str, str]:
    answer = client.graph(f"/{version}{path}", **headers)
    error = answer.json()["error"]
    return answer.status_code, error["code"], error["message"]


def ids(body: Any) -> list[str]:
    return [item["id"] for item in body["value"]]


@pytest.fixture
def nested(client: Client) -> Client:
    """A group with a group with the first again, a person, a bot and an app's owner."""
    tenant = client.tenant
    for key, name in ((GROUP, "Outer"), (INNER, "Inner"), (LOOP, "Other")):
        tenant.put("groups", {"id": key, "displayName": name, "isAssignableToRole": key == GROUP})
    tenant.put("users", {"id": ANN, "displayName": "Ann", "userPrincipalName": "ann.x@contoso.com"})
    tenant.put("servicePrincipals", {"id": BOT, "displayName": "Bot", "appId": APP, "appRoles": []})
    tenant.put("applications", {"id": APP, "displayName": "Bot", "appId": APP})
    for group, member in ((GROUP, INNER), (INNER, GROUP), (INNER, ANN), (GROUP, BOT), (LOOP, "nobody")):
        tenant.put("groupMembers", {"groupId": group, "memberId": member})
    tenant.put("groupOwners", {"groupId": GROUP, "ownerId": ANN})
    tenant.put("applicationOwners", {"applicationId": APP, "ownerId": ANN})
    return client


def test_every_row_has_a_type_and_permissions() -> None:
    for row in READ:
        assert row.type_name == "directoryObject" or is_type(row.type_name)
        assert row.page is None or row.largest is not None
        for name in (*row.keys, *row.alternates):
            assert row.singleton or type_named(row.type_name).get(name, beta=False) is not None
        assert set(row.filterable or ()) <= {p.name for p in type_named(row.type_name).all(beta=False)}


def test_every_app_role_is_one_of_graphs() -> None:
    known = set(resources()["00000003-0000-0000-c000-000000000000"]["appRoles"])
    for row in RESOURCES:
        lists = [row.read, *row.scoped.values(), *(each.read for each in row.guarded.values())]
        for write in row.writes.values():
            lists += [write.roles, *write.by_property.values()]
        named = {name for roles in lists for role in roles for name in role.split(" + ")}
        assert named <= known, (row.path, named - known)


def test_every_collection_has_a_type() -> None:
    assert set(DIRECTORY) - RELATIONS - {"subscribedSkus"} <= set(TYPES)


READ = [row for row in RESOURCES if row.read]
UNIT, LAPTOP, GRANTING, QUERY, SETTINGS = (f"{n}0000000-0000-4000-8000-000000000000" for n in "789ab")
PARENTS = {
    "applications": APP,
    "devices": LAPTOP,
    "directory/administrativeUnits": UNIT,
    "domains": "contoso.com",
    "groups": GROUP,
    "identityProtection/riskyUsers": ANN,
    "deviceManagement/deviceCompliancePolicies": UNIT,
    "policies/appManagementPolicies": UNIT,
    "policies/permissionGrantPolicies": "microsoft-user-default-low",
    "security/auditLog/queries": QUERY,
    "servicePrincipals": BOT,
    "users": ANN,
}
"""Path before {id} -> an object that there is."""


@pytest.fixture
def furnished(nested: Client) -> Client:
    """An object under every path that has others below it."""
    tenant = nested.tenant
    tenant.put("devices", {"id": LAPTOP, "deviceId": UNIT, "displayName": "Laptop"})
    tenant.put("administrativeUnits", {"id": UNIT, "displayName": "Unit"})
    tenant.put("riskyUsers", {"id": ANN, "riskLevel": "low"})
    tenant.put("appManagementPolicies", {"id": UNIT, "displayName": "Longer", "appliesTo": [APP]})
    tenant.put("auditLogQueries", {"id": QUERY, "status": "succeeded"})
    tenant.put("deviceCompliancePolicies", {"id": UNIT, "displayName": "Compliant"})
    tenant.put(
        "mailboxes",
        {
            "Guid": BOT,
            "Name": "ann",
            "PrimarySmtpAddress": "ann@contoso.com",
            "ExternalDirectoryObjectId": ANN,
        },
    )
    tenant.put("userManagers", {"userId": ANN, "managerId": tenant.objects("users")[0]["id"]})
    return nested


def real(client: Client, row: Resource) -> str:
    """A row's path with objects that there are."""
    before, id_, after = row.path.partition("/{id}")
    if not id_:
        return row.path
    if before == "directoryRoles":
        return f"{before}/{client.graph('/v1.0/directoryRoles').json()['value'][0]['id']}{after}"
    return f"{before}/{PARENTS[before]}{after}"


@pytest.mark.parametrize("row", READ, ids=[f"{row.path} {'+'.join(sorted(row.versions))}" for row in READ])
def test_every_row_answers_and_is_denied(furnished: Client, row: Resource) -> None:
    path = real(furnished, row)
    query = f"?$filter={NEEDED[row.path]}" if row.path in NEEDED else ""
    version = "v1.0" if "v1.0" in row.versions else "beta"
    furnished.tenant.app_roles = LEAST | set(row.read[0].split(" + "))
    body = asked(furnished, f"/{path}{query}", version)
    assert body["@odata.context"].startswith(f"{HOST}/{version}/$metadata#")
    assert ("value" in body) is not row.singleton
    assert list(furnished.tenant.journal)[-1].permission == row.read[0]
    furnished.tenant.app_roles = LEAST - {role for enough in row.read for role in enough.split(" + ")}
    status, code, _ = refusal(furnished, f"/{path}{query}", version)
    assert status == 403
    assert code in {
        "Authorization_RequestDenied",
        "AccessDenied",
        "accessDenied",
        "Authentication_MSGraphPermissionMissing",
        "ErrorAccessDenied",
        "Forbidden",
        "PermissionScopeNotGranted",
    }


def test_objects_are_whole_and_nulls_are_sent(client: Client) -> None:
    policy = asked(client, "/identity/conditionalAccess/policies")["value"][0]
    assert set(policy["conditions"]["users"]) >= {
        "includeUsers",
        "excludeGroups",
        "includeGuestsOrExternalUsers",
    }
    assert "deletedDateTime" in policy
    client.tenant.put(
        "conditionalAccessPolicies",
        {"id": "p1", "displayName": "x", "conditions": {"users": {"includeUsers": ["All"]}}, "odd": 1},
    )
    one = asked(client, "/identity/conditionalAccess/policies/p1")
    assert one["conditions"]["users"]["excludeRoles"] == []
    assert one["conditions"]["platforms"] is None
    assert one["conditions"]["clientAppTypes"] == []
    assert one["grantControls"] is None
    assert "odd" not in one


def test_a_policys_strength_is_sent_whole(client: Client) -> None:
    strength = client.tenant.objects("authenticationStrengthPolicies")[0]
    grant = {"operator": "OR", "authenticationStrength": {"id": strength["id"]}}
    client.tenant.put("conditionalAccessPolicies", {"id": "p1", "displayName": "x", "grantControls": grant})
    one = asked(client, "/identity/conditionalAccess/policies/p1?$select=grantControls")
    sent = one["grantControls"]["authenticationStrength"]
    assert sent["allowedCombinations"] == strength["allowedCombinations"]
    assert one["grantControls"]["termsOfUse"] == []
    assert set(one) == {"@odata.context", "grantControls", "id"}


def test_secrets_are_never_sent(client: Client) -> None:
    key = {"keyId": APP, "key": "MIIC", "secretText": "hush"}
    client.tenant.put("applications", {"id": APP, "keyCredentials": [key], "passwordCredentials": [key]})
    sent = asked(client, f"/applications/{APP}?$select=keyCredentials,passwordCredentials")
    assert sent["keyCredentials"][0]["key"] is None
    assert sent["passwordCredentials"][0]["secretText"] is None
    assert sent["passwordCredentials"][0]["keyId"] == APP


# Relations


def test_members_say_their_type(nested: Client) -> None:
    body = asked(nested, f"/groups/{GROUP}/members")
    assert body["@odata.context"] == f"{HOST}/v1.0/$metadata#directoryObjects"
    kinds = {item["id"]: item["@odata.type"] for item in body["value"]}
    assert kinds == {INNER: "#microsoft.graph.group", BOT: "#microsoft.graph.servicePrincipal"}
    assert ids(asked(nested, f"/groups/{LOOP}/members")) == []


def test_transitive_members_end_in_circles(nested: Client) -> None:
    assert set(ids(asked(nested, f"/groups/{GROUP}/transitiveMembers"))) == {INNER, GROUP, ANN, BOT}


def test_selected_properties_are_those_of_each_type(nested: Client) -> None:
    body = asked(nested, f"/groups/{GROUP}/transitiveMembers?$select=id,userPrincipalName,appId")
    sent = {item["id"]: set(item) - {"@odata.type", "id"} for item in body["value"]}
    assert sent == {INNER: set(), GROUP: set(), ANN: {"userPrincipalName"}, BOT: {"appId"}}
    assert refusal(nested, f"/groups/{GROUP}/members?$select=shoeSize")[0] == 400


def test_casts_and_counts(nested: Client) -> None:
    path = f"/groups/{GROUP}/transitiveMembers/microsoft.graph.user"
    assert ids(asked(nested, path, ConsistencyLevel="eventual")) == [ANN]
    assert refusal(nested, path)[:2] == (400, "Request_UnsupportedQuery")
    count = nested.graph(f"/v1.0{path}/$count", ConsistencyLevel="eventual")
    assert count.text == "1"
    unicorn = f"/groups/{GROUP}/members/microsoft.graph.unicorn"
    assert refusal(nested, unicorn)[2] == "Resource not found for the segment 'microsoft.graph.unicorn'."


def test_one_of_several_types(nested: Client) -> None:
    one = asked(nested, f"/groups/{INNER}/members/{ANN}")
    assert (one["@odata.type"], one["displayName"]) == ("#microsoft.graph.user", "Ann")


def test_memberships_hold_the_roles_of_the_whole_tenant(nested: Client) -> None:
    tenant = nested.tenant
    builtin = next(role for role in tenant.objects("roleDefinitions") if role["isBuiltIn"])
    custom = tenant.put("roleDefinitions", {"id": LOOP, "displayName": "Own", "isBuiltIn": False})
    for number, (principal, role, scope) in enumerate(
        [
            (GROUP, builtin["id"], "/"),
            (ANN, custom["id"], "/"),
            (ANN, "62e90394-69f5-4237-9190-012177145e10", "/administrativeUnits/1"),
        ]
    ):
        assignment = {"id": f"a{number}", "principalId": principal, "roleDefinitionId": role}
        tenant.put("roleAssignments", assignment | {"directoryScopeId": scope})
    body = asked(nested, f"/users/{ANN}/transitiveMemberOf?$select=id,displayName,roleTemplateId")
    assert {item["displayName"] for item in body["value"]} == {"Inner", "Outer", builtin["displayName"]}
    role = next(item for item in body["value"] if item["@odata.type"].endswith("Role"))
    assert role["roleTemplateId"] == builtin["id"] != role["id"]
    direct = asked(nested, "/users/ANN.X@contoso.com/memberOf")
    assert [item["displayName"] for item in direct["value"]] == ["Inner"]


def test_parents_that_are_missing(client: Client) -> None:
    assert refusal(client, f"/groups/{GROUP}/members")[:2] == (404, "Request_ResourceNotFound")
    assert refusal(client, "/users/nobody/authentication/methods")[0] == 404
    assert refusal(client, "/domains/example.com/federationConfiguration")[0] == 404


def test_owned_objects_are_their_parents(nested: Client) -> None:
    tenant = nested.tenant
    method = {"@odata.type": "#microsoft.graph.fido2AuthenticationMethod", "model": "Key", "aaGuid": "x"}
    tenant.put("authenticationMethods", {"userId": ANN, "id": "m1", **method})
    body = asked(nested, f"/users/{ANN}/authentication/methods")
    (sent,) = body["value"]
    assert (sent["@odata.type"], sent["model"]) == ("#microsoft.graph.fido2AuthenticationMethod", "Key")
    assert "userId" not in sent
    assert asked(nested, f"/users/{ANN}/authentication/methods/m1")["id"] == "m1"
    assert refusal(nested, f"/users/{ANN}/authentication/methods/m2")[0] == 404
    tenant.put(
        "federationConfigurations", {"id": "f", "domainId": "contoso.com", "federatedIdpMfaBehavior": "x"}
    )
    assert ids(asked(nested, "/domains/CONTOSO.com/federationConfiguration")) == ["f"]
    tenant.put("federatedIdentityCredentials", {"applicationId": APP, "id": "c", "name": "ci", "issuer": "i"})
    path = f"/applications(appId='{APP}')/federatedIdentityCredentials"
    assert ids(asked(nested, path)) == ["c"]
    assert asked(nested, f"{path}/ci")["issuer"] == "i"


def test_per_user_mfa_is_beta_and_never_missing(nested: Client) -> None:
    path = f"/users/{ANN}/authentication/requirements"
    assert asked(nested, path, "beta")["perUserMfaState"] == "disabled"
    nested.tenant.put("perUserMfaStates", {"userId": ANN, "perUserMfaState": "enforced"})
    body = asked(nested, path, "beta")
    assert body["perUserMfaState"] == "enforced"
    assert "userId" not in body
    assert refusal(nested, path)[2] == "Resource not found for the segment 'requirements'."


def test_singletons(client: Client) -> None:
    default = asked(client, "/policies/crossTenantAccessPolicy/default")
    assert "id" not in default
    assert "isMfaAccepted" in default["inboundTrust"]
    security = asked(client, "/policies/identitySecurityDefaultsEnforcementPolicy?$select=isEnabled")
    assert set(security) == {"@odata.context", "id", "isEnabled"}
    for key in list(client.tenant.collection("securityDefaults")):
        client.tenant.delete("securityDefaults", key)
    assert refusal(client, "/policies/identitySecurityDefaultsEnforcementPolicy")[0] == 404
    assert refusal(client, "/policies/authorizationPolicy/x")[0] == 400


def test_partners_are_named_by_their_tenant(client: Client) -> None:
    client.tenant.put("crossTenantAccessPartners", {"tenantId": ANN, "isServiceProvider": True})
    partner = asked(client, f"/policies/crossTenantAccessPolicy/partners/{ANN}")
    assert partner["isServiceProvider"] is True
    assert "id" not in partner


# Alternate keys and paths


@pytest.mark.parametrize("kind", ["servicePrincipals", "applications"])
def test_alternate_keys(nested: Client, kind: str) -> None:
    assert asked(nested, f"/{kind}(appId='{APP.upper()}')")["displayName"] == "Bot"
    assert asked(nested, f"/{kind}(AppId='{APP}')/owners")["value"] is not None
    assert refusal(nested, f"/{kind}(appId='nothing')")[0] == 404
    assert refusal(nested, f"/{kind}(name='x')")[1:] == (
        "BadRequest",
        f"'name' is no alternate key of {kind[:-1]}.",
    )


@pytest.mark.parametrize(
    ("path", "segment"),
    [
        ("/policies", "policies"),
        ("/policies/unicorns", "unicorns"),
        ("/policies/authorizationPolicy/unicorns", "unicorns"),
        ("/users/x/authentication", "authentication"),
        ("/groups/x/unicorns", "unicorns"),
        ("/domains/x/federationConfiguration/y/z", "z"),
        ("/users/$count/x", "x"),
    ],
)
def test_paths_that_lead_nowhere(nested: Client, path: str, segment: str) -> None:
    path = path.replace("/x/federation", "/contoso.com/federation")
    assert refusal(nested, path) == (
        400,
        "BadRequest",
        f"Resource not found for the segment '{segment}'.",
    )


# Queries of single resources


@pytest.mark.parametrize("path", sorted(NEEDED))
def test_filters_that_are_required(client: Client, path: str) -> None:
    assert refusal(client, f"/{path}")[:2] == (400, "InvalidFilter")
    assert refusal(client, f"/{path}?$filter=id eq 'x'")[:2] == (400, "InvalidFilter")
    assert asked(client, f"/{path}?$filter={NEEDED[path]}")


def test_filters_that_a_resource_does_not_take(client: Client) -> None:
    status, code, text = refusal(client, "/oauth2PermissionGrants?$filter=scope eq 'User.Read'")
    assert (status, code) == (400, "Request_UnsupportedQuery")
    assert text.startswith("Unsupported or invalid query filter clause specified for property 'scope'")
    assert asked(client, "/oauth2PermissionGrants?$filter=consentType eq 'AllPrincipals'")


def test_page_sizes(client: Client) -> None:
    path = "/tenantRelationships/delegatedAdminRelationships"
    assert asked(client, f"{path}?$top=300")
    assert "Must be between 1 and 300" in refusal(client, f"{path}?$top=301")[2]
    assert "'$top' is not supported" in refusal(client, "/subscribedSkus?$top=1")[2]
    assert asked(client, "/identity/conditionalAccess/policies?$top=1")["value"][1:] == []


def test_pages_of_a_relation(nested: Client) -> None:
    first = asked(nested, f"/groups/{GROUP}/transitiveMembers?$top=3&$select=id")
    link = first["@odata.nextLink"]
    assert link.startswith(f"{HOST}/v1.0/groups/{GROUP}/transitiveMembers?")
    assert len(first["value"]) + len(nested.graph(link).json()["value"]) == 4


def test_a_list_is_read_on_as_it_was_when_begun(client: Client) -> None:
    first = asked(client, "/users?$top=10&$select=id")
    for user in client.tenant.objects("users")[:5]:
        client.tenant.collection("users").remove(user["id"])  # behind the tenant's back
    second = client.graph(first["@odata.nextLink"]).json()
    assert not set(ids(first)) & set(ids(second))
    client.tenant.delete("users", ids(second)[0])  # so it is made anew
    assert len(client.graph(first["@odata.nextLink"]).json()["value"]) == 10


def test_only_the_latest_lists_are_remembered() -> None:
    listings = Listings()
    for number in range(65):
        listings.keep((number,), [])
    assert listings.get((0,)) is None
    assert listings.get((64,)) == []


# $expand


def test_owners(nested: Client) -> None:
    body = asked(nested, "/applications?$select=displayName&$expand=owners($select=id)")
    owners = {item["id"]: item["owners"] for item in body["value"]}
    assert owners[APP] == [{"@odata.type": "#microsoft.graph.user", "id": ANN}]
    assert body["@odata.context"].endswith("#applications(displayName,owners(id))")
    one = asked(nested, f"/groups/{GROUP}?$expand=members")
    assert {each["id"] for each in one["members"]} == {INNER, BOT}
    assert one["@odata.context"].endswith("#groups(members())/$entity")


def test_no_more_than_twenty_are_expanded(nested: Client) -> None:
    for user in nested.tenant.objects("users"):
        nested.tenant.put("groupMembers", {"groupId": LOOP, "memberId": user["id"]})
    assert len(asked(nested, f"/groups/{LOOP}?$expand=members")["members"]) == 20


def test_principals_and_definitions(nested: Client) -> None:
    path = "/roleManagement/directory/roleAssignments"
    own = f"?$filter=principalId eq '{nested.tenant.app.object_id}'"
    with_principal = asked(nested, f"{path}{own}&$expand=principal($select=displayName,id)")["value"]
    assert with_principal[0]["principal"] == {
        "@odata.type": "#microsoft.graph.servicePrincipal",
        "displayName": "o365scan",
        "id": nested.tenant.app.object_id,
    }
    names = {
        item["roleDefinition"]["displayName"]
        for item in asked(nested, f"{path}{own}&$expand=roleDefinition")["value"]
    }
    assert names == nested.tenant.directory_roles
    nested.tenant.put("roleAssignments", {"id": "gone", "principalId": "x", "roleDefinitionId": "y"})
    for name in ("principal", "roleDefinition"):
        assert asked(nested, f"{path}/gone?$expand={name}")[name] is None


def test_rules_of_role_policies_come_when_asked_for(client: Client) -> None:
    rule = {
        "@odata.type": "#microsoft.graph.unifiedRoleManagementPolicyEnablementRule",
        "id": "Enablement_EndUser",
    }
    policy = {"id": "pol", "displayName": "x", "rules": [rule | {"enabledRules": ["Justification"]}]}
    item = {"id": "one", "policyId": "pol", "scopeId": "/", "scopeType": "Directory", "policy": policy}
    client.tenant.put("roleManagementPolicyAssignments", item)
    path = "/policies/roleManagementPolicyAssignments?$filter=scopeId eq '/' and scopeType eq 'Directory'"
    assert "policy" not in asked(client, path)["value"][0]
    (bare,) = asked(client, f"{path}&$expand=policy")["value"]
    assert "rules" not in bare["policy"]
    (full,) = asked(client, f"{path}&$expand=policy($expand=rules($select=enabledRules);$select=id)")["value"]
    assert full["policy"] == {
        "id": "pol",
        "rules": [rule | {"enabledRules": ["Justification"]}],
    }
    client.tenant.patch("roleManagementPolicyAssignments", "one", {"policy": None})
    client.tenant.collection("roleManagementPolicyAssignments")["one"].pop("policy")
    assert asked(client, f"{path}&$expand=policy")["value"][0]["policy"] is None


def test_role_policies_of_groups_have_a_permission_of_their_own(client: Client) -> None:
    path = "/policies/roleManagementPolicyAssignments?$filter=scopeId eq 'g' and scopeType eq '{}'"
    client.tenant.app_roles = {"RoleManagementPolicy.Read.AzureADGroup"}
    assert asked(client, path.format("Group"))["value"] == []
    assert refusal(client, path.format("DirectoryRole"))[:2] == (403, "PermissionScopeNotGranted")
    client.tenant.app_roles = {"RoleManagementPolicy.Read.Directory"}
    assert refusal(client, path.format("Group"))[:2] == (403, "PermissionScopeNotGranted")


def test_sign_in_activities_are_beta(client: Client) -> None:
    activity = {"id": "a", "appId": APP, "lastSignInActivity": {"lastSignInDateTime": "2026-08-01T00:00:00Z"}}
    client.tenant.put("servicePrincipalSignInActivities", activity)
    body = asked(client, "/reports/servicePrincipalSignInActivities", "beta")
    sent = next(item for item in body["value"] if item["appId"] == APP)
    assert sent["lastSignInActivity"]["lastSignInDateTime"] == "2026-08-01T00:00:00Z"
    assert refusal(client, "/reports/servicePrincipalSignInActivities")[0] == 400


OF_APPS = "signInEventTypes/any(t: t eq 'servicePrincipal')"


def test_the_sign_in_log_shows_people_unless_it_is_asked_for_apps(client: Client) -> None:
    everyone = [each for each in client.tenant.objects("signIns") if each.get("servicePrincipalId")]
    assert len({each["servicePrincipalId"] for each in everyone}) > 1
    client.tenant.put("signIns", {"id": ANN, "createdDateTime": "2026-01-01T00:00:00Z", "userId": ANN})
    shown = asked(client, "/auditLogs/signIns")["value"]
    assert shown[-1]["id"] == ANN
    assert all(each["userId"] for each in shown)
    assert ids(asked(client, "/auditLogs/signIns", "beta")) == [each["id"] for each in shown]
    log = asked(client, f"/auditLogs/signIns?$filter={OF_APPS}", "beta")["value"]
    assert len(log) == len(everyone)
    assert [each["createdDateTime"] for each in log] == sorted(
        (each["createdDateTime"] for each in log), reverse=True
    )
    one = f"{OF_APPS} and servicePrincipalId eq '{client.tenant.app.object_id}' and status/errorCode eq 0"
    log = asked(client, f"/auditLogs/signIns?$filter={one}&$select=id,servicePrincipalId", "beta")["value"]
    assert {each["servicePrincipalId"] for each in log} == {client.tenant.app.object_id}
    assert refusal(client, f"/auditLogs/signIns?$filter={OF_APPS}")[0] == 400  # v1.0 knows no kinds


def test_the_sign_in_log_needs_a_licence(client: Client) -> None:
    client.tenant.licences = set()
    assert refusal(client, "/auditLogs/signIns")[:2] == (
        403,
        "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
    )


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/applications?$expand=unicorns", "no navigation 'unicorns'"),
        ("/applications?$expand=owners(", "Syntax error in $expand"),
        ("/applications?$expand=owners($top=5)", "$top inside $expand is not emulated"),
        ("/applications?$expand=owners($expand=manager)", "no navigation 'manager'"),
        ("/applications?$expand=owners($select=shoeSize)", "Could not find a property named 'shoeSize'"),
        ("/servicePrincipals?$expand=owners,appRoleAssignments", "Only one property can be expanded"),
        ("/domains?$expand=owners", "$expand on domains is not emulated"),
    ],
)
def test_expansions_that_are_refused(client: Client, path: str, text: str) -> None:
    status, _, message = refusal(client, path)
    assert (status, text in message) == (400, True), message


def test_schedules_expand_both_ends_at_once(client: Client) -> None:
    path = "/roleManagement/directory/roleEligibilitySchedules?$expand=principal,roleDefinition"
    held = asked(client, path)["value"]
    assert held
    assert all(one["principal"]["id"] and one["roleDefinition"]["displayName"] for one in held)
    assert {one["scheduleInfo"]["expiration"]["type"] for one in held} <= {"noExpiration", "afterDateTime"}


# When people signed in


def test_sign_in_activity_takes_permission_and_licence(client: Client) -> None:
    path = "/users?$select=id,displayName,signInActivity&$top=999"
    user = asked(client, path)["value"][0]
    assert user["signInActivity"]["lastSignInDateTime"] < f"{client.tenant.clock:%Y-%m-%dT%H:%M:%SZ}"
    one = asked(client, f"/users/{user['id']}?$select=signInActivity")
    assert one["signInActivity"] == user["signInActivity"]
    never = "/users?$filter=signInActivity/lastSignInDateTime le 2020-01-01T00:00:00Z&$select=id"
    assert asked(client, never)["value"] == []
    assert "signInActivity" not in asked(client, f"/users/{user['id']}", "beta")
    client.tenant.licences = set()
    premium = (403, "Authentication_RequestFromNonPremiumTenantOrB2CTenant")
    assert refusal(client, path)[:2] == premium
    assert refusal(client, never)[:2] == premium
    assert asked(client, "/users?$select=id")["value"]
    client.tenant.reset()
    client.tenant.app_roles = {"User.Read.All"}
    assert refusal(client, path)[:2] == (403, "Authentication_MSGraphPermissionMissing")


def test_pages_with_sign_in_activity_are_smaller() -> None:
    with serve(Tenant(size=520)) as server:
        client = Client(server)
        body = asked(client, "/users?$select=id,signInActivity&$top=999")
        assert len(body["value"]) == 500
        assert len(client.graph(body["@odata.nextLink"]).json()["value"]) == 20
        client.session.close()


def test_beta_sends_more_of_a_user_unasked(client: Client) -> None:
    user = client.tenant.objects("users")[0]["id"]
    plain, beta = asked(client, f"/users/{user}"), asked(client, f"/users/{user}", "beta")
    assert "accountEnabled" not in plain
    assert beta["accountEnabled"] is not None
    assert set(plain) < set(beta)


# Lists with a way of their own


@pytest.mark.parametrize(
    ("path", "code", "text"),
    [
        ("/identityProtection/riskyUsers?$top=999", "BadRequest", "Must be between 1 and 500 inclusive."),
        ("/security/incidents?$top=1000", "BadRequest", "The limit of '50' for Top query has been exceeded."),
        ("/auditLogs/signIns?$top=1001", "BadRequest", "Must be between 1 and 1000 inclusive."),
        ("/identityProtection/riskyUsers?$skip=x", "BadRequest", "Invalid value 'x' for $skip"),
    ],
)
def test_sizes_and_places_that_are_refused(client: Client, path: str, code: str, text: str) -> None:
    client.tenant.app_roles = LEAST | {"SecurityIncident.Read.All"}
    status, said, message = refusal(client, path)
    assert (status, said) == (400, code)
    assert text in message


def test_some_lists_are_paged_by_skip(client: Client) -> None:
    for number in range(5):
        client.tenant.put("riskyUsers", {"id": f"r{number}", "riskLevel": "low"})
    first = asked(client, "/identityProtection/riskyUsers?$top=2")
    assert first["@odata.nextLink"].endswith("riskyUsers?$top=2&$skip=2")
    assert ids(client.graph(first["@odata.nextLink"]).json()) == ["r2", "r3"]
    assert ids(asked(client, "/identityProtection/riskyUsers?$skip=4")) == ["r4"]


def test_what_has_changed_since(client: Client) -> None:
    body = asked(client, "/users/delta?$select=id")
    assert len(body["value"]) == len(client.tenant.objects("users"))
    link = body["@odata.deltaLink"]
    nothing = client.graph(link).json()
    assert nothing["value"] == []
    client.tenant.patch("users", body["value"][0]["id"], {"jobTitle": "x"})
    again = client.graph(nothing["@odata.deltaLink"]).json()
    assert again["value"]
    assert refusal(client, "/users/delta?$deltatoken=x")[1] == "Directory_ExpiredPageToken"
    assert refusal(client, "/users/delta?$top=5")[0] == 400


def test_settings_have_another_path_in_beta(client: Client) -> None:
    names = {one["displayName"] for one in asked(client, "/groupSettings")["value"]}
    assert "Password Rule Settings" in names
    assert {one["displayName"] for one in asked(client, "/settings", "beta")["value"]} == names
    assert refusal(client, "/settings")[0] == 400
    assert refusal(client, "/groupSettings", "beta")[0] == 400


def test_parts_of_policies(client: Client) -> None:
    policy = asked(client, "/policies/authenticationMethodsPolicy")
    kinds = {one["id"]: one["@odata.type"] for one in policy["authenticationMethodConfigurations"]}
    assert kinds["Sms"] == "#microsoft.graph.smsAuthenticationMethodConfiguration"
    path = "/policies/authenticationMethodsPolicy/authenticationMethodConfigurations"
    fido = asked(client, f"{path}/fido2")
    assert (fido["state"], fido["keyRestrictions"]["enforcementType"]) == ("enabled", "block")
    (low,) = [
        one for one in asked(client, "/policies/permissionGrantPolicies")["value"] if "low" in one["id"]
    ]
    path = f"/policies/permissionGrantPolicies/{low['id']}/includes"
    assert ids(asked(client, path)) == [one["id"] for one in low["includes"]]


def test_roles_that_somebody_holds(client: Client) -> None:
    held = asked(client, "/directoryRoles?$expand=members($select=id)")["value"]
    assert {one["displayName"] for one in held} >= client.tenant.directory_roles
    assert all(one["members"] for one in held)
    assert len(asked(client, "/directoryRoleTemplates")["value"]) > len(held)
    assert (
        asked(client, f"/directoryRoles(roleTemplateId='{held[0]['roleTemplateId']}')")["id"] == held[0]["id"]
    )


# Grants


def test_app_role_assignments_from_both_sides(nested: Client) -> None:
    tenant = nested.tenant
    grant = {"id": "g1", "appRoleId": LOOP, "principalId": ANN, "resourceId": BOT}
    tenant.put("appRoleAssignments", grant)
    tenant.put("appRoleAssignments", grant | {"id": "g2", "principalId": "gone"})
    there = {
        item["id"]: item for item in asked(nested, f"/servicePrincipals/{BOT}/appRoleAssignedTo")["value"]
    }
    assert (there["g1"]["principalDisplayName"], there["g1"]["principalType"]) == ("Ann", "User")
    assert there["g1"]["resourceDisplayName"] == "Bot"
    assert there["g2"]["principalType"] is None
    assert ids(asked(nested, f"/users/{ANN}/appRoleAssignments")) == ["g1"]
    body = asked(nested, f"/servicePrincipals/{BOT}?$expand=appRoleAssignedTo")
    assert {item["id"] for item in body["appRoleAssignedTo"]} == {"g1", "g2"}


def test_the_scanner_sees_itself_as_it_is_granted(client: Client) -> None:
    tenant = client.tenant
    tenant.app_roles = {"Application.Read.All", "RoleManagement.Read.Directory", "Exchange.ManageAsApp"}
    own = asked(
        client,
        f"/servicePrincipals(appId='{tenant.client_id}')?$select=id,displayName,appOwnerOrganizationId",
    )
    assert (own["id"], own["appOwnerOrganizationId"]) == (tenant.app.object_id, tenant.tenant_id)
    roles = {
        role["id"]: role["value"]
        for principal in tenant.objects("servicePrincipals")
        for role in principal.get("appRoles", [])
    }
    granted = asked(client, f"/servicePrincipals/{own['id']}/appRoleAssignments")["value"]
    assert {roles[each["appRoleId"]] for each in granted} == tenant.app_roles
    assert {each["principalDisplayName"] for each in granted} == {"o365scan"}
    tenant.directory_roles = {"Security Reader"}
    path = f"/roleManagement/directory/roleAssignments?$filter=principalId eq '{own['id']}'"
    (held,) = asked(client, path)["value"]
    assert held["directoryScopeId"] == "/"
    assert "appScopeId" not in held
    app = asked(client, f"/applications(appId='{tenant.client_id}')")
    assert app["passwordCredentials"][0]["hint"] == tenant.client_secret[:3]


def test_only_the_id_of_what_one_may_not_read(nested: Client) -> None:
    nested.tenant.app_roles = {"GroupMember.Read.All"}
    body = asked(nested, f"/groups/{GROUP}/transitiveMembers?$select=id,displayName")
    sent = {item["id"]: item.get("displayName") for item in body["value"]}
    assert sent == {INNER: "Inner", GROUP: "Outer", ANN: None, BOT: None}
    assert {"user", "group", "servicePrincipal", "application", "directoryRole"} <= set(READERS)


# Licences


def test_without_p1(client: Client) -> None:
    client.tenant.licences = set()
    path = "/reports/authenticationMethods/userRegistrationDetails"
    assert refusal(client, path)[:2] == (403, "Authentication_RequestFromNonPremiumTenantOrB2CTenant")
    for kind in ("policies", "namedLocations"):
        assert asked(client, f"/identity/conditionalAccess/{kind}")["value"] == []
    client.tenant.reset()
    assert client.tenant.licensed("P1")


def test_without_p2(client: Client) -> None:
    client.tenant.licences = {"P1"}
    for row in READ:
        if row.licence and row.licence.plan == "P2" and "{id}" not in row.path:
            wanted = (403, "Forbidden") if "Protection" in row.path else (400, "AadPremiumLicenseRequired")
            assert refusal(client, f"/{row.path}")[:2] == wanted
    assert asked(client, "/identity/conditionalAccess/policies")["value"]


@pytest.mark.parametrize(
    ("licences", "plans"),
    [
        (set(), set()),
        ({"P1"}, {"AAD_PREMIUM"}),
        ({"P2"}, {"AAD_PREMIUM", "AAD_PREMIUM_P2"}),
    ],
)
def test_subscriptions_follow_the_licences(client: Client, licences: set[str], plans: set[str]) -> None:
    client.tenant.licences = licences
    skus = asked(client, "/subscribedSkus")["value"]
    held = {plan["servicePlanName"] for sku in skus for plan in sku["servicePlans"]}
    assert held - {"EXCHANGE_S_ENTERPRISE"} == plans
    client.tenant.put("subscribedSkus", {"id": "own", "skuId": skus[0]["skuId"], "skuPartNumber": "OTHER"})
    assert "SPE_E3" not in {sku["skuPartNumber"] for sku in asked(client, "/subscribedSkus")["value"]}


# State


def test_keys_of_several_properties(client: Client) -> None:
    state = client.control("PUT", "/state/groupMembers", json={"groupId": GROUP, "memberId": ANN})
    assert state.status_code == 200
    one = f"/state/groupMembers/{GROUP}/{ANN}"
    assert client.control("GET", one).json() == {"groupId": GROUP, "memberId": ANN}
    assert client.control("PATCH", one, json={"memberId": BOT}).status_code == 400
    assert client.control("PUT", one, json={}).json() == {"groupId": GROUP, "memberId": ANN}
    assert client.control("PUT", f"/state/groupMembers/{LOOP}/{BOT}", json={}).json()["memberId"] == BOT
    assert client.control("PUT", "/state/groupMembers/one-part", json={}).status_code == 400
    assert client.control("PUT", one, json={"memberId": BOT}).status_code == 400
    assert client.control("DELETE", one).status_code == 204
    assert client.control("GET", one).status_code == 404
    bad = client.control("PUT", "/state/groupMembers", json={"memberId": ANN})
    assert (bad.status_code, bad.json()["error"]) == (400, "groupId is part of the key and is missing")
    with pytest.raises(ObjectInvalid):
        client.tenant.put("authenticationMethods", {"id": "m"})


@pytest.mark.parametrize("name", scenario_names())
def test_states_speak_microsofts_language(name: str) -> None:
    """Every property that a scenario's directory objects have is one that is sent, or the state's own."""
    tenant = Tenant(name, size=5)
    for collection in DIRECTORY:
        own = set(KEYS[collection].split("/")) | {"applicationId", "domainId", "servicePrincipalId", "userId"}
        for item in tenant.objects(collection) if collection in TYPES else ():
            strange = set(strangers(item, TYPES[collection])) - own
            assert not strange, f"{collection} {item.get('displayName', item.get('id'))}: {strange}"
    assert baseline()
    assert scenario(name).title


def strangers(item: dict[str, Any], declared: str) -> list[str]:
    """Names that the schema does not have, at any depth."""
    kind = type_named(type_of(item, declared))
    found = []
    for name, value in item.items():
        one = kind.properties.get(name.lower())
        if name == "policy":
            found += strangers(
                {k: v for k, v in value.items() if k != "rules"}, "unifiedRoleManagementPolicy"
            )
            for rule in value["rules"]:
                found += strangers(rule, "unifiedRoleManagementPolicyRule")
        elif one is None:
            found += [name] if not kind.open and not name.startswith("@") else []
        elif is_type(one.kind):
            for each in value if one.many else [value]:
                found += strangers(each, one.kind) if isinstance(each, dict) else []
        elif one.name != name or one.many != isinstance(value, list):
            found.append(name)
    return found


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("domains", "manufacturer"),
        ("servicePrincipals", "oauth2PermissionScopes"),
        ("policies/authorizationPolicy", "defaultUserRolePermissions/permissionGrantPoliciesAssigned"),
    ],
)
def test_what_v1_has_and_beta_has_not(client: Client, path: str, name: str) -> None:
    for version, there in (("v1.0", True), ("beta", False)):
        body = client.graph(f"/{version}/{path}").json()
        found = body["value"][0] if "value" in body else body
        outer, _, inner = name.partition("/")
        assert (outer in found and (not inner or inner in found[outer])) == there, version
    if "/" not in name:
        assert client.graph(f"/beta/{path}?$select={name}").status_code == 400
