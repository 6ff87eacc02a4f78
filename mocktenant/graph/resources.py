"""The resources that Graph serves here, one row each.

A new resource is a row: its collection in the tenant, its type's properties, what a query may ask, and
the app roles in `permissions.GRAPH` under the same path.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from mocktenant.words import words

_USER_DEFAULT = words(
    "businessPhones displayName givenName jobTitle mail mobilePhone officeLocation preferredLanguage surname "
    "userPrincipalName id"
)
_USER_LISTS = words(
    "assignedLicenses assignedPlans businessPhones identities imAddresses onPremisesProvisioningErrors "
    "otherMails provisionedPlans proxyAddresses serviceProvisioningErrors"
)
_USER_SCALARS = words(
    "accountEnabled ageGroup city companyName consentProvidedForMinor country createdDateTime creationType "
    "customSecurityAttributes deletedDateTime department employeeHireDate employeeId employeeLeaveDateTime "
    "employeeOrgData employeeType externalUserState externalUserStateChangeDateTime faxNumber "
    "isManagementRestricted isResourceAccount lastPasswordChangeDateTime legalAgeGroupClassification mailNickname "
    "onPremisesDistinguishedName onPremisesDomainName onPremisesExtensionAttributes onPremisesImmutableId "
    "onPremisesLastSyncDateTime onPremisesSamAccountName onPremisesSecurityIdentifier onPremisesSyncEnabled "
    "onPremisesUserPrincipalName passwordPolicies passwordProfile postalCode preferredDataLocation "
    "securityIdentifier showInAddressList signInSessionsValidFromDateTime state streetAddress usageLocation userType"
)
_ORGANIZATION_LISTS = words(
    "assignedPlans businessPhones marketingNotificationEmails provisionedPlans securityComplianceNotificationMails "
    "securityComplianceNotificationPhones technicalNotificationMails verifiedDomains"
)
_ORGANIZATION_SCALARS = words(
    "id city country countryLetterCode createdDateTime defaultUsageLocation deletedDateTime directorySizeQuota "
    "displayName onPremisesLastSyncDateTime onPremisesSyncEnabled onPremisesSyncStatus partnerTenantType postalCode "
    "preferredLanguage privacyProfile state street tenantType"
)
_DOMAIN_SCALARS = words(
    "id authenticationType availabilityStatus isAdminManaged isDefault isInitial isRoot isVerified "
    "manufacturer model passwordNotificationWindowInDays passwordValidityPeriodInDays state"
)


@dataclass(frozen=True)
class Resource:
    """One list of directory objects and its items.

    `defaults` are the properties sent without $select (None: all). `page` None means that the whole list
    comes at once and $top is refused. `options` are those acted on; any other is refused by name.
    `unemulated` are properties that the type has and the tenant does not.
    """

    path: str
    type_name: str
    scalars: tuple[str, ...]
    lists: tuple[str, ...] = ()
    defaults: tuple[str, ...] | None = None
    page: int | None = None
    largest: int = 999
    options: frozenset[str] = frozenset({"$select"})
    keys: tuple[str, ...] = ("id",)
    unemulated: frozenset[str] = field(default_factory=frozenset)

    @property
    def collection(self) -> str:
        """The tenant's collection behind the path."""
        return self.path

    @property
    def properties(self) -> dict[str, str]:
        """Property by its lower-case name."""
        return {name.lower(): name for name in (*self.scalars, *self.lists)}


RESOURCES: dict[str, Resource] = {
    resource.path: resource
    for resource in (
        Resource("domains", "domain", tuple(_DOMAIN_SCALARS), ("supportedServices",)),
        Resource("organization", "organization", tuple(_ORGANIZATION_SCALARS), tuple(_ORGANIZATION_LISTS)),
        Resource(
            "users",
            "user",
            tuple(dict.fromkeys((*(n for n in _USER_DEFAULT if n not in _USER_LISTS), *_USER_SCALARS))),
            tuple(_USER_LISTS),
            defaults=tuple(_USER_DEFAULT),
            page=100,
            options=frozenset({"$select", "$top", "$skiptoken", "$count", "$filter"}),
            keys=("id", "userPrincipalName"),
            unemulated=frozenset(
                {"aboutMe", "authorizationInfo", "birthday", "hireDate", "mailboxSettings", "signInActivity"}
            ),
        ),
    )
}
