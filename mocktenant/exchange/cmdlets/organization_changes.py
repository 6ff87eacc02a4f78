"""Changes to the organisation: its configuration, its transport, its audit, and who holds management roles."""

from __future__ import annotations

from mocktenant.collection import Object
from mocktenant.exchange import errors
from mocktenant.exchange.changes import (
    DONE,
    lists,
    maker,
    nullable_switches,
    numbers,
    question,
    remover,
    setter,
    switches,
    target,
    texts,
)
from mocktenant.exchange.cmdlet import Act, Command, Outcome, Row, reads
from mocktenant.exchange.cmdlets import audit, organization, roles
from mocktenant.exchange.grants import ROLES, held_by
from mocktenant.exchange.parameters import Guid, Read, Switch, Text
from mocktenant.exchange.recipients import find_mailbox
from mocktenant.tenant import Tenant
from mocktenant.words import words

_GROUP = reads(roles.ROWS, "Get-RoleGroup")
_ASSIGNMENT = reads(roles.ROWS, "Get-ManagementRoleAssignment")
_PRINCIPAL = reads(roles.ROWS, "Get-ServicePrincipal")

_ORGANIZATION_OTHERS = (
    "ActivityBasedAuthenticationTimeoutInterval AcceptedDomainApprovedSendersEnabled "
    "BlockMoveMessagesForGroupFolders DefaultPublicFolderAgeLimit DefaultPublicFolderMailbox "
    "DistributionGroupNamingPolicy ExchangeNotificationEnabled MicrosoftExchangeRecipientEmailAddresses "
    "PublicFoldersEnabled RemotePublicFolderMailboxes"
)


def _reference(tenant: Tenant, who: str) -> str:
    """By what a role group refers to somebody: an id of the directory, or another group's name. Raises Refusal."""
    box = find_mailbox(tenant, who)
    if box is not None and box.get("ExternalDirectoryObjectId"):
        return str(box["ExternalDirectoryObjectId"])
    for collection, reference, names in _REFERENCES:
        for item in tenant.objects(collection):
            if who.lower() in {str(item.get(name, "")).lower() for name in names}:
                return str(item[reference])
    raise errors.not_found(who)


_REFERENCES = (
    ("exchangeServicePrincipals", "ObjectId", words("AppId Guid ObjectId DisplayName")),
    ("users", "id", words("id userPrincipalName displayName")),
    ("groups", "id", words("id displayName")),
    ("roleGroups", "Name", words("Name Guid")),
)


def _add_member(tenant: Tenant, given: Read) -> Outcome:
    group = target(tenant, _GROUP, {"Identity": given["Identity"]})
    who = _reference(tenant, given["Member"])
    if who in group.get("Members", []):
        raise errors.exists(given["Member"])
    tenant.patch("roleGroups", group["Guid"], {"Members": [*group.get("Members", []), who]})
    return DONE


def _remove_member(tenant: Tenant, given: Read) -> Outcome:
    group = target(tenant, _GROUP, {"Identity": given["Identity"]})
    who = _reference(tenant, given["Member"])
    left = [item for item in group.get("Members", []) if item != who]
    if len(left) == len(group.get("Members", [])):
        raise errors.not_found(given["Member"])
    tenant.patch("roleGroups", group["Guid"], {"Members": left})
    return DONE


def _remove_assignment(tenant: Tenant, given: Read) -> Outcome:
    """A role group's assignment is a role that it holds; any other stands for itself."""
    item = target(tenant, _ASSIGNMENT, {"Identity": given["Identity"]})
    if item["Guid"] in tenant.collection("managementRoleAssignments"):
        tenant.delete("managementRoleAssignments", item["Guid"])
        return DONE
    group = target(tenant, _GROUP, {"Identity": item["RoleAssigneeName"]})
    left = [role for role in group.get("Roles", []) if role != item["Role"]]
    tenant.patch("roleGroups", group["Guid"], {"Roles": left})
    return DONE


def _principal(_tenant: Tenant, changes: Object) -> Object:
    return changes | {"Name": changes["ObjectId"]}


def _member_command(act: Act, what: str = "") -> Command:
    return Command(
        act=act,
        ask=question(what) if what else None,
        parameters={
            "Identity": Text(),
            "Member": Text(),
            **switches("BypassSecurityGroupManagerCheck Force"),
        },
        required=("Identity", "Member"),
        grant=ROLES,
        unconfirmed="errors",
    )


ROWS: dict[str, Row] = {
    "Add-RoleGroupMember": _member_command(_add_member),
    "New-ServicePrincipal": maker(
        _PRINCIPAL,
        {"AppId": Guid(), "ObjectId": Guid(), "DisplayName": Text()},
        required="AppId ObjectId",
        grant=ROLES,
        convert=_principal,
        unemulated="Organization ServiceId",
    ),
    "Remove-ManagementRoleAssignment": Command(
        act=_remove_assignment,
        ask=question("Removing the management role assignment"),
        parameters={"Identity": Text(), "Force": Switch()},
        required=("Identity",),
        grant=ROLES,
        unconfirmed="the question",
    ),
    "Remove-RoleGroupMember": _member_command(_remove_member, "Removing a member from the role group"),
    "Remove-ServicePrincipal": remover(_PRINCIPAL, "Removing the service principal", grant=ROLES),
    "Set-AdminAuditLogConfig": setter(
        reads(audit.ROWS, "Get-AdminAuditLogConfig"),
        {
            **switches("AdminAuditLogEnabled TestCmdletLoggingEnabled UnifiedAuditLogIngestionEnabled"),
            **texts("AdminAuditLogAgeLimit LogLevel Name"),
            **lists("AdminAuditLogCmdlets AdminAuditLogExcludedCmdlets AdminAuditLogParameters"),
        },
        grant=held_by("Audit Logs"),
        alone=True,
    ),
    "Set-OrganizationConfig": setter(
        reads(organization.ROWS, "Get-OrganizationConfig"),
        {
            **switches(
                "ActivityBasedAuthenticationTimeoutEnabled "
                "ActivityBasedAuthenticationTimeoutWithSingleSignOnEnabled AppsForOfficeEnabled AsyncSendEnabled "
                "AuditDisabled AutoExpandingArchive BookingsEnabled BookingsPaymentsEnabled "
                "ConnectorsActionableMessagesEnabled ConnectorsEnabled ConnectorsEnabledForOutlook "
                "ConnectorsEnabledForSharepoint ConnectorsEnabledForTeams ConnectorsEnabledForYammer "
                "CustomerLockboxEnabled LeanPopoutEnabled LinkPreviewEnabled MailTipsAllTipsEnabled "
                "MailTipsExternalRecipientsTipsEnabled MailTipsGroupMetricsEnabled MailTipsMailboxSourcedTipsEnabled "
                "OAuth2ClientProfileEnabled OutlookPayEnabled PublicComputersDetectionEnabled ReadTrackingEnabled "
                "RejectDirectSend SendFromAliasEnabled SmtpActionableMessagesEnabled WebPushNotificationsDisabled "
                "WebSuggestedRepliesDisabled"
            ),
            **nullable_switches(
                "EwsAllowEntourage EwsAllowMacOutlook EwsAllowOutlook EwsEnabled FocusedInboxOn MessageRecallEnabled"
            ),
            **texts("DefaultAuthenticationPolicy DefaultGroupAccessType EwsApplicationAccessPolicy"),
            **lists("EwsAllowList EwsBlockList IPListBlocked"),
            **numbers("MailTipsLargeAudienceThreshold"),
        },
        grant=held_by("Organization Configuration"),
        alone=True,
        unemulated=_ORGANIZATION_OTHERS,
    ),
    "Set-TransportConfig": setter(
        reads(organization.ROWS, "Get-TransportConfig"),
        {
            **switches(
                "AddressBookPolicyRoutingEnabled AllowLegacyTLSClients ClearCategories ConvertDisclaimerWrapperToEml "
                "ExternalDelayDsnEnabled ExternalDsnLanguageDetectionEnabled ExternalDsnSendHtml "
                "InternalDelayDsnEnabled InternalDsnLanguageDetectionEnabled InternalDsnSendHtml "
                "JournalArchivingEnabled ReplyAllStormProtectionEnabled Rfc2231EncodingEnabled "
                "SmtpClientAuthenticationDisabled VoicemailJournalingEnabled"
            ),
            **texts(
                "DSNConversionMode ExternalDsnDefaultLanguage ExternalDsnReportingAuthority "
                "ExternalPostmasterAddress HeaderPromotionModeSetting InternalDsnDefaultLanguage "
                "InternalDsnReportingAuthority JournalingReportNdrTo MaxReceiveSize MaxRecipientEnvelopeLimit "
                "MaxSendSize MessageExpiration"
            ),
            **numbers(
                "JournalMessageExpirationDays ReplyAllStormBlockDurationHours "
                "ReplyAllStormDetectionMinimumRecipients ReplyAllStormDetectionMinimumReplies"
            ),
        },
        grant=held_by("Organization Transport Settings"),
        alone=True,
    ),
}
