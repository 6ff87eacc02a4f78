"""What is read of Microsoft Entra ID, through Microsoft Graph: every dataset of this plugin, by name.

Defined where their subject is: `directory`, `licences`, `policies`, `policy_groups`, `methods`, `risk`,
`sign_in_activity`, `applications`, `app_owners`, `app_policies` and `app_sign_ins`.
"""

from __future__ import annotations

from .app_owners import service_principal_owners
from .app_policies import (
    admin_consent_requests,
    app_management_policies,
    app_management_policy_targets,
    default_app_management,
    permission_grant_policies,
)
from .app_sign_ins import privileged_app_sign_ins
from .applications import (
    app_role_assignments,
    application_owners,
    applications,
    delegated_grants,
    deleted_applications,
    federated_credentials,
    service_principals,
    sign_in_activities,
)
from .directory import (
    delegated_admins,
    domains,
    eligible_group_members,
    federation,
    groups,
    organization,
    role_assignable_group_eligibilities,
    role_assignable_group_members,
    role_assignable_group_owners,
    role_assignable_group_policies,
    role_assignable_groups,
    role_assignment_schedules,
    role_assignments,
    role_definitions,
    role_eligibilities,
    role_policies,
    users,
)
from .licences import subscribed_skus
from .methods import (
    admin_authentication_methods,
    admin_memberships,
    admin_mfa_requirements,
    registration_details,
)
from .policies import (
    authentication_methods_policy,
    authentication_strengths,
    authorization_policy,
    conditional_access_policies,
    cross_tenant_access,
    cross_tenant_partners,
    cross_tenant_synchronisation,
    group_settings,
    named_locations,
    security_defaults,
)
from .policy_groups import policy_group_members
from .risk import leaked_credentials, risky_users
from .sign_in_activity import people_sign_ins

__all__ = [
    "admin_authentication_methods",
    "admin_consent_requests",
    "admin_memberships",
    "admin_mfa_requirements",
    "app_management_policies",
    "app_management_policy_targets",
    "app_role_assignments",
    "application_owners",
    "applications",
    "authentication_methods_policy",
    "authentication_strengths",
    "authorization_policy",
    "conditional_access_policies",
    "cross_tenant_access",
    "cross_tenant_partners",
    "cross_tenant_synchronisation",
    "default_app_management",
    "delegated_admins",
    "delegated_grants",
    "deleted_applications",
    "domains",
    "eligible_group_members",
    "federated_credentials",
    "federation",
    "group_settings",
    "groups",
    "leaked_credentials",
    "named_locations",
    "organization",
    "people_sign_ins",
    "permission_grant_policies",
    "policy_group_members",
    "privileged_app_sign_ins",
    "registration_details",
    "risky_users",
    "role_assignable_group_eligibilities",
    "role_assignable_group_members",
    "role_assignable_group_owners",
    "role_assignable_group_policies",
    "role_assignable_groups",
    "role_assignment_schedules",
    "role_assignments",
    "role_definitions",
    "role_eligibilities",
    "role_policies",
    "security_defaults",
    "service_principal_owners",
    "service_principals",
    "sign_in_activities",
    "subscribed_skus",
    "users",
]
