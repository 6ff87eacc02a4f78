"""The directory's collections: what a fixture, a scenario or the control plane may write into each.

An object has Microsoft's property names and holds decisions only: what is left out is sent as null, as an
empty list or, inside an object of a known type, is filled in as Microsoft does (a Conditional Access
policy may leave out every condition that it does not use). A collection without a file is empty. A key of
several properties is written with `/` between them, in `delete`, `key` and under `/_mock/state/`.

Directory objects
    `users`, `groups`, `servicePrincipals`, `applications`, `devices`, `administrativeUnits`
    `deletedUsers`, `deletedGroups`, `deletedServicePrincipals`, `deletedApplications` (with `deletedDateTime`)
    `organization`, `domains`, `contracts`, `onPremisesSynchronization`
    `groupMembers` {groupId, memberId}: direct members (users, groups, service principals); nested groups,
        transitiveMembers and transitiveMemberOf are worked out
    `groupOwners` {groupId, ownerId}, `applicationOwners` {applicationId, ownerId},
        `servicePrincipalOwners` {servicePrincipalId, ownerId}, `deviceOwners` {deviceId, ownerId},
        `userManagers` {userId, managerId}, `administrativeUnitMembers` {unitId, memberId}
Roles
    `roleDefinitions`: `id` is the template id of a built-in role
    `roleAssignments`: active; {id, principalId, roleDefinitionId, directoryScopeId "/" if left out}
    `roleAssignmentScheduleInstances`, `roleEligibilityScheduleInstances`: the same properties and
        memberType, startDateTime, endDateTime; an assignment also has assignmentType, Assigned or Activated, and
        each of `roleAssignments` that has none is shown as one without an end
    `roleManagementPolicyAssignments` {id, policyId, roleDefinitionId, scopeId "/", scopeType
        "DirectoryRole" (or a group's id and "Group"), policy: {id, ..., rules: [{"@odata.type", id, ...}]}}:
        policy and rules are sent only where $expand asks for them
    `groupEligibilityScheduleInstances` {id, groupId, principalId, accessId member or owner, memberType,
        startDateTime, endDateTime}
Policies
    `conditionalAccessPolicies`: `grantControls.authenticationStrength` may be {id} alone
    `namedLocations`: with `@odata.type`; `authenticationStrengthPolicies`
    `securityDefaults`, `authorizationPolicy`, `crossTenantAccessDefault`: one object each (the first counts);
        the last one's `id`, "default", is never sent
    `crossTenantAccessPartners` {tenantId, identitySynchronization, sent only where $expand asks for it, ...},
        `federationConfigurations` {id, domainId, ...}
    `delegatedAdminRelationships`
    `authenticationMethodsPolicy`, `adminConsentRequestPolicy`, `authenticationFlowsPolicy`,
        `defaultAppManagementPolicy`, `deviceRegistrationPolicy`, `externalIdentitiesPolicy`,
        `crossTenantAccessPolicy`, `sharepointSettings`, `adminReportSettings`, `deviceManagement`: one object each
    `groupSettings`: /groupSettings of v1.0 and /settings of beta alike
    `permissionGrantPolicies`, `appManagementPolicies` {appliesTo: ids, sent by themselves}, `legacyPolicies`: lists
Logs and risk
    `signIns` {createdDateTime, appId, servicePrincipalId, ipAddress, autonomousSystemNumber, status: {errorCode},
        location: {countryOrRegion, ...}, signInEventTypes ["interactiveUser"] if left out}, `directoryAudits`
    `riskyUsers` (`id` is the user's), `riskDetections`, `riskyServicePrincipals`
    `auditRecords`: as AuditData of the unified log; `auditLogQueries`: asked for, with the state's own `polls`
    `securityAlerts`, `securityIncidents`, `secureScores`, `secureScoreControlProfiles`
    `signInActivities` {userId, lastSignInDateTime, ...}: what `signInActivity` of a user holds
Authentication
    `userRegistrationDetails`: `id` is the user's
    `servicePrincipalSignInActivities` {appId, lastSignInActivity: {lastSignInDateTime}, ...}
    `authenticationMethods` {userId, id, "@odata.type" "#microsoft.graph.fido2AuthenticationMethod", ...}
    `perUserMfaStates` {userId, perUserMfaState}: "disabled" where there is none
Grants
    `appRoleAssignments` {id, appRoleId, principalId, resourceId}: the names and the principal's type come
        from the principals
    `oauth2PermissionGrants` {id, clientId, consentType, principalId, resourceId, scope}
    `federatedIdentityCredentials` {id, applicationId, name, issuer, subject, audiences}
    `delegatedPermissionClassifications` {id, servicePrincipalId, permissionName, ...}
    `subscribedSkus`: beside those that `Tenant.licences` makes

Exchange: what was decided for a mailbox is keyed by its `Guid`; `Mailbox` in an object is any of its names
    `casMailboxes`, `junkEmailConfigurations`, `autoReplyConfigurations`, `mailboxStatistics`,
        `auditBypassAssociations` {Guid, ...}: the rest is usual
    `mailboxPermissions` {Mailbox, User, AccessRights}, `recipientPermissions` {Mailbox, Trustee},
        `mailboxFolderPermissions` {Mailbox, Folder, User, AccessRights}, `calendarFolders` {Mailbox, Folder, ...}:
        a folder is its path without a leading backslash, "" the root
    `mobileDevices`, `sweepRules`, `inboxRules` {Mailbox, ...}; `Hidden` and `ClientSide` rules are known to the
        mock tenant only
    `auditRecords`: as AuditData of the unified log, times in UTC; `messageTraces`
    `allowBlockListItems` {ListType, Value, Action, ...}; policies and rules by the names of their cmdlets

Office 365 Management Activity API
    `activitySubscriptions` {contentType, status "enabled" if left out, webhook null if left out}
    `activityContent` {contentId, contentType, contentCreated, contentExpiration, records}: a blob, with the records
        that its address gives

DNS
    `dnsRecords` {Name, Type, Values}: all records of a name and type, as zone files write them ("10 mx.example.net");
        of TXT the text, or a list of the strings that it is cut into. What is not there does not exist.

userId, domainId, servicePrincipalId and applicationId of owned objects are the state's own and are never sent.

The scanner's own application and service principal are in the directory already, and so are its app role
assignments (for every resource whose service principal is in `servicePrincipals`, with `appRoles`) and its
directory roles: all follow `Tenant.app`.
"""

from __future__ import annotations

from typing import Any

from mocktenant.words import words

DIRECTORY: dict[str, str] = {
    "accessReviewDefinitions": "id",
    "accessReviewPolicy": "id",
    "activityBasedTimeoutPolicies": "id",
    "adminConsentRequestPolicy": "id",
    "adminReportSettings": "id",
    "administrativeUnitMembers": "unitId/memberId",
    "administrativeUnits": "id",
    "appConsentRequests": "id",
    "appManagementPolicies": "id",
    "appRoleAssignments": "id",
    "applicationOwners": "applicationId/ownerId",
    "applications": "id",
    "auditLogQueries": "id",
    "authenticationContexts": "id",
    "authenticationFlowsPolicy": "id",
    "authenticationMethods": "userId/id",
    "authenticationMethodsPolicy": "id",
    "authenticationStrengthPolicies": "id",
    "authorizationPolicy": "id",
    "claimsMappingPolicies": "id",
    "conditionalAccessPolicies": "id",
    "contracts": "id",
    "crossTenantAccessDefault": "id",
    "crossTenantAccessPartners": "tenantId",
    "crossTenantAccessPolicy": "id",
    "defaultAppManagementPolicy": "id",
    "delegatedAdminRelationships": "id",
    "delegatedPermissionClassifications": "servicePrincipalId/id",
    "deletedApplications": "id",
    "deletedGroups": "id",
    "deletedServicePrincipals": "id",
    "deletedUsers": "id",
    "deviceCompliancePolicies": "id",
    "deviceConfigurations": "id",
    "deviceEnrollmentConfigurations": "id",
    "deviceManagement": "id",
    "deviceOwners": "deviceId/ownerId",
    "deviceRegistrationPolicy": "id",
    "devices": "id",
    "directoryAudits": "id",
    "externalIdentitiesPolicy": "id",
    "featureRolloutPolicies": "id",
    "federatedIdentityCredentials": "applicationId/id",
    "federatedTokenValidationPolicy": "id",
    "federationConfigurations": "domainId/id",
    "groupAssignmentScheduleInstances": "id",
    "groupEligibilityScheduleInstances": "id",
    "groupMembers": "groupId/memberId",
    "groupOwners": "groupId/ownerId",
    "groupSettings": "id",
    "groups": "id",
    "healthIssues": "id",
    "homeRealmDiscoveryPolicies": "id",
    "identityProviders": "id",
    "legacyPolicies": "id",
    "mailboxSettings": "userId",
    "managedDevices": "id",
    "namedLocations": "id",
    "oauth2PermissionGrants": "id",
    "onPremisesSynchronization": "id",
    "ownerlessGroupPolicy": "id",
    "perUserMfaStates": "userId",
    "permissionGrantPolicies": "id",
    "riskDetections": "id",
    "riskyServicePrincipals": "id",
    "riskyUsers": "id",
    "roleAssignmentScheduleInstances": "id",
    "roleAssignments": "id",
    "roleDefinitions": "id",
    "roleEligibilityScheduleInstances": "id",
    "roleManagementPolicyAssignments": "id",
    "scopedRoleMembers": "id",
    "secureScoreControlProfiles": "id",
    "secureScores": "id",
    "securityAlerts": "id",
    "securityDefaults": "id",
    "securityIncidents": "id",
    "sensors": "id",
    "servicePrincipalOwners": "servicePrincipalId/ownerId",
    "servicePrincipalSignInActivities": "appId",
    "servicePrincipals": "id",
    "sharepointSettings": "id",
    "signInActivities": "userId",
    "signIns": "id",
    "subscribedSkus": "id",
    "termsOfUse": "id",
    "tokenIssuancePolicies": "id",
    "tokenLifetimePolicies": "id",
    "userManagers": "userId",
    "userRegistrationDetails": "id",
}
"""The directory's collections."""

BINS: dict[str, str] = {
    "applications": "deletedApplications",
    "groups": "deletedGroups",
    "servicePrincipals": "deletedServicePrincipals",
    "users": "deletedUsers",
}
"""Collection -> where its objects go when they are deleted; they have `deletedDateTime` there."""


EXCHANGE: dict[str, str] = {
    "acceptedDomains": "Guid",
    "adminAuditLogConfig": "Guid",
    "allowBlockListItems": "Guid",
    "allowBlockListSpoofItems": "Guid",
    "antiPhishPolicies": "Guid",
    "antiPhishRules": "Guid",
    "applicationAccessPolicies": "Guid",
    "atpBuiltInProtectionRules": "Guid",
    "atpPoliciesForO365": "Guid",
    "atpProtectionPolicyRules": "Guid",
    "auditBypassAssociations": "Guid",
    "auditRecords": "Id",
    "authenticationPolicies": "Guid",
    "autoReplyConfigurations": "Guid",
    "blockedConnectors": "ConnectorId",
    "calendarFolders": "Mailbox/Folder",
    "casMailboxPlans": "Guid",
    "casMailboxes": "Guid",
    "dkimSigningConfigs": "Guid",
    "dynamicDistributionGroups": "Guid",
    "eopProtectionPolicyRules": "Guid",
    "exchangeServicePrincipals": "Guid",
    "exchangeUsers": "ExternalDirectoryObjectId",
    "externalInOutlook": "Guid",
    "hostedConnectionFilterPolicies": "Guid",
    "hostedContentFilterPolicies": "Guid",
    "hostedContentFilterRules": "Guid",
    "hostedOutboundSpamFilterPolicies": "Guid",
    "hostedOutboundSpamFilterRules": "Guid",
    "inboundConnectors": "Guid",
    "inboxRules": "Guid",
    "journalRules": "Guid",
    "junkEmailConfigurations": "Guid",
    "mailContacts": "Guid",
    "mailboxFolderPermissions": "Mailbox/Folder/User",
    "mailboxPermissions": "Mailbox/User",
    "mailboxPlans": "Guid",
    "mailboxStatistics": "Guid",
    "mailboxes": "Guid",
    "malwareFilterPolicies": "Guid",
    "malwareFilterRules": "Guid",
    "managementRoleAssignments": "Guid",
    "managementRoles": "Guid",
    "managementScopes": "Guid",
    "messageTraces": "MessageTraceId/RecipientAddress",
    "mobileDeviceMailboxPolicies": "Guid",
    "mobileDevices": "Guid",
    "organizationConfig": "Guid",
    "outboundConnectors": "Guid",
    "owaMailboxPolicies": "Guid",
    "perimeterConfig": "Guid",
    "quarantinePolicies": "Guid",
    "recipientPermissions": "Mailbox/Trustee",
    "remoteDomains": "Guid",
    "reportSubmissionPolicies": "Guid",
    "roleAssignmentPolicies": "Guid",
    "roleGroups": "Guid",
    "safeAttachmentPolicies": "Guid",
    "safeAttachmentRules": "Guid",
    "safeLinksPolicies": "Guid",
    "safeLinksRules": "Guid",
    "sharingPolicies": "Guid",
    "sweepRules": "Guid",
    "transportConfig": "Guid",
    "transportRules": "Guid",
}
"""Exchange's collections."""

KEYS: dict[str, str] = {
    "activityContent": "contentId",
    "activitySubscriptions": "contentType",
    "dnsRecords": "Name/Type",
    "domains": "id",
    "organization": "id",
    "users": "id",
    **DIRECTORY,
    **EXCHANGE,
}
"""Every collection, and the property that is its objects' key; a key of several has `/` between them."""


_NAMELESS = frozenset(
    words(
        "acceptedDomains allowBlockListItems allowBlockListSpoofItems auditBypassAssociations autoReplyConfigurations "
        "casMailboxes exchangeServicePrincipals externalInOutlook inboxRules junkEmailConfigurations "
        "mailboxStatistics mobileDevices organizationConfig sweepRules"
    )
)
"""Exchange's collections with a `Guid` whose objects need no `Name`: decisions, or known by something else."""

NEEDED: dict[str, tuple[str, ...]] = {
    **{name: ("Name",) for name, key in EXCHANGE.items() if key == "Guid" and name not in _NAMELESS},
    "acceptedDomains": ("DomainName",),
    "activityContent": ("contentCreated", "contentExpiration", "contentType", "records"),
    "allowBlockListSpoofItems": ("SendingInfrastructure", "SpoofedUser"),
    "appRoleAssignments": ("principalId", "resourceId"),
    "applicationAccessPolicies": ("AppId", "Name"),
    "directoryAudits": ("activityDateTime",),
    "dnsRecords": ("Name", "Type", "Values"),
    "exchangeServicePrincipals": ("AppId", "ObjectId"),
    "groups": ("displayName",),
    "inboxRules": ("Mailbox",),
    "mailContacts": ("ExternalEmailAddress", "Name"),
    "mailboxes": ("Name", "PrimarySmtpAddress"),
    "managementRoleAssignments": ("Name", "Role", "RoleAssigneeName"),
    "messageTraces": ("Received",),
    "mobileDevices": ("DeviceId", "Mailbox"),
    "roleAssignmentScheduleInstances": ("principalId", "roleDefinitionId"),
    "roleAssignments": ("principalId", "roleDefinitionId"),
    "roleEligibilityScheduleInstances": ("principalId", "roleDefinitionId"),
    "signIns": ("createdDateTime",),
    "subscribedSkus": ("skuId",),
    "sweepRules": ("Mailbox",),
    "users": ("userPrincipalName",),
}
"""What an object must have beside its key, since no service could answer about it, or about others, without."""


class ObjectInvalid(ValueError):
    """An object that lacks a part of its key, or what it can't be without; the message names it."""


def key_of(keys: str, item: dict[str, Any]) -> str:
    """An object's key. Raises ObjectInvalid."""
    found = [item.get(part) for part in keys.split("/")] if "/" in keys else [item.get(keys)]
    if None in found:
        missing = keys.split("/")[found.index(None)]
        raise ObjectInvalid(f"{missing} is part of the key and is missing")
    return "/".join(map(str, found))


def demand_whole(collection: str, item: dict[str, Any], besides: tuple[str, ...] = ()) -> None:
    """Raises ObjectInvalid for an object that lacks what every one of its collection has, or one of `besides`."""
    for name in (*NEEDED.get(collection, ()), *besides):
        if item.get(name) is None:
            raise ObjectInvalid(f"{name} is missing: {collection} can't be without")
