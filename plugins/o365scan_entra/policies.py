"""What is read of the policies that decide how people sign in."""

from __future__ import annotations

from o365scan.api import GRAPH, Dataset, GraphList, GraphObject, Permission

_REFERENCE = "https://learn.microsoft.com/graph/api/"
_POLICY = Permission(api=GRAPH, app_roles=("Policy.Read.All",))

conditional_access_policies = Dataset(
    name="entra.conditional-access-policies",
    source=GraphList(path="/identity/conditionalAccess/policies"),
    key="id",
    title="displayName",
    type="conditionalAccessPolicy",
    permission=_POLICY,
    reference=_REFERENCE + "conditionalaccessroot-list-policies",
)
"""Conditional Access policies. A tenant without Microsoft Entra ID P1 has an empty list, and no error."""

named_locations = Dataset(
    name="entra.named-locations",
    source=GraphList(path="/identity/conditionalAccess/namedLocations"),
    key="id",
    title="displayName",
    type="namedLocation",
    permission=_POLICY,
    reference=_REFERENCE + "conditionalaccessroot-list-namedlocations",
)
"""Addresses and countries that policies name. The compliant network is not among them in v1.0."""

authentication_strengths = Dataset(
    name="entra.authentication-strengths",
    source=GraphList(path="/policies/authenticationStrengthPolicies"),
    key="id",
    title="displayName",
    type="authenticationStrengthPolicy",
    permission=Permission(api=GRAPH, app_roles=("Policy.Read.AuthenticationMethod", "Policy.Read.All")),
    reference=_REFERENCE + "authenticationstrengthroot-list-policies",
)
"""Authentication strengths; `requirementsSatisfied` says whether one amounts to multifactor authentication."""

security_defaults = Dataset(
    name="entra.security-defaults",
    source=GraphObject(path="/policies/identitySecurityDefaultsEnforcementPolicy"),
    key="id",
    title="displayName",
    type="identitySecurityDefaultsEnforcementPolicy",
    permission=_POLICY,
    reference=_REFERENCE + "identitysecuritydefaultsenforcementpolicy-get",
)
"""Whether Microsoft's free baseline is on; one record."""

cross_tenant_access = Dataset(
    name="entra.cross-tenant-access",
    source=GraphObject(path="/policies/crossTenantAccessPolicy/default"),
    # It has no id.
    key="",
    title="",
    type="crossTenantAccessPolicyConfigurationDefault",
    permission=_POLICY,
    reference=_REFERENCE + "crosstenantaccesspolicyconfigurationdefault-get",
)
"""Whether multifactor authentication that guests did at home is believed, unless a partner's entry says else."""

cross_tenant_partners = Dataset(
    name="entra.cross-tenant-partners",
    source=GraphList(path="/policies/crossTenantAccessPolicy/partners"),
    key="tenantId",
    title="tenantId",
    type="crossTenantAccessPolicyConfigurationPartner",
    permission=_POLICY,
    reference=_REFERENCE + "crosstenantaccesspolicy-list-partners",
)
"""Exceptions from that for single tenants. `isServiceProvider` marks a partner who administers this one."""

cross_tenant_synchronisation = Dataset(
    name="entra.cross-tenant-synchronisation",
    source=GraphList(
        path="/policies/crossTenantAccessPolicy/partners",
        select=("tenantId",),
        expand="identitySynchronization",
    ),
    key="tenantId",
    title="tenantId",
    type="crossTenantAccessPolicyConfigurationPartner",
    permission=_POLICY,
    reference=_REFERENCE + "crosstenantaccesspolicy-list-partners",
)
"""Which tenants may put their accounts here. Unconfirmed: that null is sent of a tenant that has no such policy."""

authorization_policy = Dataset(
    name="entra.authorization-policy",
    source=GraphObject(path="/policies/authorizationPolicy"),
    key="id",
    title="displayName",
    type="authorizationPolicy",
    permission=_POLICY,
    reference=_REFERENCE + "authorizationpolicy-get",
)
"""What ordinary people and guests may do in the directory, and who may invite; one record."""

authentication_methods_policy = Dataset(
    name="entra.authentication-methods-policy",
    source=GraphObject(path="/policies/authenticationMethodsPolicy"),
    key="id",
    title="displayName",
    type="authenticationMethodsPolicy",
    permission=Permission(api=GRAPH, app_roles=("Policy.Read.AuthenticationMethod", "Policy.Read.All")),
    reference=_REFERENCE + "authenticationmethodspolicy-get",
)
"""Which methods people may register and sign in with; one record, the methods' settings come inside it."""

group_settings = Dataset(
    name="entra.group-settings",
    source=GraphList(path="/groupSettings"),
    key="id",
    title="displayName",
    type="groupSetting",
    permission=Permission(api=GRAPH, app_roles=("GroupSettings.Read.All", "Directory.Read.All")),
    reference=_REFERENCE + "group-list-settings",
)
"""Settings of the directory, the rules for passwords among them. One that nobody ever changed is not listed."""
