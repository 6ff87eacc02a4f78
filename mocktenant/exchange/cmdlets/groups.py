"""Groups with and without mail, and who is in them."""

from __future__ import annotations

from collections.abc import Callable

from mocktenant.collection import Object
from mocktenant.exchange import errors
from mocktenant.exchange.cmdlet import BY_ADDRESS, FILTERED, Cmdlet, Row, kinds, of_type
from mocktenant.exchange.cmdlets.recipients import (
    ADDRESSED,
    CUSTOM,
    CUT,
    DETAILS,
    OF_ANY,
    UNUSED,
    VIEW,
    any_recipient,
    recipients,
    source_of,
)
from mocktenant.exchange.filters import Filter
from mocktenant.exchange.objects import configuration
from mocktenant.exchange.parameters import Read, Size, Switch, Text
from mocktenant.exchange.recipients_all import distribution_groups, groups, members_of, unified_groups
from mocktenant.exchange.role_groups import member_of, role_group_member
from mocktenant.tenant import Tenant
from mocktenant.words import words

_UNSEEN = "names and order of the properties: no published answer has a row"

_distribution_shape = configuration(
    'GroupType=Universal SamAccountName="" BypassNestedModerationEnabled=false IsDirSynced=false ManagedBy=[] '
    "MemberJoinRestriction=Closed MemberDepartRestriction=Closed MigrationToUnifiedGroupInProgress=false "
    "HiddenGroupMembershipEnabled=false ExpansionServer AcceptMessagesOnlyFromWithDisplayNames=[] "
    "AcceptMessagesOnlyFromSendersOrMembersWithDisplayNames=[] ManagedByWithDisplayName=[] "
    "AcceptMessagesOnlyFromDLMembersWithDisplayNames=[] BypassModerationFromSendersOrMembersWithDisplayNames=[] "
    "GrantSendOnBehalfToWithDisplayNames=[] ModeratedByWithDisplayNames=[] "
    "RejectMessagesFromSendersOrMembersWithDisplayNames=[] ReportToManagerEnabled=false "
    "ReportToOriginatorEnabled=true SendOofMessageToOriginatorEnabled=false Description=[] BccBlocked=false "
    f"{ADDRESSED}",
    container="CN=Recipients",
    kind="group",
)
_unified_shape = configuration(
    "AccessType=Private AuditLogAgeLimit=90.00:00:00 AutoSubscribeNewMembers=false "
    "AlwaysSubscribeMembersToCalendarEvents=false CalendarMemberReadOnly=false CalendarUrl Database ExchangeGuid "
    "FileNotificationsSettings GroupSKU=None InboxUrl IsExternalResourcesPublished=false IsMailboxConfigured=true "
    'Language=en-US MailboxProvisioningConstraint ManagedByDetails=[] Notes="" PeopleUrl PhotoUrl ServerName '
    "SharePointSiteUrl SharePointDocumentsUrl SharePointNotebookUrl SubscriptionEnabled=true "
    "WelcomeMessageEnabled=true ConnectorsEnabled=true IsMembershipDynamic=false Classification "
    "GroupPersonification=GroupMailbox YammerEmailAddress GroupMemberCount=0 MailboxRegion "
    f"GroupExternalMemberCount=0 AllowAddGuests=true WhenSoftDeleted HiddenFromExchangeClientsEnabled=false "
    f"ExpirationTime ManagedBy=[] {ADDRESSED}",
    container="CN=Recipients",
    kind="group",
)
_group_shape = configuration(
    'AdministrativeUnits=[] DisplayName GroupType=Universal ManagedBy=[] SamAccountName="" Sid SidHistory=[] '
    'SimpleDisplayName="" RecipientType RecipientTypeDetails WindowsEmailAddress Notes="" Members=[] Owners=[] '
    f'PhoneticDisplayName="" OrganizationalUnit SeniorityIndex IsHierarchicalGroup=false IsDirSynced=false {CUSTOM} '
    "Description=[]",
    container="CN=Recipients",
    kind="group",
    identity_first=True,
)


def _group(tenant: Tenant, given: Object) -> Object:
    """A row of Get-Group."""
    if "Members" in given:
        return given
    known = {
        "DisplayName": given["DisplayName"],
        "GroupType": "Universal",
        "ManagedBy": given["ManagedBy"],
        "RecipientType": given["RecipientType"],
        "RecipientTypeDetails": given["RecipientTypeDetails"],
        "WindowsEmailAddress": given["PrimarySmtpAddress"],
        "Notes": given["Notes"],
        "IsDirSynced": given["IsDirSynced"],
        "Owners": given["ManagedBy"],
        "Members": [row["Name"] for row in _members(tenant, str(given["ExternalDirectoryObjectId"]))],
    }
    return _group_shape(tenant, known | {name: given[name] for name in OF_ANY if name in given})


def _without(*names: str) -> Callable[[Object], Object]:
    return lambda given: {name: value for name, value in given.items() if name not in names}


def _distribution_group(tenant: Tenant, given: Object) -> Object:
    """A row of Get-DistributionGroup."""
    kind = "Universal, SecurityEnabled" if "Security" in str(given["RecipientTypeDetails"]) else "Universal"
    kept = _without("Notes", "AccessType")(given)
    return _distribution_shape(
        tenant, {"GroupType": kind, "WindowsEmailAddress": given["PrimarySmtpAddress"]} | kept
    )


def _unified_group(tenant: Tenant, given: Object) -> Object:
    """A row of Get-UnifiedGroup."""
    found = (
        _members(tenant, str(given["ExternalDirectoryObjectId"])) if "GroupMemberCount" not in given else []
    )
    guests = sum(1 for row in found if row["RecipientTypeDetails"] == "GuestMailUser")
    known: Object = {"GroupMemberCount": len(found), "GroupExternalMemberCount": guests} if found else {}
    kept = _without("IsDirSynced")(given)
    return _unified_shape(tenant, known | {"WindowsEmailAddress": given["PrimarySmtpAddress"]} | kept)


def _group_members(tenant: Tenant, given: Read) -> list[Object]:
    """The direct members of the distribution group that is asked for. Raises Refusal."""
    wanted = given["Identity"].lower()
    for group in distribution_groups(tenant):
        names = [
            str(group[name]).lower()
            for name in words("Name Guid Alias PrimarySmtpAddress ExternalDirectoryObjectId")
        ]
        if wanted in names:
            return _members(tenant, str(group["ExternalDirectoryObjectId"]))
    raise errors.not_found(given["Identity"])


_dynamic_shape = configuration(
    "RecipientContainer RecipientFilter LdapRecipientFilter IncludedRecipients RecipientFilterType=Custom Notes "
    "ManagedBy ExpansionServer ReportToManagerEnabled=false ReportToOriginatorEnabled=true "
    f"SendOofMessageToOriginatorEnabled=false BypassNestedModerationEnabled=false {ADDRESSED}",
    container="CN=Recipients",
    kind="msExchDynamicDistributionList",
)


def _dynamic_group(tenant: Tenant, given: Object) -> Object:
    """A row of Get-DynamicDistributionGroup."""
    usual = {"DisplayName": given["Name"], "Alias": str(given["Name"]).replace(" ", "")}
    usual |= {"RecipientType": "DynamicDistributionGroup", "RecipientTypeDetails": "DynamicDistributionGroup"}
    return _dynamic_shape(tenant, usual | given)


def _dynamic_members(tenant: Tenant, given: Read) -> list[Object]:
    """The recipients that a group's filter means now. Raises Refusal."""
    wanted = given["Identity"].lower()
    for group in tenant.objects("dynamicDistributionGroups"):
        if wanted in {
            str(group.get(name, "")).lower() for name in words("Name Guid Alias PrimarySmtpAddress")
        }:
            chosen = Filter().read("RecipientFilter", group["RecipientFilter"])
            return [item for item in recipients(tenant, {}) if chosen(any_recipient(tenant, item))]
    raise errors.not_found(given["Identity"])


def _members(tenant: Tenant, group_id: str) -> list[Object]:
    return [member_of(tenant, identity) for identity in members_of(tenant, group_id)]


ROWS: dict[str, Row] = {
    "Get-DistributionGroup": Cmdlet(
        collection="groups",
        shape=_distribution_group,
        parameters={
            **FILTERED,
            "RecipientTypeDetails": kinds("MailUniversalDistributionGroup MailUniversalSecurityGroup"),
        },
        identity=BY_ADDRESS,
        source=source_of(distribution_groups),
        keep=of_type,
        grant=VIEW,
        unemulated=UNUSED | frozenset(words("ManagedBy IncludeAcceptMessagesOnlyFromWithDisplayNames")),
        unconfirmed=CUT,
    ),
    "Get-DistributionGroupMember": Cmdlet(
        collection="groups",
        shape=role_group_member,
        parameters={"Identity": Text(), "ResultSize": Size()},
        required=("Identity",),
        key=None,
        source=_group_members,
        grant=VIEW,
        unemulated=UNUSED,
        unconfirmed="names and order of the properties",
    ),
    "Get-DynamicDistributionGroup": Cmdlet(
        collection="dynamicDistributionGroups",
        shape=_dynamic_group,
        parameters=FILTERED,
        identity=BY_ADDRESS,
        grant=VIEW,
        unemulated=UNUSED | {"ManagedBy"},
        unconfirmed=_UNSEEN,
    ),
    "Get-DynamicDistributionGroupMember": Cmdlet(
        collection="dynamicDistributionGroups",
        shape=any_recipient,
        parameters={"Identity": Text(), "ResultSize": Size()},
        required=("Identity",),
        key=None,
        source=_dynamic_members,
        grant=VIEW,
        unemulated=UNUSED | {"IncludeSoftDeletedObjects"},
        unconfirmed=_UNSEEN,
    ),
    "Get-Group": Cmdlet(
        collection="groups",
        shape=_group,
        parameters={
            **FILTERED,
            "RecipientTypeDetails": kinds(f"{DETAILS} RoleGroup UniversalSecurityGroup"),
        },
        identity=BY_ADDRESS,
        source=source_of(groups),
        keep=of_type,
        grant=VIEW,
        unemulated=UNUSED,
    ),
    "Get-UnifiedGroup": Cmdlet(
        collection="groups",
        shape=_unified_group,
        parameters={**FILTERED, "IncludeAllProperties": Switch()},
        identity=BY_ADDRESS,
        source=source_of(unified_groups),
        grant=VIEW,
        unemulated=UNUSED | frozenset(words("IncludeSoftDeletedGroups SoftDeletedGroups")),
        unconfirmed=CUT,
    ),
}
