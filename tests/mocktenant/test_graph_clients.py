"""What well-known clients ask of Graph, in their own words: each request is answered."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mocktenant import Tenant, serve
from mocktenant.graph.table import RESOURCES

from .client import GRAPH, Client

POLICIES = """
activityBasedTimeoutPolicies adminConsentRequestPolicy appManagementPolicies authenticationFlowsPolicy
authenticationMethodsPolicy authenticationStrengthPolicies authorizationPolicy claimsMappingPolicies
conditionalAccessPolicies crossTenantAccessPolicy defaultAppManagementPolicy deviceRegistrationPolicy
featureRolloutPolicies federatedTokenValidationPolicy homeRealmDiscoveryPolicies
identitySecurityDefaultsEnforcementPolicy ownerlessGroupPolicy permissionGrantPolicies tokenIssuancePolicies
tokenLifetimePolicies
"""

ASKED = [
    # CLI for Microsoft 365
    *(f"/v1.0/policies/{name}" for name in POLICIES.split()),
    "/v1.0/policies/roleManagementPolicies?$filter=scopeId eq '/' and scopeType eq 'DirectoryRole'",
    "/v1.0/groups?$filter=groupTypes/any(c:c+eq+%27Unified%27)&$top=100",
    "/v1.0/roleManagement/directory/roleAssignments?$expand=roleDefinition($select=displayName)",
    "/v1.0/users?$select=id,displayName&$filter=startsWith(surname, 'A')&$top=100",
    # Azure CLI
    "/v1.0/servicePrincipals?$filter=servicePrincipalNames/any(c:c eq '00000003-0000-0000-c000-000000000000')",
    "/v1.0/applications?$filter=startswith(displayName,'x')",
    # Prowler
    "/beta/legacy/policies",
    "/v1.0/policies/roleManagementPolicyAssignments?$filter=scopeId%20eq%20'/'%20and%20scopeType%20eq%20"
    "'DirectoryRole'&$expand=policy($expand=rules)",
    "/v1.0/identityGovernance/accessReviews/definitions",
    "/v1.0/directory/onPremisesSynchronization",
    "/v1.0/policies/crossTenantAccessPolicy/default",
    "/v1.0/deviceManagement?$select=settings",
    "/v1.0/deviceManagement/managedDevices?$select=id,deviceName,complianceState,managementAgent",
    "/v1.0/deviceManagement/deviceCompliancePolicies",
    "/v1.0/security/identities/sensors",
    "/v1.0/security/identities/healthIssues",
    "/v1.0/admin/sharepoint/settings",
    "/v1.0/directoryRoles",
    "/v1.0/groupSettings",
    # Those who look for stale accounts and gaps in Conditional Access
    "/v1.0/users?$select=id,displayName,userPrincipalName,accountEnabled,signInActivity,assignedLicenses&$top=999",
    "/v1.0/users?$filter=signInActivity/lastSignInDateTime le 2024-01-01T00:00:00Z",
    "/v1.0/roleManagement/directory/roleAssignments?$expand=principal",
    "/v1.0/roleManagement/directory/roleEligibilitySchedules?$expand=principal,roleDefinition",
    "/v1.0/servicePrincipals?$expand=appRoleAssignments",
    "/v1.0/identityProtection/riskyUsers?$filter=riskLevel eq 'high' and riskState eq 'atRisk'",
    "/v1.0/identityProtection/riskyUsers?$filter=riskLevel eq microsoft.graph.riskLevel'medium'",
    "/v1.0/identityProtection/riskDetections?$filter=detectedDateTime ge 2026-08-01",
    "/v1.0/auditLogs/signIns?$filter=createdDateTime+ge+2026-08-01T00:00:00Z+and+status/errorCode eq 0&$top=1000",
    "/v1.0/auditLogs/signIns?$filter=userId eq '00000000-0000-0000-0000-000000000001'&$orderby=createdDateTime desc",
    "/v1.0/auditLogs/signIns?$filter=appliedConditionalAccessPolicies/any(c:c/result eq 'failure')",
    "/beta/auditLogs/signIns?$filter=signInEventTypes/any(t: t eq 'nonInteractiveUser') and createdDateTime ge "
    "2026-08-01T00:00:00.0000000Z",
    "/v1.0/auditLogs/directoryAudits?$filter=activityDateTime ge 2026-08-01T00:00:00Z and category eq "
    "'UserManagement'",
    "/v1.0/auditLogs/directoryAudits?$filter=initiatedBy/user/userPrincipalName eq 'x' or "
    "targetResources/any(t:t/id eq 'x')",
    "/v1.0/auditLogs/directoryAudits?$filter=startswith(activityDisplayName,'Add')&$orderby=activityDateTime desc",
    "/v1.0/security/alerts_v2?$filter=severity eq 'high' and status ne 'resolved'&$top=50&$skip=0",
    "/v1.0/security/secureScores?$top=1",
    "/v1.0/reports/authenticationMethods/userRegistrationDetails?$filter=isAdmin eq true and isMfaRegistered eq false",
    "/v1.0/devices?$filter=approximateLastSignInDateTime le 2024-01-01T00:00:00Z&$select=id,displayName",
    "/v1.0/groups?$filter=isAssignableToRole eq true&$select=id&$expand=owners",
    "/v1.0/identity/conditionalAccess/policies?$filter=state eq 'enabled'&$count=true",
    "/v1.0/oauth2PermissionGrants?$filter=consentType eq 'AllPrincipals'",
    "/v1.0/directoryObjects?$top=5",
    "/v1.0/organization?$select=id,displayName,onPremisesSyncEnabled",
    "/v1.0/contracts",
    "/v1.0/identity/conditionalAccess/authenticationStrength/policies",
]
COUNTED = [
    "/v1.0/users?$filter=endswith(mail,'@contoso.com')&$count=true&$orderby=displayName",
    "/v1.0/users?$filter=assignedLicenses/$count eq 0&$count=true",
    "/v1.0/users?$filter=NOT(userType eq 'Guest') and not(accountEnabled eq true)&$count=true",
    "/v1.0/users?$filter=employeeId ne null and onPremisesExtensionAttributes/extensionAttribute1 eq 'x'&$count=true",
    "/v1.0/applications?$filter=owners/$count eq 0&$count=true",
    "/v1.0/applications?$search=%22displayName:scan%22&$count=true",
    "/v1.0/servicePrincipals?$filter=NOT tags/any(t:t eq 'WindowsAzureActiveDirectoryIntegratedApp')&$count=true",
    "/v1.0/groups?$filter=NOT groupTypes/any(c:c eq 'Unified') and mailEnabled eq false&$count=true",
    "/v1.0/groups?$filter=startsWith(displayName,'a')&$orderby=displayName&$count=true",
]


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with serve(Tenant(size=25)) as server:
        made = Client(server)
        made.tenant.app_roles = {row.read[0] for row in RESOURCES if row.read}
        yield made
        made.session.close()


@pytest.fixture(scope="module")
def token(client: Client) -> str:
    return client.token(GRAPH)


@pytest.mark.parametrize("path", ASKED)
def test_asked_plainly(client: Client, token: str, path: str) -> None:
    answer = client.graph(path, token=token, Accept="application/json;odata.metadata=none")
    assert answer.status_code == 200, answer.text
    assert "@odata.context" not in answer.json()


@pytest.mark.parametrize("path", COUNTED)
def test_asked_with_the_header_for_counts(client: Client, token: str, path: str) -> None:
    answer = client.graph(path, token=token, ConsistencyLevel="eventual")
    assert answer.status_code == 200, answer.text
    assert answer.json()["@odata.count"] >= len(answer.json()["value"])
