"""What is filtered, and for whom: spam, malware, phishing, links and attachments, quarantine.

A rule says for whom the policy of its name is; a default policy has none. Property names and their order are those
of a live tenant's answers, up to where the published list of a long one breaks off; the rows say which.
"""

from __future__ import annotations

from typing import Any

from mocktenant.collection import Object
from mocktenant.exchange.cmdlet import NAMED, Cmdlet, Row, Shape, of_state
from mocktenant.exchange.grants import VIEW_HYGIENE, Grant
from mocktenant.exchange.objects import (
    completed,
    configuration,
    distinguished_name,
    organization_id,
    template,
)
from mocktenant.exchange.parameters import Choice, Read
from mocktenant.tenant import Tenant
from mocktenant.words import words

STATES = Choice("Microsoft.Exchange.MessagingPolicies.Rules.RuleState", ("Enabled", "Disabled"))
_RULES = "CN=TransportVersioned,CN=Rules,CN=Transport Settings"
_POLICIES = "CN=Transport Settings"
_CUT = "properties after the first forty, and their order"
_UNSEEN = "all property names: no published answer has a row"


def _policy(text: str, kind: str, *, identity_first: bool = True, **texts: Any) -> Shape:
    return configuration(text, container=_POLICIES, kind=kind, identity_first=identity_first, **texts)


def _rule(*policies: str) -> Shape:
    """The shape of the rule that says to whom policies apply."""
    fixed = template(
        "State=Enabled Priority=0 Comments Description RuleVersion=14.0.0.0 SentTo SentToMemberOf RecipientDomainIs "
        "ExceptIfSentTo ExceptIfSentToMemberOf ExceptIfRecipientDomainIs"
    )

    def shape(tenant: Tenant, given: Object) -> Object:
        conditions = [
            _predicate(name) for name in words("SentTo SentToMemberOf RecipientDomainIs") if given.get(name)
        ]
        exceptions = [
            _predicate(name)
            for name in words("SentTo SentToMemberOf RecipientDomainIs")
            if given.get(f"ExceptIf{name}")
        ]
        name = str(given["Name"])
        defaults: Object = dict.fromkeys(policies, name) | fixed
        defaults |= {
            "Conditions": conditions or None,
            "Exceptions": exceptions or None,
            "Identity": name,
            "DistinguishedName": distinguished_name(tenant, name, _RULES),
            "Guid": given["Guid"],
            "ImmutableId": given["Guid"],
            "OrganizationId": organization_id(tenant),
            "Name": name,
            "IsValid": True,
            "WhenChanged": given.get("WhenChanged"),
        }
        return completed(defaults, given)

    return shape


def _predicate(name: str) -> str:
    return f"Microsoft.Exchange.MessagingPolicies.Rules.Tasks.{name}Predicate"


def _policies(collection: str, shape: Shape, grant: Grant = VIEW_HYGIENE, unconfirmed: str = "") -> Cmdlet:
    return Cmdlet(
        collection=collection,
        shape=shape,
        parameters=NAMED,
        order=lambda row: 0 if row.get("IsDefault") else 1,
        grant=grant,
        unconfirmed=unconfirmed,
    )


def _rules(collection: str, *policies: str, unconfirmed: str = "") -> Cmdlet:
    return Cmdlet(
        collection=collection,
        shape=_rule(*policies),
        parameters={**NAMED, "State": STATES},
        keep=of_state,
        order=lambda row: int(row["Priority"]),
        grant=VIEW_HYGIENE,
        unconfirmed=unconfirmed,
    )


_CONTENT = (
    'AdminDisplayName="" AddXHeaderValue="" BulkMovesEnabled=true ModifySubjectValue="" RedirectToRecipients=[] '
    "TestModeBccToRecipients=[] FalsePositiveAdditionalRecipients=[] QuarantineRetentionPeriod=30 "
    "TestModeAction=None IncreaseScoreWithImageLinks=Off IncreaseScoreWithNumericIps=Off "
    "IncreaseScoreWithRedirectToOtherPort=Off IncreaseScoreWithBizOrInfoUrls=Off MarkAsSpamEmptyMessages=Off "
    "MarkAsSpamJavaScriptInHtml=Off MarkAsSpamFramesInHtml=Off MarkAsSpamObjectTagsInHtml=Off "
    "MarkAsSpamEmbedTagsInHtml=Off MarkAsSpamFormTagsInHtml=Off MarkAsSpamWebBugsInHtml=Off "
    "MarkAsSpamSensitiveWordList=Off MarkAsSpamSpfRecordHardFail=Off MarkAsSpamFromAddressAuthFail=Off "
    "MarkAsSpamBulkMail=On MarkAsSpamNdrBackscatter=Off IsDefault=false LanguageBlockList=[] RegionBlockList=[] "
    "HighConfidenceSpamAction=MoveToJmf SpamAction=MoveToJmf DownloadLink=false "
    "EnableRegionBlockList=false EnableLanguageBlockList=false EndUserSpamNotificationCustomFromAddress "
    "EndUserSpamNotificationCustomFromName EndUserSpamNotificationCustomSubject "
    "EndUserSpamNotificationLanguage=Default EndUserSpamNotificationLimit=0 EndUserSpamNotificationFrequency=3 "
    "EnableEndUserSpamNotifications=false BulkThreshold=7 AllowedSenders=[] AllowedSenderDomains=[] "
    "BlockedSenders=[] BlockedSenderDomains=[] ZapEnabled=true InlineSafetyTipsEnabled=true "
    "BulkSpamAction=MoveToJmf PhishSpamAction=MoveToJmf SpamZapEnabled=true PhishZapEnabled=true "
    "HighConfidencePhishAction=Quarantine IntraOrgFilterState=Default RecommendedPolicyType=Custom "
    "SpamQuarantineTag=DefaultFullAccessPolicy HighConfidenceSpamQuarantineTag=DefaultFullAccessPolicy "
    "PhishQuarantineTag=DefaultFullAccessPolicy HighConfidencePhishQuarantineTag=AdminOnlyAccessPolicy "
    "BulkQuarantineTag=DefaultFullAccessPolicy"
)
_PHISH = (
    "Enabled=true ImpersonationProtectionState=Automatic EnableTargetedUserProtection=false "
    "EnableMailboxIntelligenceProtection=false EnableTargetedDomainsProtection=false "
    "EnableOrganizationDomainsProtection=false EnableMailboxIntelligence=true EnableFirstContactSafetyTips=false "
    "EnableSimilarUsersSafetyTips=false EnableSimilarDomainsSafetyTips=false "
    "EnableUnusualCharactersSafetyTips=false TargetedUserProtectionAction=NoAction "
    "TargetedUserQuarantineTag=DefaultFullAccessPolicy MailboxIntelligenceProtectionAction=NoAction "
    "MailboxIntelligenceQuarantineTag=DefaultFullAccessPolicy TargetedDomainProtectionAction=NoAction "
    "TargetedDomainQuarantineTag=DefaultFullAccessPolicy AuthenticationFailAction=MoveToJmf "
    "SpoofQuarantineTag=DefaultFullAccessPolicy EnableSpoofIntelligence=true EnableViaTag=true "
    "EnableUnauthenticatedSender=true EnableSuspiciousSafetyTip=false HonorDmarcPolicy=true "
    "DmarcRejectAction=Reject DmarcQuarantineAction=Quarantine PhishThresholdLevel=1 TargetedUsersToProtect=[] "
    "TargetedUserActionRecipients=[] MailboxIntelligenceProtectionActionRecipients=[] TargetedDomainsToProtect=[] "
    "TargetedDomainActionRecipients=[] ExcludedDomains=[] ExcludedSenders=[] ExcludedSubDomains=[] "
    'IsDefault=false AdminDisplayName="" PolicyTag="" RecommendedPolicyType=Custom'
)
_OUTBOUND = (
    'AdminDisplayName="" IsDefault=false ConfigurationType=None Enabled=true RecipientLimitExternalPerHour=0 '
    "RecipientLimitInternalPerHour=0 RecipientLimitPerDay=0 ActionWhenThresholdReached=BlockUserForToday "
    "NotifyOutboundSpamRecipients=[] BccSuspiciousOutboundAdditionalRecipients=[] BccSuspiciousOutboundMail=false "
    "NotifyOutboundSpam=false RecommendedPolicyType=Custom AutoForwardingMode=Automatic"
)
_MALWARE = (
    'AdminDisplayName="" CustomExternalBody="" CustomExternalSubject="" CustomInternalBody="" '
    'CustomInternalSubject="" CustomFromAddress="" CustomFromName="" CustomNotifications=false '
    "EnableExternalSenderAdminNotifications=false EnableFileFilter=true EnableInternalSenderAdminNotifications=false "
    'ExternalSenderAdminAddress="" FileTypeAction=Reject FileTypes=[] InternalSenderAdminAddress="" IsDefault=false '
    "IsPolicyOverrideApplied=false QuarantineTag=AdminOnlyAccessPolicy RecommendedPolicyType=Custom ZapEnabled=true"
)
_LINKS = (
    "EnableSafeLinksForEmail=true EnableSafeLinksForTeams=true EnableSafeLinksForOffice=true TrackClicks=true "
    "AllowClickThrough=false ScanUrls=true EnableForInternalSenders=true DeliverMessageAfterScan=true "
    'DisableUrlRewrite=false DoNotRewriteUrls=[] AdminDisplayName="" CustomUrlList=[] CustomNotificationText="" '
    "LocalizedUrlTextList=[] LocalizedNotificationTextList=[] EnableOrganizationBranding=false "
    "RecommendedPolicyType=Custom IsBuiltInProtection=false"
)
_ATTACHMENTS = (
    'Action=Block AdminDisplayName="" Enable=true EnableBlockingEncryptedAttachments=false '
    "EnableOrganizationBranding=false ExcludedTypesFromBlockingEncryptedAttachments=[] IsBuiltInProtection=false "
    "IsDefault=false QuarantineTag=AdminOnlyAccessPolicy "
    "QuarantineTagForBlockingEncryptedAttachments=AdminOnlyAccessPolicy RecommendedPolicyType=Custom Redirect=false "
    'RedirectAddress=""'
)
_REPORTS = (
    'AdminDisplayName="" ConfigurationType=None DisableUserSubmissionOptions=false OnlyShowPhishingDisclaimer=false '
    "EnableReportToMicrosoft=true EnableCustomizedMsg=false ReportJunkToCustomizedAddress=false "
    "ReportNotJunkToCustomizedAddress=false ReportPhishToCustomizedAddress=false EnableThirdPartyAddress=false "
    "CustomizedReportRecipients=[] ReportJunkAddresses=[] ReportNotJunkAddresses=[] ReportPhishAddresses=[] "
    "ThirdPartyReportAddresses=[] CustomizedContents=[] PreSubmitMessage PreSubmitMessageTitle PostSubmitMessage "
    "PostSubmitMessageTitle PreSubmitMessageForJunk PreSubmitMessageTitleForJunk PostSubmitMessageForJunk "
    "PostSubmitMessageTitleForJunk PreSubmitMessageForPhishing PreSubmitMessageTitleForPhishing "
    "PostSubmitMessageForPhishing PostSubmitMessageTitleForPhishing PreSubmitMessageEnabled=true "
    "PostSubmitMessageEnabled=true EnableUserEmailNotification=false EnableOrganizationBranding=false "
    "ReportChatMessageEnabled=true ReportChatMessageToCustomizedAddressEnabled=false NotificationSenderAddress"
)


def _quarantine_policies(row: Object, given: Read) -> bool:
    kind = given.get("QuarantinePolicyType", ["QuarantinePolicy"])
    return row["QuarantinePolicyType"] in kind


ROWS: dict[str, Row] = {
    "Get-AntiPhishPolicy": _policies(
        "antiPhishPolicies", _policy(_PHISH, "msExchAntiPhishPolicy"), unconfirmed=_CUT
    ),
    "Get-AntiPhishRule": _rules("antiPhishRules", "AntiPhishPolicy"),
    "Get-ATPBuiltInProtectionRule": _rules(
        "atpBuiltInProtectionRules", "SafeAttachmentPolicy", "SafeLinksPolicy"
    ),
    "Get-AtpPolicyForO365": _policies(
        "atpPoliciesForO365",
        _policy(
            'AdminDisplayName="" EnableATPForSPOTeamsODB=true EnableSafeDocs=false AllowSafeDocsOpen=false',
            "msExchAtpPolicy",
        ),
    ),
    "Get-ATPProtectionPolicyRule": _rules(
        "atpProtectionPolicyRules", "SafeAttachmentPolicy", "SafeLinksPolicy", unconfirmed=_UNSEEN
    ),
    "Get-DkimSigningConfig": Cmdlet(
        collection="dkimSigningConfigs",
        shape=configuration(
            'Domain AdminDisplayName="" Selector1KeySize=2048 Selector1CNAME Selector1PublicKey '
            "Selector2KeySize=2048 "
            "Selector2CNAME Selector2PublicKey Enabled=false IsDefault=false HeaderCanonicalization=Relaxed "
            "BodyCanonicalization=Relaxed Algorithm=RsaSHA256 NumberOfBytesToSign=All "
            "IncludeSignatureCreationTime=true IncludeKeyExpiration=false KeyCreationTime LastChecked RotateOnDate "
            "SelectorBeforeRotateOnDate=selector1 SelectorAfterRotateOnDate=selector2 Status=CnameMissing",
            container="CN=Dkim Signing Configs",
            kind="msExchHostedContentFilterConfig",
            identity_first=True,
        ),
        parameters=NAMED,
        identity=("Name", "Identity", "Guid", "Domain"),
        grant=VIEW_HYGIENE,
    ),
    "Get-EOPProtectionPolicyRule": _rules(
        "eopProtectionPolicyRules",
        "HostedContentFilterPolicy",
        "AntiPhishPolicy",
        "MalwareFilterPolicy",
        unconfirmed=_UNSEEN,
    ),
    "Get-HostedConnectionFilterPolicy": _policies(
        "hostedConnectionFilterPolicies",
        _policy(
            'AdminDisplayName="" IsDefault=true IPAllowList=[] IPBlockList=[] EnableSafeList=false '
            "DirectoryBasedEdgeBlockMode=Default",
            "msExchHostedConnectionFilterConfig",
        ),
    ),
    "Get-HostedContentFilterPolicy": _policies(
        "hostedContentFilterPolicies", _policy(_CONTENT, "msExchHostedContentFilterConfig"), unconfirmed=_CUT
    ),
    "Get-HostedContentFilterRule": _rules("hostedContentFilterRules", "HostedContentFilterPolicy"),
    "Get-HostedOutboundSpamFilterPolicy": _policies(
        "hostedOutboundSpamFilterPolicies",
        _policy(_OUTBOUND, "msExchHostedOutboundSpamFilterConfig", identity_first=False),
    ),
    "Get-HostedOutboundSpamFilterRule": Cmdlet(
        collection="hostedOutboundSpamFilterRules",
        shape=_rule("HostedOutboundSpamFilterPolicy"),
        parameters={**NAMED, "State": STATES},
        keep=of_state,
        order=lambda row: int(row["Priority"]),
        grant=VIEW_HYGIENE,
        unconfirmed=_UNSEEN,
    ),
    "Get-MalwareFilterPolicy": _policies(
        "malwareFilterPolicies", _policy(_MALWARE, "msExchMalwareFilterConfig")
    ),
    "Get-MalwareFilterRule": _rules("malwareFilterRules", "MalwareFilterPolicy"),
    "Get-QuarantinePolicy": Cmdlet(
        collection="quarantinePolicies",
        shape=_policy(
            "EndUserQuarantinePermissions ESNEnabled=false QuarantinePolicyType=QuarantinePolicy "
            "QuarantineRetentionDays=30 IncludeMessagesFromBlockedSenderAddress=false",
            "msExchQuarantineTag",
        ),
        parameters={
            **NAMED,
            "QuarantinePolicyType": Choice(
                "Microsoft.Exchange.Data.QuarantinePolicyType",
                words("GlobalQuarantinePolicy QuarantinePolicy"),
            ),
        },
        keep=_quarantine_policies,
        hides=True,
        grant=VIEW_HYGIENE,
    ),
    "Get-ReportSubmissionPolicy": _policies(
        "reportSubmissionPolicies", _policy(_REPORTS, "msExchReportSubmissionPolicy"), unconfirmed=_CUT
    ),
    "Get-SafeAttachmentPolicy": _policies(
        "safeAttachmentPolicies", _policy(_ATTACHMENTS, "msExchSmartSafetyAttachmentConfig")
    ),
    "Get-SafeAttachmentRule": _rules("safeAttachmentRules", "SafeAttachmentPolicy", unconfirmed=_UNSEEN),
    "Get-SafeLinksPolicy": _policies("safeLinksPolicies", _policy(_LINKS, "msExchSmartSafetyLinksConfig")),
    "Get-SafeLinksRule": _rules("safeLinksRules", "SafeLinksPolicy", unconfirmed=_UNSEEN),
}
