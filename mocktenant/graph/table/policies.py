"""Policies of the whole tenant."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from mocktenant.graph import directory, errors
from mocktenant.graph.resources import BETA, FILTER, V1, Expansion, Resource, Write
from mocktenant.graph.sources import Stored, nothing, part_of
from mocktenant.graph.table.app_roles import DIRECTORY, POLICIES
from mocktenant.graph.table.kinds import policy, singleton
from mocktenant.graph.writes.stored import changes

if TYPE_CHECKING:
    from mocktenant.collection import Object
    from mocktenant.tenant import Tenant

_METHODS_POLICY = (
    "Policy.Read.AuthenticationMethod",
    "Policy.ReadWrite.AuthenticationMethod",
    "Policy.Read.All",
)
_AUTHORIZATION = (*POLICIES, "Policy.ReadWrite.Authorization")
_CROSS_TENANT = (*POLICIES, "Policy.ReadWrite.CrossTenantAccess")
_APP_POLICIES = (*POLICIES, "Policy.ReadWrite.ApplicationConfiguration")
_GRANT_POLICIES = ("Policy.Read.PermissionGrant", "Policy.ReadWrite.PermissionGrant", "Policy.Read.All")

_sts = partial(policy, options=FILTER, read=_APP_POLICIES)


def _changed(collection: str, type_name: str, role: str) -> dict[str, Write]:
    return {"PATCH": Write((role,), changes(collection), takes=type_name, read_only=frozenset({"id"}))}


def _applies_to(tenant: Tenant, policy: str) -> list[Object]:
    """The applications and service principals that a policy is assigned to."""
    held = tenant.collection("appManagementPolicies").get(policy)
    return directory.by_ids(tenant, [] if held is None else held.get("appliesTo", []))


def _synchronisation(_tenant: Tenant, partner: Object) -> list[Object]:
    held = partner.get("identitySynchronization")
    return [] if held is None else [held]


_AUTHENTICATION = (
    singleton(
        "policies/authenticationMethodsPolicy",
        "authenticationMethodsPolicy",
        Stored("authenticationMethodsPolicy"),
        read=_METHODS_POLICY,
        writes=_changed(
            "authenticationMethodsPolicy",
            "authenticationMethodsPolicy",
            "Policy.ReadWrite.AuthenticationMethod",
        ),
    ),
    policy(
        "policies/authenticationMethodsPolicy/authenticationMethodConfigurations",
        "authenticationMethodConfiguration",
        part_of("authenticationMethodsPolicy", "authenticationMethodConfigurations"),
        mixed=True,
        read=_METHODS_POLICY,
    ),
    *(
        policy(
            path,
            "authenticationStrengthPolicy",
            Stored("authenticationStrengthPolicies"),
            options=FILTER,
            read=(
                "Policy.Read.AuthenticationMethod",
                "Policy.Read.All",
                "Policy.ReadWrite.AuthenticationMethod",
                "Policy.ReadWrite.ConditionalAccess",
            ),
        )
        for path in (
            "policies/authenticationStrengthPolicies",
            "identity/conditionalAccess/authenticationStrength/policies",
        )
    ),
    singleton(
        "policies/authenticationFlowsPolicy",
        "authenticationFlowsPolicy",
        Stored("authenticationFlowsPolicy"),
        read=(*POLICIES, "Policy.ReadWrite.AuthenticationFlows"),
    ),
    singleton(
        "policies/identitySecurityDefaultsEnforcementPolicy",
        "identitySecurityDefaultsEnforcementPolicy",
        Stored("securityDefaults"),
        read=(*POLICIES, "Policy.ReadWrite.SecurityDefaults"),
        writes=_changed(
            "securityDefaults",
            "identitySecurityDefaultsEnforcementPolicy",
            "Policy.ReadWrite.SecurityDefaults",
        ),
    ),
)

_CONSENT = (
    singleton(
        "policies/authorizationPolicy",
        "authorizationPolicy",
        Stored("authorizationPolicy"),
        versions=V1,
        read=_AUTHORIZATION,
        writes=_changed("authorizationPolicy", "authorizationPolicy", "Policy.ReadWrite.Authorization"),
    ),
    policy(
        "policies/authorizationPolicy",
        "authorizationPolicy",
        Stored("authorizationPolicy"),
        versions=BETA,
        read=_AUTHORIZATION,
        writes=_changed("authorizationPolicy", "authorizationPolicy", "Policy.ReadWrite.Authorization"),
    ),
    singleton(
        "policies/adminConsentRequestPolicy",
        "adminConsentRequestPolicy",
        Stored("adminConsentRequestPolicy"),
        read=(*POLICIES, "Policy.ReadWrite.ConsentRequest", *DIRECTORY),
    ),
    policy(
        "policies/permissionGrantPolicies",
        "permissionGrantPolicy",
        Stored("permissionGrantPolicies"),
        denial=errors.denied,
        read=_GRANT_POLICIES,
    ),
    policy(
        "policies/permissionGrantPolicies/{id}/includes",
        "permissionGrantConditionSet",
        part_of("permissionGrantPolicies", "includes"),
        denial=errors.denied,
        read=_GRANT_POLICIES,
    ),
    policy(
        "policies/permissionGrantPolicies/{id}/excludes",
        "permissionGrantConditionSet",
        part_of("permissionGrantPolicies", "excludes"),
        denial=errors.denied,
        read=_GRANT_POLICIES,
    ),
    singleton(
        "policies/defaultAppManagementPolicy",
        "tenantAppManagementPolicy",
        Stored("defaultAppManagementPolicy"),
        read=_APP_POLICIES,
        writes=_changed(
            "defaultAppManagementPolicy",
            "tenantAppManagementPolicy",
            "Policy.ReadWrite.ApplicationConfiguration",
        ),
    ),
    policy(
        "policies/appManagementPolicies",
        "appManagementPolicy",
        Stored("appManagementPolicies"),
        read=_APP_POLICIES,
    ),
    policy(
        "policies/appManagementPolicies/{id}/appliesTo",
        "directoryObject",
        _applies_to,
        mixed=True,
        options=FILTER,
        read=tuple(f"{each} + Application.Read.All" for each in _APP_POLICIES),
    ),
)

_ELSEWHERE = (
    singleton(
        "policies/crossTenantAccessPolicy",
        "crossTenantAccessPolicy",
        Stored("crossTenantAccessPolicy"),
        read=_CROSS_TENANT,
    ),
    singleton(
        "policies/crossTenantAccessPolicy/default",
        "crossTenantAccessPolicyConfigurationDefault",
        Stored("crossTenantAccessDefault"),
        read=_CROSS_TENANT,
    ),
    policy(
        "policies/crossTenantAccessPolicy/partners",
        "crossTenantAccessPolicyConfigurationPartner",
        Stored("crossTenantAccessPartners"),
        keys=("tenantId",),
        expands={
            "identitySynchronization": Expansion(
                "crossTenantIdentitySyncPolicyPartner", _synchronisation, many=False
            )
        },
        read=_CROSS_TENANT,
    ),
    singleton(
        "policies/externalIdentitiesPolicy",
        "externalIdentitiesPolicy",
        Stored("externalIdentitiesPolicy"),
        versions=BETA,
        read=(*POLICIES, "Policy.ReadWrite.ExternalIdentities"),
    ),
    singleton(
        "policies/deviceRegistrationPolicy",
        "deviceRegistrationPolicy",
        Stored("deviceRegistrationPolicy"),
        read=("Policy.Read.DeviceConfiguration", "Policy.ReadWrite.DeviceConfiguration", "Policy.Read.All"),
        unconfirmed="that Policy.Read.All is enough too",
    ),
    policy(
        "legacy/policies",
        "policy",
        Stored("legacyPolicies"),
        versions=BETA,
        read=POLICIES,
        unconfirmed="undocumented: the permission and the value of `type`",
    ),
)

_STS = (
    _sts(
        "policies/activityBasedTimeoutPolicies",
        "activityBasedTimeoutPolicy",
        Stored("activityBasedTimeoutPolicies"),
    ),
    _sts("policies/claimsMappingPolicies", "claimsMappingPolicy", Stored("claimsMappingPolicies")),
    _sts(
        "policies/homeRealmDiscoveryPolicies",
        "homeRealmDiscoveryPolicy",
        Stored("homeRealmDiscoveryPolicies"),
    ),
    _sts("policies/tokenIssuancePolicies", "tokenIssuancePolicy", Stored("tokenIssuancePolicies")),
    _sts("policies/tokenLifetimePolicies", "tokenLifetimePolicy", Stored("tokenLifetimePolicies")),
    _sts(
        "policies/featureRolloutPolicies",
        "featureRolloutPolicy",
        Stored("featureRolloutPolicies"),
        unconfirmed="the app role",
    ),
    singleton(
        "policies/federatedTokenValidationPolicy",
        "federatedTokenValidationPolicy",
        Stored("federatedTokenValidationPolicy"),
        read=POLICIES,
        unconfirmed="the app roles",
    ),
    singleton(
        "policies/ownerlessGroupPolicy",
        "ownerlessGroupPolicy",
        Stored("ownerlessGroupPolicy"),
        read=("Directory.Read.All", *POLICIES),
        unconfirmed="the app roles",
    ),
    singleton(
        "policies/accessReviewPolicy",
        "accessReviewPolicy",
        Stored("accessReviewPolicy"),
        versions=BETA,
        read=(*POLICIES, "Policy.ReadWrite.AccessReview"),
    ),
    policy(
        "identity/identityProviders",
        "identityProviderBase",
        Stored("identityProviders"),
        mixed=True,
        denial=errors.denied,
        read=("IdentityProvider.Read.All", "IdentityProvider.ReadWrite.All"),
    ),
    policy(
        "servicePrincipals/{id}/claimsMappingPolicies", "claimsMappingPolicy", nothing, read=_APP_POLICIES
    ),
    policy("applications/{id}/appManagementPolicies", "appManagementPolicy", nothing, read=_APP_POLICIES),
)

ROWS: tuple[Resource, ...] = (*_AUTHENTICATION, *_CONSENT, *_ELSEWHERE, *_STS)
